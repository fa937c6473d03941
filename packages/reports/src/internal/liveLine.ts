/** The parts of the line that shows where a run is, and how early each may go where the terminal is narrow. */
import type * as Position from "@etude/core/Progress"
import * as format from "./format.ts"
import * as RunCourse from "./RunCourse.ts"
import * as remaining from "./remaining.ts"
import type { Part } from "./Screen.ts"

/** `  7/938`: as wide for every part of the whole, so that what follows stays in its place. */
export const partOf = (part: number, whole: number | undefined): string => {
  if (whole === undefined) return format.count(part)
  const all = format.count(whole)
  return `${format.count(part).padStart(all.length)}/${all}`
}

type Means = { readonly [name: string]: number }

const ofValues = (means: Means): ReadonlyArray<Part> =>
  Object.entries(means).map(([name, value], order) => ({
    text: `${name} ${format.value(value)}`,
    dispensable: order === 0 ? 1 : 3
  }))

const timeLeft = ({ until, batchesPerEpoch, begin }: RunCourse.RunCourse, now: Position.Progress, time: number) => {
  if (batchesPerEpoch === undefined) return ""
  const seconds = (time - begin.time) / 1000
  const secondsLeft = remaining.seconds({ until, batchesPerEpoch, from: begin.progress, now, seconds })
  return secondsLeft === undefined ? "" : `eta ${format.duration(secondsLeft)}`
}

/** Of training: epoch, batch, the means so far, what was skipped, the pace, and the time left. */
export const ofTraining = (
  course: RunCourse.RunCourse,
  progress: Position.Progress,
  means: Means,
  time: number
): ReadonlyArray<Part> => {
  const skips = Object.values(course.skipped).reduce((sum, number) => sum + number, 0)
  return [
    { text: `epoch ${partOf(progress.epoch + 1, course.until.epochs)}`, dispensable: 0 },
    { text: `batch ${partOf(progress.batch, course.batchesPerEpoch)}`, dispensable: 0 },
    ...ofValues(means),
    { text: skips === 0 ? "" : `skipped ${format.count(skips)}`, dispensable: 4 },
    { text: `${format.count(RunCourse.pace(course, time))} samples/s`, dispensable: 5 },
    { text: timeLeft(course, progress, time), dispensable: 2 }
  ]
}

/** Of a pass without training. */
export const ofEvaluation = (
  label: string,
  batch: number,
  batches: number | undefined,
  means: Means
): ReadonlyArray<Part> => [
  { text: label, dispensable: 0 },
  { text: `batch ${partOf(batch, batches)}`, dispensable: 0 },
  ...ofValues(means)
]
