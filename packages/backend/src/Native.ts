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
import * as InstructionSet from "./native/InstructionSet.ts"
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

type Environment = Readonly<Record<string, string | undefined>>

/** Threads that one operation may use: `TF_NUM_INTRAOP_THREADS`, else one for each processor. */
const threadsOf = (env: Environment): number => {
  const threads = Number(env["TF_NUM_INTRAOP_THREADS"] ?? "")
  return Number.isInteger(threads) && threads > 0 ? threads : availableParallelism()
}

/** The threads that the library has begun with; undefined before it is loaded. */
let begun: number | undefined

/** Fixes the number of threads, which the library reads as it is loaded, and never again. */
const fixThreads = (wanted: number | undefined, env: Environment) => {
  if (begun !== undefined && wanted !== undefined && wanted !== begun) {
    const reason = `this process has begun with ${begun} threads, and ${wanted} are wanted`
    return Effect.fail(unavailable(reason, "Train with another number of threads in a process of its own."))
  }
  return Effect.sync(() => {
    if (begun !== undefined) return begun
    // The first is for TensorFlow's own operations, the second for those of libraries in it.
    const variables = { TF_NUM_INTRAOP_THREADS: String(wanted), OMP_NUM_THREADS: String(wanted) }
    if (wanted !== undefined) Object.assign(process.env, variables)
    begun = wanted ?? threadsOf(env)
    return begun
  })
}

/** What the library's sums depend on: how many threads share one, and the code that it has for this processor. */
const bitsOf = (version: string, device: string, threads: number, env: Environment): string => {
  const chosen = ["TF_ENABLE_ONEDNN_OPTS", "ONEDNN_MAX_CPU_ISA"].flatMap((name) =>
    env[name] === undefined ? [] : [`${name}=${env[name]}`]
  )
  return [`tensorflow ${version} on ${device}`, `threads ${threads}`, InstructionSet.ofThisMachine(), ...chosen].join(
    ", "
  )
}

/** Loads the library and makes it the backend of this process until the scope closes. */
export const acquire = Effect.gen(function* () {
  if (!canLoad()) return yield* unavailable(cannotLoad.reason, cannotLoad.advice)
  const tfjsNode = yield* TfjsNode.locate.pipe(Effect.mapError(({ message }) => unavailable(message, TfjsNode.advice)))
  const install = yield* Effect.flatMap(
    NativeInstaller.find(),
    Option.match({ onNone: () => notInstalled, onSome: Effect.succeed })
  )
  const { env } = yield* Machine
  const threads = yield* fixThreads(yield* Backend.Threads, env)
  const engine = yield* Effect.try({
    try: () => load(tfjsNode.directory, bindingPath(install)),
    catch: (cause) =>
      unavailable(
        `its library can't be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
        `Run \`etude doctor\`; if files are damaged, delete ${install.directory} and install again.`
      )
  })
  const { binding } = engine
  const device = binding.isUsingGpuDevice() ? "GPU:0" : "CPU"
  const info = yield* Backend.acquire(tfjsName, {
    name: "native",
    version: binding.TF_Version,
    device,
    threads,
    bits: bitsOf(binding.TF_Version, device, threads, env),
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
