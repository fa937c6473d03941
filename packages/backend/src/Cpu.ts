/** The backend in plain JavaScript: runs everywhere and has every kernel, at a speed for tests of tiny models. */
import * as Backend from "@etude/core/Backend"
import { type BackendBusy, BackendUnavailable } from "@etude/core/Errors"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { kernels } from "./cpu/kernels.ts"
import { completed } from "./gradients/completed.ts"
import { install } from "./Kernels.ts"

const load = Effect.tryPromise({
  try: () => import("@tensorflow/tfjs-backend-cpu"),
  catch: (cause) =>
    new BackendUnavailable({
      backend: "cpu",
      reason: String(cause),
      advice: "Install the package @tensorflow/tfjs-backend-cpu."
    })
})

/** Makes it the backend of this process until the scope closes. */
export const acquire = Effect.gen(function* () {
  const { version_cpu: version } = yield* load
  // The first tensor would print five lines of advertisement for tfjs-node.
  Object.assign(tf.findBackend("cpu"), { firstUse: false })
  const reason = "chosen by name"
  const info = yield* Backend.acquire("cpu", { name: "cpu", version, device: "CPU", threads: 1, reason })
  yield* install("cpu", kernels)
  yield* completed("cpu")
  return info
})

/** The plain JavaScript backend, one thread. */
export const layer: Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy> =
  Backend.layer(acquire)
