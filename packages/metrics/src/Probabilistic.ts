/**
 * Metrics of probabilities: log loss, perplexity, Brier score and calibration. Tasks, outputs and targets are those of
 * `Classification`, without thresholds. Sample weights and masks count in every sum; masked elements may hold anything.
 */
import * as ClassLabels from "@etude/core/ClassLabels"
import { element } from "@etude/core/Lookup"
import { type Metric, measuring, type Scored, WeightedSum, weightedSum } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import {
  type ScoredMulticlass,
  type ScoredTask,
  type ScoresAndLabels,
  scoresOf,
  scoringOf,
  shifted,
  sigmoid
} from "./ClassScores.ts"
import { OptionsInvalid } from "./Errors.ts"
import * as Figures from "./Figures.ts"
import type { ReliabilityBin } from "./internal/drawn.ts"
import { forEachTarget, given } from "./Labels.ts"
import { addArrays, memoized, metric, type Statistics } from "./Statistics.ts"

export type { ReliabilityBin } from "./internal/drawn.ts"

type Mean = Metric<tf.Tensor, tf.Tensor, WeightedSum, number>

const isTarget = (actual: tf.Tensor, classes: number) =>
  tf.equal(tf.cast(tf.expandDims(actual, -1), "float32"), tf.range(0, classes, 1, "float32"))

/** The numbers from which the host computes a value per element, and, where they are parts of a sum, that sum. */
interface Parts<Numbers> {
  readonly values: Numbers
  readonly all?: Numbers
}

/** The mean of a value per element, which the host computes from the label and the numbers that `measure` returns. */
const meanStatistics = (
  name: string,
  task: ScoredTask,
  measure: (batch: ScoresAndLabels) => Parts<tf.Tensor>,
  value: (number: number, label: number, all: number) => number
): Statistics<tf.Tensor, tf.Tensor, WeightedSum> => ({
  state: WeightedSum,
  empty: weightedSum.empty,
  ...measuring(
    (scored: Scored<tf.Tensor, tf.Tensor>) => {
      const batch = scoresOf(name, task, scored)
      const { scores, actual, weights } = batch
      const parts: Partial<Parts<tf.Tensor>> = scores.size === 0 ? {} : measure(batch)
      return given(scored, { ...parts, actual }, weights)
    },
    ({ values = [], all, ...measured }) => {
      let [sum, total] = [0, 0]
      forEachTarget(name, task, measured, (label, weight, index) => {
        sum += weight * value(values[index]!, label, all === undefined ? 1 : all[index]!)
        total += weight
      })
      return { sum, weight: total }
    }
  ),
  combine: weightedSum.combine
})

// float32's distance from 1 to the next number, as scikit-learn clips float32 probabilities.
const smallest = 2 ** -23
const surprise = (probability: number) => -Math.log(Math.max(Math.min(probability, 1), smallest))

/** log(1 + exp(x)) in float64, which neither overflows nor loses digits. */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

const logLosses = memoized((task: ScoredTask) => {
  const name = "log loss"
  const isLogit = task.from !== "probabilities"
  if (task.task !== "multiclass")
    return meanStatistics(
      name,
      task,
      ({ scores }) => ({ values: scores }),
      (score, label) => {
        if (isLogit) return softplus(label === 1 ? -score : score)
        return surprise(label === 1 ? score : 1 - score)
      }
    )
  if (isLogit)
    return meanStatistics(
      name,
      task,
      ({ scores, actual }) => {
        const logits = shifted(scores)
        const targetLogit = tf.where(isTarget(actual, task.classes), logits, tf.zerosLike(logits))
        return { values: tf.sum(targetLogit, -1), all: tf.sum(tf.exp(logits), -1) }
      },
      (targetLogit, _, all) => Math.log(all) - targetLogit
    )
  return meanStatistics(
    name,
    task,
    // Times 0, so that a NaN of another class is one here.
    ({ scores, actual }) => ({
      values: tf.sum(tf.where(isTarget(actual, task.classes), scores, tf.mul(scores, 0)), -1)
    }),
    surprise
  )
})

