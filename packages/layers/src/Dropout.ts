/** Layers that leave something out in training. Draws go by step, layer and sample. */
import * as RandomBits from "@etude/core/RandomBits"
import * as Scheduled from "@etude/core/Scheduled"
import * as tf from "@tensorflow/tfjs-core"
import * as Layer from "./Layer.ts"

const demandRate = (kind: string, rate: Scheduled.Scheduled): void => {
  if (typeof rate === "number" && !Scheduled.fraction.has(rate))
    throw new Error(`${kind}'s rate is ${rate}; expected ${Scheduled.fraction.expected}`)
}

/** A layer with a rate, whose shape is that of its inputs. */
const leavingOut = (
  kind: string,
  rate: Scheduled.Scheduled,
  apply: (x: tf.Tensor, rate: number | tf.Tensor, random: RandomBits.StepRandom) => tf.Tensor
): Layer.Layer =>
  Layer.make({
    kind,
    init: () => {
      demandRate(kind, rate)
      return {}
    },
    outputs: (inputs) => inputs,
    scheduled: Scheduled.changing({ rate }, Scheduled.fraction),
    apply: (_, x, { training, random, scheduled }) =>
      training && rate !== 0 ? apply(x, Scheduled.factor(rate, scheduled, "rate"), random) : x
  })

/**
 * Zeros elements with probability `rate` and scales the rest by 1 / (1 − rate), in training. Srivastava et al. 2014. The rate is a number
 * in [0, 1), or a schedule: `dropout({ _tag: "Ramp", from: 0.1, to: 0, over: { epochs: 5 } })` ends early (Liu et al. 2023).
 *
 * Inputs [batch, …] of any shape, which stays. No parameters. Throws for other rates.
 *
 * ```ts
 * dropout(0.5) // [20, 64] → [20, 64], 0 parameters
 * ```
 */
export const dropout = (rate: Scheduled.Scheduled): Layer.Layer =>
  leavingOut("dropout", rate, (x, present, random) => RandomBits.dropout(random, "mask", x, present))

/**
 * Zeros whole samples with probability `rate` and scales the rest by 1 / (1 − rate), in training: the branch of a residual block is left
 * out. Huang et al. 2016, arXiv:1603.09382. The rate is a number in [0, 1), or a schedule.
 *
 * Inputs [batch, …] of any shape, which stays. No parameters. Throws for other rates.
 *
 * ```ts
 * residual(Layer.sequential([tf.relu, dropPath(0.1)])) // [8] → [8], 0 parameters
 * ```
 */
export const dropPath = (rate: Scheduled.Scheduled): Layer.Layer =>
  leavingOut("dropPath", rate, (x, present, random) => {
    const [samples = 0] = x.shape
    const keep = RandomBits.keepMask(random, "mask", [samples, ...x.shape.slice(1).map(() => 1)], present)
    return tf.mul(x, tf.div(keep, typeof present === "number" ? 1 - present : tf.sub(1, present)))
  })
