/**
 * Metrics of counts: accuracy, precision, recall, F, specificity and Jaccard, for binary, multiclass and multilabel tasks,
 * from logits, probabilities or labels. All of one task share their counts. What outputs and targets look like, and how they
 * become labels, is documented at `Binary`, `Multiclass` and `Multilabel`; how classes are averaged, at `Average`.
 *
 * All are in [0, 1], higher is better; sample weights and masks count in every sum; without anything counted there is no
 * result; NaN outputs that count make it NaN. Values are those of scikit-learn where it has the metric, with `labels` left out, and of torchmetrics with its
 * `zero_division` 0, with these differences:
 * - a binary task gives the value of class 1, whatever the average, as with scikit-learn's `average="binary"`;
 * - logits are compared with log(t / (1 − t)), so that no sigmoid rounds;
 * - with `topK` above 1, macro averages leave out classes that don't occur; torchmetrics leaves out those without targets.
 */
import { elementWeights, type Metric, measuring, type Scored, WeightedSum, weightedSum } from "@etude/core/Metric"
import type * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import { type Average, type Averaging, average, hasData, perClass, type Ratio } from "./Averages.ts"
import * as Counts from "./Counts.ts"
import { OptionsInvalid } from "./Errors.ts"
import {
  checkLabelling,
  forEachLabel,
  given,
  type Labelling,
  labellingOf,
  labels,
  type Multiclass,
  type Multilabel,
  measureLabels
} from "./Labels.ts"
import { memoized, metric, type Statistics } from "./Statistics.ts"

export type { Average, Averaging } from "./Averages.ts"
export type { Binary, From, Labelling, Multiclass, Multilabel } from "./Labels.ts"

/** One number for all classes. */
export type Averaged = Labelling & Averaging & { readonly average?: Average }
/** One number for each class: the classes 0 and 1 of a binary task. 0/0 is `zeroDivision`. */
export type PerClass = Labelling & Averaging & { readonly average: "none" }

type CountsMetric<Value> = Metric<tf.Tensor, tf.Tensor, Counts.Counts, Value>

/** A metric with a ratio per class. */
export interface Counted {
  (options: PerClass): CountsMetric<ReadonlyArray<number>>
  (options: Averaged): CountsMetric<number>
}

type Options = Averaged | PerClass

const make = (name: string, options: Options, usual: Average, ratio: Ratio): CountsMetric<any> => {
  checkLabelling(name, options)
  const labelling = labellingOf(options)
  const { average: kind = usual, zeroDivision } = options
  return metric(Counts.statistics(labelling), {
    name,
    better: "higher",
    result: (counts: Counts.Counts): Option.Option<any> =>
      kind !== "none"
        ? average(labelling, kind, ratio, counts, zeroDivision)
        : hasData(counts)
          ? Option.some(perClass(ratio, counts, zeroDivision))
          : Option.none()
  })
}

const counted =
  (name: string, ratio: Ratio): Counted =>
  (options: Options): CountsMetric<any> =>
    make(name, options, "macro", ratio)

/** The fraction of predicted positives that are positive: tp / (tp + fp). 0/0 (never predicted) is `zeroDivision`. */
export const precision: Counted = counted("precision", ({ tp, fp }) => [tp, tp + fp])

/** The fraction of actual positives that are predicted: tp / (tp + fn). Also: sensitivity. 0/0 (no targets) is `zeroDivision`. */
export const recall: Counted = counted("recall", ({ tp, fn }) => [tp, tp + fn])

/** The fraction of negatives that are predicted as negative: tn / (tn + fp). 0/0 (no other class) is `zeroDivision`. */
export const specificity: Counted = counted("specificity", ({ tn, fp }) => [tn, tn + fp])

/** The intersection of predictions and targets over their union: tp / (tp + fp + fn). Also: IoU. */
export const jaccard: Counted = counted("jaccard", ({ tp, fp, fn }) => [tp, tp + fp + fn])

const fRatio =
  (beta: number): Ratio =>
  ({ tp, fp, fn }) => [(1 + beta * beta) * tp, (1 + beta * beta) * tp + beta * beta * fn + fp]

/** The harmonic mean of precision and recall: 2·tp / (2·tp + fp + fn). A macro average is one of F1, not of its parts. */
export const f1: Counted = counted("f1", fRatio(1))

