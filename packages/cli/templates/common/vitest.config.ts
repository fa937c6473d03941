import { defineConfig } from "vitest/config"

// tfjs is one engine per process: each file runs in its own process.
export default defineConfig({ test: { include: ["test/**/*.test.ts"], pool: "forks", testTimeout: 60_000 } })
