/** From counts per class to one number: micro, macro and weighted averages, and what a division by zero gives. */
import * as Option from "effect/Option"
import type { Counts } from "./Counts.ts"
import type { Labelling } from "./Labels.ts"

/**
 * - `micro`: counts are added over classes first.
 * - `macro`: the mean over classes. Of a multiclass task those classes count that occur among targets or predictions; of a
 *   multilabel task all of them.
 * - `weighted`: the mean over classes by the weight of their targets.
 */
export type Average = "micro" | "macro" | "weighted"

export interface Averaging {
  /** What 0/0 is; 0 when absent. NaN leaves the class out of averages, as in scikit-learn. */
  readonly zeroDivision?: number
}

/** True and false positives and negatives of one class, in numbers or weights of elements. */
export interface Positives {
  readonly tp: number
  readonly fp: number
  readonly fn: number
  readonly tn: number
}

/** Of each class. */
export const positives = ({ both, predicted, actual, all }: Counts): ReadonlyArray<Positives> =>
  both.map((tp, k) => ({
    tp,
    fp: predicted[k]! - tp,
    fn: actual[k]! - tp,
    tn: all[k]! - predicted[k]! - actual[k]! + tp
  }))

/** A metric of one class: numerator and denominator. */
export type Ratio = (counts: Positives) => readonly [numerator: number, denominator: number]

const divide = ([numerator, denominator]: readonly [number, number], zeroDivision: number) =>
  denominator === 0 ? zeroDivision : numerator / denominator

/** One value per class. */
export const perClass = (ratio: Ratio, counts: Counts, zeroDivision = 0): ReadonlyArray<number> =>
  positives(counts).map((one) => divide(ratio(one), zeroDivision))

/** Whether anything has been counted. */
export const seen = ({ all }: Counts): boolean => all.some((weight) => weight !== 0)

const weightedMean = (values: ReadonlyArray<number>, weights: ReadonlyArray<number>, zeroDivision: number): number => {
  let sum = 0
  let total = 0
  values.forEach((value, k) => {
    if (Number.isNaN(value) || weights[k] === 0) return
    sum += value * weights[k]!
    total += weights[k]!
  })
  return total === 0 ? zeroDivision : sum / total
}

/** Reads counts as one number; of a binary task that of class 1, whatever the average. None when nothing was counted. */
export const average = (
  labelling: Labelling,
  kind: Average,
  ratio: Ratio,
  counts: Counts,
  zeroDivision = 0
): Option.Option<number> => {
  if (!seen(counts)) return Option.none()
  const classes = positives(counts)
  if (labelling.task === "binary") return Option.some(divide(ratio(classes[1]!), zeroDivision))
  if (kind === "micro") {
    const sum = classes.reduce((a, b) => ({ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn, tn: a.tn + b.tn }))
    return Option.some(divide(ratio(sum), zeroDivision))
  }
  const weights = classes.map(({ tp, fp, fn }) =>
    kind === "weighted" ? tp + fn : labelling.task === "multilabel" || tp + fp + fn > 0 ? 1 : 0
  )
  return Option.some(weightedMean(perClass(ratio, counts, zeroDivision), weights, zeroDivision))
}
