/**
 * The step executor that compiles to code of its own: each program of a run is recorded once, kernel by kernel, and then runs as one
 * program of WebAssembly. It needs npm packages only, and gives the same bits on every machine, with any number of threads.
 */
import * as Backend from "@etude/core/Backend"
import * as StepExecutor from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CodeCache from "./CodeCache.ts"
import * as CompilingExecutor from "./CompilingExecutor.ts"
import { ExecutorUnavailable } from "./Errors.ts"
import * as NativeTier from "./NativeTier.ts"
import * as PlanCompiler from "./PlanCompiler.ts"
import * as Arena from "./runtime/Arena.ts"
import type { Emitter } from "./runtime/Executable.ts"
import { Handles } from "./runtime/Handles.ts"
import * as SharingKernels from "./runtime/SharingKernels.ts"
import * as StepMemory from "./runtime/StepMemory.ts"
import * as Threads from "./runtime/Threads.ts"
import * as WasmEmitter from "./wasm/WasmEmitter.ts"

export interface PlanOptions extends CompilingExecutor.CompilingOptions {
  /**
   * Threads that run a step together. Default: those of `Backend.Threads`, else as many as the machine has; 1 in pages that aren't
   * isolated. The results are
   * the same for any number.
   */
  readonly threads?: number
  /**
   * Native code, where the machine has a C compiler: a run begins on WebAssembly, and goes over when the code is there. `off`
   * stays on WebAssembly, `required` fails with `ExecutorUnavailable` without a compiler. Default: `auto`; there is none in
   * browsers.
   */
  readonly native?: "auto" | "off" | "required"
  /** The folder in which native code is kept. Default: `code` in Etude's cache. */
  readonly cache?: string
}

/**
 * Kept in checkpoints. The number changes whenever code may give other bits than before for the same program; `fused` is how all
 * machines multiply and add that can do both with one rounding.
 */
const nameOf = ({ arithmetic }: Emitter): string => `plan-1 ${arithmetic}`

/** Messages for people, each once. */
const makeNotes = () => {
  const [told, notes] = [new Set<string>(), [] as string[]]
  const tell = (text: string): void => {
    if (told.has(text)) return
    told.add(text)
    notes.push(text)
  }
  return { tell, take: () => notes.splice(0) }
}

/** Kernels that are not compiled to Etude's own code. */
const foreignNote = ({ instance: { foreign }, program }: PlanCompiler.Running): string | undefined => {
  if (foreign.size === 0) return undefined
  const kernels = [...foreign].map(([kernel, times]) => (times === 1 ? kernel : `${kernel} (${times} times)`))
  return (
    `The program "${program}" is compiled except for ${kernels.join(", ")}, which the backend runs: slower, with the ` +
    "backend's rounding."
  )
}

const unavailable = ({ native }: PlanOptions, reason: string, advice: string): ExecutorUnavailable =>
  new ExecutorUnavailable({ executor: native === "required" ? "native" : "wasm", reason, advice })

/** A reason as the end of a sentence: some already end with advice in a sentence of its own. */
const clauseOf = (reason: string): string => reason.replace(/\.$/, "")

/** Native code for programs on WebAssembly; `undefined` if it is switched off. */
const tierOf = Effect.fnUntraced(function* (
  planOptions: PlanOptions,
  options: Omit<NativeTier.TierOptions, "onFailure">,
  tell: (text: string) => void
) {
  const { native = "auto", cache } = planOptions
  if (native === "off" || !Threads.isNode()) return undefined
  // In bundles for browsers this module is empty: `imports` in package.json.
  const { find } = yield* Effect.promise(() => import("#native"))
  const compiler = yield* Effect.cached(find({ cache: cache ?? CodeCache.folder() }))
  if (native === "required")
    yield* Effect.mapError(compiler, ({ reason }) =>
      unavailable(planOptions, clauseOf(reason), "Or use the executor wasm, which needs no compiler.")
    )
  return yield* NativeTier.make(compiler, {
    ...options,
    onFailure: (_program, reason) => tell(`Steps run as WebAssembly, which is slower: ${clauseOf(reason)}.`)
  })
})

const descriptionOf = (becomesNative: boolean, threads: number): string => {
  const code = becomesNative ? "steps as WebAssembly, then as native code" : "steps as WebAssembly"
  return threads === 1 ? code : `${code}, on ${threads} threads`
}

const make = (options: PlanOptions) =>
  Effect.gen(function* () {
    const threads = options.threads ?? (yield* Backend.Threads) ?? Threads.available()
    const arena = Arena.make({ shared: threads > 1 })
    const handles = new Handles(arena)
    const emitter = yield* Effect.mapError(WasmEmitter.make({ threads, arena }), ({ reason }) =>
      unavailable(options, `its threads could not be started: ${reason}`, "Use one thread, or another executor.")
    )
    const { take, tell } = makeNotes()
    const tier =
      emitter.arithmetic === "fused" ? yield* tierOf(options, { memory: arena.memory, threads }, tell) : undefined
    if (options.native === "required" && tier === undefined)
      return yield* unavailable(
        options,
        "native code runs in Node only, and has the bits of WebAssembly where that multiplies and adds with one rounding",
        "Use the executor wasm."
      )
    yield* SharingKernels.install(PlanCompiler.backend, handles)
    const compiler = PlanCompiler.make({
      handles,
      emitter,
      onRunning: (running) => {
        const note = foreignNote(running)
        if (note !== undefined) tell(note)
        tier?.onRunning(running)
      }
    })
    return yield* CompilingExecutor.make(
      {
        name: nameOf(emitter),
        // The planner's choices follow from shapes alone: neither threads nor vectors change a bit.
        bits: nameOf(emitter),
        description: descriptionOf(tier !== undefined, threads),
        memory: StepMemory.of(handles)
      },
      compiler,
      options,
      take
    )
  })

/** Compiles on the WASM backend, which must be provided; fails with `ExecutorUnavailable` on any other. */
export const layerWith = (
  options: PlanOptions
): Layer.Layer<StepExecutor.StepExecutor, ExecutorUnavailable, Backend.Backend> =>
  Layer.effect(
    StepExecutor.StepExecutor,
    Effect.gen(function* () {
      const backend = yield* Backend.Backend
      if (tf.getBackend() !== PlanCompiler.backend) {
        return yield* unavailable(
          options,
          `programs are recorded on wasm only, and this is ${backend.name}`,
          "Use the wasm backend, or another executor."
        )
      }
      return yield* make(options)
    })
  )

/** {@link layerWith} its defaults. */
export const layer = layerWith({})

/** Compiles where the backend is WASM, and runs eagerly elsewhere. */
export const layerAutoWith = (
  options: PlanOptions
): Layer.Layer<StepExecutor.StepExecutor, ExecutorUnavailable, Backend.Backend> =>
  Layer.unwrap(
    Effect.sync(() => (tf.getBackend() === PlanCompiler.backend ? layerWith(options) : StepExecutor.layerEager))
  )

/** A backend's layer that runs steps as code of Etude's own: `PlanExecutor.on(Wasm.layer)`. */
export const on = <E, R>(
  backend: Layer.Layer<Backend.Backend | StepExecutor.StepExecutor, E, R>
): Layer.Layer<Backend.Backend | StepExecutor.StepExecutor, E | ExecutorUnavailable, R> =>
  Layer.provideMerge(layerAutoWith({}), backend)
