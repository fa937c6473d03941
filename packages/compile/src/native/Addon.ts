/** A compiled addon, as Node loads it. */
import * as Effect from "effect/Effect"
import type { Executable } from "../runtime/Executable.ts"
import type * as WebAssembly from "../runtime/WebAssembly.ts"
import { NativeUnavailable } from "./Errors.ts"

/** The threads and the memory of one addon's programs. */
interface Instance {
  readonly run: (program: number) => void
  readonly move: (memory: Uint8Array) => void
  readonly release: () => void
}

export interface Addon {
  readonly make: (memory: Uint8Array, threads: number) => Instance
}

const notLoadable = (cause: unknown): NativeUnavailable =>
  new NativeUnavailable({
    problem: "notLoadable",
    reason: `what was compiled cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`
  })

/** Loads an addon whose bytes have been verified. */
export const load = (file: string): Effect.Effect<Addon, NativeUnavailable> =>
  Effect.try({
    try: () => {
      const module: { exports: Partial<Addon> } = { exports: {} }
      process.dlopen(module, file)
      const { make } = module.exports
      if (make === undefined) throw new Error("it is no addon of ours")
      return { make }
    },
    catch: notLoadable
  })

/**
 * The addon's programs on this memory, with their own threads, which end with the last program. Memory that grows
 * may move where it isn't shared.
 */
export const instantiate = (
  addon: Addon,
  programs: number,
  memory: WebAssembly.Memory,
  threads: number
): Effect.Effect<ReadonlyArray<Executable>, NativeUnavailable> =>
  Effect.try({
    try: () => {
      let buffer = memory.buffer
      const instance = addon.make(new Uint8Array(buffer), threads)
      let held = programs
      return Array.from({ length: programs }, (_, program): Executable => {
        let released = false
        return {
          run: () => {
            if (released) throw new Error("the compiled program was released")
            if (memory.buffer !== buffer) {
              buffer = memory.buffer
              instance.move(new Uint8Array(buffer))
            }
            instance.run(program)
          },
          release: () => {
            if (released) return
            released = true
            if (--held === 0) instance.release()
          }
        }
      })
    },
    catch: notLoadable
  })
