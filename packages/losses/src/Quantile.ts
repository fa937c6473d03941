/** Quantiles of a distribution. */
import { asFloat, type Loss, perSample } from "@etude/core/Loss"
import type { TensorSpec } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

const text = ({ shape }: TensorSpec): string => `[${shape.map((side) => side ?? "batch").join(", ")}]`

const checkShapes = (levels: number, outputs: TensorSpec, targets: TensorSpec): ReadonlyArray<string> => {
  const expected = [...targets.shape, levels]
  if (outputs.shape.join() === expected.join()) return []
  return [
    `quantile compares ${levels} quantiles [batch, …, ${levels}] with targets [batch, …], but outputs are ${text(outputs)} and ` +
      `targets ${text(targets)}`
  ]
}

/**
 * Pinball loss, whose minimum is the quantile: q · e where e = target − output is positive, (q − 1) · e where it is negative. Outputs
 * [batch, …, levels] hold a quantile for each level, targets are [batch, …]; averaged over all dimensions but the batch: shape [batch].
 * Koenker and Bassett 1978.
 *
 * Refuses other shapes, and levels out of range.
 *
 * ```ts
 * quantile([0.1, 0.5, 0.9]) // [3] with [] → []
 * ```
 *
 * @param levels the quantiles, each in (0, 1); the median by default
 */
export const quantile = (levels: ReadonlyArray<number> = [0.5]): Loss => ({
  name: "quantile",
  targets: "values",
  values: (outputs, targets) => {
    const error = tf.sub(tf.expandDims(asFloat(targets), -1), outputs)
    const q = tf.tensor1d([...levels])
    return perSample(tf.maximum(tf.mul(error, q), tf.mul(error, tf.sub(q, 1))))
  },
  check: (outputs, targets) => [
    ...checkShapes(levels.length, outputs, targets),
    ...levels.flatMap((level) =>
      level > 0 && level < 1 ? [] : [`quantile's level is ${level}; expected a number between 0 and 1`]
    )
  ]
})
