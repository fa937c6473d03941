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
export const Values = Schema.Record(Schema.String, Schema.Number)
export type Values = typeof Values.Type

/** Those of every parameter group by name, where there are several. */
const learningRates = Schema.Record(Schema.String, Schema.Number)

const event = <const Tag extends string, const Fields extends Schema.Struct.Fields>(tag: Tag, fields: Fields) =>
  Schema.Struct({ version: Schema.Literal(1), _tag: Schema.Literal(tag), progress: Progress, ...fields })

const backend = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  device: Schema.String,
  reason: Schema.String
})
const setting = {
  task: Schema.String,
  seed: Schema.Int,
  config: Schema.Json,
  parameters: Schema.Natural,
  trainSamples: Schema.Natural,
  batchesPerEpoch: Schema.Natural,
  /** Every monitor that the run reports, in the order of tables: its set, its metric, and which way it is better. */
  monitors: Monitors,
  backend,
  executor: Schema.String,
  /** How steps run, for people; in files, the executor's name is what counts. */
  stepsRunAs: Schema.optionalKey(Schema.String)
}
/** A run begins: what it is, on what, and how long an epoch will be. */
export const RunStarted = event("RunStarted", setting)
/**
 * A run resumes from a stored position: later events of an earlier attempt are superseded. It repeats what the run is,
 * since a later attempt may have another backend or another end, and its events may be all that a reader sees.
 */
export const Resumed = event("Resumed", {
  attempt: Schema.Natural,
  /** Whether callbacks had ended the run, which continues all the same. */
  beyondEnd: Schema.optionalKey(Schema.Boolean),
  ...setting
})
export const EpochStarted = event("EpochStarted", {})
/** Every `logEverySteps` steps: the values of that batch. */
export const StepLogged = event("StepLogged", {
  values: Values,
  /** Values that callbacks measured, by callback and name. */
  measured: Schema.optionalKey(Schema.Record(Schema.String, Values)),
  learningRate: Schema.Number,
  learningRates: Schema.optionalKey(learningRates),
  samplesPerSecond: Schema.Number
})
export const BatchSkipped = event("BatchSkipped", {
  reason: Schema.Literals(["empty", "controller", "nonFinite"]),
  detail: Schema.String
})
export const RolledBack = event("RolledBack", { toStep: Schema.Natural, detail: Schema.String })
export const ValidationStarted = event("ValidationStarted", { name: Schema.String, batches: Schema.Natural })
export const ValidationEnded = event("ValidationEnded", {
  name: Schema.String,
  samples: Schema.Natural,
  learningRate: Schema.optionalKey(Schema.Number),
  values: Values,
  seconds: Schema.Number
})
/** `learningRate`: the rate at the start of the epoch, of the first parameter group. */
export const EpochEnded = event("EpochEnded", {
  values: Values,
  learningRate: Schema.Number,
  learningRates: Schema.optionalKey(learningRates),
  seconds: Schema.Number
})
export const DecisionTaken = event("DecisionTaken", { callback: Schema.String, decision: Schema.Json })
export const CheckpointSaved = event("CheckpointSaved", { path: Schema.String })
export const Warned = event("Warned", { message: Schema.String })
export const Tested = event("Tested", {
  samples: Schema.Natural,
  values: Values,
  seconds: Schema.Number,
  /** Results that are more than a number, such as a confusion matrix: each metric's `toJson`. */
  results: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  /** Pictures of results: each metric's `toFigure`. */
  figures: Schema.optionalKey(Schema.Array(MetricFigure))
})
export const Interrupted = event("Interrupted", {})
export const Failed = event("Failed", { error: Schema.String, message: Schema.String })
/**
 * `values`: the newest ones. `partial`: of a run that ended in the middle of an epoch, what that epoch came to so far.
 * `best`: the value whose weights the run ended with; absent where it ended with the last ones.
 */
export const RunEnded = event("RunEnded", {
  reason: Schema.String,
  values: Values,
  partial: Schema.optionalKey(Schema.Struct({ values: Values, learningRate: Schema.Number, seconds: Schema.Number })),
  best: Schema.optionalKey(EndedWith)
})
/** An event of a newer version, kept as it was. */
export const Unknown = Schema.Struct({ _tag: Schema.Literal("Unknown"), event: Schema.Json })

/** Every event that this version writes. */
export type Known =
  | typeof RunStarted.Type
  | typeof Resumed.Type
  | typeof EpochStarted.Type
  | typeof StepLogged.Type
  | typeof BatchSkipped.Type
  | typeof RolledBack.Type
  | typeof ValidationStarted.Type
  | typeof ValidationEnded.Type
  | typeof EpochEnded.Type
  | typeof DecisionTaken.Type
  | typeof CheckpointSaved.Type
  | typeof Warned.Type
  | typeof Tested.Type
  | typeof Interrupted.Type
  | typeof Failed.Type
  | typeof RunEnded.Type
export const Known: Schema.Codec<Known> = Schema.Union([
  RunStarted,
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
export type Event = Known | typeof Unknown.Type

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
