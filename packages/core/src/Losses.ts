/** The losses that come with core, all from logits where there is a choice. Each gives one value per sample or element. */
import * as tf from "@tensorflow/tfjs-core"
import type { HostValues, Loss } from "./Loss.ts"
import type { TensorSpec } from "./Tensors.ts"

const text = ({ shape, dtype }: TensorSpec): string => `[${shape.map((side) => side ?? "batch").join(", ")}] ${dtype}`
const sameSides = (a: ReadonlyArray<number | null>, b: ReadonlyArray<number | null>): boolean =>
  a.length === b.length && a.every((side, at) => side === b[at])

const checkSame =
  (name: string) =>
  (outputs: TensorSpec, targets: TensorSpec): ReadonlyArray<string> =>
    sameSides(outputs.shape, targets.shape)
      ? []
      : [
          `${name} compares outputs with targets of the same shape, but outputs are ${text(outputs)} and targets ${text(targets)}`
        ]

/** Mean over all dimensions but the batch: one value per sample, [batch]. */
const perSample = (values: tf.Tensor): tf.Tensor =>
  values.rank <= 1
    ? values
    : tf.mean(
        values,
        Array.from({ length: values.rank - 1 }, (_, at) => at + 1)
      )

type Save = (tensors: Array<tf.Tensor>) => void

/** logits − logSumExp(logits), over the last dimension. Finite for logits of any finite size. */
const logSoftmax = (logits: tf.Tensor): tf.Tensor => {
  const shifted = tf.sub(logits, tf.max(logits, -1, true))
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)))
}

/** −Σ targets · logSoftmax(logits) over the last dimension; the gradient is Σtargets · softmax(logits) − targets. */
const crossEntropy = tf.customGrad((logits, targets, save) => {
  const logProbabilities = logSoftmax(logits as tf.Tensor)
  ;(save as Save)([logProbabilities, targets as tf.Tensor])
  const value = tf.neg(tf.sum(tf.mul(logProbabilities, targets as tf.Tensor), -1))
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: Array<tf.Tensor>) => {
      const [logs, wanted] = saved as [tf.Tensor, tf.Tensor]
      const each = tf.expandDims(dy, -1)
      return [tf.mul(tf.sub(tf.mul(tf.exp(logs), tf.sum(wanted, -1, true)), wanted), each), tf.mul(tf.neg(logs), each)]
    }
  }
})

export interface SoftmaxCrossEntropyOptions {
  /** α: targets become (1 − α)·target + α/classes; 0 when absent. Szegedy et al. 2016, §7, arXiv:1512.00567. */
  readonly labelSmoothing?: number
  /** Weight of each class; all 1 when absent. The mean is divided by the sum of the weights, as in PyTorch. */
  readonly classWeights?: ReadonlyArray<number>
}

const isSparse = (outputs: TensorSpec, targets: TensorSpec): boolean =>
  targets.shape.length === outputs.shape.length - 1

const checkClasses = (outputs: TensorSpec, targets: TensorSpec): ReadonlyArray<string> => {
  const classes = outputs.shape.at(-1)
  if (outputs.shape.length < 2)
    return [`softmaxCrossEntropy wants logits [batch, …, classes], but outputs are ${text(outputs)}`]
  if (isSparse(outputs, targets) && sameSides(outputs.shape.slice(0, -1), targets.shape)) {
    return targets.dtype === "int32"
      ? []
      : [`targets ${text(targets)} look like labels, which must be int32; give the dataset's targets the dtype int32`]
  }
  if (sameSides(outputs.shape, targets.shape)) return []
  const labels = targets.shape.length === outputs.shape.length && targets.shape.at(-1) === 1
  return [
    `softmaxCrossEntropy compares logits [batch, …, classes] with labels [batch, …] int32 or one-hot targets of the logits' shape, ` +
      `but outputs are ${text(outputs)} and targets ${text(targets)}` +
      (labels ? "; for labels, drop the targets' last dimension of 1" : `; the model gives ${classes} classes`)
  ]
}

const checkLabels = (targets: HostValues, outputs: TensorSpec): ReadonlyArray<string> => {
  const classes = outputs.shape.at(-1)
  if (classes === null || classes === undefined || targets.shape.length !== outputs.shape.length - 1) return []
  const { values } = targets
  for (let at = 0; at < values.length; at++) {
    const label = values[at]!
    if (label >= 0 && label < classes) continue
    return [
      `label ${label} at position ${at} of the batch, but the model gives ${classes} classes: labels must be 0 … ${classes - 1}`
    ]
  }
  return []
}

/**
 * Softmax cross-entropy of logits [batch, …, classes] with labels [batch, …] int32, or with one-hot targets or
 * probabilities of the logits' shape: −Σ_c target_c · log softmax(logits)_c, shape [batch, …].
 *
 * Label smoothing and class weights follow PyTorch's `cross_entropy`, with one difference: a smoothed loss under class
 * weights is weighted as a whole by the weight of its label.
 */
export const softmaxCrossEntropy = (options: SoftmaxCrossEntropyOptions = {}): Loss<tf.Tensor, tf.Tensor> => {
  const { labelSmoothing = 0, classWeights } = options
  const oneHot = (logits: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
    const classes = logits.shape.at(-1)!
    const hot =
      targets.rank === logits.rank
        ? tf.cast(targets, "float32")
        : (tf.oneHot(tf.cast(targets, "int32"), classes, 1, 0, "float32") as tf.Tensor)
    return labelSmoothing === 0 ? hot : tf.add(tf.mul(hot, 1 - labelSmoothing), labelSmoothing / classes)
  }
  return {
    name: "softmaxCrossEntropy",
    values: (logits, targets) => crossEntropy(logits, oneHot(logits, targets)),
    ...(classWeights === undefined
      ? {}
      : {
          weights: (targets: tf.Tensor) =>
            targets.dtype === "int32"
              ? tf.gather(tf.tensor1d([...classWeights]), targets as tf.Tensor1D)
              : tf.sum(tf.mul(targets, tf.tensor1d([...classWeights])), -1)
        }),
    check: checkClasses,
    checkTargets: checkLabels
  }
}

