/**
 * The engine that runs tensor operations, as a service. tfjs has one engine in a process, so a `Backend` is an exclusive
 * resource: a second one, while the first is in use, fails with `BackendBusy`. Implementations are in `@etude/backend`.
 */

import * as tf from "@tensorflow/tfjs-core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { BackendBusy, BackendUnavailable } from "./Errors.ts"
import * as Mends from "./layers/Mends.ts"
import * as StepExecutor from "./StepExecutor.ts"

/** What a backend says of itself. */
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
}

export class Backend extends Context.Service<Backend, BackendInfo>()("@etude/core/Backend") {}

let holder: string | undefined
const release = Effect.sync(() => {
  holder = undefined
})

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
      const ready = yield* Effect.tryPromise({
        try: () => tf.setBackend(tfjsName),
        catch: (cause) => new BackendUnavailable({ backend: info.name, reason: String(cause), advice: "" })
      }).pipe(Effect.onError(() => release))
      if (ready) {
        Mends.install()
        return info
      }
      yield* release
      return yield* new BackendUnavailable({ backend: info.name, reason: "its initialization failed", advice: "" })
    }),
    () => release
  )

/** A backend as a layer, together with the eager step executor. */
export const layer = <E, R>(
  make: Effect.Effect<BackendInfo, E, R>
): Layer.Layer<Backend | StepExecutor.StepExecutor, E, Exclude<R, Scope.Scope>> =>
  Layer.merge(Layer.effect(Backend, make), StepExecutor.layerEager)
