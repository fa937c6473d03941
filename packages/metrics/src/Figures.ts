/**
 * Results as pictures: pure functions from metrics' results to SVG documents. A metric's `toFigure` draws them, and a
 * report shows them; write `svg` to a file for a paper. Each adapts to light and dark pages, has a text description,
 * and needs no other file.
 */

import type { Figure } from "@etude/core/Figure"
import * as Arr from "effect/Array"
import { confusionFigure } from "./internal/confusionFigure.ts"
import { type Curve, curveFigure } from "./internal/curveFigure.ts"
import type { Matrix, Normalization, PrecisionRecallCurve, ReliabilityBin, RocCurve } from "./internal/drawn.ts"
import { reliabilityFigure } from "./internal/reliabilityFigure.ts"

export type { Figure } from "@etude/core/Figure"

export interface Options {
  /** The title above it. */
  readonly title?: string
  /** Of the classes or labels; their numbers when absent. */
  readonly names?: ReadonlyArray<string>
}

/**
 * A confusion matrix: rows are true classes, columns predicted ones. Correct cells are blue and mistakes orange, as
 * deep as their fraction of the row (mistakes deeper, since they are rare); recall and precision are at the margins.
 * With more than 26 classes cells have no numbers.
 */
export const confusionMatrix = (
  matrix: Matrix,
  { title = "Confusion matrix", names, normalize = "none" }: Options & { readonly normalize?: Normalization } = {}
): Figure => confusionFigure(matrix, { title, names, isShare: normalize !== "none" })

const nameOf = (names: ReadonlyArray<string> | undefined, classes: number, k: number): string =>
  names?.[k] ?? (classes === 1 ? "positive" : String(k))

/** Σ of trapezoids under points of rising x. */
const area = (x: ReadonlyArray<number>, y: ReadonlyArray<number>): number =>
  Arr.zipWith(
    Arr.zip(x, y),
    Arr.zip(x, y).slice(1),
    ([left, leftHeight], [right, rightHeight]) => ((right - left) * (rightHeight + leftHeight)) / 2
  ).reduce((sum, trapezoid) => sum + trapezoid, 0)

/**
 * ROC curves, one for each class, with the area under each; with more than ten classes the five worst are highlighted.
 */
export const rocCurves = (curves: ReadonlyArray<RocCurve>, { title = "ROC", names }: Options = {}): Figure =>
  curveFigure(
    curves.map(({ falsePositiveRate: x, truePositiveRate: y }, k): Curve => {
      // Without positives or negatives the rates are 0 throughout.
      const isDefined = x.at(-1) === 1 && y.at(-1) === 1
      return {
        name: nameOf(names, curves.length, k),
        value: isDefined ? area(x, y) : Number.NaN,
        points: Arr.zip(x, y)
      }
    }),
    { title, x: "false positive rate", y: "true positive rate", value: "AUROC", hasDiagonal: true }
  )

/** Precision-recall curves, one for each class, in steps as average precision counts them; the legend has its values. */
export const precisionRecallCurves = (
  curves: ReadonlyArray<PrecisionRecallCurve>,
  { title = "Precision and recall", names }: Options = {}
): Figure =>
  curveFigure(
    curves.map(({ recall, precision }, k): Curve => {
      const steps = Arr.zipWith(recall, precision, (end, height) => ({ end, height })).map(({ end, height }, point) => {
        const start = recall[point - 1] ?? 0
        return { start, end, height, area: (end - start) * height }
      })
      return {
        name: nameOf(names, curves.length, k),
        value: recall.at(-1) === 1 ? steps.reduce((sum, step) => sum + step.area, 0) : Number.NaN,
        points: steps.flatMap(({ start, end, height }) => [[start, height] as const, [end, height] as const])
      }
    }),
    { title, x: "recall", y: "precision", value: "average precision", hasDiagonal: false }
  )

/** A reliability diagram of `Probabilistic.reliability`'s bins, with the fraction of predictions in each below it. */
export const reliability = (
  bins: ReadonlyArray<ReliabilityBin>,
  { title = "Reliability" }: Pick<Options, "title"> = {}
): Figure => reliabilityFigure(bins, title)
