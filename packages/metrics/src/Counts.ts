/** Counts per class, from which precision, recall, F, specificity, Jaccard and accuracy follow. */

import { measuring } from "@etude/core/Metric"
import type * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"
import { columnSums, columnsOf, diagonal, inRows, sum } from "./internal/matrix.ts"
import { classesOf, countPairs, forEachLabel, type Labelling, measureLabels } from "./Labels.ts"
import { addArrays, memoized, type Statistics } from "./Statistics.ts"

const Amounts = Schema.Array(Schema.Number)

/**
 * For each class the number (or weight) of elements: of the class and predicted so, predicted so, of the class, all; and of
 * those without a prediction, whose outputs are NaN.
 */
export const Counts = Schema.Struct({
  both: Amounts,
  predicted: Amounts,
  actual: Amounts,
  all: Amounts,
  undefined: Schema.Number
})
export type Counts = typeof Counts.Type

/** Counts of classes from a confusion matrix. */
const ofClasses = (pairs: ReadonlyArray<number>, classes: number): Counts => {
  const rows = inRows(pairs, classes)
  return {
    both: diagonal(rows),
    predicted: columnSums(rows),
    actual: rows.map(sum),
    all: Array<number>(classes).fill(sum(pairs)),
    undefined: 0
  }
}

/** Counts of labels from the four pairs of each. */
const ofLabels = (pairs: ReadonlyArray<number>): Counts => {
  const [tn = [], fp = [], fn = [], tp = []] = columnsOf(inRows(pairs, 4))
  const [predicted, actual] = [addArrays(fp, tp), addArrays(fn, tp)]
  return { both: tp, predicted, actual, all: addArrays(addArrays(tn, fp), actual), undefined: 0 }
}

/** Counts of the classes of a task; a binary task has the classes 0 and 1. */
export const statistics = memoized((labelling: Labelling): Statistics<tf.Tensor, tf.Tensor, Counts> => {
  const classes = classesOf(labelling)
  const isMultilabel = labelling.task === "multilabel"
  const zeros = (): Array<number> => Array<number>(classes).fill(0)
  const empty = { both: zeros(), predicted: zeros(), actual: zeros(), all: zeros(), undefined: 0 }
  return {
    state: Counts,
    empty,
    ...measuring(measureLabels(labelling), (measured) => {
      const pairs = countPairs(labelling, measured)
      if (pairs !== undefined) return isMultilabel ? ofLabels(pairs) : ofClasses(pairs, classes)
      const [both, predicted, actual, all] = [zeros(), zeros(), zeros(), zeros()]
      let total = 0
      const countClass = (truth: number, guess: number, weight: number) => {
        actual[truth]! += weight
        predicted[guess]! += weight
        if (truth === guess) both[truth]! += weight
        total += weight
      }
      const countLabel = (truth: number, guess: number, weight: number, element: number) => {
        const label = element % classes
        actual[label]! += truth * weight
        predicted[label]! += guess * weight
        both[label]! += truth * guess * weight
        all[label]! += weight
      }
      const missing = forEachLabel("a metric of counts", labelling, measured, isMultilabel ? countLabel : countClass)
      return { both, predicted, actual, all: isMultilabel ? all : all.fill(total), undefined: missing }
    }),
    combine: (a, b) => ({
      both: addArrays(a.both, b.both),
      predicted: addArrays(a.predicted, b.predicted),
      actual: addArrays(a.actual, b.actual),
      all: addArrays(a.all, b.all),
      undefined: a.undefined + b.undefined
    })
  }
})
