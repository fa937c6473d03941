/** Whether training makes the loss worse and worse: a rate that is too high gives large losses long before NaN. */
import type * as Effect from "effect/Effect"
import * as Scores from "../step/Scores.ts"
import * as Run from "./Run.ts"

/** How many times its first value a loss must be. */
const factor = 10

/** Whether the mean loss since the epoch began is far above the first one of the run. Nothing is far above a loss of 0 or less. */
export const hasDiverged = (first: number, mean: number): boolean => first > 0 && mean > factor * first

const warningOf = (first: number, mean: number): string =>
  `The training loss is ${mean.toPrecision(4)}, more than ${factor} times what it was at first (${first.toPrecision(4)}): the run ` +
  "diverges. Lower the learning rate, begin with a warmup, or clip gradients (clip: { _tag: GlobalNorm, maximum: 1 })."

/** Warns once of a loss that grows and grows. */
export const warn = (run: Run.Run): Effect.Effect<void> => {
  const { firstLoss, isDivergenceTold } = run.attempt
  const mean = Scores.totalLoss(run.task, run.state.scores)
  if (isDivergenceTold || firstLoss === undefined || !hasDiverged(firstLoss, mean)) return run.tell.flush
  Run.remember(run, { isDivergenceTold: true })
  return run.tell.warn(warningOf(firstLoss, mean))
}
