// The public interface of @etude/callbacks. Made by `npm run generate`.

// @etude/callbacks
export * as AdaptiveClipping from "./AdaptiveClipping.ts";
export * as CallbacksConfig from "./CallbacksConfig.ts";
export * as EarlyStopping from "./EarlyStopping.ts";
export * as ExponentialMovingAverage from "./ExponentialMovingAverage.ts";
export * as GradientNoise from "./GradientNoise.ts";
export * as LabelSmoothing from "./LabelSmoothing.ts";
export * as MaxTime from "./MaxTime.ts";
export * as Mixup from "./Mixup.ts";
export * as Plateau from "./Plateau.ts";
export * as ReduceOnPlateau from "./ReduceOnPlateau.ts";
export * as TerminateOnNonFinite from "./TerminateOnNonFinite.ts";
export * as WeightConstraints from "./WeightConstraints.ts";

// @etude/callbacks/AdaptiveClipping
declare const fields: {
  clipping: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  epsilon: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  except: Schema.withDecodingDefaultKey<Schema.Codec<string | readonly string[], string | readonly string[], never, never>, never>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "adaptiveClipping";
export declare const clipGradient: typeof clipUnits;
export declare const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/CallbacksConfig
export declare const entries: {
  earlyStopping: CallbackEntry.CallbackEntry<EarlyStopping.Config, EarlyStopping.ConfigInput, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  reduceOnPlateau: CallbackEntry.CallbackEntry<ReduceOnPlateau.Config, ReduceOnPlateau.ConfigInput, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  maxTime: CallbackEntry.CallbackEntry<MaxTime.Config, MaxTime.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  terminateOnNonFinite: CallbackEntry.CallbackEntry<TerminateOnNonFinite.Config, TerminateOnNonFinite.ConfigInput, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  exponentialMovingAverage: CallbackEntry.CallbackEntry<ExponentialMovingAverage.Config, ExponentialMovingAverage.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  labelSmoothing: CallbackEntry.CallbackEntry<LabelSmoothing.Config, LabelSmoothing.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  mixup: CallbackEntry.CallbackEntry<Mixup.Config, Mixup.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  gradientNoise: CallbackEntry.CallbackEntry<GradientNoise.Config, GradientNoise.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  adaptiveClipping: CallbackEntry.CallbackEntry<AdaptiveClipping.Config, AdaptiveClipping.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  weightConstraints: CallbackEntry.CallbackEntry<WeightConstraints.Config, WeightConstraints.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
};
export interface CallbacksConfig extends CallbackEntry.Section<typeof entries> {
}
export interface CallbacksInput extends CallbackEntry.SectionInput<typeof entries> {
}
export declare const CallbacksConfig: Schema.Codec<CallbacksConfig, CallbacksInput>;
export declare const decisive: (config: object) => {
  readonly [name: string]: unknown;
};
export declare const layerOf: (config: CallbacksConfig, place: Plugin.Place) => import("effect/Layer").Layer<import("@etude/core/Callback").CallbackOf<never, string> | import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, import("@etude/core/Callback").CallbackRegistry>;
export declare const plugin: Plugin.PluginOf<{
  earlyStopping: CallbackEntry.CallbackEntry<EarlyStopping.Config, EarlyStopping.ConfigInput, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  reduceOnPlateau: CallbackEntry.CallbackEntry<ReduceOnPlateau.Config, ReduceOnPlateau.ConfigInput, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  maxTime: CallbackEntry.CallbackEntry<MaxTime.Config, MaxTime.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  terminateOnNonFinite: CallbackEntry.CallbackEntry<TerminateOnNonFinite.Config, TerminateOnNonFinite.ConfigInput, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  exponentialMovingAverage: CallbackEntry.CallbackEntry<ExponentialMovingAverage.Config, ExponentialMovingAverage.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  labelSmoothing: CallbackEntry.CallbackEntry<LabelSmoothing.Config, LabelSmoothing.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  mixup: CallbackEntry.CallbackEntry<Mixup.Config, Mixup.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  gradientNoise: CallbackEntry.CallbackEntry<GradientNoise.Config, GradientNoise.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  adaptiveClipping: CallbackEntry.CallbackEntry<AdaptiveClipping.Config, AdaptiveClipping.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  weightConstraints: CallbackEntry.CallbackEntry<WeightConstraints.Config, WeightConstraints.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
}>;

// @etude/callbacks/EarlyStopping
declare const fields: {
  monitor: Schema.String;
  patience: Schema.withDecodingDefaultKey<Schema.Codec<Extent.Patience, Extent.Patience, never, never>, never>;
  minimumDelta: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  baseline: Schema.optionalKey<Schema.Finite>;
  start: Schema.optionalKey<Schema.Codec<Extent.Position, Extent.Position, never, never>>;
  restoreBest: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const idOf: (monitor: string) => string;
export declare const layer: <const Monitor extends string>(config: Omit<ConfigInput, "monitor"> & {
  readonly monitor: Monitor;
}, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, Monitor>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/ExponentialMovingAverage
declare const fields: {
  decay: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  warmup: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  match: Schema.withDecodingDefaultKey<Schema.Codec<string | readonly string[], string | readonly string[], never, never>, never>;
  evaluate: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "exponentialMovingAverage";
export declare const update: (average: Tensors.Tensors, parameters: Tensors.Tensors, decay: number | tf.Tensor) => Tensors.Tensors;
export declare const decayAt: (step: number, { decay, warmup }: Pick<Config, "decay" | "warmup">) => number;
export declare const averaged: (state: TrainState, callback?: string) => Tensors.Tensors;
export declare const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/GradientNoise
declare const fields: {
  eta: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  gamma: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "gradientNoise";
export declare const deviationAt: (step: number, { eta, gamma }: Pick<Config, "eta" | "gamma">) => number;
export declare const addNoise: typeof withNoise;
export declare const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/LabelSmoothing
declare const fields: {
  smoothing: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  classes: Schema.optionalKey<Schema.Int>;
  target: Schema.optionalKey<Schema.String>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "labelSmoothing";
export declare const smoothLabels: (targets: tf.Tensor, smoothing: number, classes?: number, kind?: "classes" | "elements") => tf.Tensor;
export declare const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/MaxTime
declare const fields: {
  minutes: Schema.Finite;
  of: Schema.withDecodingDefaultKey<Schema.Codec<"attempt" | "run", "attempt" | "run", never, never>, never>;
  save: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "maxTime";
export declare const layer: (config: ConfigInput, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/Mixup
declare const fields: {
  alpha: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  per: Schema.withDecodingDefaultKey<Schema.Codec<"batch" | "sample", "batch" | "sample", never, never>, never>;
  classes: Schema.optionalKey<Schema.Int>;
  target: Schema.optionalKey<Schema.String>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "mixup";
export interface MixOptions {
  readonly classes?: number | undefined;
  readonly target?: string | undefined;
  readonly kinds?: {
    readonly [target: string]: TargetKind;
  } | undefined;
}
export declare const mix: (batch: TensorBatch, lambda: tf.Tensor, { classes, target, kinds }?: MixOptions) => TensorBatch;
export declare const drawLambda: (alpha: number) => (random: RandomBits.StepRandom, count: number) => tf.Tensor;
export declare const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/Plateau
export interface Rule {
  readonly better: Better;
  readonly patience: Patience;
  readonly minimumDelta: number;
  readonly baseline?: number | undefined;
  readonly start?: Position | undefined;
}
export declare const State: Schema.Struct<{
  readonly best: Schema.NullOr<Schema.Number>;
  readonly waited: Schema.Natural;
  readonly epoch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly batch: Schema.withDecodingDefaultKey<Schema.Natural, never>;
  readonly begun: Schema.Boolean;
}>;
export type State = typeof State.Type;
export declare const initial: State;
export declare const improves: (value: number, best: number | undefined, better: Better, minimumDelta?: number) => boolean;
export declare const next: (rule: Rule, state: State, value: number, progress: Progress) => readonly [state: State, exhausted: boolean];

// @etude/callbacks/ReduceOnPlateau
declare const fields: {
  monitor: Schema.String;
  factor: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  patience: Schema.withDecodingDefaultKey<Schema.Codec<Extent.Patience, Extent.Patience, never, never>, never>;
  minimumDelta: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  cooldown: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  minimumScale: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  start: Schema.optionalKey<Schema.Codec<Extent.Position, Extent.Position, never, never>>;
  better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const idOf: (monitor: string) => string;
export declare const layer: <const Monitor extends string>(config: Omit<ConfigInput, "monitor"> & {
  readonly monitor: Monitor;
}, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, Monitor>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/TerminateOnNonFinite
declare const fields: {
  monitors: Schema.optionalKey<Schema.$Array<Schema.String>>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "terminateOnNonFinite";
export declare const layer: <const Monitor extends string = never>(config?: (Omit<ConfigInput, "monitors"> & {
  readonly monitors?: readonly Monitor[];
}) | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, Monitor>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/WeightConstraints
export declare const Constraint: Schema.TaggedUnion<{
  readonly MaxNorm: Schema.TaggedStruct<"MaxNorm", {
    readonly maximum: Schema.Finite;
  }>;
  readonly NonNegative: Schema.TaggedStruct<"NonNegative", {}>;
  readonly UnitNorm: Schema.TaggedStruct<"UnitNorm", {}>;
}>;
export type Constraint = typeof Constraint.Type;
declare const fields: {
  constraints: Schema.NonEmptyArray<Schema.Struct<{
    readonly match: Schema.Union<readonly [Schema.String, Schema.$Array<Schema.String>]>;
    readonly constraint: Schema.TaggedUnion<{
      readonly MaxNorm: Schema.TaggedStruct<"MaxNorm", {
        readonly maximum: Schema.Finite;
      }>;
      readonly NonNegative: Schema.TaggedStruct<"NonNegative", {}>;
      readonly UnitNorm: Schema.TaggedStruct<"UnitNorm", {}>;
    }>;
  }>>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "weightConstraints";
export declare const maxNorm: (weights: tf.Tensor, maximum: number) => tf.Tensor;
export declare const nonNegative: (weights: tf.Tensor) => tf.Tensor;
export declare const unitNorm: (weights: tf.Tensor) => tf.Tensor;
export declare const apply: (constraint: Constraint, weights: tf.Tensor) => tf.Tensor;
export declare const layer: (config: ConfigInput, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;
