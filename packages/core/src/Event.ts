/**
 * What happens in a run, as data: schema-typed, versioned events. History, progress bars, files and reports are folds over
 * them. `Events` is where they go: nowhere by default, to a file by a layer of `@etude/reports`.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { EndedWith } from "./Best.ts"
import { MetricFigure } from "./Figure.ts"
import { Monitors } from "./Monitors.ts"
import { Progress } from "./Progress.ts"

/** Numbers by name, such as `"train/loss"`. NaN and infinities are kept in the encoding. */
export interface Values {
  readonly [name: string]: number
}
export const Values: Schema.Codec<Values> = Schema.Record(Schema.String, Schema.Number)

/** What every event has: its kind, and the position of the run. */
export interface EventOf<Tag extends string> {
  readonly version: 1
  readonly _tag: Tag
  readonly progress: Progress
}
const event = <const Tag extends string, const Fields extends Schema.Struct.Fields>(tag: Tag, fields: Fields) =>
  Schema.Struct({ version: Schema.Literal(1), _tag: Schema.Literal(tag), progress: Progress, ...fields })

/** The backend that a run uses, and why. */
export interface BackendChosen {
  readonly name: string
  readonly version: string
  readonly device: string
  readonly reason: string
}
export const BackendChosen: Schema.Codec<BackendChosen> = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  device: Schema.String,
  reason: Schema.String
})

/** What a run is, on what, and how long an epoch will be. */
export interface RunSetting {
  readonly task: string
  readonly seed: number
  readonly config: Schema.Json
  readonly parameters: number
  readonly trainSamples: number
  readonly batchesPerEpoch: number
  /** Every monitor that the run reports, in the order of tables: its set, its metric, and which way it is better. */
  readonly monitors: Monitors
  readonly backend: BackendChosen
  readonly executor: string
  /** How steps run, for people; in files, the executor's name is what counts. */
  readonly stepsRunAs?: string
}
const setting = {
  task: Schema.String,
  seed: Schema.Int,
  config: Schema.Json,
  parameters: Schema.Natural,
  trainSamples: Schema.Natural,
  batchesPerEpoch: Schema.Natural,
  monitors: Monitors,
  backend: BackendChosen,
  executor: Schema.String,
  stepsRunAs: Schema.optionalKey(Schema.String)
}

/** A run begins. */
export interface RunStarted extends EventOf<"RunStarted">, RunSetting {}
export const RunStarted: Schema.Codec<RunStarted> = event("RunStarted", setting)

/**
 * A run resumes from a stored position: later events of an earlier attempt are superseded. It repeats what the run is,
 * since a later attempt may have another backend or another end, and its events may be all that a reader sees.
 */
export interface Resumed extends EventOf<"Resumed">, RunSetting {
  readonly attempt: number
  /** Whether callbacks had ended the run, which continues all the same. */
  readonly beyondEnd?: boolean
}
export const Resumed: Schema.Codec<Resumed> = event("Resumed", {
  attempt: Schema.Natural,
  beyondEnd: Schema.optionalKey(Schema.Boolean),
  ...setting
})

export interface EpochStarted extends EventOf<"EpochStarted"> {}
export const EpochStarted: Schema.Codec<EpochStarted> = event("EpochStarted", {})

/** The learning rates at a position. */
interface Rates {
  /** The rate of the first parameter group. */
  readonly learningRate: number
  /** Those of every parameter group by name, where there are several. */
  readonly learningRates?: Values
  /**
   * Other numbers that change during the run: `momentum` of the only parameter group, `biases/momentum` of one of several,
   * `dropout/rate` of a layer, `labelSmoothing/smoothing` of a callback.
   */
  readonly scheduled?: Values
}
const rates = {
  learningRate: Schema.Number,
  learningRates: Schema.optionalKey(Values),
  scheduled: Schema.optionalKey(Values)
}

/** Every `logEverySteps` steps: the values of that batch. */
export interface StepLogged extends EventOf<"StepLogged">, Rates {
  readonly values: Values
  /** Values that callbacks measured, by callback and name. */
  readonly measured?: { readonly [callback: string]: Values }
  readonly samplesPerSecond: number
}
export const StepLogged: Schema.Codec<StepLogged> = event("StepLogged", {
  values: Values,
  measured: Schema.optionalKey(Schema.Record(Schema.String, Values)),
  ...rates,
  samplesPerSecond: Schema.Number
})

