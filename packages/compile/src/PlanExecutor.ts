/**
 * The step executor that compiles to code of its own: each program of a run is recorded once, kernel by kernel, and then runs as one
 * program of WebAssembly. It needs npm packages only, and gives the same bits on every machine, with any number of threads.
 */
import { Backend } from "@etude/core/Backend"
import { BackendUnavailable } from "@etude/core/Errors"
import * as StepExecutor from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CompilingExecutor from "./CompilingExecutor.ts"
import type { ThreadFailed } from "./Errors.ts"
import * as PlanCompiler from "./PlanCompiler.ts"
import * as Arena from "./runtime/Arena.ts"
import type { Emitter } from "./runtime/Executable.ts"
import { Handles } from "./runtime/Handles.ts"
import * as SharingKernels from "./runtime/SharingKernels.ts"
import * as WasmEmitter from "./wasm/WasmEmitter.ts"

export interface PlanOptions extends CompilingExecutor.CompilingOptions {
  /** Threads that run a step together. Default: 1. The results are the same for any number. */
  readonly threads?: number
}

/**
 * Kept in checkpoints. The number changes whenever code may give other bits than before for the same program; `fused` is how all
 * machines multiply and add that can do both with one rounding.
 */
const nameOf = ({ arithmetic }: Emitter): string => `plan-1 ${arithmetic}`

/** Kernels that have no code of ours, once for each program. */
const foreignNotes = () => {
  const [told, notes] = [new Set<string>(), [] as string[]]
  return {
    onRunning: ({ instance: { foreign }, program }: PlanCompiler.Running): void => {
      if (foreign.size === 0) return
      const kernels = [...foreign].map(([kernel, times]) => (times === 1 ? kernel : `${kernel} (${times} times)`))
      const text =
        `The program "${program}" is compiled except for ${kernels.join(", ")}, which the backend runs: slower, with the ` +
        "backend's rounding."
      if (told.has(text)) return
      told.add(text)
      notes.push(text)
    },
    take: () => notes.splice(0)
  }
}

const noThreads = ({ reason }: ThreadFailed): BackendUnavailable =>
  new BackendUnavailable({
    backend: PlanCompiler.backend,
    reason: `its threads could not be started: ${reason}`,
    advice: "Use one thread, or another executor."
  })

const make = ({ threads = 1, ...options }: PlanOptions) =>
  Effect.gen(function* () {
    const arena = Arena.make({ shared: threads > 1 })
    const handles = new Handles(arena)
    const emitter = yield* Effect.mapError(WasmEmitter.make({ threads, arena }), noThreads)
    yield* SharingKernels.install(PlanCompiler.backend, handles)
    const notes = foreignNotes()
    const compiler = PlanCompiler.make({ handles, emitter, onRunning: notes.onRunning })
    return yield* CompilingExecutor.make(nameOf(emitter), compiler, options, notes.take)
  })

/** Compiles on the WASM backend, which must be provided; fails with `BackendUnavailable` on any other. */
export const layerWith = (options: PlanOptions): Layer.Layer<StepExecutor.StepExecutor, BackendUnavailable, Backend> =>
  Layer.effect(
    StepExecutor.StepExecutor,
    Effect.gen(function* () {
      const backend = yield* Backend
      if (tf.getBackend() !== PlanCompiler.backend) {
        return yield* new BackendUnavailable({
          backend: PlanCompiler.backend,
          reason: `programs are recorded on wasm only, and this is ${backend.name}`,
          advice: "Use the wasm backend, or another executor."
        })
      }
      return yield* make(options)
    })
  )

/** {@link layerWith} its defaults. */
export const layer = layerWith({})
