/** Losses with a custom gradient: one node on the tape instead of one for each operation. */
import * as tf from "@tensorflow/tfjs-core"
import { sideOf } from "../Tensors.ts"

/**
 * A function of outputs and targets that knows its own gradients: `gradient` gets the gradient by the value and what `compute`
 * saved, and gives the gradients by outputs and by targets.
 */
export const differentiable = <Saved extends [] | Array<tf.Tensor>>(
  compute: (outputs: tf.Tensor, targets: tf.Tensor) => { readonly value: tf.Tensor; readonly saved: Saved },
  gradient: (dy: tf.Tensor, saved: Saved) => [byOutputs: tf.Tensor, byTargets: tf.Tensor]
): ((outputs: tf.Tensor, targets: tf.Tensor) => tf.Tensor) =>
  tf.customGrad((outputs, targets, save) => {
    const { value, saved } = compute(outputs as tf.Tensor, targets as tf.Tensor)
    ;(save as tf.GradSaveFunc)(saved)
    // tfjs returns the saved tensors, in order.
    return { value, gradFunc: (dy: tf.Tensor, saved: Array<tf.Tensor>) => gradient(dy, saved as Saved) }
  })

/** The mean over all dimensions but the batch: [batch, …] → [batch]. */
export const perSample = (values: tf.Tensor): tf.Tensor =>
  values.rank <= 1
    ? values
    : tf.mean(
        values,
        Array.from({ length: values.rank - 1 }, (_, index) => index + 1)
      )

/** The gradient by the elements of a mean per sample, ready to be broadcast: dy [batch] → dy / elements, [batch, 1, …]. */
export const perElement = (dy: tf.Tensor, { shape, rank, size }: tf.Tensor): tf.Tensor =>
  rank <= 1
    ? dy
    : tf.mul(
        tf.reshape(dy, [sideOf(shape, 0), ...Array<number>(rank - 1).fill(1)]),
        size === 0 ? 0 : sideOf(shape, 0) / size
      )

/** The tensor as float32. */
export const asFloat = (tensor: tf.Tensor): tf.Tensor =>
  tensor.dtype === "float32" ? tensor : tf.cast(tensor, "float32")
