/** What a run writes down of values: the history, and which were the best. */
import type { Values } from "../../Event.ts"
import * as Monitors from "../../Monitors.ts"
import * as Scores from "../step/Scores.ts"
import * as Bookkeeping from "./Bookkeeping.ts"
import type { Run } from "./Run.ts"
import * as RunState from "./RunState.ts"

/** The values of an epoch so far, by monitor. */
export const trainValues = ({ task, state }: Run): Values =>
  Monitors.keyed(Monitors.trainingSet, Scores.values(task, state.scores))

/** What is scheduled, as events have it: the rate of the first parameter group, those by name where there are several, and all else. */
export const namedRates = ({ stepper }: Pick<Run, "stepper">, rates: ReadonlyArray<number>, step: number) => {
  const [learningRate = Number.NaN] = rates
  const named = stepper.groups.map((name, group) => [name, rates[group] ?? Number.NaN] as const)
  const scheduled = stepper.scheduled(step)
  return {
    learningRate,
    ...(rates.length <= 1 ? {} : { learningRates: Object.fromEntries(named) }),
    ...(Object.keys(scheduled).length === 0 ? {} : { scheduled })
  }
}

/** The learning rates at the beginning of an epoch, and what else is scheduled: as the epoch ran, unless they changed on the way. */
export const ratesOf = (run: Run, epoch: number) => {
  const { plain } = run.state
  const step = Bookkeeping.stepAfter(plain, epoch) ?? Math.max(0, plain.progress.step - 1)
  return namedRates(run, run.stepper.learningRates(plain, step), step)
}

/** Adds a line to the history, of an epoch that runs or has just ended. */
export const record = (run: Run, values: Values, epoch: number): void => {
  const { learningRate } = ratesOf(run, epoch)
  RunState.book(run, (books) => Bookkeeping.recorded(books, learningRate, values))
}

/** Notes what was measured when so many epochs were finished, and keeps the weights of new best values. */
export const noteBest = (run: Run, values: Values, epoch: number): void => {
  const [plain, improved] = Bookkeeping.bestOf(run.state.plain, run, values, epoch)
  RunState.keepBest(run, improved)
  RunState.commit(run, { plain })
}
