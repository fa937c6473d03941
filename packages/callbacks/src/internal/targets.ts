/** Targets of classification, as probabilities. */

import type { TargetKind } from "@etude/core/Loss"
import type { Place } from "@etude/core/Plugin"
import { isTensor, sideOf, type TensorOrRecord } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"

/** The option that names a target. */
export const target = Schema.optionalKey(Schema.String).annotate({
  description: "Which target, where there are several by name"
})

/** The number of classes: from the options, or else from the data. */
export const classesOf = ({ classes }: { readonly classes?: number }, place: Place): { readonly classes?: number } => {
  const count = classes ?? place.classes?.length
  return count === undefined ? {} : { classes: count }
}

/** The kind of targets that no loss declares: without a dimension of classes, each element is a target. */
export const kindOf = (targets: tf.Tensor): TargetKind =>
  targets.dtype === "int32" || (targets.rank > 1 && sideOf(targets.shape, -1) > 1) ? "classes" : "elements"

/** Float32 [batch, …, classes] of targets that are classes: int32 labels become one-hot, probabilities do not change. */
export const probabilities = (targets: tf.Tensor, classes: number | undefined): tf.Tensor => {
  if (targets.dtype !== "int32") return tf.cast(targets, "float32")
  if (classes === undefined) {
    throw new Error(
      `targets are labels (${targets.dtype} [${targets.shape.join(", ")}]), and the number of classes is not known: set classes`
    )
  }
  // The WASM backend's oneHot writes whole numbers only.
  return tf.cast(tf.oneHot(targets, classes, 1, 0, "int32"), "float32")
}

/** Changes the single target, or the one of that name. */
export const change = (
  targets: TensorOrRecord,
  name: string | undefined,
  f: (target: tf.Tensor, name: string) => tf.Tensor
): TensorOrRecord => {
  if (isTensor(targets)) return f(targets, "")
  const chosen = name ?? (Object.keys(targets).length === 1 ? Object.keys(targets)[0] : undefined)
  if (chosen === undefined || targets[chosen] === undefined) {
    throw new Error(`there are the targets ${Object.keys(targets).join(", ")}: set target to one of them`)
  }
  return { ...targets, [chosen]: f(targets[chosen], chosen) }
}
