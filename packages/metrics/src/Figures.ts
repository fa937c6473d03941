/**
 * Results as pictures: pure functions from what metrics give to SVG documents. They are what the metrics' own `toFigure` draws,
 * and what a report shows; write `svg` to a file for a paper. Each follows the reader's light or dark ground, says what it
 * shows to those who don't see it, and needs no other file.
 */
import type { Figure } from "@etude/core/Figure"
import { confusionFigure } from "./internal/confusionFigure.ts"
import { type Curve, curveFigure } from "./internal/curveFigure.ts"
import type { Matrix, Normalization, PrecisionRecallCurve, ReliabilityBin, RocCurve } from "./internal/drawn.ts"
import { reliabilityFigure } from "./internal/reliabilityFigure.ts"

export type { Figure } from "@etude/core/Figure"

export interface Options {
  /** What stands above it. */
  readonly title?: string
  /** Of the classes or labels; their numbers when absent. */
  readonly names?: ReadonlyArray<string>
}

/**
 * A confusion matrix: rows are what elements are, columns what they were said to be. What is right is blue, what is wrong orange,
 * as deep as its share of the row (mistakes deeper than that, since they are rare); recall and precision stand at the
 * margins. Of more than 26 classes cells have no numbers.
 */
export const confusionMatrix = (
  matrix: Matrix,
  { title = "Confusion matrix", names, normalize = "none" }: Options & { readonly normalize?: Normalization } = {}
): Figure => confusionFigure(matrix, { title, names, isShare: normalize !== "none" })

const nameOf = (names: ReadonlyArray<string> | undefined, classes: number, k: number): string =>
  names?.[k] ?? (classes === 1 ? "positive" : String(k))

/** Σ of trapezoids under points of rising x. */
const area = (x: ReadonlyArray<number>, y: ReadonlyArray<number>): number =>
  x.reduce((sum, at, point) => sum + (point === 0 ? 0 : ((at - x[point - 1]!) * (y[point]! + y[point - 1]!)) / 2), 0)

/** ROC curves, one for each class, with the area under each; of more than ten classes the five worst are told apart. */
export const rocCurves = (curves: ReadonlyArray<RocCurve>, { title = "ROC", names }: Options = {}): Figure =>
  curveFigure(
    curves.map(({ falsePositiveRate: x, truePositiveRate: y }, k): Curve => {
      // Without positives or negatives the rates are 0 throughout.
      const isDefined = x.at(-1) === 1 && y.at(-1) === 1
      return {
        name: nameOf(names, curves.length, k),
        value: isDefined ? area(x, y) : Number.NaN,
        points: x.map((at, point) => [at, y[point]!] as const)
      }
    }),
    { title, x: "false positive rate", y: "true positive rate", value: "AUROC", hasDiagonal: true }
  )

/** Precision-recall curves, one for each class, in steps as average precision counts them, which stands beside them. */
export const precisionRecallCurves = (
  curves: ReadonlyArray<PrecisionRecallCurve>,
  { title = "Precision and recall", names }: Options = {}
): Figure =>
  curveFigure(
    curves.map(({ recall, precision }, k): Curve => {
      const gained = (point: number) => recall[point]! - (recall[point - 1] ?? 0)
      return {
        name: nameOf(names, curves.length, k),
        value:
          recall.at(-1) === 1
            ? recall.reduce((sum, _, point) => sum + gained(point) * precision[point]!, 0)
            : Number.NaN,
        points: recall.flatMap((at, point) => [
          [recall[point - 1] ?? 0, precision[point]!] as const,
          [at, precision[point]!] as const
        ])
      }
    }),
    { title, x: "recall", y: "precision", value: "average precision", hasDiagonal: false }
  )

/** A reliability diagram of `Probabilistic.reliability`'s bins, with the share of predictions in each below it. */
export const reliability = (
  bins: ReadonlyArray<ReliabilityBin>,
  { title = "Reliability" }: Pick<Options, "title"> = {}
): Figure => reliabilityFigure(bins, title)
