/**
 * Normal noise on the gradients, less of it from step to step. Neelakantan et al. 2015, arXiv:1511.06807.
 *
 * ```ts
 * GradientNoise.layer({ eta: 0.01 })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import * as EndToEnd from "@etude/core/EndToEnd"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Options from "@etude/core/Options"
import * as RandomBits from "@etude/core/RandomBits"
import type * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

export const Config = Schema.Struct({
  eta: Options.withDefault(
    Options.positive,
    0.01,
    "η: the variance before the first step; the paper takes 0.01, 0.3, 1"
  ),
  gamma: Options.withDefault(Options.notNegative, 0.55, "γ: how fast the variance falls; 0 keeps it"),
  id: Options.id('"gradientNoise"')
})
export type Config = typeof Config.Type
export type ConfigInput = typeof Config.Encoded

/** The id by default. */
export const id = "gradientNoise"

/** σ = √(η / (1 + t)^γ), with t counted from 0 (`step` from 1). */
export const deviationAt = (step: number, { eta, gamma }: Pick<Config, "eta" | "gamma">): number =>
  Math.sqrt(eta / step ** gamma)

/**
 * Adds to each gradient noise of its own from N(0, σ²). `deviation` σ is a number or a scalar tensor. What small gradients get
 * is drawn at once, since a draw is twenty operations.
 */
export const addNoise = (
  gradients: Tensors.Tensors,
  random: RandomBits.StepRandom,
  deviation: number | tf.Tensor
): Tensors.Tensors => {
  const noisy: Record<string, tf.Tensor> = {}
  for (const paths of EndToEnd.together(Object.keys(gradients), (path) => gradients[path]!.size)) {
    const own = paths.map((path) => gradients[path]!)
    const size = own.reduce((sum, gradient) => sum + gradient.size, 0)
    const noise = tf.mul(RandomBits.normal(random, paths.length === 1 ? paths[0]! : "small", [size]), deviation)
    for (const [at, piece] of EndToEnd.cut(noise, own).entries()) {
      const gradient = own[at]!
      noisy[paths[at]!] = tf.add(gradient, tf.reshape(piece, gradient.shape))
    }
  }
  return noisy
}

/** The transform, after adaptive clipping and before core's own. Draws are keyed by the step. */
export const layer = (
  config: ConfigInput = {}
): Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const decoded = yield* CoreConfig.decode(Config, config, "the config of gradient noise")
      return Callback.transform({
        id: decoded.id ?? id,
        after: ["adaptiveClipping"],
        transform: {
          hyper: (step) => ({ deviation: deviationAt(step, decoded) }),
          gradients: (gradients, { random, hyper }) => addNoise(gradients, random, hyper["deviation"]!)
        }
      })
    })
  )