/** (1 + β²)·tp / ((1 + β²)·tp + β²·fn + fp): recall counts β times as much as precision. van Rijsbergen 1979. */
export const fBeta = ((options: Options & { readonly beta: number }): CountsMetric<any> => {
  const { beta } = options
  if (!(beta > 0)) throw new OptionsInvalid({ metric: "fBeta", problems: [`beta is ${beta}, expected more than 0`] })
  return make(`f${beta}`, options, "macro", fRatio(beta))
}) as {
  (options: PerClass & { readonly beta: number }): CountsMetric<ReadonlyArray<number>>
  (options: Averaged & { readonly beta: number }): CountsMetric<number>
}

/**
 * The fraction of correct predictions. Multiclass: tp / (tp + fn) of each class, so that `micro` (when no average is
 * named) is the fraction of elements and `macro` is balanced accuracy. Binary and multilabel: (tp + tn) / all, of each
 * label.
 */
export const accuracy: Counted = (options: Options): CountsMetric<any> =>
  make(
    "accuracy",
    options,
    "micro",
    options.task === "multiclass" ? ({ tp, fn }) => [tp, tp + fn] : ({ tp, fp, fn, tn }) => [tp + tn, tp + fp + fn + tn]
  )

const weightedAverage = { state: WeightedSum, empty: weightedSum.empty, combine: weightedSum.combine }

const topKShare = memoized((labelling: Multiclass): Statistics<tf.Tensor, tf.Tensor, WeightedSum> => {
  const name = "topKAccuracy"
  return {
    ...weightedAverage,
    // Predicted is the target where it is among the best: those counts are what precision and recall of the best k share.
    ...measuring(measureLabels(labelling), (measured) => {
      let [sum, weight] = [0, 0]
      const missing = forEachLabel(name, labelling, measured, (truth, guess, labelWeight) => {
        weight += labelWeight
        if (truth === guess) sum += labelWeight
      })
      return missing === 0 ? { sum, weight } : { sum: Number.NaN, weight: weight + missing }
    })
  }
})

/**
 * The fraction of elements whose target is among the k largest outputs, k = `topK`; outputs [batch, …, classes]. Of
 * equal outputs the lower class comes first; scikit-learn takes the higher one.
 */
export const topKAccuracy = (
  options: Multiclass & { readonly topK: number }
): Metric<tf.Tensor, tf.Tensor, WeightedSum, number> => {
  checkLabelling("topKAccuracy", options)
  return metric(topKShare(labellingOf(options) as Multiclass), {
    name: `top-${options.topK} accuracy`,
    better: "higher",
    result: weightedSum.mean
  })
}

const exactShare = memoized((labelling: Multilabel): Statistics<tf.Tensor, tf.Tensor, WeightedSum> => {
  const name = "exactMatch"
  return {
    ...weightedAverage,
    ...measuring(
      (scored: Scored<tf.Tensor, tf.Tensor>) => {
        const { predicted, actual } = labels(name, labelling, scored)
        return given(scored, { predicted, actual }, elementWeights(actual, scored))
      },
      (measured) => {
        const { actual, weights } = measured
        const sampleOf = (element: number) => Math.floor(element / labelling.labels)
        const samples = sampleOf(actual.length)
        const right = new Float64Array(samples).fill(1)
        const missing = forEachLabel(name, labelling, measured, (truth, guess, _, index) => {
          if (truth !== guess) right[sampleOf(index)] = 0
        })
        // A sample weighs what its labels do that are not masked.
        const sampleWeights = new Float64Array(samples).fill(weights === undefined ? 1 : 0)
        for (let index = 0; weights !== undefined && index < weights.length; index++)
          sampleWeights[sampleOf(index)] = Math.max(sampleWeights[sampleOf(index)]!, weights[index]!)
        const { sum, weight } = weightedSum.ofBatch({ values: right, weights: sampleWeights })
        return { sum: missing === 0 ? sum : Number.NaN, weight }
      }
    )
  }
})

/**
 * The fraction of samples whose labels are all correct; outputs [batch, …, labels]. Ignored labels count as correct.
 * A mask is of the shape without the labels, or of the outputs' shape: labels that it excludes are ignored, and samples
 * with all labels excluded don't count.
 */
export const exactMatch = (options: Multilabel): Metric<tf.Tensor, tf.Tensor, WeightedSum, number> => {
  checkLabelling("exactMatch", options)
  return metric(exactShare(labellingOf(options) as Multilabel), {
    name: "exact match",
    better: "higher",
    result: weightedSum.mean
  })
}
