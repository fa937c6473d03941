/** Native code at once: an emitter that waits for the compiler. For runs, see `NativeCompiler`, which doesn't. */
import * as Effect from "effect/Effect"
import { only } from "../Lists.ts"
import type { Arena, Emitter } from "../runtime/Executable.ts"
import * as Command from "./Command.ts"
import * as NativeCompiler from "./NativeCompiler.ts"

export interface NativeOptions extends Omit<NativeCompiler.CompilerOptions, "run"> {
  readonly arena: Arena
  /** Threads that run a program together, the caller's among them. */
  readonly threads: number
}

/** Fails with `NativeUnavailable` if there is no compiler or no suitable processor; the emitter's `make` throws it. */
export const make = Effect.fnUntraced(function* ({ arena, threads, ...options }: NativeOptions) {
  const compiler = yield* NativeCompiler.find({ ...options, run: Command.blocking })
  const emitter: Emitter = {
    arithmetic: "fused",
    target: compiler.target,
    threads,
    make: (program) => only(Effect.runSync(compiler.compile([program], arena.memory, threads)))
  }
  return emitter
})
