/**
 * Mixup: training on blends of pairs of samples and of their targets. Zhang et al. 2018, arXiv:1710.09412.
 *
 * ```ts
 * Mixup.layer({ alpha: 0.2, classes: 10 })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as RandomBits from "@etude/core/RandomBits"
import type { TensorBatch } from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Beta from "./internal/beta.ts"
import * as Options from "./internal/options.ts"
import * as Targets from "./internal/targets.ts"

export const Config = Schema.Struct({
  alpha: Options.withDefault(Options.positive, 0.2, "The share λ of a sample in its blend is drawn from Beta(α, α)"),
  per: Options.withDefault(
    Schema.Literals(["batch", "sample"]),
    "batch",
    "batch: one λ for all samples, as in the paper; sample: one for each"
  ),
  classes: Schema.optionalKey(Options.positiveInt("classes")).annotate({
    description: "How many classes there are; needed where targets are labels (int32)"
  }),
  target: Schema.optionalKey(Schema.String).annotate({ description: "Which target, where there are several by name" }),
  id: Options.id('"mixup"')
})
export type Config = typeof Config.Type
export type ConfigInput = typeof Config.Encoded

/** The id by default. */
export const id = "mixup"

/** λ · x + (1 − λ) · x reversed along the batch: each sample is blended with the one that mirrors its place. */
const blend = (x: tf.Tensor, lambda: tf.Tensor): tf.Tensor => {
  const values = tf.cast(x, "float32")
  const factor = tf.reshape(lambda, [lambda.size, ...Array<number>(x.rank - 1).fill(1)])
  const mirrored = tf.reverse(values, 0)
  return tf.add(mirrored, tf.mul(factor, tf.sub(values, mirrored)))
}

export interface MixOptions {
  readonly classes?: number | undefined
  readonly target?: string | undefined
}

/**
 * Blends each sample of a batch with the one that mirrors its place (batches are shuffled, so it is any other), inputs,
 * targets and sample weights alike. `lambda` is [1] or [batch], in [0, 1]. Labels (int32) become one-hot of `classes`; other
 * targets are float32 of any shape. Inputs become float32. The middle sample of an odd batch stays as it is. Masks are
 * refused: elements that don't count have no blend.
 */
export const mix = (batch: TensorBatch, lambda: tf.Tensor, { classes, target }: MixOptions = {}): TensorBatch => {
  if (batch.mask !== undefined) throw new Error("mixup blends whole samples, but this data has a mask")
  const blended = (tensor: tf.Tensor) => blend(tensor, lambda)
  return {
    ...batch,
    inputs: Tensors.isTensor(batch.inputs) ? blended(batch.inputs) : Tensors.map(batch.inputs, blended),
    targets: Targets.change(batch.targets, target, (one) => blended(Targets.probabilities(one, classes))),
    ...(batch.weights === undefined ? {} : { weights: blended(batch.weights) })
  }
}

const entries = 2048

/** Draws `count` numbers from Beta(α, α) by its quantiles, interpolated between 2048 of them. */
export const drawLambda = (alpha: number) => {
  const table = Beta.quantiles(alpha, entries)
  return (random: RandomBits.StepRandom, count: number): tf.Tensor => {
    const position = tf.mul(RandomBits.uniform(random, "lambda", [count]), entries)
    const below = tf.floor(position)
    const quantiles = tf.tensor1d(table)
    const at = (index: tf.Tensor) => tf.gather(quantiles, tf.cast(index, "int32") as tf.Tensor1D)
    const [low, high] = [at(below), at(tf.minimum(tf.add(below, 1), entries))]
    return tf.add(low, tf.mul(tf.sub(position, below), tf.sub(high, low)))
  }
}

/** The transform, after label smoothing where there is one. Draws are keyed by the step. */
export const layer = (
  config: ConfigInput = {}
): Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const decoded = yield* CoreConfig.decode(Config, config, "the config of mixup")
      const draw = drawLambda(decoded.alpha)
      return Callback.transform({
        id: decoded.id ?? id,
        after: ["labelSmoothing"],
        transform: {
          batch: (batch, { random }) => {
            const samples = Object.values(Tensors.asRecord(batch.inputs))[0]!.shape[0]!
            return mix(batch, draw(random, decoded.per === "batch" ? 1 : samples), decoded)
          }
        }
      })
    })
  )
