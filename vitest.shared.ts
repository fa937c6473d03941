import { defineConfig, type ViteUserConfig } from "vitest/config"

/** The one test setup: tests run from sources, through the `@etude/source` export condition, with no build before. */
export const testConfig = (name: string, test: NonNullable<ViteUserConfig["test"]> = {}): ViteUserConfig =>
  defineConfig({
    ssr: { resolve: { conditions: ["@etude/source", "node", "import", "default"] } },
    test: {
      name,
      include: [process.env["ETUDE_SLOW"] === "1" ? "test/**/*.slow.ts" : "test/**/*.test.ts"],
      // tfjs is one engine per process, and its backends differ: each file gets a process of its own.
      pool: "forks",
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...test
    }
  })
