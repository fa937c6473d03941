/**
 * Metrics of how well scores rank: AUROC, average precision, and the ROC and precision-recall curves; of a binary task, of each
 * class against the rest, or of each label.
 *
 * Exact ones keep every score that occurs (24 bytes each, more in checkpoints). With `bins` they keep counts at that many
 * thresholds i / (bins − 1) on the probabilities: constant memory, and values that move by what lies between two thresholds.
 * Exact binary and multilabel ones rank logits themselves, so that no saturated sigmoid makes ties.
 *
 * A class without positives (or, for AUROC, negatives) has no value: averages leave it out, and it is NaN where each class
 * has a value of its own. When no class has one, there is no result; scikit-learn warns or fails, torchmetrics gives 0. A score
 * that is NaN makes the result NaN.
 */
import type { Figure } from "@etude/core/Figure"
import type { Metric } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { OptionsInvalid } from "./Errors.ts"
import * as Figures from "./Figures.ts"
import { needed } from "./internal/plot.ts"
import * as Labels from "./Labels.ts"
import { columnsOf, probabilities, type ScoredTask, scoresOf, scoringOf } from "./Scores.ts"
import { sumBySegment } from "./Segments.ts"
import { addArrays, memoized, metric, type Statistics } from "./Statistics.ts"
import * as Sweep from "./Sweep.ts"

const Amounts = Schema.Array(Schema.Number)
const Run = Schema.Struct({ scores: Amounts, positive: Amounts, negative: Amounts })
/** Of each class the runs of its scores, and the weight of scores that are NaN. */
export const Exact = Schema.Struct({ classes: Schema.Array(Schema.Array(Run)), undefined: Schema.Number })
/** Weights by class, threshold, and negative or positive; and the weight of scores that are NaN. */
export const Binned = Schema.Struct({ bins: Amounts, undefined: Schema.Number })
export type Ranked = typeof Exact.Type | typeof Binned.Type

type RankedMetric<Value> = Metric<tf.Tensor, tf.Tensor, any, Value>

const name = "a metric of ranks"

const refuse = (task: ScoredTask, weight: number) => Labels.refuse(name, task, weight)

const exact = memoized((task: ScoredTask): Statistics<tf.Tensor, tf.Tensor, typeof Exact.Type> => {
  const columns = columnsOf(task)
  return {
    state: Exact,
    empty: { classes: Array<ReadonlyArray<Sweep.Run>>(columns).fill([]), undefined: 0 },
    measure: (scored) => {
      const { scores, actual, weights } = scoresOf(name, task, scored)
      const ranked = task.task === "multiclass" && scores.size > 0 ? probabilities(task, scores) : scores
      return {
        scores: tf.clone(ranked),
        actual: tf.clone(actual),
        weights: tf.cast(weights ?? tf.onesLike(actual), "float32")
      }
    },
    ofBatch: ({ scores, actual, weights }) => {
      const elements: Array<Array<[number, boolean, number]>> = Array.from({ length: columns }, () => [])
      let [undefinedWeight, wrong] = [0, 0]
      for (let at = 0; at < scores!.length; at++) {
        const column = at % columns
        const element = task.task === "multiclass" ? (at - column) / columns : at
        const [score, label, weight] = [scores![at]!, actual![element]!, weights![element]!]
        if (weight === 0) continue
        if (label < 0 || label >= (task.task === "multiclass" ? columns : 2)) wrong += weight
        else if (Number.isNaN(score)) undefinedWeight += weight
        else elements[column]!.push([score, task.task === "multiclass" ? label === column : label === 1, weight])
      }
      refuse(task, wrong)
      return {
        classes: elements.map((all) => (all.length === 0 ? [] : [Sweep.runOf(all)])),
        undefined: undefinedWeight
      }
    },
    combine: (a, b) => ({
      classes: a.classes.map((runs, column) => Sweep.append(runs, b.classes[column]!)),
      undefined: a.undefined + b.undefined
    })
  }
})

/** The last threshold that each probability reaches. */
const binsOf = (values: tf.Tensor, bins: number): tf.Tensor => {
  const thresholds = tf.tensor1d(Array.from({ length: bins }, (_, at) => at / (bins - 1)))
  const top = tf.scalar(bins - 1, "int32")
  const near = tf.minimum(tf.maximum(tf.cast(tf.floor(tf.mul(values, bins - 1)), "int32"), tf.scalar(0, "int32")), top)
  // The product rounds; what counts is the comparison with the threshold itself.
  const over = tf.less(values, tf.gather(thresholds, near))
  const lower = tf.maximum(tf.sub(near, tf.cast(over, "int32")), tf.scalar(0, "int32"))
  const next = tf.minimum(tf.add(lower, tf.scalar(1, "int32")), top)
  return tf.where(tf.greaterEqual(values, tf.gather(thresholds, next)), next, lower)
}

