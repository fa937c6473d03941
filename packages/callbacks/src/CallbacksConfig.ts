/**
 * Callbacks that change a run, as a config file names them: each by its name, with its own options. One entry, or a list of
 * them where a run may have several (two early stoppers with different monitors, say).
 *
 * ```yaml
 * callbacks:
 *   earlyStopping: { monitor: validation/loss, patience: { evaluations: 5 } }
 *   exponentialMovingAverage: { decay: 0.999 }
 * ```
 */
import * as CallbackEntry from "@etude/core/CallbackEntry"
import * as Plugin from "@etude/core/Plugin"
import type * as Schema from "effect/Schema"
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

/** Every callback of this package that a config may name. */
export const entries = {
  earlyStopping: EarlyStopping.entry,
  reduceOnPlateau: ReduceOnPlateau.entry,
  maxTime: MaxTime.entry,
  terminateOnNonFinite: TerminateOnNonFinite.entry,
  exponentialMovingAverage: ExponentialMovingAverage.entry,
  labelSmoothing: LabelSmoothing.entry,
  mixup: Mixup.entry,
  gradientNoise: GradientNoise.entry,
  adaptiveClipping: AdaptiveClipping.entry,
  weightConstraints: WeightConstraints.entry
}
export interface CallbacksConfig extends CallbackEntry.Section<typeof entries> {}
export interface CallbacksInput extends CallbackEntry.SectionInput<typeof entries> {}

/** A section with callbacks of this package. */
export const CallbacksConfig: Schema.Codec<CallbacksConfig, CallbacksInput> = CallbackEntry.schemaOf(entries)

/** The part of a config that decides what a run comes to, for hashes and comparisons, out of a wider one. */
export const decisive = (config: object) => CallbackEntry.decisive(entries, config)

/** The callbacks of a config, merged. */
export const layerOf = (config: CallbacksConfig, place: Plugin.Place) => CallbackEntry.layerOf(entries, config, place)

/** All of these as the plugin that this package declares. */
export const plugin = Plugin.make({ name: "@etude/callbacks", callbacks: entries })
