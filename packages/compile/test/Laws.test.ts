import { describe } from "@effect/vitest"
import * as laws from "@etude/testing/Laws"
import * as CompiledExecutor from "../src/CompiledExecutor.ts"
import { isInstalled, native } from "./support/native.ts"

describe.skipIf(!isInstalled)("compiled, with nothing left to the eager executor", () => {
  laws.executor(CompiledExecutor.layerWith({ onNotCompilable: "fail" }), {
    backend: native,
    name: "the compiled executor"
  })
})
