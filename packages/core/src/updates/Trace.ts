import * as tf from "@tensorflow/tfjs-core"
import * as Scheduled from "../Scheduled.ts"
import * as Update from "../Update.ts"

export interface TraceOptions {
  /** Fraction of the last update that is kept, in [0, 1); a number, or a schedule. */
  readonly momentum: Scheduled.Scheduled
  /** Looks ahead along the momentum; false by default. */
  readonly nesterov?: boolean
  /** Fraction of the update that does not enter the momentum; 0 by default. */
  readonly dampening?: number
}

/**
 * Momentum: v ← μ·v + (1 − dampening)·u gives v, or u + μ·v with `nesterov`. The first v is u itself. Sutskever et al. 2013, in
 * PyTorch's form.
 */
export const trace = ({
  momentum,
  nesterov = false,
  dampening = 0
}: TraceOptions): Update.Update<"gradientWeight", "momentum"> =>
  Update.each({
    name: "trace",
    slots: ["momentum"],
    factors: { momentum },
    range: Scheduled.fraction,
    // The momentum begins as the whole first update, whatever the dampening.
    numbers: (step) =>
      ({ ...(dampening === 0 ? {} : { gradientWeight: step === 1 ? 1 : 1 - dampening }) }) as {
        gradientWeight: number
      },
    update: (update, slots, { numbers, factors }) => {
      const entering = dampening === 0 ? update : tf.mul(update, numbers.gradientWeight)
      const next = tf.add(tf.mul(slots.momentum, factors.momentum), entering)
      return [nesterov ? tf.add(update, tf.mul(next, factors.momentum)) : next, { momentum: next }]
    }
  })
