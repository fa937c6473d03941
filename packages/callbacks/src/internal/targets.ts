/** Targets of classification, as probabilities. */
import { isTensor, type TensorOrRecord } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

/** Float32 [batch, …, classes]: int32 labels become one-hot, float32 stays as it is. */
export const probabilities = (targets: tf.Tensor, classes: number | undefined): tf.Tensor => {
  if (targets.dtype === "float32") return targets
  if (classes === undefined) {
    throw new Error(
      `targets are labels (${targets.dtype} [${targets.shape.join(", ")}]), and how many classes there are is not known: set classes`
    )
  }
  // The WASM backend's oneHot writes whole numbers only.
  return tf.cast(tf.oneHot(tf.cast(targets, "int32"), classes, 1, 0, "int32"), "float32")
}

/** Changes the single target, or the one of that name. */
export const change = (
  targets: TensorOrRecord,
  name: string | undefined,
  f: (target: tf.Tensor) => tf.Tensor
): TensorOrRecord => {
  if (isTensor(targets)) return f(targets)
  const chosen = name ?? (Object.keys(targets).length === 1 ? Object.keys(targets)[0] : undefined)
  if (chosen === undefined || targets[chosen] === undefined) {
    throw new Error(`there are the targets ${Object.keys(targets).join(", ")}: set target to one of them`)
  }
  return { ...targets, [chosen]: f(targets[chosen]) }
}
