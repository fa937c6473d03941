/**
 * Batch normalization in training, with statistics of the batch itself. One kernel where the backend has it:
 * `BatchNormTraining(x float32[…, channels], scale, offset float32[channels]) → outputs, mean, variance, …`, whose gradient
 * the backend registers with it. Elsewhere a composition of tfjs operations, with the same values up to rounding.
 */
import * as tf from "@tensorflow/tfjs-core"
import { sideOf } from "../Tensors.ts"

/** The name under which backends register the kernel. Outputs after the third are for its gradient. */
export const kernelName = "BatchNormTraining"

/** The kernel's inputs and attributes, for those who register it. */
export interface BatchNormInputs {
  readonly x: tf.TensorInfo
  readonly scale: tf.TensorInfo
  readonly offset: tf.TensorInfo
}
export interface BatchNormAttributes {
  readonly epsilon: number
}

export interface BatchNormOptions {
  /** γ, [channels]; 1 when absent. */
  readonly scale?: tf.Tensor | null
  /** β, [channels]; 0 when absent. */
  readonly offset?: tf.Tensor | null
  /** Added to the variance; 1e-3 when absent. */
  readonly epsilon?: number
}

/** The result of normalizing a batch. */
export interface NormalizedBatch {
  /** γ·(x − mean) / √(variance + ε) + β, of x's shape. */
  readonly outputs: tf.Tensor
  /** [channels]. For running averages: no gradient flows through it, nor through the variance. */
  readonly mean: tf.Tensor
  /** [channels], of the batch: the mean of (x − mean)², not corrected by n / (n − 1). */
  readonly variance: tf.Tensor
}

/** The same values, of which nothing is differentiated. */
const detached = (tensor: tf.Tensor): tf.Tensor =>
  tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy)
  }))(tensor)

/**
 * Normalizes x [batch, …, channels] by the mean and variance of each channel over all other dimensions. Ioffe and Szegedy
 * 2015, Algorithm 1, arXiv:1502.03167.
 */
export const normalizeBatch = (x: tf.Tensor, options: BatchNormOptions = {}): NormalizedBatch => {
  const { epsilon = 1e-3 } = options
  const channels = sideOf(x.shape, -1)
  const scale = options.scale ?? tf.ones([channels])
  const offset = options.offset ?? tf.zeros([channels])
  if (tf.getKernel(kernelName, tf.getBackend()) !== undefined) {
    const [outputs, mean, variance] = tf
      .engine()
      .runKernel<[tf.Tensor, tf.Tensor, tf.Tensor]>(kernelName, { x, scale, offset }, { epsilon })
    return { outputs, mean, variance }
  }
  // `tf.batchNorm` goes up to rank 4.
  const flat = x.rank <= 4 ? x : tf.reshape(x, [-1, channels])
  const axes = Array.from({ length: flat.rank - 1 }, (_, axis) => axis)
  const { mean, variance } = tf.moments(flat, axes) as { readonly mean: tf.Tensor1D; readonly variance: tf.Tensor1D }
  const normalized = tf.batchNorm(flat, mean, variance, offset as tf.Tensor1D, scale as tf.Tensor1D, epsilon)
  return { outputs: tf.reshape(normalized, x.shape), mean: detached(mean), variance: detached(variance) }
}
