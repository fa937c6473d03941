/** The emitter for WebAssembly: programs become modules that work in the arena's memory. */
import type { Program } from "../code/Code.ts"
import type { Arena, Emitter, Executable } from "../runtime/Executable.ts"
import type {} from "../runtime/WebAssembly.ts"
import { emit } from "./Emit.ts"
import { detect, type Level } from "./Level.ts"

export interface WasmOptions {
  readonly arena: Arena
  /** Default: the best that the engine can do. */
  readonly level?: Level
}

const isShared = ({ memory }: Arena): boolean =>
  typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer

const callable = (value: unknown): ((thread: number) => void) => {
  if (typeof value !== "function") throw new Error("The module exports no function to run.")
  return (thread) => value(thread)
}

/** One thread. */
export const makeSingle = ({ arena, level = detect() }: WasmOptions): Emitter => ({
  arithmetic: level === "fused" ? "fused" : "split",
  target: { lanes: level === "scalar" ? 1 : 4, registers: 16 },
  threads: 1,
  make: (program: Program): Executable => {
    const { bytes } = emit(program, { level, threads: 1, shared: isShared(arena), control: 0 })
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { etude: { memory: arena.memory } })
    const run = callable(instance.exports["run"])
    return { run: () => run(0), release: () => undefined }
  }
})
