import { testConfig } from "../../vitest.shared.ts"

// The law of resuming compiles dozens of runs, each anew as a process of its own would.
export default testConfig("compile", { testTimeout: 240_000 })
