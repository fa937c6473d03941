import * as tf from "@tensorflow/tfjs-core"
import * as Update from "../Update.ts"

export interface AdagradOptions {
  /** Initial sum of squares; 0 by default. */
  readonly initialAccumulator?: number
  /** Added to the root of the sum; 1e-10 by default. */
  readonly epsilon?: number
}

/** u / (√Σu² + ε). Duchi et al. 2011. */
export const scaleByAdagrad = ({
  initialAccumulator = 0,
  epsilon = 1e-10
}: AdagradOptions = {}): Update.Update<never, "sum"> =>
  Update.each({
    name: "scaleByAdagrad",
    slots: ["sum"],
    initial: initialAccumulator,
    update: (update, slots) => {
      const sum = tf.add(slots.sum, tf.square(update))
      return [tf.div(update, tf.add(tf.sqrt(sum), epsilon)), { sum }]
    }
  })
