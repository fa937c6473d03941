/** What callbacks cost that are called at every batch and do nothing. */
import * as Effect from "effect/Effect"
import type { BackendName } from "./PlainBackend.ts"
import * as Process from "./Process.ts"
import { median, type Spread, spread } from "./Statistics.ts"

export interface IdleCallbacksOptions {
  readonly backend: BackendName
  readonly steps: number
  readonly rounds: number
}

export interface IdleCallbacks extends IdleCallbacksOptions {
  readonly problem: "MLP"
  readonly costs: ReadonlyArray<{
    readonly callbacks: number
    /** Milliseconds of one step, median of the rounds. */
    readonly step: number
    /** The time of a step divided by that of one without callbacks, round by round. */
    readonly ratio: Spread
  }>
}

const counts = [0, 1, 5]

/**
 * Measures runs with 0, 1 and 5 of them, in turn. Two processes differ by more than what is looked for, so these runs
 * share one.
 */
export const measure = (options: IdleCallbacksOptions) =>
  Effect.gen(function* () {
    const { backend, steps, rounds } = options
    const process = yield* Process.start({
      competitor: "etude",
      problem: "MLP",
      batchSize: 32,
      backend,
      steps,
      callbacks: counts
    })
    for (const run of counts.keys()) yield* process.round(run)
    const times = counts.map((): Array<number> => [])
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < counts.length; turn++) {
        const run = (turn + round) % counts.length
        times[run]!.push((yield* process.round(run)).milliseconds / steps)
      }
    }
    const costs = counts.map((callbacks, run) => ({
      callbacks,
      step: median(times[run]!),
      ratio: spread(times[run]!.map((time, round) => time / times[0]![round]!))
    }))
    return { ...options, problem: "MLP", costs } satisfies IdleCallbacks
  }).pipe(Effect.scoped)
