/**
 * The step executor that compiles: each program of a run is recorded once on the native backend and then runs as one
 * TensorFlow graph. On other backends `layer` fails, since nothing can be compiled.
 */
import { Backend } from "@etude/core/Backend"
import { BackendUnavailable } from "@etude/core/Errors"
import * as StepExecutor from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as CompilingExecutor from "./CompilingExecutor.ts"
import { graphCompiler } from "./graph/GraphCompiler.ts"
import { current } from "./graph/NativeBinding.ts"

export type CompiledOptions = CompilingExecutor.CompilingOptions

/** Kept in checkpoints. The number changes whenever a graph may give other bits than before for the same program. */
const name = "compiled-1"

const make = (options: CompiledOptions) => CompilingExecutor.make({ name }, graphCompiler, options)

/** Compiles on the native backend, which must be provided; fails with `BackendUnavailable` on any other. */
export const layerWith = (
  options: CompiledOptions
): Layer.Layer<StepExecutor.StepExecutor, BackendUnavailable, Backend> =>
  Layer.effect(
    StepExecutor.StepExecutor,
    Effect.gen(function* () {
      const backend = yield* Backend
      if (current() === undefined) {
        return yield* new BackendUnavailable({
          backend: "native",
          reason: `steps are compiled for native only, and this is ${backend.name}`,
          advice: "Use the native backend, or the eager executor (executor: eager)."
        })
      }
      return yield* make(options)
    })
  )

/** {@link layerWith} its defaults. */
export const layer = layerWith({})

/** Compiles where the backend is native, and runs eagerly elsewhere. */
export const layerAuto: Layer.Layer<StepExecutor.StepExecutor, never, Backend> = Layer.effect(
  StepExecutor.StepExecutor,
  Effect.suspend(
    (): Effect.Effect<StepExecutor.StepExecutor["Service"], never, Scope.Scope> =>
      current() === undefined ? Effect.succeed(StepExecutor.eager) : make({})
  )
)

/** A backend's layer that compiles steps on native, as `etude train` does: `GraphExecutor.on(Auto.layer)`. */
export const on = <E, R>(
  backend: Layer.Layer<Backend | StepExecutor.StepExecutor, E, R>
): Layer.Layer<Backend | StepExecutor.StepExecutor, E, R> => Layer.provideMerge(layerAuto, backend)
