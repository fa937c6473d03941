import { describe } from "@effect/vitest"
import * as laws from "@etude/testing/Laws"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as GraphExecutor from "../src/GraphExecutor.ts"
import { isInstalled, native } from "./support/native.ts"

// Every third row; all of them, and those of layers, are in `Rows.slow.ts`.
const rows = ExecutorRows.all.filter((row, index) => index % 3 === 0 && !ExecutorRows.layers.includes(row))

describe.skipIf(!isInstalled)("compiled, with nothing left to the eager executor", () => {
  const executor = GraphExecutor.layerWith({ onNotCompilable: "fail" })
  laws.executor(executor, { backend: native, name: "the compiled executor", rows })
})
