/**
 * When to save, as values that combine. A rule depends on positions and values only, so a resumed run saves where the
 * uninterrupted run would.
 */
import type { Event, TrainState } from "@etude/core"

/** The input of a rule at a boundary. */
export interface Moment {
  readonly progress: TrainState.Plain["progress"]
  /** Whether an epoch has just ended here. */
  readonly epochEnded: boolean
  /** Values that were measured at this boundary, by monitor; empty when there were none. */
  readonly values: Event.Values
  /** The best value of each monitor so far, and where it was. */
  readonly best: TrainState.Plain["best"]
  /** Where this callback last requested a checkpoint. */
  readonly last: { readonly step: number; readonly elapsedSeconds: number }
}

/** Whether to save now. */
export type SaveWhen = (moment: Moment) => boolean

const positive = (count: number, what: string): number => {
  if (Number.isFinite(count) && count > 0) return count
  throw new RangeError(`expected a number of ${what} above 0, found ${count}`)
}

/** Every n steps. */
export const everySteps = (steps: number): SaveWhen => {
  positive(steps, "steps")
  return ({ progress, last }) => progress.step > last.step && progress.step % steps === 0
}

/** At the end of every nth epoch. */
export const everyEpochs = (epochs: number): SaveWhen => {
  positive(epochs, "epochs")
  return ({ progress, epochEnded }) => epochEnded && progress.epoch % epochs === 0
}

/** When that many minutes of training have passed since the last save. In wall-clock time, so not the same in two runs. */
export const everyMinutes = (minutes: number): SaveWhen => {
  positive(minutes, "minutes")
  return ({ progress, last }) => progress.elapsedSeconds - last.elapsedSeconds >= minutes * 60
}

/** Whenever a monitor, such as `"validation/accuracy"`, reaches a new best. A tie is not an improvement. */
export const onImprovement =
  (monitor: string): SaveWhen =>
  ({ values, best, progress }) =>
    values[monitor] !== undefined && best[monitor]?.step === progress.step && best[monitor].value === values[monitor]

/** When at least one of the rules fires. */
export const anyOf =
  (...rules: ReadonlyArray<SaveWhen>): SaveWhen =>
  (moment) =>
    rules.some((rule) => rule(moment))

/** When all of the rules say so. */
export const allOf =
  (...rules: ReadonlyArray<SaveWhen>): SaveWhen =>
  (moment) =>
    rules.every((rule) => rule(moment))
