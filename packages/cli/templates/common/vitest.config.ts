import { defineConfig } from "vitest/config"

// tfjs is one engine per process: each file gets a process of its own.
export default defineConfig({ test: { include: ["test/**/*.test.ts"], pool: "forks", testTimeout: 60_000 } })