/**
 * Log loss, or cross-entropy, in nats: mean −log p(target), in [0, ∞); of a multilabel task over all elements. From logits it is
 * exact for any logit, infinite ones too: ∞ for what was held impossible, 0 for what was held certain. Probabilities are
 * clipped to at least 2⁻²³, as scikit-learn does with float32.
 */
export const logLoss = (options: ScoredTask): Mean =>
  metric(logLosses(scoringOf("log loss", options)), { name: "log loss", better: "lower", result: weightedSum.mean })

/**
 * Perplexity: exp of the mean −log p(token) over tokens that count, in [1, ∞). Outputs [batch, tokens, classes], targets
 * [batch, tokens]; padding is left out by a mask [batch, tokens] or by `ignore`. Not a mean of perplexities of sentences.
 */
export const perplexity = (options: Omit<ScoredMulticlass, "task">): Mean =>
  metric(logLosses(scoringOf("perplexity", { ...options, task: "multiclass" })), {
    name: "perplexity",
    better: "lower",
    result: (state: WeightedSum) => Option.map(weightedSum.mean(state), Math.exp)
  })

const brierScores = memoized((task: ScoredTask) => {
  const name = "Brier score"
  if (task.task === "multiclass")
    return meanStatistics(
      name,
      task,
      ({ scores, actual }) => {
        const values = task.from === "probabilities" ? scores : tf.softmax(shifted(scores))
        const truth = tf.cast(isTarget(actual, task.classes), "float32")
        return { values: tf.sum(tf.squaredDifference(values, truth), -1) }
      },
      (distance) => distance
    )
  const probability = (score: number) => (task.from === "probabilities" ? score : sigmoid(score))
  return meanStatistics(
    name,
    task,
    ({ scores }) => ({ values: scores }),
    (score, label) => (probability(score) - label) ** 2
  )
})

/**
 * The Brier score: mean squared distance of probabilities from the truth. Binary and multilabel: (p − y)², in [0, 1];
 * multiclass: Σ over classes, in [0, 2], as scikit-learn without halving. Brier 1950.
 */
export const brier = (options: ScoredTask): Mean =>
  metric(brierScores(scoringOf("Brier score", options)), {
    name: "Brier score",
    better: "lower",
    result: weightedSum.mean
  })

const Amounts = Schema.Array(Schema.Number)
/** By bin of confidence: the weight, the weighted sum of confidences, and the weight of what was right. */
export const Reliability = Schema.Struct({ weight: Amounts, confidence: Amounts, right: Amounts })
export type Reliability = typeof Reliability.Type

export type CalibrationOptions = ScoredTask & {
  /** Equally wide bins of confidence in [0, 1]; 15 when absent. */
  readonly bins?: number
}

/** The confidence of a prediction: its scores, or for logits of classes the sum in which the largest counts 1. */
interface Sure<Numbers> {
  readonly scores?: Numbers
  readonly all?: Numbers
  readonly predicted?: Numbers
}

const sureOf = (task: ScoredTask, scores: tf.Tensor2D): Sure<tf.Tensor> => {
  if (task.task !== "multiclass" || scores.size === 0) return { scores }
  const predicted = ClassLabels.predicted(scores)
  if (task.from === "probabilities") return { scores: tf.max(scores, -1), predicted }
  return { all: tf.sum(tf.exp(shifted(scores)), -1), predicted }
}