const binned = memoized(
  (options: ScoredTask & { readonly bins: number }): Statistics<tf.Tensor, tf.Tensor, typeof Binned.Type> => {
    const { bins, ...task } = options
    const columns = columnsOf(task)
    const size = columns * bins * 2
    return {
      state: Binned,
      empty: { bins: Array<number>(size).fill(0), undefined: 0 },
      measure: (scored) => {
        const { scores, actual, weights } = scoresOf(name, task, scored)
        if (scores.size === 0) return { sums: tf.zeros([size + 2]) }
        const values = probabilities(task, scores)
        const spread = (tensor: tf.Tensor) =>
          task.task === "multiclass" ? tf.tile(tf.expandDims(tensor, -1), [1, columns]) : tensor
        const label = spread(actual)
        const numbers = tf.range(0, columns, 1, "int32")
        const positive = tf.equal(label, task.task === "multiclass" ? numbers : tf.scalar(1, "int32"))
        const cell = tf.add(tf.mul(numbers, tf.scalar(bins, "int32")), binsOf(values, bins))
        const id = tf.add(tf.mul(cell, tf.scalar(2, "int32")), tf.cast(positive, "int32"))
        const most = task.task === "multiclass" ? columns - 1 : 1
        const wrong = tf.logicalOr(tf.less(label, 0), tf.greater(label, most))
        const odd = tf.where(tf.isNaN(values), tf.scalar(size, "int32"), id)
        const ids = tf.where(wrong, tf.scalar(size + 1, "int32"), odd)
        return { sums: sumBySegment(ids, weights && spread(weights), size + 2) }
      },
      ofBatch: ({ sums }) => {
        refuse(task, sums![size + 1]!)
        return { bins: Array.from({ length: size }, (_, at) => sums![at]!), undefined: sums![size]! }
      },
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
      Array.from({ length: bins }, (_, at) => state.bins[(column * bins + (bins - 1 - at)) * 2 + positive]!)
    return {
      scores: Array.from({ length: bins }, (_, at) => (bins - 1 - at) / (bins - 1)),
      positive: row(1),
      negative: row(0)
    }
  })
}

const seen = ({ positive, negative }: Sweep.Run) => [...positive, ...negative].some((weight) => weight !== 0)
const sum = (values: ReadonlyArray<number>) => values.reduce((a, b) => a + b, 0)

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
        const defined = values.flatMap((one, k) => (Number.isNaN(one) ? [] : [k]))
        if (defined.length === 0) return Option.none()
        if (average === "none") return Option.some(values)
        const weights = defined.map((k) => (average === "weighted" ? sum(runs[k]!.positive) : 1))
        return Option.some(sum(defined.map((k, at) => values[k]! * weights[at]!)) / sum(weights))
      }
    })

/**
 * The area under the ROC curve, in [0, 1]: the chance that a positive has a higher score than a negative, ties counting half.
 * Multiclass: one against the rest, as scikit-learn's `multi_class="ovr"`. Hanley and McNeil 1982.
 */
export const areaUnderRoc: Averages = ranked("AUROC", Sweep.areaUnderRoc)

/** Average precision, in [0, 1]: Σ (recallₖ − recallₖ₋₁)·precisionₖ over thresholds, without interpolation. */
export const averagePrecision: Averages = ranked("average precision", Sweep.averagePrecision)

/** Points by falling threshold, which is a probability; the first is that of a threshold nothing reaches. */
export interface RocCurve {
  readonly thresholds: ReadonlyArray<number>
  readonly falsePositiveRate: ReadonlyArray<number>
  readonly truePositiveRate: ReadonlyArray<number>
}
/** Points by falling threshold, hence rising recall; the first has precision 1 and recall 0, as in scikit-learn. */
export interface PrecisionRecallCurve {
  readonly thresholds: ReadonlyArray<number>
  readonly precision: ReadonlyArray<number>
  readonly recall: ReadonlyArray<number>
}

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
  <Curve extends object>(of: string, { points, line, draw }: Shape<Curve>) =>
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
        if (state.undefined !== 0 || !runs.some(seen)) return Option.none()
        const logits = options.bins === undefined && options.task !== "multiclass" && options.from !== "probabilities"
        const probability = (score: number) => (logits ? 1 / (1 + Math.exp(-score)) : score)
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
          const kept = needed(
            x.map((at, point) => [at, y[point]!] as const),
            reported
          )
          const columns = Object.entries(one as unknown as Columns).map(([name, values]) => [
            name,
            kept.map((at) => values[at]!)
          ])
          return { name: names?.[k] ?? String(k), ...Object.fromEntries(columns) }
        })
    })
  }

const shares = (values: ReadonlyArray<number>) => {
  const all = values.at(-1)!
  return values.map((value) => (all === 0 ? 0 : value / all))
}

/**
 * The ROC curve of each class (one for a binary task). None while a score is NaN. Rates without elements are 0. A figure, and
 * in reports as few points as draw the same curve to within 0.0005.
 */
export const rocCurve = curve<RocCurve>("ROC curve", {
  points: ({ thresholds, tp, fp }) => ({
    thresholds,
    falsePositiveRate: shares(fp),
    truePositiveRate: shares(tp)
  }),
  line: ({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate],
  draw: Figures.rocCurves
})

/** The precision-recall curve of each class (one for a binary task). None while a score is NaN. Shown as `rocCurve` is. */
export const precisionRecallCurve = curve<PrecisionRecallCurve>("precision-recall curve", {
  points: ({ thresholds, tp, fp }) => ({
    thresholds,
    precision: tp.map((value, at) => (value + fp[at]! === 0 ? 1 : value / (value + fp[at]!))),
    recall: shares(tp)
  }),
  line: ({ recall, precision }) => [recall, precision],
  draw: Figures.precisionRecallCurves
})
