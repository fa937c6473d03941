import * as Scheduled from "@etude/core/Scheduled"
import { sideOf } from "@etude/core/Tensors"
import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
import { mean } from "./Moments.ts"

export interface MuonOptions {
  /** 0.95 by default; a number, or a schedule. */
  readonly momentum?: Scheduled.Scheduled
  /** Looks ahead along the momentum; true by default. */
  readonly nesterov?: boolean
  /** Iterations of Newton and Schulz; 5 by default. */
  readonly iterations?: number
}

const coefficients = [3.4445, -4.775, 2.0315] as const

/** Nearest orthogonal matrix to x [rows, columns], nearly: singular values become about 1. */
export const orthogonalized = (x: tf.Tensor, iterations: number): tf.Tensor => {
  const isTall = sideOf(x.shape, 0) > sideOf(x.shape, 1)
  const wide = isTall ? tf.transpose(x) : x
  let y: tf.Tensor = tf.div(wide, tf.maximum(tf.norm(wide), 1e-7))
  const [a, b, c] = coefficients
  for (let iteration = 0; iteration < iterations; iteration++) {
    const gram = tf.matMul(y, y, false, true)
    const polynomial = tf.add(tf.mul(gram, b), tf.mul(tf.matMul(gram, gram), c))
    y = tf.add(tf.mul(y, a), tf.matMul(polynomial, y))
  }
  return isTall ? tf.transpose(y) : y
}

/**
 * The momentum of a kernel [..., inputs, outputs], all dimensions but the last joined, as the nearest orthogonal matrix, times
 * √max(1, outputs / inputs). For matrices alone. Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks", in
 * PyTorch's form.
 *
 * Slots: `momentum`.
 */
export const scaleByMuon = ({
  momentum = 0.95,
  nesterov = true,
  iterations = 5
}: MuonOptions = {}): Update.Update<never, "momentum"> =>
  Update.each({
    name: "scaleByMuon",
    elementwise: false,
    slots: ["momentum"],
    factors: { momentum },
    range: Scheduled.fraction,
    update: (g, slots, { factors }) => {
      const next = mean(slots.momentum, g, factors.momentum)
      const outputs = sideOf(g.shape, -1)
      const inputs = g.size / outputs
      const matrix = tf.reshape(nesterov ? mean(next, g, factors.momentum) : next, [inputs, outputs])
      const update = tf.mul(orthogonalized(matrix, iterations), Math.sqrt(Math.max(1, outputs / inputs)))
      return [tf.reshape(update, g.shape), { momentum: next }]
    }
  })
