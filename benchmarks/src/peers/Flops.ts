/** Floating-point operations of a training step, counted from the shapes. */
import type { Problem } from "../Problem.ts"

/**
 * Multiplications and additions in convolutions and dense layers, which are nearly all: forward 2 · positions · kernel's size
 * for each sample; backward as many for the gradient of the kernel, and as many for that of the input, which the first layer
 * does not need where it takes numbers. Products of activations, as attention has them, are counted three times, too. Not counted: biases, activations, pooling, normalization, the loss and the optimizer.
 */
export const ofStep = ({ positions, products = 0, takesLabels = false, parameters, batchSize }: Problem): number =>
  batchSize *
  Object.entries(positions).reduce(
    (total, [path, count], at) => {
      const size = parameters[path]!.shape.reduce((product, side) => product * side, 1)
      return total + (at === 0 && !takesLabels ? 2 : 3) * 2 * count * size
    },
    3 * 2 * products
  )
