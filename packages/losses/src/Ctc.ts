/** Connectionist temporal classification: labels of a sequence without their times. Graves et al. 2006. */
import { type Loss, wrongValues } from "@etude/core/Loss"
import { sideOf, type TensorSpec } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

export interface CtcOptions {
  /** The class of "no label". Default: 0. */
  readonly blank?: number
}

/** Stands for log 0: small enough that nothing is left of it, and finite, so that differences of it are numbers. */
const impossible = -1e30

const logSumExp = (terms: ReadonlyArray<tf.Tensor>): tf.Tensor => tf.logSumExp(tf.stack([...terms]), 0)

/** The columns of `x` [batch, n] moved to the right by `count`, with nothing possible in their place. */
const moved = (x: tf.Tensor, count: number): tf.Tensor =>
  tf.slice(
    tf.pad(
      x as tf.Tensor2D,
      [
        [0, 0],
        [count, 0]
      ],
      impossible
    ),
    [0, 0],
    [...x.shape]
  )

/** What the states of a sequence are: blank, first label, blank, second label, …, blank. */
interface States {
  /** One-hot classes of the states, [batch, classes, states]. */
  readonly classes: tf.Tensor
  /** 0 where a state may follow the one before the last, `impossible` elsewhere: [batch, states]. */
  readonly skips: tf.Tensor
  /** One-hot last states, [batch, states], of the last label and of the blank after it. */
  readonly ends: readonly [label: tf.Tensor, blank: tf.Tensor]
}

const zeroWhere = (condition: tf.Tensor): tf.Tensor => tf.mul(tf.sub(1, tf.cast(condition, "float32")), impossible)

/** Labels [batch, n], padded with −1, as states. */
const statesOf = (labels: tf.Tensor, blank: number, classes: number): States => {
  const [batch, length] = [sideOf(labels.shape, 0), sideOf(labels.shape, 1)]
  const isLabel = tf.greaterEqual(labels, 0)
  const known = tf.where(isLabel, labels, tf.fill(labels.shape, blank, "int32"))
  const blanks = tf.fill([batch, length], blank, "int32")
  const pairs = tf.reshape(tf.stack([blanks, known], 2), [batch, 2 * length])
  const states = tf.concat([pairs, tf.fill([batch, 1], blank, "int32")], 1)
  const before = tf.concat([tf.fill([batch, 2], blank, "int32"), tf.slice(states, [0, 0], [batch, 2 * length - 1])], 1)
  const mayskip = tf.logicalAnd(tf.notEqual(states, tf.scalar(blank, "int32")), tf.notEqual(states, before))
  const counts = tf.sum(tf.cast(isLabel, "int32"), 1)
  const hot = (indices: tf.Tensor) =>
    tf.cast(tf.oneHot(tf.cast(indices, "int32") as tf.Tensor1D, 2 * length + 1), "float32")
  return {
    classes: tf.transpose(tf.cast(tf.oneHot(states as tf.Tensor2D, classes), "float32"), [0, 2, 1]),
    skips: zeroWhere(mayskip),
    ends: [hot(tf.sub(tf.mul(counts, 2), tf.scalar(1, "int32"))), hot(tf.mul(counts, 2))]
  }
}

/** log probabilities of the states at each time: [time][batch, states]. */
const emissionsOf = (logits: tf.Tensor, { classes }: States): ReadonlyArray<tf.Tensor> =>
  tf.unstack(tf.matMul(tf.logSoftmax(logits as tf.Tensor3D), classes as tf.Tensor3D), 1)

/** Only the first two states can be the first one. */
const startOf = (emission: tf.Tensor): tf.Tensor => {
  const [batch, states] = [sideOf(emission.shape, 0), sideOf(emission.shape, 1)]
  const first = tf.concat([tf.zeros([batch, 2]), tf.fill([batch, states - 2], impossible)], 1)
  return tf.add(emission, first)
}

/** The log probability of each state at the end, [batch, states]: Graves' forward variables. */
const forward = (emissions: ReadonlyArray<tf.Tensor>, { skips }: States, frames: tf.Tensor | undefined): tf.Tensor => {
  const [first, ...rest] = emissions
  if (first === undefined) throw new Error("ctc needs outputs of at least one time step")
  return rest.reduce((alpha, emission, index) => {
    const next = tf.add(logSumExp([alpha, moved(alpha, 1), tf.add(moved(alpha, 2), skips)]), emission)
    if (frames === undefined) return next
    // What comes after the last frame of a sample changes nothing.
    const isInside = tf.cast(tf.greater(frames, tf.scalar(index + 1, "int32")), "float32")
    const inside = tf.expandDims(isInside, 1)
    return tf.add(tf.mul(next, inside), tf.mul(alpha, tf.sub(1, inside)))
  }, startOf(first))
}

