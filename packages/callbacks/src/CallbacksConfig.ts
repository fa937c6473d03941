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
import type { CallbackOf, CallbackRegistry } from "@etude/core/Callback"
import * as CallbackEntry from "@etude/core/CallbackEntry"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Plugin from "@etude/core/Plugin"
import type * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as AdaptiveClipping from "./AdaptiveClipping.ts"
import * as CutMix from "./CutMix.ts"
import * as EarlyStopping from "./EarlyStopping.ts"
import * as ExponentialMovingAverage from "./ExponentialMovingAverage.ts"
import * as GradientNoise from "./GradientNoise.ts"
import * as LabelSmoothing from "./LabelSmoothing.ts"
import * as MaxTime from "./MaxTime.ts"
import * as Mixup from "./Mixup.ts"
import * as ReduceOnPlateau from "./ReduceOnPlateau.ts"
import * as StochasticWeightAveraging from "./StochasticWeightAveraging.ts"
import * as TerminateOnNonFinite from "./TerminateOnNonFinite.ts"
import * as Thaw from "./Thaw.ts"
import * as WeightConstraints from "./WeightConstraints.ts"

/** The callbacks of this package that a config may name. */
export type Entries = {
  readonly earlyStopping: typeof EarlyStopping.entry
  readonly reduceOnPlateau: typeof ReduceOnPlateau.entry
  readonly maxTime: typeof MaxTime.entry
  readonly terminateOnNonFinite: typeof TerminateOnNonFinite.entry
  readonly thaw: typeof Thaw.entry
  readonly exponentialMovingAverage: typeof ExponentialMovingAverage.entry
  readonly stochasticWeightAveraging: typeof StochasticWeightAveraging.entry
  readonly labelSmoothing: typeof LabelSmoothing.entry
  readonly cutMix: typeof CutMix.entry
  readonly mixup: typeof Mixup.entry
  readonly gradientNoise: typeof GradientNoise.entry
  readonly adaptiveClipping: typeof AdaptiveClipping.entry
  readonly weightConstraints: typeof WeightConstraints.entry
}
export const entries: Entries = {
  earlyStopping: EarlyStopping.entry,
  reduceOnPlateau: ReduceOnPlateau.entry,
  maxTime: MaxTime.entry,
  terminateOnNonFinite: TerminateOnNonFinite.entry,
  thaw: Thaw.entry,
  exponentialMovingAverage: ExponentialMovingAverage.entry,
  stochasticWeightAveraging: StochasticWeightAveraging.entry,
  labelSmoothing: LabelSmoothing.entry,
  cutMix: CutMix.entry,
  mixup: Mixup.entry,
  gradientNoise: GradientNoise.entry,
  adaptiveClipping: AdaptiveClipping.entry,
  weightConstraints: WeightConstraints.entry
}
export interface CallbacksConfig extends CallbackEntry.Section<Entries> {}
export interface CallbacksInput extends CallbackEntry.SectionInput<Entries> {}

/** A section with callbacks of this package. */
export const CallbacksConfig: Schema.Codec<CallbacksConfig, CallbacksInput> = CallbackEntry.schemaOf(entries)

/** The part of a config that decides what a run comes to, for hashes and comparisons, out of a wider one. */
export const decisive = (config: object): { readonly [name: string]: unknown } =>
  CallbackEntry.decisive(entries, config)

/** The callbacks of a config, merged. */
export const layerOf = (
  config: CallbacksConfig,
  place: Plugin.Place
): Layer.Layer<CallbackOf<never, string>, ConfigInvalid, CallbackRegistry> =>
  CallbackEntry.layerOf(entries, config, place)

/** All of these as the plugin that this package declares. */
export const plugin: Plugin.PluginOf<Entries> = Plugin.make({ name: "@etude/callbacks", callbacks: entries })
