import { testConfig } from "../../vitest.shared.ts"

// The tests start the command as a process, many at a time: on a busy machine each takes its time.
export default testConfig("cli", { testTimeout: 180_000 })
