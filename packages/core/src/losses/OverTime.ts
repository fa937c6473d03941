/** A loss of samples, for each element of sequences. */
import * as tf from "@tensorflow/tfjs-core"
import type { Loss } from "../Loss.ts"
import { sideOf } from "../Tensors.ts"

/** [batch, time, …] → [batch · time, …] */
const joined = (tensor: tf.Tensor): tf.Tensor =>
  tf.reshape(tensor, [sideOf(tensor.shape, 0) * sideOf(tensor.shape, 1), ...tensor.shape.slice(2)])

/**
 * Gives a loss one value per element of a sequence: outputs and targets [batch, time, …] give values [batch, time], so
 * that a mask [batch, time] can select elements. Without it `meanSquaredError` and its like average over time too.
 * `softmaxCrossEntropy` and `klDivergence` give one value per element already.
 */
export const overTime = (loss: Loss<tf.Tensor, tf.Tensor>): Loss<tf.Tensor, tf.Tensor> => {
  const { weights } = loss
  const split = (values: tf.Tensor, like: tf.Tensor) =>
    tf.reshape(values, [...like.shape.slice(0, 2), ...values.shape.slice(1)])
  return {
    ...loss,
    name: `overTime(${loss.name})`,
    values: (outputs, targets) => split(loss.values(joined(outputs), joined(targets)), outputs),
    ...(weights === undefined ? {} : { weights: (targets: tf.Tensor) => split(weights(joined(targets)), targets) }),
    check: (outputs, targets) => {
      const short = Object.entries({ outputs, targets }).filter(([, { shape }]) => shape.length < 2)
      const problems = loss.check?.(outputs, targets) ?? []
      return [...short.map(([what]) => `overTime needs ${what} [batch, time, …], but they have no time`), ...problems]
    }
  }
}
