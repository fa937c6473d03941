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

/** Learning rates as events have them: that of the first parameter group, and by name where there are several. */
export const namedRates = ({ stepper }: Pick<Run, "stepper">, rates: ReadonlyArray<number>) => {
  const [learningRate = Number.NaN] = rates
  if (rates.length <= 1) return { learningRate }
  const named = stepper.groups.map((name, group) => [name, rates[group] ?? Number.NaN] as const)
  return { learningRate, learningRates: Object.fromEntries(named) }
}

/** The learning rates at the beginning of an epoch: those that it ran at, unless they changed on the way. */
export const ratesOf = (run: Run, epoch: number) => {
  const { plain } = run.state
  const step = Bookkeeping.stepAfter(plain, epoch) ?? Math.max(0, plain.progress.step - 1)
  return namedRates(run, run.stepper.learningRates(plain, step))
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
