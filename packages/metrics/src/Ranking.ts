/**
 * Metrics of how well scores rank: AUROC, average precision, and the ROC and precision-recall curves; of a binary task, of each
 * class against the rest, or of each label.
 *
 * Exact ones keep every score that occurs (24 bytes each, more in checkpoints). With `bins` they keep counts at that many
 * thresholds i / (bins − 1) on the probabilities: constant memory, and values that move by what lies between two thresholds.
 * Exact ones rank logits themselves, or of a multiclass task the log-odds of each class against the rest, in float64: no
 * saturated sigmoid or softmax makes ties, and none are lost.
 *
 * A class without positives (or, for AUROC, negatives) has no value: averages leave it out, and it is NaN where each class
 * has its own value. When no class has one, there is no result; scikit-learn warns or fails, torchmetrics gives 0. A score
 * that is NaN makes the result NaN.
 */
import type { Figure } from "@etude/core/Figure"
import { element } from "@etude/core/Lookup"
import { type Metric, measuring, type Scored } from "@etude/core/Metric"
import { needed } from "@etude/core/Plot"
import type * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import { columnsOf, type ScoredTask, scoresOf, scoringOf, sigmoid } from "./ClassScores.ts"
import { OptionsInvalid } from "./Errors.ts"
import * as Figures from "./Figures.ts"
import type { PrecisionRecallCurve, RocCurve } from "./internal/drawn.ts"
import { logOdds } from "./internal/logOdds.ts"
import { sum } from "./internal/matrix.ts"

import { forEachTarget, given, type MeasuredTargets } from "./Labels.ts"
import { addArrays, memoized, metric, type Statistics } from "./Statistics.ts"
import * as Sweep from "./Sweep.ts"

export type { PrecisionRecallCurve, RocCurve } from "./internal/drawn.ts"

const Amounts = Schema.Array(Schema.Number)
const Run = Schema.Struct({ scores: Amounts, positive: Amounts, negative: Amounts })
/** Of each class the runs of its scores, and the weight of scores that are NaN. */
export const Exact = Schema.Struct({ classes: Schema.Array(Schema.Array(Run)), undefined: Schema.Number })
/** Weights by class, threshold, and negative or positive; and the weight of scores that are NaN. */
export const Binned = Schema.Struct({ bins: Amounts, undefined: Schema.Number })
export type Ranked = typeof Exact.Type | typeof Binned.Type

type RankedMetric<Value> = Metric<tf.Tensor, tf.Tensor, any, Value>

const name = "a metric of ranks"

/** Scores, labels and weights for the host. */
const measure = (task: ScoredTask) => (scored: Scored<tf.Tensor, tf.Tensor>) => {
  const { scores, actual, weights } = scoresOf(name, task, scored)
  return given(scored, { scores, actual }, weights)
}

/** Calls `each` with every score of nonzero weight, its class, and whether that is the element's class. */
const forEachScore = (
  task: ScoredTask,
  measured: MeasuredTargets,
  scoresOfRow: (row: number) => ArrayLike<number>,
  each: (column: number, score: number, positive: boolean, weight: number) => void
): void => {
  const columns = columnsOf(task)
  forEachTarget(name, task, measured, (label, weight, index) => {
    if (task.task !== "multiclass") {
      const column = index % columns
      each(column, element(scoresOfRow((index - column) / columns), column), label === 1, weight)
      return
    }
    const scores = scoresOfRow(index)
    for (let column = 0; column < columns; column++) each(column, element(scores, column), label === column, weight)
  })
}

/** How the columns of a row are given: directly, or computed from the logits of a row, each row once. */
const rowsOf = (
  scores: ArrayLike<number>,
  columns: number,
  make?: (scores: ArrayLike<number>, from: number, columns: number) => ArrayLike<number>
): ((row: number) => ArrayLike<number>) => {
  const values = scores as Float32Array
  let [key, cached]: [number, ArrayLike<number>] = [-1, []]
  return (row) => {
    if (row === key) return cached
    const from = row * columns
    key = row
    cached = make === undefined ? values.subarray(from, from + columns) : make(scores, from, columns)
    return cached
  }
}

