/**
 * What stops a stretch of batches at a boundary, beside what callbacks decide and the end of the epoch. A run has only the rules
 * that can ever hold in it: most have none, since epochs end by themselves.
 */
import * as Extent from "../../Extent.ts"
import * as Run from "./Run.ts"
import * as Validation from "./Validation.ts"

/** A limit of the run other than a number of epochs. */
const atLimit: Run.StopRule = (run) => {
  const progress = run.until.minutes === undefined ? run.state.plain.progress : Run.now(run)
  return Extent.reached(run.until, progress) !== undefined
}

/** A validation between epochs. */
const atValidation: Run.StopRule = (run) => {
  if ("minutes" in run.config.validation.every) Run.now(run)
  return Validation.isDue(run, false)
}

/** A scheduled handler of `batchEnd`; there is nothing to call it with after a batch that was skipped. */
const atScheduledHook: Run.StopRule = (run) => run.attempt.last !== null && run.hooks.isDue(run.state.plain.progress)

/** The rules of a run. */
export const of = ({ until, config, data, hooks }: Omit<Run.Run, "stops">): ReadonlyArray<Run.StopRule> => {
  const { steps, samples, minutes } = until
  const isLimited = steps !== undefined || samples !== undefined || minutes !== undefined
  const validates = Object.keys(data.validations).length > 0 && !("epochs" in config.validation.every)
  return [
    ...(isLimited ? [atLimit] : []),
    ...(validates && !config.fastDevRun ? [atValidation] : []),
    ...(hooks.hasScheduled ? [atScheduledHook] : [])
  ]
}
