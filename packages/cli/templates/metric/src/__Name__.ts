/** The fraction of predictions that are off by no more than a tolerance. */
import * as Metric from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** Sums of weights: of the elements within the tolerance, and of all. */
const State = Schema.Struct({ within: Schema.Number, all: Schema.Number })

/**
 * Outputs and targets [batch, …], of one shape. Sample weights and the mask count; NaN is not within any tolerance. Nothing seen
 * has no value.
 *
 * @param tolerance in the unit of the targets, at least 0
 */
export const __name__ = (tolerance: number) =>
  Metric.make({
    name: "__name__",
    better: "higher",
    state: State,
    empty: { within: 0, all: 0 },
    // Inside the step: pure, no value is read, few operations.
    measure: (scored: Metric.Scored<tf.Tensor, tf.Tensor>) => {
      const within = tf.cast(tf.lessEqual(tf.abs(tf.sub(scored.outputs, scored.targets)), tolerance), "float32")
      const weights = Metric.elementWeights(within, scored) ?? tf.onesLike(within)
      return { within: tf.sum(tf.mul(weights, within)), all: tf.sum(weights) }
    },
    // From here on plain numbers, in float64.
    ofBatch: ({ within, all }) => ({ within: within[0]!, all: all[0]! }),
    combine: (a, b) => ({ within: a.within + b.within, all: a.all + b.all }),
    result: ({ within, all }) => (all === 0 ? Option.none() : Option.some(within / all))
  })
