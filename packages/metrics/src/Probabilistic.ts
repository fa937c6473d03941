/**
 * Metrics of probabilities: log loss, perplexity, Brier score and calibration. Tasks, outputs and targets are those of
 * `Classification`, without thresholds. Sample weights and masks count in every sum; masked elements may hold anything.
 */
import { type Metric, type Scored, WeightedSum, weightedSum } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { OptionsInvalid } from "./Errors.ts"
import * as Figures from "./Figures.ts"
import { given, largest, refuse } from "./Labels.ts"
import {
  probabilities,
  type ScoredMulticlass,
  type ScoredTask,
  type ScoresAndLabels,
  scoresOf,
  scoringOf
} from "./Scores.ts"
import { addArrays, memoized, metric, type Statistics } from "./Statistics.ts"

type Batch = Scored<tf.Tensor, tf.Tensor>
type Mean = Metric<tf.Tensor, tf.Tensor, WeightedSum, number>

const oneHot = (actual: tf.Tensor, classes: number) =>
  tf.equal(tf.expandDims(actual, -1), tf.range(0, classes, 1, "int32"))

/** The mean of a value per element. */
const meanStatistics = (
  name: string,
  task: ScoredTask,
  values: (batch: ScoresAndLabels) => tf.Tensor
): Statistics<tf.Tensor, tf.Tensor, WeightedSum> => {
  const classes = task.task === "multiclass" ? task.classes : 2
  return {
    state: WeightedSum,
    empty: weightedSum.empty,
    measure: (scored: Batch) => {
      const batch = scoresOf(name, task, scored)
      const { scores, actual, weights } = batch
      return given(scored, { values: scores.size === 0 ? scores : values(batch), actual }, weights)
    },
    ofBatch: ({ values, actual, weights }) => {
      let [sum, weight, wrong] = [0, 0, 0]
      for (let at = 0; at < actual!.length; at++) {
        const own = weights === undefined ? 1 : weights[at]!
        if (own === 0) continue
        if (actual![at]! < 0 || actual![at]! >= classes) wrong += own
        sum += own * values![at]!
        weight += own
      }
      refuse(name, task, wrong)
      return { sum, weight }
    },
    combine: weightedSum.combine
  }
}

// float32's distance from 1 to the next number, as scikit-learn clips float32 probabilities.
const smallest = 2 ** -23

const logLosses = memoized((task: ScoredTask) =>
  meanStatistics("log loss", task, ({ scores, actual }) => {
    if (task.task === "multiclass") {
      const logs = task.from === "probabilities" ? tf.log(tf.clipByValue(scores, smallest, 1)) : tf.logSoftmax(scores)
      return tf.neg(tf.sum(tf.where(oneHot(actual, task.classes), logs, tf.zerosLike(logs)), -1))
    }
    const label = tf.cast(actual, "float32")
    if (task.from === "probabilities") {
      const own = tf.where(tf.equal(actual, 1), scores, tf.sub(1, scores))
      return tf.neg(tf.log(tf.clipByValue(own, smallest, 1)))
    }
    // max(x, 0) − x·y + log(1 + exp(−|x|)), which neither overflows nor loses digits.
    return tf.add(tf.sub(tf.relu(scores), tf.mul(scores, label)), tf.log1p(tf.exp(tf.neg(tf.abs(scores)))))
  })
)

