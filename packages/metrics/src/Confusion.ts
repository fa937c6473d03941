/**
 * The confusion matrix, and what is read from it: Matthews' correlation and Cohen's kappa. Outputs, targets and options are
 * those of `Classification`. A binary task has the classes 0 and 1, and so has each label of a multilabel one.
 */

import { type Metric, measuring } from "@etude/core/Metric"
import type * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { hasData, positives } from "./Averages.ts"
import * as Counts from "./Counts.ts"
import * as Figures from "./Figures.ts"
import { confusionText, labelText } from "./internal/confusionText.ts"
import type { Matrix, Normalization } from "./internal/drawn.ts"
import { columnSums, diagonal, inRows, sum } from "./internal/matrix.ts"
import {
  type Binary,
  checkLabelling,
  classesOf,
  countPairs,
  forEachLabel,
  type Labelling,
  labellingOf,
  type Multiclass,
  type Multilabel,
  measureLabels
} from "./Labels.ts"
import { addArrays, memoized, metric, type Statistics } from "./Statistics.ts"

export type { Matrix, Normalization } from "./internal/drawn.ts"

/**
 * Numbers (or weights) of elements, rows for targets and columns for predictions, one after the other; and of those without
 * a prediction, whose outputs are NaN.
 */
export const Cells = Schema.Struct({ cells: Schema.Array(Schema.Number), undefined: Schema.Number })
export type Cells = typeof Cells.Type

type Single = Binary | Multiclass

/** The cells of a task. Memory grows with the square of the classes. */
export const statistics = memoized((labelling: Single): Statistics<tf.Tensor, tf.Tensor, Cells> => {
  const classes = classesOf(labelling)
  const zeros = (): Array<number> => Array<number>(classes * classes).fill(0)
  return {
    state: Cells,
    empty: { cells: zeros(), undefined: 0 },
    // The labels that metrics of counts measure, too.
    ...measuring(measureLabels(labelling), (measured) => {
      const pairs = countPairs(labelling, measured)
      if (pairs !== undefined) return { cells: pairs, undefined: 0 }
      const cells = zeros()
      const missing = forEachLabel("a confusion matrix", labelling, measured, (truth, guess, weight) => {
        cells[truth * classes + guess]! += weight
      })
      return { cells, undefined: missing }
    }),
    combine: (a, b) => ({ cells: addArrays(a.cells, b.cells), undefined: a.undefined + b.undefined })
  }
})

/** Cuts cells into rows. */
export const rows = ({ cells }: Cells): Matrix => inRows(cells, Math.round(Math.sqrt(cells.length)))

/** For each label, a 2×2 matrix: truth (rows) by prediction (columns). */
const ofLabels = (counts: Counts.Counts): ReadonlyArray<Matrix> =>
  positives(counts).map(({ tn, fp, fn, tp }) => [
    [tn, fp],
    [fn, tp]
  ])

type ConfusionMetric<Value> = Metric<tf.Tensor, tf.Tensor, any, Value>

/** One matrix: of classes, or of all labels of a multilabel task together. Once outputs that count were NaN, `unknown`. */
const reading = <Value>(
  name: string,
  options: Labelling,
  better: "higher" | "neither",
  unknown: Option.Option<Value>,
  result: (matrix: Matrix, total: number) => Option.Option<Value>
): ConfusionMetric<Value> => {
  checkLabelling(name, options)
  const labelling = labellingOf(options)
  const read = (matrix: Matrix, missing: number) => {
    const total = sum(matrix.map(sum))
    return missing !== 0 ? unknown : total === 0 ? Option.none() : result(matrix, total)
  }
  if (labelling.task !== "multilabel")
    return metric(statistics(labelling), {
      name,
      better,
      result: (state: Cells) => read(rows(state), state.undefined)
    })
  return metric(Counts.statistics(labelling), {
    name,
    better,
    result: (counts: Counts.Counts) =>
      read(
        ofLabels(counts).reduce((a, b) => Arr.zipWith(a, b, (row, other) => Arr.zipWith(row, other, (x, y) => x + y))),
        counts.undefined
      )
  })
}

const notANumber = Option.some(Number.NaN)

/** The matrix with each cell as a fraction; 0 where a row or column is empty, as in scikit-learn. */
export const normalized = (matrix: Matrix, by: Normalization): Matrix => {
  if (by === "none") return matrix
  const [ofRows, ofColumns] = [matrix.map(sum), columnSums(matrix)]
  const all = sum(ofRows)
  return Arr.zipWith(matrix, ofRows, (row, ofRow) =>
    Arr.zipWith(row, ofColumns, (cell, ofColumn) => {
      const whole = by === "truth" ? ofRow : by === "prediction" ? ofColumn : all
      return whole === 0 ? 0 : cell / whole
    })
  )
}

interface MatrixOptions {
  readonly normalize?: Normalization
  /** Of the classes or labels, for figures, texts and reports; their numbers when absent. */
  readonly names?: ReadonlyArray<string>
}

const nameOf = (names: ReadonlyArray<string> | undefined, k: number) => names?.[k] ?? String(k)
const copied = (matrix: Matrix) => matrix.map((row) => [...row])

