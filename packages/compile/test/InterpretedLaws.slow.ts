import { describe } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as laws from "@etude/testing/Laws"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Lower from "../src/lower/Lower.ts"
import * as ForeignPlan from "./support/ForeignPlan.ts"
import * as InterpretingExecutor from "./support/InterpretingExecutor.ts"

const every = (step: number, first = 0) => ExecutorRows.all.filter((_row, index) => index % step === first)

describe("kernels of the backend on data of an arena", () => {
  const executor = InterpretingExecutor.layer("foreign", ForeignPlan.make)
  laws.executor(executor, { backend: Wasm.layer, name: "an executor that calls kernels", rows: every(9) })
})

describe("plans as they are lowered", () => {
  const executor = InterpretingExecutor.layer("lowered", Lower.lower)
  laws.executor(executor, { backend: Wasm.layer, name: "an executor that interprets plans", rows: every(5, 2) })
})
