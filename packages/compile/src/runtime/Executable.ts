/** The result of an emitter, and what it needs to produce it. */
import type { Program, Target } from "../code/Code.ts"
import type * as WebAssembly from "./WebAssembly.ts"

/** An emitter: from a program to something that can be called. */
export interface Emitter {
  /** Part of the executor's name. Emitters with the same bits share it: `fused` or, where multiply-add isn't fused, `split`. */
  readonly arithmetic: "fused" | "split"
  readonly target: Target
  readonly threads: number
  /** Throws if the program can't be emitted; nothing has changed in that case. */
  readonly make: (program: Program) => Executable
}

/** A program that works on the emitter's memory. */
export interface Executable {
  /** Runs all phases, on all threads, and returns when they are done. Inputs' and outputs' addresses are in the table. */
  readonly run: () => void
  readonly release: () => void
}

/** Memory in which all programs of an executor work: one WebAssembly memory, shared where there are threads. */
export interface Arena {
  readonly memory: WebAssembly.Memory
  /** Bytes at an address that is a multiple of 64, followed by 64 more that may be read. Throws `OutOfMemory`. */
  readonly allocate: (bytes: number) => number
  readonly free: (address: number) => void
}
