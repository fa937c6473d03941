/**
 * Label smoothing: targets in training are moved towards uniform. Szegedy et al. 2016, §7, arXiv:1512.00567. Losses and
 * metrics of validation see the original targets, and so do metrics in training; with `labelSmoothing` of
 * `softmaxCrossEntropy`, as in PyTorch, the loss of validation is smoothed, too. Take one of the two.
 *
 * ```ts
 * LabelSmoothing.layer({ smoothing: 0.1, classes: 10 })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import type { TargetKind } from "@etude/core/Loss"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import * as Scheduled from "@etude/core/Scheduled"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"
import * as Targets from "./internal/targets.ts"

const fields = {
  smoothing: Options.withDefault(
    Scheduled.of(Options.fraction),
    0.1,
    "α: the fraction of each target that is spread evenly over all classes; a number, or a schedule"
  ),
  classes: Schema.optionalKey(Options.count("classes")).annotate({
    description: "The number of classes; needed where targets are labels (int32), not where they are one-hot"
  }),
  target: Targets.target,
  id: Options.id('"labelSmoothing"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "labelSmoothing"

/**
 * Moves targets towards uniform, α = `smoothing`; gives float32.
 *
 * - `kind` "classes": (1 − α) · target + α / classes. Targets are probabilities [batch, …, classes], or int32 labels
 *   [batch, …], which become one-hot of `classes`. With α = 0.1 and 2 classes, label 0 becomes [0.95, 0.05].
 * - `kind` "elements": (1 − α) · target + α / 2, since each is yes or no by itself. With α = 0.1, 0 becomes 0.05.
 *
 * Without `kind`, int32 targets and those with a last dimension above 1 are classes, others ([batch], [batch, 1]) elements.
 */
export const smoothLabels = (
  targets: tf.Tensor,
  smoothing: number | tf.Tensor,
  classes?: number,
  kind: "classes" | "elements" = Targets.kindOf(targets) === "classes" ? "classes" : "elements"
): tf.Tensor =>
  tf.tidy(() => {
    const probabilities = kind === "classes" ? Targets.probabilities(targets, classes) : tf.cast(targets, "float32")
    const alike = kind === "classes" ? sideOf(probabilities.shape, -1) : 2
    return typeof smoothing === "number"
      ? tf.add(tf.mul(probabilities, 1 - smoothing), smoothing / alike)
      : tf.add(tf.mul(probabilities, tf.sub(1, smoothing)), tf.div(smoothing, alike))
  })

const smoothed = (
  target: tf.Tensor,
  smoothing: number | tf.Tensor,
  { classes }: Config,
  kind: TargetKind | undefined
): tf.Tensor => {
  if (kind !== "values") return smoothLabels(target, smoothing, classes, kind)
  throw new Error(
    "the targets are real values to the loss, and only probabilities can be smoothed: leave label smoothing out, or take " +
      "a loss of probabilities such as softmaxCrossEntropy or binaryCrossEntropy"
  )
}

/**
 * The transform. Whether targets are classes (`softmaxCrossEntropy`, `klDivergence`) or stand for themselves
 * (`binaryCrossEntropy`) is known from the loss; of losses that don't say, from the targets' shape, as in `smoothLabels`.
 */
export const { layer, entry, plugin } = Plugin.callback({
  name: "labelSmoothing",
  title: "label smoothing",
  description: "Moves targets towards uniform",
  kind: "transform",
  several: true,
  config: Config,
  make: (options, place) => {
    const decoded = { ...options, ...Targets.classesOf(options, place) }
    const { smoothing } = decoded
    const scheduled = Scheduled.changing({ smoothing }, Scheduled.fraction)
    return Callback.transform({
      id: decoded.id ?? id,
      transform: {
        ...(typeof smoothing === "number" ? {} : { scheduled, hyper: (_step, at) => ({ smoothing: at(smoothing) }) }),
        batch: (batch, { targets: kinds, hyper }) => {
          const present = Scheduled.factor(smoothing, hyper, "smoothing")
          const smooth = (one: tf.Tensor, name: string) => smoothed(one, present, decoded, kinds?.[name])
          return { ...batch, targets: Targets.change(batch.targets, decoded.target, smooth) }
        }
      }
    })
  }
})
