/** TensorFlow.js's backends as they come, for those who are compared with Etude. */
import { Native } from "@etude/backend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { completeWasm } from "./CompleteWasm.ts"

export type BackendName = "native" | "wasm" | "cpu"

const started = (name: string) => Effect.promise(() => tf.setBackend(name))

export const layers = {
  // TensorFlow's library by tfjs-node's binding is loaded as Etude loads it, the one way that works here. What Etude puts
  // in the place of tfjs-node's kernels and of tfjs's gradients is gone once its layer is closed.
  native: Layer.effectDiscard(
    Effect.gen(function* () {
      yield* Effect.scoped(Layer.build(Native.layer))
      yield* started("tensorflow")
    })
  ),
  wasm: Layer.effectDiscard(
    Effect.gen(function* () {
      yield* Effect.promise(() => import("@tensorflow/tfjs-backend-wasm"))
      yield* started("wasm")
      completeWasm()
    })
  ),
  cpu: Layer.effectDiscard(
    Effect.gen(function* () {
      yield* Effect.promise(() => import("@tensorflow/tfjs-backend-cpu"))
      // The first tensor would print five lines of advertisement for tfjs-node.
      Object.assign(tf.findBackend("cpu"), { firstUse: false })
      yield* started("cpu")
    })
  )
}
