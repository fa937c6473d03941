/** Counts per class: what precision, recall, F, specificity, Jaccard and accuracy are made of. */
import type { Scored } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"
import { LabelOutOfRange } from "./Errors.ts"
import { classesOf, type Labelling, labelled } from "./Labels.ts"
import { sumBySegment, weighted } from "./Segments.ts"
import { addArrays, memoized, type Statistics } from "./Statistics.ts"

const Amounts = Schema.Array(Schema.Number)

/** For each class the number (or weight) of elements: of the class and predicted so, predicted so, of the class, all. */
export const Counts = Schema.Struct({ both: Amounts, predicted: Amounts, actual: Amounts, all: Amounts })
export type Counts = typeof Counts.Type

const name = "a metric of counts"

/**
 * Rows `actual`, `predicted` and both, each with a segment before and one after its classes for labels that are none. Few
 * operations: on a batch of usual size their number is what takes the time.
 */
const measureClasses = (labelling: Labelling, scored: Scored<tf.Tensor, tf.Tensor>): tf.Tensor => {
  const classes = classesOf(labelling)
  const { actual, predicted, weights } = labelled(name, labelling, scored)
  const range = classes + 2
  // Kernels disagree about what follows from tensors without elements.
  if (actual.size === 0) return tf.zeros([3 * range])
  const [below, above] = [tf.scalar(-1, "int32"), tf.scalar(classes, "int32")]
  const bounded = (ids: tf.Tensor) => tf.reshape(tf.maximum(tf.minimum(ids, above), below), [-1])
  const truth = bounded(actual)
  // What comes from scores is a class.
  const guess = labelling.from === "labels" ? bounded(predicted) : tf.reshape(predicted, [-1])
  const hit = tf.where(tf.equal(truth, guess), truth, above)
  const first = tf.tensor2d([1, range + 1, 2 * range + 1], [3, 1], "int32")
  const repeated = weights === undefined ? undefined : tf.tile(tf.reshape(weights, [-1]), [3])
  return sumBySegment(tf.add(tf.stack([truth, guess, hit]), first), repeated, 3 * range)
}

/** Rows `actual`, `predicted`, both, all, and what is neither 0 nor 1; [5 · labels]. */
const measureLabels = (labelling: Labelling, scored: Scored<tf.Tensor, tf.Tensor>): tf.Tensor => {
  const labels = classesOf(labelling)
  const { actual, predicted, weights } = labelled(name, labelling, scored)
  if (actual.size === 0) return tf.zeros([5 * labels])
  const within = (tensor: tf.Tensor) => tf.logicalAnd(tf.greaterEqual(tensor, 0), tf.lessEqual(tensor, 1))
  const wrong = tf.logicalNot(tf.logicalAnd(within(actual), within(predicted)))
  const one = weights ?? tf.onesLike(actual)
  const sums = [actual, predicted, tf.mul(actual, predicted), tf.onesLike(actual), tf.cast(wrong, "int32")].map(
    (amount) => tf.sum(tf.reshape(weighted(tf.cast(amount, "float32"), tf.cast(one, "float32")), [-1, labels]), 0)
  )
  return tf.concat(sums)
}

const expected = (labelling: Labelling) =>
  labelling.task === "multiclass" ? `classes from 0 to ${labelling.classes - 1}` : "0 or 1"

/** Throws when labels that are no class had a weight. */
export const refuse = (labelling: Labelling, weight: number, metric = name): void => {
  if (weight !== 0) throw new LabelOutOfRange({ metric, expected: expected(labelling), weight })
}

/** Counts of the classes of a task; a binary task has the classes 0 and 1. Exact up to 2²⁴ elements of a class in a batch. */
export const statistics = memoized((labelling: Labelling): Statistics<tf.Tensor, tf.Tensor, Counts> => {
  const classes = classesOf(labelling)
  const multilabel = labelling.task === "multilabel"
  const zeros = Array<number>(classes).fill(0)
  return {
    state: Counts,
    empty: { both: zeros, predicted: zeros, actual: zeros, all: zeros },
    measure: (scored) => ({ sums: (multilabel ? measureLabels : measureClasses)(labelling, scored) }),
    ofBatch: ({ sums }) => {
      const row = (from: number) => Array.from({ length: classes }, (_, k) => sums![from + k]!)
      const total = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0)
      if (multilabel) {
        const [actual, predicted, both, all, wrong] = [0, 1, 2, 3, 4].map((at) => row(at * classes))
        refuse(labelling, total(wrong!))
        return { both: both!, predicted: predicted!, actual: actual!, all: all! }
      }
      const range = classes + 2
      const [actual, predicted, both] = [0, 1, 2].map((at) => row(at * range + 1))
      refuse(labelling, sums![0]! + sums![range - 1]! + sums![range]! + sums![2 * range - 1]!)
      return { both: both!, predicted: predicted!, actual: actual!, all: zeros.map(() => total(actual!)) }
    },
    combine: (a, b) => ({
      both: addArrays(a.both, b.both),
      predicted: addArrays(a.predicted, b.predicted),
      actual: addArrays(a.actual, b.actual),
      all: addArrays(a.all, b.all)
    })
  }
})
