import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import * as EndToEnd from "../internal/step/EndToEnd.ts"
import { element } from "../Lookup.ts"
import * as RandomBits from "../RandomBits.ts"
import * as Tensors from "../Tensors.ts"
import * as Update from "../Update.ts"

export interface NoiseOptions {
  /** η: the variance before the first step; the paper takes 0.01, 0.3 and 1. 0.01 by default. */
  readonly eta?: number
  /** γ: how fast the variance falls; 0 keeps it. 0.55 by default. */
  readonly gamma?: number
}

/**
 * Adds independent noise from N(0, σ²) to each update. `deviation` σ is a number or a scalar tensor. What small updates get is
 * drawn at once, since a draw is twenty operations.
 */
export const withNoise = (
  updates: Tensors.Tensors,
  random: RandomBits.StepRandom,
  deviation: number | tf.Tensor
): Tensors.Tensors => {
  const noisy: Record<string, tf.Tensor> = {}
  for (const paths of EndToEnd.together(Object.keys(updates), (path) => Tensors.get(updates, path).size)) {
    const tensors = paths.map((path) => [path, Tensors.get(updates, path)] as const)
    const size = tensors.reduce((sum, [, tensor]) => sum + tensor.size, 0)
    const noise = tf.mul(RandomBits.normal(random, paths.length === 1 ? element(paths, 0) : "small", [size]), deviation)
    const pieces = EndToEnd.cut(
      noise,
      tensors.map(([, tensor]) => tensor)
    )
    for (const [[path, tensor], piece] of Arr.zip(tensors, pieces))
      noisy[path] = tf.add(tensor, tf.reshape(piece, tensor.shape))
  }
  return noisy
}

/** Adds noise from N(0, σ²) to each update, with σ² = η / step^γ. Neelakantan et al. 2015, arXiv:1511.06807. */
export const addNoise = ({ eta = 0.01, gamma = 0.55 }: NoiseOptions = {}): Update.Update<"deviation", never> =>
  Update.stateless("addNoise", (updates, { random, numbers }) => withNoise(updates, random, numbers.deviation), {
    numbers: (step) => ({ deviation: Math.sqrt(eta / step ** gamma) })
  })
