import * as tf from "@tensorflow/tfjs-core"
import * as Scheduled from "../Scheduled.ts"
import * as Update from "../Update.ts"

const name = "addDecayedWeights"

export interface AddDecayedWeights extends Update.Update<never, never> {
  readonly weightDecay: Scheduled.Scheduled
}

/**
 * u + weightDecay · p. Before a rule it is an L2 penalty, whose gradient is added to that of the loss; between a rule and its
 * learning rate it is decoupled: the parameter shrinks by learningRate · weightDecay. Loshchilov and Hutter 2019, arXiv:1711.05101.
 */
export const addDecayedWeights = (weightDecay: Scheduled.Scheduled): AddDecayedWeights => ({
  ...Update.each({
    name,
    factors: { weightDecay },
    update: (update, slots, { parameter, factors }) => [tf.add(update, tf.mul(parameter, factors.weightDecay)), slots]
  }),
  additive: true,
  weightDecay,
  // A decay of 0 is no link at all.
  ...(weightDecay === 0 ? { links: [] } : {})
})

export const isDecay = (link: Update.Update): link is AddDecayedWeights => link.name === name

/** A decoupled decay with the learning rate in it: u − learningRate · weightDecay · p. */
export const decayScaledByRate = (weightDecay: Scheduled.Scheduled): Update.Update => ({
  ...Update.each({
    name: "decayScaledByRate",
    scheduled: Scheduled.changing({ weightDecay }, Scheduled.notNegative),
    numbers: (_step, learningRate, at) => ({ shrink: -learningRate * at(weightDecay) }),
    update: (update, slots, { parameter, numbers }) => [tf.add(update, tf.mul(parameter, numbers.shrink)), slots]
  }),
  additive: true
})
