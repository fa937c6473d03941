import { describe } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as laws from "@etude/testing/Laws"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as PlanExecutor from "../src/PlanExecutor.ts"

// Every twenty-fourth row; all of them are in `PlanRows.slow.ts`.
const rows = ExecutorRows.all.filter((_row, index) => index % 24 === 0)

describe("code of ours, with nothing left to the eager executor", () => {
  const executor = PlanExecutor.layerWith({ onNotCompilable: "fail", native: "off", threads: 1 })
  laws.executor(executor, { backend: Wasm.layer, name: "the executor of plans", rows })
})