const exact = memoized((task: ScoredTask): Statistics<tf.Tensor, tf.Tensor, typeof Exact.Type> => {
  const columns = columnsOf(task)
  const ranks = task.task === "multiclass" && task.from !== "probabilities" ? logOdds : undefined
  return {
    state: Exact,
    empty: { classes: Array<ReadonlyArray<Sweep.Run>>(columns).fill([]), undefined: 0 },
    ...measuring(measure(task), (measured) => {
      const elements: Array<Array<[number, boolean, number]>> = Array.from({ length: columns }, () => [])
      let undefinedWeight = 0
      const rows = rowsOf(measured.scores, columns, ranks)
      forEachScore(task, measured, rows, (column, score, positive, weight) => {
        if (Number.isNaN(score)) undefinedWeight += weight
        else element(elements, column).push([score, positive, weight])
      })
      return {
        classes: elements.map((all) => (all.length === 0 ? [] : [Sweep.runOf(all)])),
        undefined: undefinedWeight
      }
    }),
    combine: (a, b) => ({
      classes: Arr.zipWith(a.classes, b.classes, Sweep.append),
      undefined: a.undefined + b.undefined
    })
  }
})

/** The last threshold i / (bins − 1) that a probability reaches, both as float32, like probabilities that are given. */
const binOf = (probability: number, bins: number): number => {
  const reaches = (bin: number) => probability >= Math.fround(bin / (bins - 1))
  let bin = Math.max(0, Math.min(bins - 1, Math.floor(probability * (bins - 1))))
  // The product rounds; what counts is the comparison with the threshold itself.
  if (bin > 0 && !reaches(bin)) bin--
  else if (bin < bins - 1 && reaches(bin + 1)) bin++
  return bin
}

const binned = memoized(
  (options: ScoredTask & { readonly bins: number }): Statistics<tf.Tensor, tf.Tensor, typeof Binned.Type> => {
    const { bins, ...task } = options
    const columns = columnsOf(task)
    const size = columns * bins * 2
    const isLogit = task.from !== "probabilities"
    const ranks = task.task === "multiclass" && isLogit ? logOdds : undefined
    return {
      state: Binned,
      empty: { bins: Array<number>(size).fill(0), undefined: 0 },
      ...measuring(measure(task), (measured) => {
        const sums = Array<number>(size).fill(0)
        let undefinedWeight = 0
        const rows = rowsOf(measured.scores, columns, ranks)
        forEachScore(task, measured, rows, (column, score, positive, weight) => {
          const probability = Math.fround(isLogit ? sigmoid(score) : score)
          if (Number.isNaN(probability)) undefinedWeight += weight
          else sums[(column * bins + binOf(probability, bins)) * 2 + Number(positive)]! += weight
        })
        return { bins: sums, undefined: undefinedWeight }
      }),
      combine: (a, b) => ({ bins: addArrays(a.bins, b.bins), undefined: a.undefined + b.undefined })
    }
  }
)

export type Options = ScoredTask & {
  /** Thresholds of constant memory; absent for exact values. */
  readonly bins?: number
}

const statisticsOf = (of: string, { bins, ...options }: Options): Statistics<tf.Tensor, tf.Tensor, any> => {
  const task = scoringOf(of, options)
  if (bins === undefined) return exact(task)
  if (!Number.isInteger(bins) || bins < 2)
    throw new OptionsInvalid({ metric: of, problems: [`bins is ${bins}, expected a whole number of at least 2`] })
  return binned({ ...task, bins })
}

/** A run for each class. */
const runsOf = (state: Ranked, columns: number): ReadonlyArray<Sweep.Run> => {
  if ("classes" in state) return state.classes.map((runs) => runs.reduceRight(Sweep.merge, Sweep.nothing))
  const bins = state.bins.length / columns / 2
  return Array.from({ length: columns }, (_, column) => {
    const row = (positive: number) =>
      Array.from({ length: bins }, (_, index) =>
        element(state.bins, (column * bins + (bins - 1 - index)) * 2 + positive)
      )
    return {
      scores: Array.from({ length: bins }, (_, index) => (bins - 1 - index) / (bins - 1)),
      positive: row(1),
      negative: row(0)
    }
  })
}

const hasWeight = ({ positive, negative }: Sweep.Run) => [...positive, ...negative].some((weight) => weight !== 0)

interface Averages {
  (options: Options & { readonly average: "none" }): RankedMetric<ReadonlyArray<number>>
  (
    options: Options & {
      /** `macro` when absent: the mean over classes that have a value; `weighted` by positives; `micro`: as one task. */
      readonly average?: "macro" | "weighted" | "micro"
    }
  ): RankedMetric<number>
}

