/**
 * Programs as native code, compiled by the machine's own C compiler and kept in a cache. Compiling takes a second or more, so
 * it happens in the background; whoever waits works on in WebAssembly, on the same memory and with the same bits.
 */
import * as Effect from "effect/Effect"
import type { Program, Target } from "../code/Code.ts"
import type { Executable } from "../runtime/Executable.ts"
import type * as WebAssembly from "../runtime/WebAssembly.ts"
import * as Addon from "./Addon.ts"
import * as Build from "./Build.ts"
import * as Command from "./Command.ts"
import { emit } from "./Emit.ts"
import { EmitFailed, NativeUnavailable } from "./Errors.ts"
import * as Store from "./Store.ts"
import * as Toolchain from "./Toolchain.ts"

export interface CompilerOptions {
  /** The folder in which compiled programs are kept. */
  readonly cache: string
  /** Compilers to try, in order. Default: the environment's `CC` alone if it is set, else `cc`, `gcc`, `clang`, `g++`. */
  readonly compilers?: ReadonlyArray<string>
  /** The option that names the processor. Default: this one. */
  readonly machine?: ReadonlyArray<string>
  /** How long the compiler may take for one call. Default: 120. */
  readonly seconds?: number
  /** Default: in the background. */
  readonly run?: Command.Run
}

/** A working compiler, and the properties of the machine that it compiles for. */
export interface NativeCompiler {
  readonly target: Target
  /** The compiler's version line. */
  readonly version: string
  /**
   * Compiles programs together, as parts of one addon with one set of threads, or takes them from the cache. They work on
   * `memory`, which they keep alive.
   */
  readonly compile: (
    programs: ReadonlyArray<Program>,
    memory: WebAssembly.Memory,
    threads: number
  ) => Effect.Effect<ReadonlyArray<Executable>, NativeUnavailable | EmitFailed>
}

/** Taken from the cache if it can be loaded from there, else compiled. */
const addonOf = Effect.fnUntraced(function* (workshop: Build.Workshop, source: string) {
  const key = Build.keyOf(workshop.toolchain, source)
  const cached = Store.find(workshop.cache, key)
  if (cached !== undefined) {
    const loaded = yield* Effect.result(Addon.load(cached))
    if (loaded._tag === "Success") return loaded.success
  }
  const file = yield* Build.compile(workshop, key, source)
  return yield* Addon.load(file).pipe(
    Effect.tapError(() => Effect.sync(() => Store.remove(workshop.cache, key))),
    Effect.mapError(({ reason }) => new NativeUnavailable({ problem: "compilerLied", reason }))
  )
})

const emitted = (programs: ReadonlyArray<Program>, target: Target): Effect.Effect<string, EmitFailed> =>
  Effect.try({
    try: () => emit(programs, target),
    catch: (cause) => (cause instanceof EmitFailed ? cause : new EmitFailed({ reason: String(cause) }))
  })

/** Finds a compiler and queries it about the machine. */
export const find = Effect.fnUntraced(function* (options: CompilerOptions) {
  const { cache, compilers, machine, seconds = 120, run = Command.inBackground } = options
  const toolchain = yield* Toolchain.find(run, compilers, machine)
  const workshop: Build.Workshop = { run, toolchain, cache, seconds }
  const compiler: NativeCompiler = {
    target: toolchain.target,
    version: toolchain.version,
    compile: Effect.fnUntraced(function* (programs, memory, threads) {
      const source = yield* emitted(programs, toolchain.target)
      const addon = yield* addonOf(workshop, source)
      return yield* Addon.instantiate(addon, programs.length, memory, threads)
    })
  }
  return compiler
})