export interface BatchSkipped extends EventOf<"BatchSkipped"> {
  readonly reason: "empty" | "controller" | "nonFinite"
  readonly detail: string
}
export const BatchSkipped: Schema.Codec<BatchSkipped> = event("BatchSkipped", {
  reason: Schema.Literals(["empty", "controller", "nonFinite"]),
  detail: Schema.String
})

export interface RolledBack extends EventOf<"RolledBack"> {
  readonly toStep: number
  readonly detail: string
}
export const RolledBack: Schema.Codec<RolledBack> = event("RolledBack", {
  toStep: Schema.Natural,
  detail: Schema.String
})

export interface ValidationStarted extends EventOf<"ValidationStarted"> {
  readonly name: string
  readonly batches: number
}
export const ValidationStarted: Schema.Codec<ValidationStarted> = event("ValidationStarted", {
  name: Schema.String,
  batches: Schema.Natural
})

export interface ValidationEnded extends EventOf<"ValidationEnded"> {
  readonly name: string
  readonly samples: number
  readonly learningRate?: number
  readonly values: Values
  readonly seconds: number
}
export const ValidationEnded: Schema.Codec<ValidationEnded> = event("ValidationEnded", {
  name: Schema.String,
  samples: Schema.Natural,
  learningRate: Schema.optionalKey(Schema.Number),
  values: Values,
  seconds: Schema.Number
})

/** The rates are those at the start of the epoch. */
export interface EpochEnded extends EventOf<"EpochEnded">, Rates {
  readonly values: Values
  readonly seconds: number
}
export const EpochEnded: Schema.Codec<EpochEnded> = event("EpochEnded", {
  values: Values,
  ...rates,
  seconds: Schema.Number
})

export interface DecisionTaken extends EventOf<"DecisionTaken"> {
  readonly callback: string
  readonly decision: Schema.Json
}
export const DecisionTaken: Schema.Codec<DecisionTaken> = event("DecisionTaken", {
  callback: Schema.String,
  decision: Schema.Json
})

export interface CheckpointSaved extends EventOf<"CheckpointSaved"> {
  readonly path: string
}
export const CheckpointSaved: Schema.Codec<CheckpointSaved> = event("CheckpointSaved", { path: Schema.String })

export interface Warned extends EventOf<"Warned"> {
  readonly message: string
}
export const Warned: Schema.Codec<Warned> = event("Warned", { message: Schema.String })

export interface Tested extends EventOf<"Tested"> {
  readonly samples: number
  readonly values: Values
  readonly seconds: number
  /** Results that are more than a number, such as a confusion matrix: each metric's `toJson`. */
  readonly results?: { readonly [metric: string]: Schema.Json }
  /** Pictures of results: each metric's `toFigure`. */
  readonly figures?: ReadonlyArray<MetricFigure>
}
export const Tested: Schema.Codec<Tested> = event("Tested", {
  samples: Schema.Natural,
  values: Values,
  seconds: Schema.Number,
  results: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  figures: Schema.optionalKey(Schema.Array(MetricFigure))
})

/** Shape and dtype of a tensor. */
export interface TensorKind {
  readonly shape: ReadonlyArray<number>
  readonly dtype: string
}
const TensorKind: Schema.Codec<TensorKind> = Schema.Struct({
  shape: Schema.Array(Schema.Natural),
  dtype: Schema.String
})

/** What became of each tensor of a model that begins with stored weights, and of each stored one. */
export interface WeightsAccount {
  /** Taken over from the weights. */
  readonly loaded: ReadonlyArray<string>
  /** Requested, but not among the weights: initialized as in a new run. */
  readonly missing: ReadonlyArray<string>
  /** Among the weights, but not used. */
  readonly unused: ReadonlyArray<string>
  /** Present on both sides with different shapes or dtypes: initialized as in a new run. */
  readonly mismatched: ReadonlyArray<{
    readonly path: string
    readonly found: TensorKind
    readonly expected: TensorKind
  }>
  /** Stored under another name than that by which it was looked for; absent when there are none. */
  readonly renamed?: ReadonlyArray<{ readonly from: string; readonly to: string }>
  /** Kernels whose dimensions were put into the order of this model; absent when there are none. */
  readonly transposed?: ReadonlyArray<string>
  /** Left out on request, by their names in the file; absent when there are none. */
  readonly ignored?: ReadonlyArray<string>
}
const account = {
  loaded: Schema.Array(Schema.String),
  missing: Schema.Array(Schema.String),
  unused: Schema.Array(Schema.String),
  mismatched: Schema.Array(Schema.Struct({ path: Schema.String, found: TensorKind, expected: TensorKind })),
  renamed: Schema.optionalKey(Schema.Array(Schema.Struct({ from: Schema.String, to: Schema.String }))),
  transposed: Schema.optionalKey(Schema.Array(Schema.String)),
  ignored: Schema.optionalKey(Schema.Array(Schema.String))
}
export const WeightsAccount: Schema.Codec<WeightsAccount> = Schema.Struct(account)

