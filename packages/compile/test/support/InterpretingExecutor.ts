/** The executor of plans with an interpreter in the place of compiled code: slow, and as obvious as a plan can be run. */
import { StepExecutor } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CompilingExecutor from "../../src/CompilingExecutor.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import * as Recorder from "../../src/record/Recorder.ts"
import * as Recording from "../../src/record/Recording.ts"
import { Handles } from "../../src/runtime/Handles.ts"
import * as SharingKernels from "../../src/runtime/SharingKernels.ts"
import * as Interpreted from "./Interpreted.ts"
import * as TestArena from "./TestArena.ts"

/** For the WASM backend; fails where a program can't be compiled. */
export const layer = (name: string, planOf: (recording: Recording.Recording) => Plan) =>
  Layer.effect(
    StepExecutor.StepExecutor,
    Effect.gen(function* () {
      const handles = new Handles(TestArena.make())
      yield* SharingKernels.install("wasm", handles)
      const isBytes = ({ dataId }: tf.Tensor) => handles.find(dataId)?.dtype === "uint8"
      return yield* CompilingExecutor.make<Recording.Recording>(
        { name },
        {
          isUsable: () => tf.getBackend() === "wasm",
          record: (program, inputs) => Recorder.record(program, inputs, isBytes),
          difference: Recording.difference,
          compile: (recording) => Interpreted.make(planOf(recording), handles),
          refusal: (message) => message
        },
        { onNotCompilable: "fail" }
      )
    })
  )
