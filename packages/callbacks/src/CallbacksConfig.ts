/**
 * Callbacks that change a run, as a config file asks for them: each by its name, with its own options. One entry, or a list of
 * them where a run may have several (two early stoppers with different monitors, say).
 *
 * ```yaml
 * callbacks:
 *   earlyStopping: { monitor: validation/loss, patience: { evaluations: 5 } }
 *   exponentialMovingAverage: { decay: 0.999 }
 * ```
 */
import type * as Callback from "@etude/core/Callback"
import { decider, entry, layers, several, single } from "@etude/core/CallbackEntries"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Plugin from "@etude/core/Plugin"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as AdaptiveClipping from "./AdaptiveClipping.ts"
import * as EarlyStopping from "./EarlyStopping.ts"
import * as ExponentialMovingAverage from "./ExponentialMovingAverage.ts"
import * as GradientNoise from "./GradientNoise.ts"
import * as LabelSmoothing from "./LabelSmoothing.ts"
import * as MaxTime from "./MaxTime.ts"
import * as Mixup from "./Mixup.ts"
import * as ReduceOnPlateau from "./ReduceOnPlateau.ts"
import * as TerminateOnNonFinite from "./TerminateOnNonFinite.ts"
import * as WeightConstraints from "./WeightConstraints.ts"

/** Every callback that a config may name. */
export const CallbacksConfig = Schema.Struct({
  earlyStopping: several(decider(EarlyStopping.Config.fields), "Ends the run when a monitor stops getting better"),
  reduceOnPlateau: several(decider(ReduceOnPlateau.Config.fields), "Lowers the learning rate then"),
  maxTime: several(decider(MaxTime.Config.fields), "Ends the run when its time is over"),
  terminateOnNonFinite: single(
    decider(TerminateOnNonFinite.Config.fields),
    "Ends the run when a reported value is NaN or infinite"
  ),
  exponentialMovingAverage: several(
    entry(ExponentialMovingAverage.Config.fields),
    "Averages the parameters; validates and tests with the average"
  ),
  labelSmoothing: several(entry(LabelSmoothing.Config.fields), "Moves targets towards uniform"),
  mixup: single(entry(Mixup.Config.fields), "Trains on blends of pairs of samples"),
  gradientNoise: single(entry(GradientNoise.Config.fields), "Adds falling noise to gradients"),
  adaptiveClipping: several(
    entry(AdaptiveClipping.Config.fields),
    "Limits each unit's gradient by the norm of its weights"
  ),
  weightConstraints: several(entry(WeightConstraints.Config.fields), "Keeps weights within bounds after each update")
})
export type CallbacksConfig = typeof CallbacksConfig.Type
export type CallbacksInput = typeof CallbacksConfig.Encoded

/** All of them decide what a run comes to: the part of a config for hashes and comparisons, out of a wider one. */
export const decisive = (config: CallbacksInput): CallbacksInput =>
  Object.fromEntries(
    Object.keys(CallbacksConfig.fields).flatMap((name) => {
      const options = config[name as keyof CallbacksInput]
      return options === undefined ? [] : [[name, options]]
    })
  )

/** The part of a config that a pass without training needs too: what says which parameters are evaluated. */
export const evaluating = ({ exponentialMovingAverage }: CallbacksConfig): CallbacksConfig =>
  exponentialMovingAverage === undefined ? {} : { exponentialMovingAverage }

/**
 * The callbacks that a config asks for, merged. Options that are refused are `ConfigInvalid`; those of a decoded config never
 * are.
 */
export const layerOf = (
  config: CallbacksConfig,
  { classes }: Plugin.Place
): Layer.Layer<Callback.CallbackOf<never>, ConfigInvalid, Callback.CallbackRegistry> => {
  /** How many classes there are, where the data says and the config does not. */
  const counted = <Own extends { readonly classes?: number }>(own: Own): Own =>
    own.classes !== undefined || classes === undefined ? own : { ...own, classes: classes.length }
  return Layer.mergeAll(
    Layer.empty,
    ...layers(config.earlyStopping, EarlyStopping.layer),
    ...layers(config.reduceOnPlateau, ReduceOnPlateau.layer),
    ...layers(config.maxTime, MaxTime.layer),
    ...layers(config.terminateOnNonFinite, TerminateOnNonFinite.layer),
    ...layers(config.exponentialMovingAverage, ExponentialMovingAverage.layer),
    ...layers(config.labelSmoothing, (own: LabelSmoothing.ConfigInput) => LabelSmoothing.layer(counted(own))),
    ...layers(config.mixup, (own: Mixup.ConfigInput) => Mixup.layer(counted(own))),
    ...layers(config.gradientNoise, GradientNoise.layer),
    ...layers(config.adaptiveClipping, AdaptiveClipping.layer),
    ...layers(config.weightConstraints, WeightConstraints.layer)
  )
}

/** All of these as the plugin that this package declares. */
export const plugin = Plugin.make({
  name: "@etude/callbacks",
  config: CallbacksConfig,
  layer: layerOf,
  decisive,
  evaluating
})
