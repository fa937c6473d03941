/**
 * The native backend: TensorFlow's C++ library under tfjs, by tfjs-node's binding. It must be set up first, with
 * `NativeInstaller.install` or `etude backend install`, and needs the package `@tensorflow/tfjs-node` beside this one.
 */
import { availableParallelism } from "node:os"
import * as Backend from "@etude/core/Backend"
import { type BackendBusy, BackendUnavailable } from "@etude/core/Errors"
import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Gradients from "./Gradients.ts"
import { completed } from "./gradients/completed.ts"
import * as Kernels from "./Kernels.ts"
import * as NativeInstaller from "./NativeInstaller.ts"
import { bindingPath } from "./native/Install.ts"
import { gradients, kernels } from "./native/Kernels.ts"
import { canLoad, cannotLoad, load, loaded, tfjsName } from "./native/Load.ts"
import { Machine } from "./native/Machine.ts"
import * as TfjsNode from "./native/TfjsNode.ts"

export type { Binding, NativeBackend, OperationAttribute, TensorMetadata } from "@etude/core/kernels/TfjsNode"

const unavailable = (reason: string, advice: string) => new BackendUnavailable({ backend: "native", reason, advice })

const notInstalled = Effect.gen(function* () {
  const attempts = yield* NativeInstaller.attempts()
  const tried = attempts.map(({ way, reason }) => `; ${way} failed: ${reason}`).join("")
  return yield* unavailable(
    `its library is not set up${tried}`,
    "Run `etude backend install`, or NativeInstaller.install."
  )
})

/** Threads that one operation may use: `TF_NUM_INTRAOP_THREADS`, else one for each processor. */
const threads = (env: Readonly<Record<string, string | undefined>>): number => {
  const threads = Number(env["TF_NUM_INTRAOP_THREADS"] ?? "")
  return Number.isInteger(threads) && threads > 0 ? threads : availableParallelism()
}

/** Loads the library and makes it the backend of this process until the scope closes. */
export const acquire = Effect.gen(function* () {
  if (!canLoad()) return yield* unavailable(cannotLoad.reason, cannotLoad.advice)
  const tfjsNode = yield* TfjsNode.locate.pipe(Effect.mapError(({ message }) => unavailable(message, TfjsNode.advice)))
  const install = yield* Effect.flatMap(
    NativeInstaller.find(),
    Option.match({ onNone: () => notInstalled, onSome: Effect.succeed })
  )
  const engine = yield* Effect.try({
    try: () => load(tfjsNode.directory, bindingPath(install)),
    catch: (cause) =>
      unavailable(
        `its library can't be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
        `Run \`etude doctor\`; if files are damaged, delete ${install.directory} and install again.`
      )
  })
  const { binding } = engine
  const { env } = yield* Machine
  const info = yield* Backend.acquire(tfjsName, {
    name: "native",
    version: binding.TF_Version,
    device: binding.isUsingGpuDevice() ? "GPU:0" : "CPU",
    threads: threads(env),
    reason: "chosen by name"
  })
  yield* Kernels.install(tfjsName, kernels(engine, env))
  yield* completed(tfjsName)
  yield* Gradients.install(tfjsName, gradients)
  return info
})

/** TensorFlow's native library, as the backend. Fails with `BackendUnavailable` where it is not set up. */
export const layer: Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy> =
  Backend.layer(acquire)

/**
 * The native backend with its raw binding (`executeOp`, `loadSavedModel`, …), for executors that work below the tfjs
 * API; `undefined` while another backend is in use.
 */
export const current = (): NativeBackend | undefined => (tf.getBackend() === tfjsName ? loaded() : undefined)
