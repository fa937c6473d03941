/**
 * Native code for plans that run already: compiled in the background, it takes the place of WebAssembly between two steps,
 * on the same memory and with the same bits, which are compared once.
 */
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Semaphore from "effect/Semaphore"
import type * as NativeCompiler from "./native/NativeCompiler.ts"
import type { Running } from "./PlanCompiler.ts"
import type * as WebAssembly from "./runtime/WebAssembly.ts"
import * as Schedule from "./schedule/Schedule.ts"

export interface NativeTier {
  /** Starts compiling a plan. */
  readonly onRunning: (running: Running) => void
  /** Waits until all plans run as native code, or have failed to compile. */
  readonly settled: Effect.Effect<void>
}

export interface TierOptions {
  readonly memory: WebAssembly.Memory
  readonly threads: number
  /** Called with the reason when a program stays on WebAssembly. */
  readonly onFailure: (program: string, reason: string) => void
}

const programsOf = ({ plan, placed }: Running, { target }: NativeCompiler.NativeCompiler) =>
  Schedule.make(plan, placed, target).flatMap((part) => (Schedule.isForeign(part) ? [] : [part]))

/** Compiles with what `compiler` finds. One plan at a time: the step that trains meanwhile needs the processor, too. */
export const make = <E extends { readonly message: string }>(
  compiler: Effect.Effect<NativeCompiler.NativeCompiler, E>,
  { memory, threads, onFailure }: TierOptions
) =>
  Effect.gen(function* () {
    const fibers = yield* FiberSet.make<void>()
    const fork = yield* FiberSet.runtime(fibers)()
    const one = yield* Semaphore.make(1)
    const upgrade = Effect.fnUntraced(function* (running: Running) {
      const found = yield* compiler
      const executables = yield* found.compile(programsOf(running, found), memory, threads)
      running.instance.replace({
        executables,
        onRefused: (reason) => onFailure(running.program, `${reason} as native code`)
      })
    })
    const tier: NativeTier = {
      onRunning: (running) =>
        void fork(
          upgrade(running).pipe(
            one.withPermits(1),
            Effect.catch(({ message }) => Effect.sync(() => onFailure(running.program, message)))
          )
        ),
      settled: FiberSet.awaitEmpty(fibers)
    }
    return tier
  })
