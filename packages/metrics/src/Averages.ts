/** From counts per class to one number: micro, macro and weighted averages, and what a division by zero gives. */
import { element } from "@etude/core/Lookup"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import type { Counts } from "./Counts.ts"
import type { Labelling } from "./Labels.ts"

/**
 * - `micro`: counts are added over classes first.
 * - `macro`: the mean over classes. Of a multiclass task those classes count that occur among targets or predictions; of a
 *   multilabel task all of them.
 * - `weighted`: the mean over classes by the weight of their targets; where all of these are 0 (no positive target of any
 *   label, say), the mean over classes, as in scikit-learn.
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
    fp: element(predicted, k) - tp,
    fn: element(actual, k) - tp,
    tn: element(all, k) - element(predicted, k) - element(actual, k) + tp
  }))

/** A metric of one class: numerator and denominator. */
export type Ratio = (counts: Positives) => readonly [numerator: number, denominator: number]

const divide = ([numerator, denominator]: readonly [number, number], zeroDivision: number) =>
  denominator === 0 ? zeroDivision : numerator / denominator

/** One value per class. NaN once outputs that count were NaN. */
export const perClass = (ratio: Ratio, counts: Counts, zeroDivision = 0): ReadonlyArray<number> =>
  positives(counts).map((one) => (counts.undefined === 0 ? divide(ratio(one), zeroDivision) : Number.NaN))

/** Whether anything has been counted. */
export const hasData = (counts: Counts): boolean => counts.undefined !== 0 || counts.all.some((weight) => weight !== 0)

/** By these weights, or by none where all are 0. NaN of no values. */
const meanOf = (values: ReadonlyArray<number>, weights: ReadonlyArray<number>): number => {
  const total = weights.reduce((a, b) => a + b, 0)
  if (total === 0) return values.reduce((a, b) => a + b, 0) / values.length
  return Arr.zipWith(values, weights, (value, weight) => value * weight).reduce((a, b) => a + b, 0) / total
}

/**
 * Reads counts as one number; of a binary task that of class 1, whatever the average. None when nothing was counted, NaN once
 * outputs that count were NaN.
 */
export const average = (
  labelling: Labelling,
  kind: Average,
  ratio: Ratio,
  counts: Counts,
  zeroDivision = 0
): Option.Option<number> => {
  if (!hasData(counts)) return Option.none()
  if (counts.undefined !== 0) return Option.some(Number.NaN)
  const classes = positives(counts)
  if (labelling.task === "binary") return Option.some(divide(ratio(element(classes, 1)), zeroDivision))
  if (kind === "micro") {
    const sum = classes.reduce((a, b) => ({ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn, tn: a.tn + b.tn }))
    return Option.some(divide(ratio(sum), zeroDivision))
  }
  const values = perClass(ratio, counts, zeroDivision)
  const counting = Arr.zip(classes, values).filter(
    ([{ tp, fp, fn }, value]) => (labelling.task === "multilabel" || tp + fp + fn > 0) && !Number.isNaN(value)
  )
  return Option.some(
    meanOf(
      counting.map(([, value]) => value),
      counting.map(([{ tp, fn }]) => (kind === "weighted" ? tp + fn : 1))
    )
  )
}
