/**
 * Label smoothing: targets in training are moved towards uniform. Szegedy et al. 2016, §7, arXiv:1512.00567. Losses and
 * metrics of validation see the targets as they are, and so do metrics in training.
 *
 * ```ts
 * LabelSmoothing.layer({ smoothing: 0.1, classes: 10 })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Options from "./internal/options.ts"
import * as Targets from "./internal/targets.ts"

export const Config = Schema.Struct({
  smoothing: Options.withDefault(Options.share, 0.1, "α: the share of each target that goes to all classes alike"),
  classes: Schema.optionalKey(Options.positiveInt("classes")).annotate({
    description: "How many classes there are; needed where targets are labels (int32), not where they are one-hot"
  }),
  target: Schema.optionalKey(Schema.String).annotate({ description: "Which target, where there are several by name" }),
  id: Options.id('"labelSmoothing"')
})
export type Config = typeof Config.Type
export type ConfigInput = typeof Config.Encoded

/** The id by default. */
export const id = "labelSmoothing"

/**
 * Moves targets towards uniform: (1 − α) · target + α / classes. Float32 targets are probabilities [batch, …, classes];
 * int32 targets are labels [batch, …], which become one-hot of `classes`. Gives float32 [batch, …, classes].
 * With α = 0.1 and 2 classes, label 0 becomes [0.95, 0.05].
 */
export const smoothLabels = (targets: tf.Tensor, smoothing: number, classes?: number): tf.Tensor =>
  tf.tidy(() => {
    const probabilities = Targets.probabilities(targets, classes)
    return tf.add(tf.mul(probabilities, 1 - smoothing), smoothing / probabilities.shape.at(-1)!)
  })

/** The transform. For losses that take probabilities as targets, such as `softmaxCrossEntropy`. */
export const layer = (
  config: ConfigInput = {}
): Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const decoded = yield* CoreConfig.decode(Config, config, "the config of label smoothing")
      const { smoothing, classes, target } = decoded
      return Callback.transform({
        id: decoded.id ?? id,
        transform: {
          batch: (batch) => ({
            ...batch,
            targets: Targets.change(batch.targets, target, (one) => smoothLabels(one, smoothing, classes))
          })
        }
      })
    })
  )
