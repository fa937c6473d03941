/** The emitter for WebAssembly: programs become modules that work in the arena's memory, on one thread or on several. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Program } from "../code/Code.ts"
import { ThreadFailed } from "../Errors.ts"
import type { Arena, Emitter, Executable } from "../runtime/Executable.ts"
import * as WebAssembly from "../runtime/WebAssembly.ts"
import * as Crew from "./Crew.ts"
import { emit } from "./Emit.ts"
import { detect, type Level } from "./Level.ts"

export interface WasmOptions {
  /** More than one thread needs an arena with shared memory. */
  readonly threads: number
  readonly arena: Arena
  /** Default: the best that the engine can do. */
  readonly level?: Level
  /** Milliseconds after which a thread that has not reached a barrier counts as dead. Default: five minutes. */
  readonly patience?: number
}

const isShared = ({ memory }: Arena): boolean =>
  typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer

const callable = (value: unknown): ((thread: number) => void) => {
  if (typeof value !== "function") throw new Error("The module exports no function to run.")
  return (thread) => value(thread)
}

const emitter = ({ arena, threads, level = detect() }: WasmOptions, crew: Crew.Crew | undefined): Emitter => {
  const shared = isShared(arena)
  const make = (program: Program): Executable => {
    const { bytes, together } = emit(program, { level, threads, shared, control: crew?.control ?? 0 })
    const module = new WebAssembly.Module(bytes)
    const imports = { etude: { memory: arena.memory, wait: crew?.wait ?? (() => undefined) } }
    const run = callable(new WebAssembly.Instance(module, imports).exports["run"])
    const own = (): void => run(0)
    if (crew === undefined || !together) return { run: own, release: () => undefined }
    const id = crew.add(module)
    return { run: () => crew.run(id, own), release: () => crew.drop(id) }
  }
  return {
    arithmetic: level === "fused" ? "fused" : "split",
    target: { lanes: level === "scalar" ? 1 : 4, registers: 16 },
    threads,
    make
  }
}

/** One thread: there is nothing to start or stop. */
export const makeSingle = (options: Omit<WasmOptions, "threads">): Emitter =>
  emitter({ ...options, threads: 1 }, undefined)

const asThreadFailed = (cause: unknown): ThreadFailed =>
  cause instanceof ThreadFailed ? cause : new ThreadFailed({ reason: String(cause) })

/**
 * Starts the threads, which end with the scope. Where one fails, all programs do from then on, with `ThreadFailed`. In a
 * browser the calling thread should be a worker: a page may not sleep, and turns in place while it waits.
 */
export const make = (options: WasmOptions): Effect.Effect<Emitter, ThreadFailed, Scope.Scope> => {
  if (options.threads <= 1) return Effect.sync(() => makeSingle(options))
  if (!isShared(options.arena)) return Effect.die(new Error("Several threads need memory that is shared."))
  return Effect.acquireRelease(Effect.tryPromise({ try: () => Crew.start(options), catch: asThreadFailed }), (crew) =>
    Effect.promise(crew.end)
  ).pipe(Effect.map((crew) => emitter(options, crew)))
}