/** max(x, 0) + log(1 + exp(−|x|)): log(1 + eˣ) without overflow. */
const softplus = (x: tf.Tensor): tf.Tensor => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))))

export interface BinaryCrossEntropyOptions {
  /** Weight of the positive class in each element; 1 when absent. */
  readonly positiveWeight?: number
}

/**
 * Binary cross-entropy of logits with targets in [0, 1] of the same shape, averaged over all dimensions but the batch:
 * w·t·softplus(−x) + (1 − t)·softplus(x), shape [batch]. PyTorch's `binary_cross_entropy_with_logits`.
 */
export const binaryCrossEntropy = ({
  positiveWeight = 1
}: BinaryCrossEntropyOptions = {}): Loss<tf.Tensor, tf.Tensor> => {
  const elementwise = tf.customGrad((x, t, save) => {
    const [logits, targets] = [x as tf.Tensor, t as tf.Tensor]
    ;(save as Save)([logits, targets])
    const positive = tf.mul(tf.mul(targets, positiveWeight), softplus(tf.neg(logits)))
    return {
      value: tf.add(positive, tf.mul(tf.sub(1, targets), softplus(logits))),
      gradFunc: (dy: tf.Tensor, saved: Array<tf.Tensor>) => {
        const [z, wanted] = saved as [tf.Tensor, tf.Tensor]
        const probability = tf.sigmoid(z)
        const slope = tf.sub(
          tf.mul(tf.sub(1, wanted), probability),
          tf.mul(tf.mul(wanted, positiveWeight), tf.sub(1, probability))
        )
        const byTarget = tf.sub(tf.mul(softplus(tf.neg(z)), positiveWeight), softplus(z))
        return [tf.mul(dy, slope), tf.mul(dy, byTarget)]
      }
    }
  })
  return {
    name: "binaryCrossEntropy",
    values: (logits, targets) => perSample(elementwise(logits, tf.cast(targets, "float32"))),
    check: checkSame("binaryCrossEntropy"),
    checkTargets: ({ values }) => {
      const at = values.findIndex((value: number) => !(value >= 0 && value <= 1))
      return at === -1 ? [] : [`target ${values[at]} at position ${at} of the batch: binary targets must lie in [0, 1]`]
    }
  }
}

const regression = (
  name: string,
  elementwise: (outputs: tf.Tensor, targets: tf.Tensor) => tf.Tensor
): Loss<tf.Tensor, tf.Tensor> => ({
  name,
  values: (outputs, targets) => perSample(elementwise(outputs, tf.cast(targets, "float32"))),
  check: checkSame(name)
})

/** Squared error, averaged over all dimensions but the batch: shape [batch]. */
export const meanSquaredError: Loss<tf.Tensor, tf.Tensor> = regression("meanSquaredError", (outputs, targets) =>
  tf.squaredDifference(outputs, targets)
)

/** Absolute error, averaged over all dimensions but the batch: shape [batch]. The slope at 0 is 0. */
export const meanAbsoluteError: Loss<tf.Tensor, tf.Tensor> = regression("meanAbsoluteError", (outputs, targets) =>
  tf.abs(tf.sub(outputs, targets))
)

/**
 * Huber's loss: ½e² where |e| ≤ δ, δ·(|e| − ½δ) beyond, averaged over all dimensions but the batch. Huber 1964.
 * @param delta above 0; 1 by default
 */
export const huber = (delta = 1): Loss<tf.Tensor, tf.Tensor> =>
  regression("huber", (outputs, targets) => {
    const error = tf.abs(tf.sub(outputs, targets))
    // With q = min(|e|, δ) both branches are ½q² + δ·(|e| − q), and no branch is taken on values.
    const quadratic = tf.minimum(error, delta)
    return tf.add(tf.mul(tf.square(quadratic), 0.5), tf.mul(tf.sub(error, quadratic), delta))
  })

/** Hinge loss of scores with targets −1 or 1 of the same shape: max(0, 1 − target · score), averaged over all but the batch. */
export const hinge: Loss<tf.Tensor, tf.Tensor> = {
  ...regression("hinge", (scores, targets) => tf.relu(tf.sub(1, tf.mul(targets, scores)))),
  checkTargets: ({ values }) => {
    const at = values.findIndex((value: number) => value !== 1 && value !== -1)
    return at === -1 ? [] : [`target ${values[at]} at position ${at} of the batch: hinge targets must be −1 or 1`]
  }
}

/**
 * Kullback–Leibler divergence of target probabilities from softmax(logits), over the last dimension:
 * Σ t · (log t − log softmax(logits)), with 0 · log 0 = 0; shape [batch, …].
 */
export const klDivergence: Loss<tf.Tensor, tf.Tensor> = {
  name: "klDivergence",
  values: (logits, targets) => {
    // log 1 stands in where t is 0, so that no NaN arises.
    const safe = tf.where(tf.greater(targets, 0), targets, tf.onesLike(targets))
    return tf.add(crossEntropy(logits, targets), tf.sum(tf.mul(targets, tf.log(safe)), -1))
  },
  check: checkSame("klDivergence")
}
