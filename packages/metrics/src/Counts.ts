/** Counts per class: what precision, recall, F, specificity, Jaccard and accuracy are made of. */

import type * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"
import { classesOf, forEachLabel, type Labelling, measureLabels } from "./Labels.ts"
import { addArrays, memoized, type Statistics } from "./Statistics.ts"

const Amounts = Schema.Array(Schema.Number)

/** For each class the number (or weight) of elements: of the class and predicted so, predicted so, of the class, all. */
export const Counts = Schema.Struct({ both: Amounts, predicted: Amounts, actual: Amounts, all: Amounts })
export type Counts = typeof Counts.Type

/** Counts of the classes of a task; a binary task has the classes 0 and 1. */
export const statistics = memoized((labelling: Labelling): Statistics<tf.Tensor, tf.Tensor, Counts> => {
  const classes = classesOf(labelling)
  const isMultilabel = labelling.task === "multilabel"
  const zeros = (): Array<number> => Array<number>(classes).fill(0)
  const empty = { both: zeros(), predicted: zeros(), actual: zeros(), all: zeros() }
  return {
    state: Counts,
    empty,
    measure: measureLabels(labelling),
    ofBatch: (measured) => {
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
      forEachLabel("a metric of counts", labelling, measured, isMultilabel ? countLabel : countClass)
      return { both, predicted, actual, all: isMultilabel ? all : all.fill(total) }
    },
    combine: (a, b) => ({
      both: addArrays(a.both, b.both),
      predicted: addArrays(a.predicted, b.predicted),
      actual: addArrays(a.actual, b.actual),
      all: addArrays(a.all, b.all)
    })
  }
})