const ranked =
  (of: string, value: (sweep: Sweep.Sweep) => number): Averages =>
  ({ average = "macro", ...options }: Options & { readonly average?: string }): RankedMetric<any> =>
    metric(statisticsOf(of, options), {
      name: of,
      better: "higher",
      result: (state: Ranked): Option.Option<any> => {
        const classes = runsOf(state, columnsOf(options))
        if (state.undefined !== 0) return Option.some(average === "none" ? classes.map(() => Number.NaN) : Number.NaN)
        const runs = average === "micro" ? [classes.reduce(Sweep.merge, Sweep.nothing)] : classes
        const values = runs.map((run) => value(Sweep.sweepOf(run)))
        const defined = Arr.zip(runs, values).filter(([, one]) => !Number.isNaN(one))
        if (defined.length === 0) return Option.none()
        if (average === "none") return Option.some(values)
        const weights = defined.map(([run]) => (average === "weighted" ? sum(run.positive) : 1))
        return Option.some(sum(Arr.zipWith(defined, weights, ([, one], weight) => one * weight)) / sum(weights))
      }
    })

/**
 * The area under the ROC curve, in [0, 1]: the chance that a positive has a higher score than a negative, ties counting half.
 * Multiclass: one against the rest, as scikit-learn's `multi_class="ovr"`. Hanley and McNeil 1982.
 */
export const areaUnderRoc: Averages = ranked("AUROC", Sweep.areaUnderRoc)

/** Average precision, in [0, 1]: Σ (recallₖ − recallₖ₋₁)·precisionₖ over thresholds, without interpolation. */
export const averagePrecision: Averages = ranked("average precision", Sweep.averagePrecision)

/** A curve's own names, and what it is as a line in the unit square. */
interface Shape<Curve> {
  readonly points: (sweep: Sweep.Sweep) => Curve
  readonly line: (curve: Curve) => readonly [x: ReadonlyArray<number>, y: ReadonlyArray<number>]
  readonly draw: (curves: ReadonlyArray<Curve>, options: { readonly names?: ReadonlyArray<string> }) => Figure
}

/** How far what a report keeps of a curve may be from it, in either direction. */
const reported = 0.0005

type Columns = { readonly [name: string]: ReadonlyArray<number> }

const curve =
  <Curve extends Columns>(of: string, { points, line, draw }: Shape<Curve>) =>
  (
    options: Options & {
      /** Of the classes or labels, for figures and reports; their numbers when absent. */
      readonly names?: ReadonlyArray<string>
    }
  ): RankedMetric<ReadonlyArray<Curve>> => {
    const { names } = options
    return metric(statisticsOf(of, options), {
      name: of,
      better: "neither",
      result: (state: Ranked) => {
        const runs = runsOf(state, columnsOf(options))
        if (state.undefined !== 0 || !runs.some(hasWeight)) return Option.none()
        const isLogit = options.bins === undefined && options.from !== "probabilities"
        const probability = (score: number) => (isLogit ? sigmoid(score) : score)
        return Option.some(
          runs.map((run) => {
            const { thresholds, tp, fp } = Sweep.sweepOf(run)
            return points({ thresholds: [Infinity, ...thresholds.map(probability)], tp: [0, ...tp], fp: [0, ...fp] })
          })
        )
      },
      toFigure: (curves: ReadonlyArray<Curve>) => draw(curves, names === undefined ? {} : { names }),
      toJson: (curves: ReadonlyArray<Curve>) =>
        curves.map((one, k) => {
          const [x, y] = line(one)
          const points = needed(Arr.zip(x, y), reported)
          return {
            name: names?.[k] ?? String(k),
            ...Record.map<string, ReadonlyArray<number>, ReadonlyArray<number>>(one, (values) =>
              points.map((index) => element(values, index))
            )
          }
        })
    })
  }

const fractions = (values: ReadonlyArray<number>) => {
  const all = element(values, -1)
  return values.map((value) => (all === 0 ? 0 : value / all))
}

/**
 * The ROC curve of each class (one for a binary task). None while a score is NaN. Rates without elements are 0. A figure, and
 * in reports as few points as draw the same curve to within 0.0005.
 */
export const rocCurve = curve<RocCurve>("ROC curve", {
  points: ({ thresholds, tp, fp }) => ({
    thresholds,
    falsePositiveRate: fractions(fp),
    truePositiveRate: fractions(tp)
  }),
  line: ({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate],
  draw: Figures.rocCurves
})

/** The precision-recall curve of each class (one for a binary task). None while a score is NaN. Shown as `rocCurve` is. */
export const precisionRecallCurve = curve<PrecisionRecallCurve>("precision-recall curve", {
  points: ({ thresholds, tp, fp }) => ({
    thresholds,
    precision: Arr.zipWith(tp, fp, (right, wrong) => (right + wrong === 0 ? 1 : right / (right + wrong))),
    recall: fractions(tp)
  }),
  line: ({ recall, precision }) => [recall, precision],
  draw: Figures.precisionRecallCurves
})