const labelMatrices = (options: Multilabel, { normalize = "none", names }: MatrixOptions) => {
  checkLabelling("confusion matrix", options)
  return metric(Counts.statistics(labellingOf(options)), {
    name: "confusion matrix",
    better: "neither",
    result: (counts: Counts.Counts) =>
      hasData(counts) && counts.undefined === 0
        ? Option.some(ofLabels(counts).map((matrix) => normalized(matrix, normalize)))
        : Option.none(),
    toJson: (matrices: ReadonlyArray<Matrix>) =>
      matrices.map((matrix, k) => ({ name: nameOf(names, k), cells: copied(matrix) })),
    toText: (matrices: ReadonlyArray<Matrix>, columns: number) => labelText(matrices, names, columns)
  })
}

const classMatrix = (options: Single, { normalize = "none", names }: MatrixOptions): ConfusionMetric<Matrix> => ({
  ...reading("confusion matrix", options, "neither", Option.none<Matrix>(), (matrix) =>
    Option.some(normalized(matrix, normalize))
  ),
  toJson: (matrix) => ({ names: matrix.map((_, k) => nameOf(names, k)), cells: copied(matrix) }),
  toFigure: (matrix) => Figures.confusionMatrix(matrix, { normalize, ...(names === undefined ? {} : { names }) }),
  toText: (matrix, columns) => format(matrix, names, columns)
})

/**
 * How often each class was predicted for each: row t, column p holds the number (or weight) of elements of class t
 * that were predicted as p. Of a multilabel task a matrix for each label, of what isn't it and what is, as in
 * scikit-learn's `multilabel_confusion_matrix`. Not a number, so monitors and tables don't show it; it is a figure (of
 * classes), a text for terminals and data of reports. None once outputs that count were NaN.
 */
export const confusionMatrix = (({ normalize, names, ...options }: Labelling & MatrixOptions): ConfusionMetric<any> => {
  const shown = { ...(normalize === undefined ? {} : { normalize }), ...(names === undefined ? {} : { names }) }
  return options.task === "multilabel" ? labelMatrices(options, shown) : classMatrix(options, shown)
}) as {
  (options: Single & MatrixOptions): ConfusionMetric<Matrix>
  (options: Multilabel & MatrixOptions): ConfusionMetric<ReadonlyArray<Matrix>>
}

/**
 * Matthews' correlation of predictions and targets, in [−1, 1]: with c right of s elements, tₖ of class k and pₖ said to be,
 * (c·s − Σ tₖ·pₖ) / √((s² − Σ pₖ²)·(s² − Σ tₖ²)). 0 when all predictions or all targets are of one class, as in
 * scikit-learn; torchmetrics gives ±1 to some of these. Of a multilabel task over all its elements. Gorodkin 2004.
 */
export const matthews = (options: Labelling): ConfusionMetric<number> =>
  reading("matthews", options, "higher", notANumber, (matrix, total) => {
    const [t, p] = [matrix.map(sum), columnSums(matrix)]
    const right = sum(diagonal(matrix))
    const product = (a: ReadonlyArray<number>, b: ReadonlyArray<number>) => sum(Arr.zipWith(a, b, (x, y) => x * y))
    const spread = (total * total - product(p, p)) * (total * total - product(t, t))
    return Option.some(spread <= 0 ? 0 : (right * total - product(t, p)) / Math.sqrt(spread))
  })

/**
 * Cohen's kappa, agreement beyond chance, in [−1, 1]: 1 − Σ w·observed / Σ w·expected over the cells, where
 * expected = tₜ·pₚ / s and w is 1 off the diagonal, or |t − p| (`"linear"`), or (t − p)² (`"quadratic"`). None when targets and
 * predictions are all of one class, where scikit-learn and torchmetrics give NaN. Of a multilabel task over all its elements. Cohen 1960.
 */
export const kappa = (
  options: Labelling & { readonly distance?: "none" | "linear" | "quadratic" }
): ConfusionMetric<number> =>
  reading("kappa", options, "higher", notANumber, (matrix, total) => {
    const { distance = "none" } = options
    const [ofRows, ofColumns] = [matrix.map(sum), columnSums(matrix)]
    let [observed, expected] = [0, 0]
    Arr.zip(matrix, ofRows).forEach(([row, ofRow], t) => {
      Arr.zip(row, ofColumns).forEach(([cell, ofColumn], p) => {
        const away = Math.abs(t - p)
        const weight = distance === "quadratic" ? away * away : distance === "linear" ? away : Math.min(away, 1)
        observed += weight * cell
        expected += (weight * ofRow * ofColumn) / total
      })
    })
    return expected === 0 ? Option.none() : Option.some(1 - observed / expected)
  })

/**
 * The matrix as text, rows for targets, with the classes' names or numbers; 0 is a dot, and numbers that aren't whole get two
 * decimals. Where it is wider than `columns`, names are shortened; where that doesn't do, the classes are listed with what
 * they were taken for, the worst first.
 */
export const format = (matrix: Matrix, names: ReadonlyArray<string> = [], columns = Number.POSITIVE_INFINITY): string =>
  confusionText(matrix, names, columns)
