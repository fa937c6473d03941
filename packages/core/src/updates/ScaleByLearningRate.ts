import * as tf from "@tensorflow/tfjs-core"
import * as Tensors from "../Tensors.ts"
import * as Update from "../Update.ts"

const name = "scaleByLearningRate"

/**
 * Times −learningRate: what comes out is to be added to the parameters. With `decay` the rate is divided by
 * 1 + (step − 1) · decay.
 */
export const scaleByLearningRate = ({ decay = 0 }: { readonly decay?: number } = {}): Update.Update<"scale", never> =>
  Update.stateless(
    decay === 0 ? name : "scaleByDecayedLearningRate",
    (updates, { numbers }) => Tensors.map(updates, (update) => tf.mul(update, numbers.scale)),
    {
      elementwise: true,
      numbers: (step, learningRate) => ({ scale: -learningRate / (1 + (step - 1) * decay) })
    }
  )

/** Whether a link is the learning rate, and nothing else. */
export const isRate = (link: Update.Update): boolean => link.name === name
