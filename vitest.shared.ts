import { fileURLToPath } from "node:url"
import { defineConfig, type ViteUserConfig } from "vitest/config"

// Effect and tfjs are loaded by a process for each test file, and by each that a test starts: compiled once, for all of them.
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url))

/** Where the report of a package's tests goes, relative to it, for whoever counts them; `scripts/test.mjs` says. */
const report = process.env["ETUDE_TEST_REPORT"]

/** The one test setup: tests run from sources, through the `@etude/source` export condition, with no build before. */
export const testConfig = (name: string, test: NonNullable<ViteUserConfig["test"]> = {}): ViteUserConfig =>
  defineConfig({
    ssr: { resolve: { conditions: ["@etude/source", "node", "import", "default"] } },
    test: {
      name,
      include: [process.env["ETUDE_SLOW"] === "1" ? "test/**/*.slow.ts" : "test/**/*.test.ts"],
      // tfjs is one engine per process, and its backends differ: each file gets a process of its own.
      pool: "forks",
      ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...test
    }
  })