/** The log probability in a one-hot state; `impossible` where the state is none. */
const at = (alpha: tf.Tensor, state: tf.Tensor): tf.Tensor =>
  tf.add(tf.sum(tf.mul(alpha, state), 1), tf.mul(tf.sub(1, tf.sum(state, 1)), impossible))

const cost = (logits: tf.Tensor, labels: tf.Tensor, frames: tf.Tensor | undefined, blank: number): tf.Tensor => {
  const states = statesOf(labels, blank, sideOf(logits.shape, -1))
  const alpha = forward(emissionsOf(logits, states), states, frames)
  const [last, after] = states.ends
  return tf.neg(logSumExp([at(alpha, last), at(alpha, after)]))
}

const text = ({ shape, dtype }: TensorSpec): string => `[${shape.map((side) => side ?? "batch").join(", ")}] ${dtype}`

const checkShapes = (
  outputs: TensorSpec | undefined,
  labels: TensorSpec | undefined,
  blank: number
): ReadonlyArray<string> => {
  if (outputs === undefined || labels === undefined) return []
  const classes = outputs.shape.at(-1) ?? 0
  const problems: Array<string> = []
  if (outputs.shape.length !== 3 || labels.shape.length !== 2 || labels.dtype !== "int32") {
    problems.push(
      "ctc compares logits [batch, time, classes] with labels [batch, n] int32, padded with −1 at the end, but outputs are " +
        `${text(outputs)} and labels ${text(labels)}`
    )
  }
  const isClass = Number.isInteger(blank) && blank >= 0 && blank < classes
  if (!isClass) problems.push(`ctc's blank is ${blank}; expected one of the ${classes} classes, 0 … ${classes - 1}`)
  return problems
}

const checkLabels =
  (blank: number): NonNullable<Loss["checkTargets"]> =>
  (labels, { shape }) => {
    const classes = shape.at(-1) ?? 0
    return wrongValues(
      labels,
      (label) => Number.isInteger(label) && label >= -1 && label < classes && label !== blank,
      (label, where) =>
        label === blank
          ? `label ${label} of ${where} is ctc's blank; shift the labels, or name another class as blank`
          : `label ${label} of ${where}: ctc needs labels below ${classes}, or −1 after the last one`
    )
  }

/**
 * −log p(labels | logits), the sum over all ways in which labels and blanks can fall on the times; outputs are logits
 * [batch, time, classes], targets labels [batch, n] int32 with −1 after the last one of a sample: shape [batch]. A sample whose labels
 * don't fit into its time costs about 1e30. PyTorch's `ctc_loss`, which takes log-probabilities.
 *
 * Refuses labels that are no class, or the blank. Graves et al. 2006.
 *
 * ```ts
 * ctc() // [20, 5] with int32 [4] → []
 * ```
 */
export const ctc = ({ blank = 0 }: CtcOptions = {}): Loss => ({
  name: "ctc",
  applies: "softmax",
  values: (logits, labels) => cost(logits, labels, undefined, blank),
  check: (outputs, labels) => checkShapes(outputs, labels, blank),
  checkTargets: checkLabels(blank)
})

/**
 * {@link ctc} of samples of different lengths: targets are `labels` [batch, n] and `frames` [batch] int32, how many times of each sample
 * count. What the model gives after them is ignored.
 *
 * Outputs are logits [batch, time, classes], values [batch]. Graves et al. 2006.
 *
 * ```ts
 * ctcOfFrames() // [20, 5] with { labels: int32 [4], frames: int32 [] } → []
 * ```
 */
export const ctcOfFrames = ({
  blank = 0
}: CtcOptions = {}): Loss<tf.Tensor, { readonly labels: tf.Tensor; readonly frames: tf.Tensor }> => ({
  name: "ctcOfFrames",
  applies: "softmax",
  fields: { targets: ["labels", "frames"] },
  values: (logits, { labels, frames }) => cost(logits, labels, frames, blank),
  checkFields: ({ "": outputs }, { labels, frames }) => [
    ...checkShapes(outputs, labels, blank),
    ...(frames?.shape.length === 1 && frames.dtype === "int32" ? [] : ["ctcOfFrames needs frames [batch] int32"])
  ]
})
