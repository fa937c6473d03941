import { describe } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as laws from "@etude/testing/Laws"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as PlanExecutor from "../src/PlanExecutor.ts"

describe("code of ours, with nothing left to the eager executor", () => {
  const executor = PlanExecutor.layerWith({ onNotCompilable: "fail", native: "off", threads: 2 })
  laws.executor(executor, { backend: Wasm.layer, name: "the executor of plans", rows: ExecutorRows.all })
})
