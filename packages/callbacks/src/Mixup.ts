/**
 * Mixup: training on blends of pairs of samples and of their targets. Zhang et al. 2018, arXiv:1710.09412.
 *
 * ```ts
 * Mixup.layer({ alpha: 0.2, classes: 10 })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import { element } from "@etude/core/Lookup"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import * as RandomBits from "@etude/core/RandomBits"
import type { TensorBatch } from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"
import * as Beta from "./internal/beta.ts"
import { blend, type MixOptions, pairs } from "./internal/pairs.ts"
import * as Targets from "./internal/targets.ts"

export type { MixOptions }

const fields = {
  alpha: Options.withDefault(Options.positive, 0.2, "The weight λ of a sample in its blend is drawn from Beta(α, α)"),
  per: Options.withDefault(
    Schema.Literals(["batch", "sample"]),
    "batch",
    "batch: one λ for all samples, as in the paper; sample: one for each"
  ),
  classes: Schema.optionalKey(Options.count("classes")).annotate({
    description: "The number of classes; needed where targets are labels (int32)"
  }),
  target: Targets.target,
  id: Options.id('"mixup"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "mixup"

/**
 * Blends each sample of a batch with the one that mirrors its place (batches are shuffled, so it is any other), inputs and
 * targets alike. `lambda` is [1] or [batch], in [0, 1]. Labels of classes (int32) become one-hot of `classes`; other targets
 * float32 of their shape. Inputs become float32. The middle sample of an odd batch does not change. Masks are refused:
 * elements that don't count have no blend.
 *
 * With sample weights wᵢ and wⱼ a blend weighs w = λ·wᵢ + (1 − λ)·wⱼ, and its target is (λ·wᵢ·yᵢ + (1 − λ)·wⱼ·yⱼ) / w, so
 * that its loss is λ·wᵢ·L(yᵢ) + (1 − λ)·wⱼ·L(yⱼ) for losses that are linear in the target (cross-entropies), and has that
 * gradient for squared errors. A sample of weight 0 is blended with none, and counts for nothing.
 */
export const mix = (batch: TensorBatch, lambda: tf.Tensor, options: MixOptions = {}): TensorBatch => {
  if (batch.mask !== undefined) throw new Error("mixup blends whole samples, but this data has a mask")
  return pairs(batch, lambda, (x) => blend(x, lambda), options)
}

const entries = 2048

/** Draws `count` numbers from Beta(α, α) by its quantiles, interpolated between 2048 of them. */
export const drawLambda = (alpha: number) => {
  const table = Beta.quantiles(alpha, entries)
  return (random: RandomBits.StepRandom, count: number): tf.Tensor => {
    const position = tf.mul(RandomBits.uniform(random, "lambda", [count]), entries)
    const below = tf.floor(position)
    const quantiles = tf.tensor1d(table)
    const quantileAt = (index: tf.Tensor) => tf.gather(quantiles, tf.cast(index, "int32") as tf.Tensor1D)
    const [low, high] = [quantileAt(below), quantileAt(tf.minimum(tf.add(below, 1), entries))]
    return tf.add(low, tf.mul(tf.sub(position, below), tf.sub(high, low)))
  }
}

/** The transform, after label smoothing where there is one. Draws are keyed by the step. */
export const { layer, entry, plugin } = Plugin.callback({
  name: "mixup",
  title: "mixup",
  description: "Trains on blends of pairs of samples",
  kind: "transform",
  config: Config,
  make: (options, place) => {
    const decoded = { ...options, ...Targets.classesOf(options, place) }
    const draw = drawLambda(decoded.alpha)
    return Callback.transform({
      id: decoded.id ?? id,
      after: ["labelSmoothing"],
      transform: {
        batch: (batch, { random, targets: kinds }) => {
          const samples = Tensors.sideOf(element(Object.values(Tensors.asRecord(batch.inputs)), 0).shape, 0)
          return mix(batch, draw(random, decoded.per === "batch" ? 1 : samples), { ...decoded, kinds })
        }
      }
    })
  }
})
