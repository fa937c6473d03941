/** Places in a run at which trials are compared, and their ranking there. */
import * as Extent from "@etude/core/Extent"
import * as Options from "@etude/core/Options"
import type * as Schema from "effect/Schema"
import type { Course, Point } from "../Pruner.ts"

/** An amount of training, in epochs or in optimizer steps. */
export type Amount = { readonly epochs: number } | { readonly steps: number }
export const Amount: Schema.Codec<Amount> = Extent.amount({ epochs: Options.positive, steps: Options.count("steps") })

/** A ladder: the amount of training of each rung, from rung 0 upwards; undefined above the last. */
export interface Rungs {
  readonly unit: "epochs" | "steps"
  readonly at: (rung: number) => number | undefined
}

const unitOf = (amount: Amount): Rungs["unit"] => ("epochs" in amount ? "epochs" : "steps")
export const numberOf = (amount: Amount): number => ("epochs" in amount ? amount.epochs : amount.steps)

/** first, first · factor, first · factor², … below `until`. */
export const geometric = (first: Amount, factor: number, until?: Amount): Rungs => ({
  unit: unitOf(first),
  at: (rung) => {
    const amount = numberOf(first) * factor ** rung
    return until === undefined || amount < numberOf(until) - slack ? amount : undefined
  }
})

/** every, 2 · every, 3 · every, … */
export const even = (every: Amount): Rungs => ({
  unit: unitOf(every),
  at: (rung) => numberOf(every) * (rung + 1)
})

/** The rungs of a list. */
export const listed = (unit: Rungs["unit"], amounts: ReadonlyArray<number>): Rungs => ({
  unit,
  at: (rung) => amounts[rung]
})

/** Epochs are counted in steps, so that a tenth of one ten times is not quite one. */
const slack = 1e-9

const amountOf = ({ unit }: Rungs, { epoch, step }: Point): number => (unit === "epochs" ? epoch : step)

/** The highest rung at or below a point; −1 below all. */
const rungOf = (rungs: Rungs, point: Point | undefined): number => {
  if (point === undefined) return -1
  const done = amountOf(rungs, point) + slack
  let rung = -1
  for (let next = rungs.at(0); next !== undefined && next <= done; next = rungs.at(rung + 1)) rung++
  return rung
}

/** The highest rung that a trial has reached; −1 before the first. */
export const reached = (rungs: Rungs, { points }: Pick<Course, "points">): number => rungOf(rungs, points.at(-1))

/** The rung that the newest point of a trial is the first at or above; undefined between rungs. */
export const arrived = (rungs: Rungs, { points }: Pick<Course, "points">): number | undefined => {
  const rung = rungOf(rungs, points.at(-1))
  return rung > rungOf(rungs, points.at(-2)) ? rung : undefined
}

/** The amount of training at which a rung lies, in words: `epoch 3`. */
export const place = ({ unit, at }: Rungs, rung: number): string =>
  `${unit === "epochs" ? "epoch" : "step"} ${at(rung)}`

/** A trial with the value that it had when it came to a rung. */
export interface Standing {
  readonly course: Course
  readonly value: number
}

/** The trials that came to a rung, the best first; of equal ones, the one with the lower number. */
export const standings = (rungs: Rungs, rung: number, all: ReadonlyArray<Course>): ReadonlyArray<Standing> => {
  const amount = rungs.at(rung) ?? Number.POSITIVE_INFINITY
  return all
    .flatMap((course) => {
      const point = course.points.find((one) => amountOf(rungs, one) + slack >= amount)
      return point === undefined ? [] : [{ course, value: point.value }]
    })
    .sort((one, other) => compare(one.value, other.value) || one.course.number - other.course.number)
}

/** Lower first, infinite values among themselves equal. */
export const compare = (one: number, other: number): number => (one < other ? -1 : one > other ? 1 : 0)

/** All trials, with this one as it is now. */
export const withNewest = (trial: Course, all: ReadonlyArray<Course>): ReadonlyArray<Course> => [
  ...all.filter(({ number }) => number !== trial.number),
  trial
]