const reliabilities = memoized(
  (options: ScoredTask & { readonly bins: number }): Statistics<tf.Tensor, tf.Tensor, Reliability> => {
    const { bins, ...task } = options
    const name = "calibration error"
    const zeros = (): Array<number> => Array<number>(bins).fill(0)
    return {
      state: Reliability,
      empty: { weight: zeros(), confidence: zeros(), right: zeros() },
      ...measuring(
        (scored: Scored<tf.Tensor, tf.Tensor>) => {
          const { scores, actual, weights } = scoresOf(name, task, scored)
          return given(scored, { ...sureOf(task, scores), actual }, weights)
        },
        ({ scores = [], all, predicted, ...measured }) => {
          const counted = Array.from({ length: bins }, () => ({ weight: 0, confidence: 0, right: 0 }))
          const confidence = (index: number) => {
            if (predicted?.[index] === ClassLabels.noPrediction) return Number.NaN
            if (all !== undefined) return 1 / all[index]!
            const score = scores[index]!
            return task.task === "multiclass" || task.from === "probabilities" ? score : sigmoid(score)
          }
          forEachTarget(name, task, measured, (label, targetWeight, index) => {
            // As float32, like probabilities that are given.
            const sure = Math.fround(confidence(index))
            // A NaN is in the first bin, and makes its sum NaN.
            const bin = element(counted, Math.max(0, Math.min(bins - 1, Math.floor(Math.fround(sure * bins)))) || 0)
            bin.weight += targetWeight
            bin.confidence += targetWeight * sure
            bin.right += targetWeight * (predicted === undefined ? label : Number(predicted[index] === label))
          })
          return {
            weight: counted.map(({ weight }) => weight),
            confidence: counted.map((bin) => bin.confidence),
            right: counted.map(({ right }) => right)
          }
        }
      ),
      combine: (a, b) => ({
        weight: addArrays(a.weight, b.weight),
        confidence: addArrays(a.confidence, b.confidence),
        right: addArrays(a.right, b.right)
      })
    }
  }
)

const calibrated = <Value>(
  name: string,
  { bins = 15, ...options }: CalibrationOptions,
  better: "lower" | "neither",
  result: (state: Reliability, total: number) => Value
): Metric<tf.Tensor, tf.Tensor, Reliability, Value> => {
  if (!Number.isInteger(bins) || bins < 1)
    throw new OptionsInvalid({ metric: name, problems: [`bins is ${bins}, expected a whole number of at least 1`] })
  const task = scoringOf(name, options)
  return metric(reliabilities({ ...task, bins }), {
    name,
    better,
    result: (state: Reliability) => {
      const total = state.weight.reduce((a, b) => a + b, 0)
      return total === 0 ? Option.none() : Option.some(result(state, total))
    }
  })
}

/** The bins, each with its sums. */
const binsOf = ({ weight, confidence, right }: Reliability) =>
  Arr.zipWith(Arr.zip(confidence, right), weight, ([sure, correct], one) => ({ weight: one, sure, correct }))

const gaps = (state: Reliability): ReadonlyArray<number> =>
  binsOf(state).map(({ weight, sure, correct }) => (weight === 0 ? 0 : Math.abs(correct - sure) / weight))

/**
 * Expected calibration error: Σ over bins of their fraction · |accuracy − mean confidence|, in [0, 1]. The confidence
 * of a multiclass prediction is its largest probability; of a binary one, and of each label, the probability of class
 * 1, compared with how often it was. Bins are [k/B, (k+1)/B), the last with 1; torchmetrics gives confidences of
 * exactly 1 a separate bin. NaN outputs give NaN. Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599.
 */
export const expectedCalibrationError = (
  options: CalibrationOptions
): Metric<tf.Tensor, tf.Tensor, Reliability, number> =>
  calibrated("ECE", options, "lower", (state, total) =>
    Arr.zipWith(gaps(state), state.weight, (gap, weight) => (gap * weight) / total).reduce((sum, part) => sum + part, 0)
  )

/** Maximum calibration error: the largest |accuracy − mean confidence| of a bin that holds anything, in [0, 1]. As for ECE. */
export const maximumCalibrationError = (
  options: CalibrationOptions
): Metric<tf.Tensor, tf.Tensor, Reliability, number> =>
  calibrated("MCE", options, "lower", (state) => Math.max(...gaps(state)))

/** The bins of ECE: a reliability diagram as a figure, and data of reports. */
export const reliability = (
  options: CalibrationOptions
): Metric<tf.Tensor, tf.Tensor, Reliability, ReadonlyArray<ReliabilityBin>> => ({
  ...calibrated("reliability", options, "neither", (state) =>
    binsOf(state).map(({ weight, sure, correct }, bin, { length }) => ({
      from: bin / length,
      to: (bin + 1) / length,
      weight,
      ...(weight === 0 ? {} : { confidence: sure / weight, accuracy: correct / weight })
    }))
  ),
  toJson: (bins) => bins.map((bin) => ({ ...bin })),
  toFigure: (bins) => Figures.reliability(bins)
})
