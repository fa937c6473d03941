/**
 * The engine that runs tensor operations, as a service. tfjs has one engine in a process, so a `Backend` is an exclusive
 * resource: a second one, while the first is in use, fails with `BackendBusy`. Implementations are in `@etude/backend`.
 */

import * as tf from "@tensorflow/tfjs-core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { BackendBusy, BackendUnavailable, reasonOf } from "./Errors.ts"
import * as Mends from "./layers/Mends.ts"
import * as StepExecutor from "./StepExecutor.ts"

/** A backend's description of itself. */
export interface BackendInfo {
  /** `native`, `wasm`, `cpu`, or a name of the author's own. */
  readonly name: string
  /** Version of the library behind it. */
  readonly version: string
  /** Such as `CPU`, `GPU:0`. */
  readonly device: string
  /** Threads that operations may use; 0 when it is not known. */
  readonly threads: number
  /** One sentence for people: why this backend and no other. */
  readonly reason: string
  /**
   * What the bits of its operations depend on, where that is more than its name, version, device and threads: the processor's
   * instruction set, say. Equal texts on two machines mean equal bits.
   */
  readonly bits?: string
}

/**
 * Threads for operations and for steps. Backends and executors look here when they start; undefined leaves the number to them, which
 * is as many as the machine has.
 */
export const Threads = Context.Reference<number | undefined>("@etude/core/Backend/Threads", {
  defaultValue: () => undefined
})

/** What the bits of a backend's operations depend on. */
const bitsOf = ({ name, version, device, threads, bits }: BackendInfo): string =>
  bits ?? `${name} ${version} on ${device}, ${threads} ${threads === 1 ? "thread" : "threads"}`

/** What the bits of a run depend on besides its config and data. Equal texts on two machines mean equal bits. */
export const bitsOfRun = (backend: BackendInfo, executor: StepExecutor.StepExecutor["Service"]): string =>
  executor.bits ?? `${executor.name}, ${bitsOf(backend)}`

export class Backend extends Context.Service<Backend, BackendInfo>()("@etude/core/Backend") {}

let holder: string | undefined
const release = Effect.sync(() => {
  holder = undefined
})

/**
 * Runs `start` and keeps what a backend's factory throws meanwhile: tfjs only prints it and reports that there is no backend.
 */
const watchingFactory = async (
  tfjsName: string,
  start: () => Promise<boolean>
): Promise<{ readonly ready: boolean; readonly thrown: unknown }> => {
  const entry = tf.engine().registryFactory[tfjsName]
  if (entry === undefined) return { ready: await start(), thrown: undefined }
  const { factory } = entry
  let thrown: unknown
  const keep = (cause: unknown): never => {
    thrown = cause
    throw cause
  }
  entry.factory = () => {
    try {
      const backend = factory()
      return backend instanceof Promise ? backend.catch(keep) : backend
    } catch (cause) {
      return keep(cause)
    }
  }
  try {
    return { ready: await start(), thrown }
  } finally {
    entry.factory = factory
  }
}

/** The first line of what was thrown. */
const because = (thrown: unknown): string => {
  if (thrown === undefined) return ""
  const [line = ""] = reasonOf(thrown).split("\n")
  return `: ${line.replace(/\.+$/, "")}`
}

/**
 * Makes the tfjs backend `tfjsName` current until the scope closes. For authors of backends: register the tfjs backend
 * first, then call this. From then on the orthogonal initializer of tf.layers works without chained tensor methods, so
 * that recurrent layers can be built and loaded.
 */
export const acquire = (
  tfjsName: string,
  info: BackendInfo
): Effect.Effect<BackendInfo, BackendBusy | BackendUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      if (holder !== undefined) return yield* new BackendBusy({ wanted: info.name, holder })
      holder = info.name
      const started = yield* Effect.tryPromise({
        try: () => watchingFactory(tfjsName, () => tf.setBackend(tfjsName)),
        catch: (cause) => new BackendUnavailable({ backend: info.name, reason: String(cause), advice: "" })
      }).pipe(Effect.onError(() => release))
      if (started.ready) {
        Mends.install()
        return info
      }
      yield* release
      const reason = `its initialization failed${because(started.thrown)}`
      return yield* new BackendUnavailable({ backend: info.name, reason, advice: "" })
    }),
    () => release
  )

/** A backend as a layer, together with the eager step executor. */
export const layer = <E, R>(
  make: Effect.Effect<BackendInfo, E, R>
): Layer.Layer<Backend | StepExecutor.StepExecutor, E, Exclude<R, Scope.Scope>> =>
  Layer.merge(Layer.effect(Backend, make), StepExecutor.layerEager)
