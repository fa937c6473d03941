// The public interface of @etude/callbacks. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/callbacks
// Namespaces of modules: AdaptiveClipping, CallbacksConfig, CutMix, EarlyStopping,
// ExponentialMovingAverage, GradientNoise, LabelSmoothing, MaxTime, Mixup, Plateau,
// ReduceOnPlateau, StochasticWeightAveraging, TerminateOnNonFinite, Thaw, WeightConstraints

// @etude/callbacks/AdaptiveClipping
declare const fields: {
  clipping: Defaulted<number>
  epsilon: Defaulted<number>
  except: Defaulted<string | readonly string[]>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "adaptiveClipping"
const clipGradient: typeof clipUnits
const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>

// @etude/callbacks/CallbacksConfig
type Entries = {
  earlyStopping: typeof EarlyStopping.entry
  reduceOnPlateau: typeof ReduceOnPlateau.entry
  maxTime: typeof MaxTime.entry
  terminateOnNonFinite: typeof TerminateOnNonFinite.entry
  thaw: typeof Thaw.entry
  exponentialMovingAverage: typeof ExponentialMovingAverage.entry
  stochasticWeightAveraging: typeof StochasticWeightAveraging.entry
  labelSmoothing: typeof LabelSmoothing.entry
  cutMix: typeof CutMix.entry
  mixup: typeof Mixup.entry
  gradientNoise: typeof GradientNoise.entry
  adaptiveClipping: typeof AdaptiveClipping.entry
  weightConstraints: typeof WeightConstraints.entry
}
const entries: Entries
interface CallbacksConfig extends CallbackEntry.Section<Entries> {}
interface CallbacksInput extends CallbackEntry.SectionInput<Entries> {}
const CallbacksConfig: Schema.Codec<CallbacksConfig, CallbacksInput>
const decisive: (config: object) => { [name: string]: unknown }
const layerOf: (config: CallbacksConfig, place: Plugin.Place) => Layer<CallbackOf<never, string>, ConfigInvalid, CallbackRegistry>
const plugin: Plugin.PluginOf<Entries>

// @etude/callbacks/CutMix
declare const fields: {
  alpha: Defaulted<number>
  classes: Schema.optionalKey<Schema.Int>
  target: Schema.optionalKey<Schema.String>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "cutMix"
interface Box {
  top: tf.Tensor
  bottom: tf.Tensor
  left: tf.Tensor
  right: tf.Tensor
}
const boxOf: (lambda: tf.Tensor, place: { y: tf.Tensor; x: tf.Tensor }, { height, width }: { height: number; width: number }) => Box
const cut: (batch: TensorBatch, box: Box, options?: MixOptions) => TensorBatch
const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>

// @etude/callbacks/EarlyStopping
declare const fields: {
  monitor: Schema.String
  patience: Defaulted<Extent.Patience>
  minimumDelta: Defaulted<number>
  baseline: Schema.optionalKey<Schema.Finite>
  start: Schema.optionalKey<Schema.Codec<Extent.Position>>
  restoreBest: Defaulted<boolean>
  better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const idOf: (monitor: string) => string
const layer: <const Monitor extends string>(config: Omit<ConfigInput, "monitor"> & { monitor: Monitor }, place?: Plugin.Place) => Layer<Callback.CallbackOf<never, Monitor>, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>

// @etude/callbacks/ExponentialMovingAverage
declare const fields: {
  decay: Defaulted<number>
  warmup: Defaulted<boolean>
  match: Defaulted<string | readonly string[]>
  evaluate: Defaulted<boolean>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "exponentialMovingAverage"
const update: (average: Tensors, parameters: Tensors, decay: number | tf.Tensor) => Tensors
const decayAt: (step: number, { decay, warmup }: Pick<Config, "decay" | "warmup">) => number
const averaged: (state: TrainState, callback?: string) => Tensors
const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>

// @etude/callbacks/GradientNoise
declare const fields: { eta: Defaulted<number>; gamma: Defaulted<number>; id: Schema.optionalKey<Schema.NonEmptyString> }
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "gradientNoise"
const deviationAt: (step: number, { eta, gamma }: Pick<Config, "eta" | "gamma">) => number
const addNoise: typeof withNoise
const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>

// @etude/callbacks/LabelSmoothing
declare const fields: {
  smoothing: Defaulted<Scheduled.Decoded, Scheduled.Encoded>
  classes: Schema.optionalKey<Schema.Int>
  target: Schema.optionalKey<Schema.String>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "labelSmoothing"
const smoothLabels: (targets: tf.Tensor, smoothing: number | tf.Tensor, classes?: number, kind?: "classes" | "elements") => tf.Tensor
const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>

// @etude/callbacks/MaxTime
declare const fields: {
  minutes: Schema.Finite
  of: Defaulted<"attempt" | "run">
  save: Defaulted<boolean>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "maxTime"
const layer: (config: ConfigInput, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>

// @etude/callbacks/Mixup
export type { MixOptions }
declare const fields: {
  alpha: Defaulted<number>
  per: Defaulted<"batch" | "sample">
  classes: Schema.optionalKey<Schema.Int>
  target: Schema.optionalKey<Schema.String>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "mixup"
const mix: (batch: TensorBatch, lambda: tf.Tensor, options?: MixOptions) => TensorBatch
const drawLambda: (alpha: number) => (random: RandomBits.StepRandom, count: number) => tf.Tensor
const layer: (config?: ConfigInput | undefined, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>

// @etude/callbacks/internal/pairs
interface MixOptions {
  classes?: number | undefined
  target?: string | undefined
  kinds?: { [target: string]: TargetKind } | undefined
}

// @etude/callbacks/Plateau
interface Rule {
  better: Better
  patience: Patience
  minimumDelta: number
  baseline?: number | undefined
  start?: Position | undefined
}
const State: Schema.Struct<{
  best: Schema.NullOr<Schema.Number>
  waited: Schema.Natural
  epoch: Schema.Natural
  step: Schema.Natural
  batch: Schema.withDecodingDefaultKey<Schema.Natural>
  begun: Schema.Boolean
}>
type State = typeof State.Type
const initial: State
const improves: (value: number, best: number | undefined, better: Better, minimumDelta?: number) => boolean
const next: (rule: Rule, state: State, value: number, progress: Progress) => readonly [state: State, exhausted: boolean]

// @etude/callbacks/ReduceOnPlateau
declare const fields: {
  monitor: Schema.String
  factor: Defaulted<number>
  patience: Defaulted<Extent.Patience>
  minimumDelta: Defaulted<number>
  cooldown: Defaulted<number>
  minimumScale: Defaulted<number>
  start: Schema.optionalKey<Schema.Codec<Extent.Position>>
  better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const idOf: (monitor: string) => string
const layer: <const Monitor extends string>(config: Omit<ConfigInput, "monitor"> & { monitor: Monitor }, place?: Plugin.Place) => Layer<Callback.CallbackOf<never, Monitor>, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>

// @etude/callbacks/StochasticWeightAveraging
declare const fields: {
  start: Schema.Int
  every: Defaulted<number>
  match: Defaulted<string | readonly string[]>
  statisticsBatches: Schema.optionalKey<Schema.Int>
  evaluate: Defaulted<boolean>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "stochasticWeightAveraging"
const decayAt: (step: number, { start, every }: Pick<Config, "start" | "every">) => number
const layer: (config: ConfigInput, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>

// @etude/callbacks/TerminateOnNonFinite
declare const fields: {
  monitors: Schema.optionalKey<Schema.$Array<Schema.String>>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "terminateOnNonFinite"
const layer: <const Monitor extends string = never>(config?: (Omit<ConfigInput, "monitors"> & { monitors?: readonly Monitor[] }) | undefined, place?: Plugin.Place) => Layer<Callback.CallbackOf<never, Monitor>, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>

// @etude/callbacks/Thaw
declare const fields: {
  match: Schema.Union<readonly [Schema.String, Schema.NonEmptyArray<Schema.String>]>
  at: Schema.Codec<Extent.Position>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const layer: (config: ConfigInput, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>

// @etude/callbacks/WeightConstraints
const Constraint: Schema.TaggedUnion<{
  MaxNorm: Schema.TaggedStruct<"MaxNorm", { maximum: Schema.Finite }>
  NonNegative: Schema.TaggedStruct<"NonNegative", {}>
  UnitNorm: Schema.TaggedStruct<"UnitNorm", {}>
}>
type Constraint = typeof Constraint.Type
declare const fields: {
  constraints: Schema.NonEmptyArray<Schema.Struct<{
    match: Schema.Union<readonly [Schema.String, Schema.$Array<Schema.String>]>
    constraint: Schema.TaggedUnion<{
      MaxNorm: Schema.TaggedStruct<"MaxNorm", { maximum: Schema.Finite }>
      NonNegative: Schema.TaggedStruct<"NonNegative", {}>
      UnitNorm: Schema.TaggedStruct<"UnitNorm", {}>
    }>
  }>>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "weightConstraints"
const maxNorm: (weights: tf.Tensor, maximum: number) => tf.Tensor
const nonNegative: (weights: tf.Tensor) => tf.Tensor
const unitNorm: (weights: tf.Tensor) => tf.Tensor
const apply: (constraint: Constraint, weights: tf.Tensor) => tf.Tensor
const layer: (config: ConfigInput, place?: Plugin.Place) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>, entry: CallbackEntry<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>, plugin: Plugin.CallbackPlugin<Config, ConfigInput, Callback.CallbackOf, Callback.CallbackRegistry>