/** Stored weights that a run began with, and the file that they are from. */
export interface LoadedFrom extends WeightsAccount {
  readonly file: string
  /** Of the whole file, in hexadecimal digits. */
  readonly sha256: string
}
const loadedFrom = { file: Schema.String, sha256: Schema.String, ...account }
export const LoadedFrom: Schema.Codec<LoadedFrom> = Schema.Struct(loadedFrom)

/** A new run began with stored weights: one event for each file. */
export interface WeightsLoaded extends EventOf<"WeightsLoaded">, LoadedFrom {}
export const WeightsLoaded: Schema.Codec<WeightsLoaded> = event("WeightsLoaded", loadedFrom)

export interface Interrupted extends EventOf<"Interrupted"> {}
export const Interrupted: Schema.Codec<Interrupted> = event("Interrupted", {})

export interface Failed extends EventOf<"Failed"> {
  /** The error's tag. */
  readonly error: string
  readonly message: string
}
export const Failed: Schema.Codec<Failed> = event("Failed", { error: Schema.String, message: Schema.String })

export interface RunEnded extends EventOf<"RunEnded"> {
  readonly reason: string
  /** The newest values. */
  readonly values: Values
  /** Of a run that ended in the middle of an epoch, what that epoch came to so far. */
  readonly partial?: { readonly values: Values; readonly learningRate: number; readonly seconds: number }
  /** The value whose weights the run ended with; absent where it ended with the last ones. */
  readonly best?: EndedWith
}
export const RunEnded: Schema.Codec<RunEnded> = event("RunEnded", {
  reason: Schema.String,
  values: Values,
  partial: Schema.optionalKey(Schema.Struct({ values: Values, learningRate: Schema.Number, seconds: Schema.Number })),
  best: Schema.optionalKey(EndedWith)
})

/** An event of a newer version, kept as it was. */
export interface Unknown {
  readonly _tag: "Unknown"
  readonly event: Schema.Json
}
export const Unknown: Schema.Codec<Unknown> = Schema.Struct({ _tag: Schema.Literal("Unknown"), event: Schema.Json })

/** Every event that this version writes. */
export type Known =
  | RunStarted
  | WeightsLoaded
  | Resumed
  | EpochStarted
  | StepLogged
  | BatchSkipped
  | RolledBack
  | ValidationStarted
  | ValidationEnded
  | EpochEnded
  | DecisionTaken
  | CheckpointSaved
  | Warned
  | Tested
  | Interrupted
  | Failed
  | RunEnded
export const Known: Schema.Codec<Known> = Schema.Union([
  RunStarted,
  WeightsLoaded,
  Resumed,
  EpochStarted,
  StepLogged,
  BatchSkipped,
  RolledBack,
  ValidationStarted,
  ValidationEnded,
  EpochEnded,
  DecisionTaken,
  CheckpointSaved,
  Warned,
  Tested,
  Interrupted,
  Failed,
  RunEnded
])
export type Event = Known | Unknown

const codec = Schema.toCodecJson(Known)
/** An event as plain JSON data; NaN and infinities become strings. */
export const encode: (event: Known) => unknown = Schema.encodeSync(codec)
const decodeKnown = Schema.decodeUnknownOption(codec)
/** The event that JSON data holds; what this version does not know becomes `Unknown`. */
export const decode = (data: Schema.Json): Event => {
  const known = decodeKnown(data)
  return known._tag === "Some" ? known.value : { _tag: "Unknown", event: data }
}

export interface EventsService {
  /** Takes an event; may hold the run up until there is room (back-pressure). */
  readonly publish: (event: Known) => Effect.Effect<void>
}

/** Where the events of a run go. By default nowhere. */
export const Events: Context.Reference<EventsService> = Context.Reference("@etude/core/Events", {
  defaultValue: (): EventsService => ({ publish: () => Effect.void })
})
