/** The backend in plain JavaScript: runs everywhere and has every kernel, at a speed for tests of tiny models. */

import * as Backend from "@etude/core/Backend"
import { BackendUnavailable } from "@etude/core/Errors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { randomBits } from "./cpu/randomBits.ts"
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

/** Starts the backend until the scope closes. @param reason why it was chosen, one sentence */
export const make = (reason = "It was asked for by name.") =>
  Effect.gen(function* () {
    const { version_cpu: version } = yield* load
    // The first tensor would print an advertisement for tfjs-node, of five lines.
    Object.assign(tf.findBackend("cpu"), { firstUse: false })
    const info = yield* Backend.acquire("cpu", { name: "cpu", version, device: "CPU", threads: 1, reason })
    yield* install("cpu", [randomBits])
    return info
  })

export const layer = Backend.layer(make())
