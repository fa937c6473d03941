import * as tf from "@tensorflow/tfjs-core"
import { matcherOfAny } from "../PathPattern.ts"
import * as Tensors from "../Tensors.ts"
import * as Update from "../Update.ts"

export interface AdaptiveClipOptions {
  /** λ: the largest ratio of a unit's update to its weights; 0.01 by default. */
  readonly clipping?: number
  /** ε: norms of weights count as at least this, so that zeros can move; 0.001 by default. */
  readonly epsilon?: number
  /** Patterns over paths of parameters that are not clipped; the paper exempts the last layer. None by default. */
  readonly except?: string | ReadonlyArray<string>
}

/** The norm of what flows into each output: over all dimensions but the last, or over a whole vector. The rank is kept. */
const unitNorms = (tensor: tf.Tensor): tf.Tensor => {
  const axes = tensor.shape.map((_, axis) => axis)
  return tf.sqrt(tf.sum(tf.square(tensor), tensor.rank < 2 ? axes : axes.slice(0, -1), true))
}

/**
 * Scales the update of each unit so that its norm is at most λ · max(‖W‖, ε), with W the unit's weights: all that flows into one
 * output (all dimensions but the last), or a whole vector. Smaller updates don't change; NaN stays NaN.
 */
export const clipUnits = (
  update: tf.Tensor,
  parameter: tf.Tensor,
  { clipping, epsilon }: Required<Pick<AdaptiveClipOptions, "clipping" | "epsilon">>
): tf.Tensor =>
  tf.tidy(() => {
    const largest = tf.mul(tf.maximum(unitNorms(parameter), epsilon), clipping)
    return tf.mul(update, tf.div(largest, tf.maximum(unitNorms(update), largest)))
  })

/** Adaptive gradient clipping: no unit's update may be large beside its weights. Brock et al. 2021, §4, arXiv:2102.06171. */
export const adaptiveClip = (options: AdaptiveClipOptions = {}): Update.Update<never, never> => {
  const { clipping = 0.01, epsilon = 0.001, except = [] } = options
  const isExcepted = matcherOfAny(except)
  return Update.stateless("adaptiveClip", (updates, { parameters }) =>
    Tensors.map(updates, (update, path) =>
      isExcepted(path) ? update : clipUnits(update, Tensors.get(parameters, path), { clipping, epsilon })
    )
  )
}
