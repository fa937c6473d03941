/** How long a run will still take, from how long it took so far. */
import type { Until } from "@etude/core/Extent"
import type { Progress } from "@etude/core/Progress"

export interface Pace {
  readonly until: Until
  readonly batchesPerEpoch: number
  /** Where this attempt began, and where it is. */
  readonly from: Progress
  readonly now: Progress
  /** Since this attempt began: validation and the like are part of the pace. */
  readonly seconds: number
}

/** Seconds until the first of the limits will be reached; `undefined` when nothing has been done yet. */
export const seconds = ({ until, batchesPerEpoch, from, now, seconds: past }: Pace): number | undefined => {
  const batches = (progress: Progress) => progress.epoch * batchesPerEpoch + progress.batch
  const batchesLeft = (goal: number, current: number, began: number): number | undefined =>
    current > began && past > 0 ? (Math.max(0, goal - current) * past) / (current - began) : undefined
  const all = [
    until.epochs === undefined ? undefined : batchesLeft(until.epochs * batchesPerEpoch, batches(now), batches(from)),
    until.steps === undefined ? undefined : batchesLeft(until.steps, now.step, from.step),
    until.samples === undefined ? undefined : batchesLeft(until.samples, now.samples, from.samples),
    until.minutes === undefined ? undefined : Math.max(0, until.minutes * 60 - now.elapsedSeconds)
  ].filter((some) => some !== undefined)
  return all.length === 0 ? undefined : Math.min(...all)
}