/**
 * Log loss, or cross-entropy, in nats: mean −log p(target), in [0, ∞); of a multilabel task over all elements. From logits it is
 * exact for any logit; probabilities are clipped to at least 2⁻²³, as scikit-learn does with float32.
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

const brierScores = memoized((task: ScoredTask) =>
  meanStatistics("Brier score", task, ({ scores, actual }) => {
    const values = probabilities(task, scores)
    if (task.task !== "multiclass") return tf.squaredDifference(values, tf.cast(actual, "float32"))
    return tf.sum(tf.squaredDifference(values, tf.cast(oneHot(actual, task.classes), "float32")), -1)
  })
)

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

const reliabilities = memoized(
  (options: ScoredTask & { readonly bins: number }): Statistics<tf.Tensor, tf.Tensor, Reliability> => {
    const { bins, ...task } = options
    const name = "calibration error"
    const zeros = (): Array<number> => Array<number>(bins).fill(0)
    return {
      state: Reliability,
      empty: { weight: zeros(), confidence: zeros(), right: zeros() },
      measure: (scored) => {
        const { scores, actual, weights } = scoresOf(name, task, scored)
        const confidence = probabilities(task, scores)
        if (task.task !== "multiclass" || scores.size === 0) return given(scored, { confidence, actual }, weights)
        return given(scored, { confidence: tf.max(confidence, -1), predicted: largest(confidence), actual }, weights)
      },
      ofBatch: ({ confidence, predicted, actual, weights }) => {
        const [weight, sums, right] = [zeros(), zeros(), zeros()]
        const classes = task.task === "multiclass" ? task.classes : 2
        let wrong = 0
        for (let at = 0; at < actual!.length; at++) {
          const own = weights === undefined ? 1 : weights[at]!
          if (own === 0) continue
          const [label, sure] = [actual![at]!, confidence![at]!]
          if (label < 0 || label >= classes) wrong += own
          // In float32, like the confidences. A NaN is in the first bin, and makes its sum NaN.
          const bin = Math.max(0, Math.min(bins - 1, Math.floor(Math.fround(sure * bins)))) || 0
          weight[bin]! += own
          sums[bin]! += own * sure
          right[bin]! += own * (predicted === undefined ? label : Number(predicted[at] === label))
        }
        refuse(name, task, wrong)
        return { weight, confidence: sums, right }
      },
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

const gaps = ({ weight, confidence, right }: Reliability): ReadonlyArray<number> =>
  weight.map((one, bin) => (one === 0 ? 0 : Math.abs(right[bin]! - confidence[bin]!) / one))

/**
 * Expected calibration error: Σ over bins of their share · |accuracy − mean confidence|, in [0, 1]. The confidence of a
 * multiclass prediction is its largest probability; of a binary one, and of each label, the probability of class 1, compared
 * with how often it was. Bins are [k/B, (k+1)/B), the last with 1; torchmetrics gives confidences of exactly 1 a bin of their own. NaN outputs
 * give NaN. Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599.
 */
export const expectedCalibrationError = (
  options: CalibrationOptions
): Metric<tf.Tensor, tf.Tensor, Reliability, number> =>
  calibrated("ECE", options, "lower", (state, total) =>
    gaps(state).reduce((sum, gap, bin) => sum + (gap * state.weight[bin]!) / total, 0)
  )

/** Maximum calibration error: the largest |accuracy − mean confidence| of a bin that holds anything, in [0, 1]. As for ECE. */
export const maximumCalibrationError = (
  options: CalibrationOptions
): Metric<tf.Tensor, tf.Tensor, Reliability, number> =>
  calibrated("MCE", options, "lower", (state) => Math.max(...gaps(state)))

/** A bin of the reliability diagram; confidence and accuracy are means, absent where it holds nothing. */
export interface ReliabilityBin {
  readonly from: number
  readonly to: number
  readonly weight: number
  readonly confidence?: number
  readonly accuracy?: number
}

/** The bins of ECE: a reliability diagram as a figure, and data of reports. */
export const reliability = (
  options: CalibrationOptions
): Metric<tf.Tensor, tf.Tensor, Reliability, ReadonlyArray<ReliabilityBin>> => ({
  ...calibrated("reliability", options, "neither", ({ weight, confidence, right }) =>
    weight.map((one, bin) => ({
      from: bin / weight.length,
      to: (bin + 1) / weight.length,
      weight: one,
      ...(one === 0 ? {} : { confidence: confidence[bin]! / one, accuracy: right[bin]! / one })
    }))
  ),
  toJson: (bins) => bins.map((bin) => ({ ...bin })),
  toFigure: (bins) => Figures.reliability(bins)
})
