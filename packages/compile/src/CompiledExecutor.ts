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
import * as Cache from "./Cache.ts"
import * as CompiledProgram from "./CompiledProgram.ts"
import { current } from "./NativeBinding.ts"

export interface CompiledOptions {
  /**
   * What to do with a program that can't be compiled, whose compiled results differ from the eager ones, or that
   * changes: run it eagerly (`eager`), with a message, or fail. Default: `eager`.
   */
  readonly onNotCompilable?: "eager" | "fail"
  /** Graphs that are kept, one for each program and form of its inputs; the longest unused goes first. Default: 64. */
  readonly graphs?: number
}

/** Kept in checkpoints. The number changes whenever a graph may give other bits than before for the same program. */
const name = "compiled-1"

const make = ({ onNotCompilable = "eager", graphs: bound = 64 }: CompiledOptions) =>
  Effect.gen(function* () {
    const graphs = Cache.make<CompiledProgram.Entry>(bound, CompiledProgram.release)
    let programs = 0
    const notes: Array<string> = []
    const told = new Set<string>()
    const eager = new Set<string>()
    yield* Effect.addFinalizer(() => Effect.sync(graphs.clear))
    return StepExecutor.StepExecutor.of({
      name,
      compile: (program, body, another) =>
        CompiledProgram.make(body, {
          name: program,
          id: String(programs++),
          another,
          eagerly: onNotCompilable === "eager",
          graphs,
          onEager: (reason) => {
            const text = `The program "${program}" runs eagerly, operation by operation, and slower: ${reason}.`
            eager.add(program)
            if (told.has(text)) return
            told.add(text)
            notes.push(text)
          }
        }),
      eagerPrograms: () => [...eager].sort(),
      takeNotes: () => notes.splice(0)
    })
  })

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

/** A backend's layer that compiles steps on native, as `etude train` does: `CompiledExecutor.on(Auto.layer)`. */
export const on = <E, R>(
  backend: Layer.Layer<Backend | StepExecutor.StepExecutor, E, R>
): Layer.Layer<Backend | StepExecutor.StepExecutor, E, R> => Layer.provideMerge(layerAuto, backend)
