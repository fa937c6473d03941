/** The report of a run as a fold over its events: what `report.json` holds. Equal events give an equal report. */
import * as Core from "@etude/core/Best"
import * as Event from "@etude/core/Event"
import * as Monitors from "@etude/core/Monitors"
import { Best } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as History from "./History.ts"
import * as Timeline from "./Timeline.ts"

/** The last test of a run. */
export interface TestReport {
  readonly step: number
  readonly samples: number
  readonly values: Event.Values
  /** Results that are more than a number, such as a confusion matrix: each metric's `toJson`. */
  readonly results?: { readonly [metric: string]: Schema.Json }
  readonly seconds: number
}

/** How much a run has done. */
export interface Counts {
  readonly epochs: number
  readonly steps: number
  readonly samples: number
  /** Batches that were left out, by reason. */
  readonly skipped: { readonly empty: number; readonly controller: number; readonly nonFinite: number }
  readonly rollbacks: number
}

type Setting = "task" | "seed" | "config" | "backend" | "executor" | "parameters" | "trainSamples" | "batchesPerEpoch"

export interface Report extends Pick<Event.RunSetting, Setting | "monitors"> {
  readonly version: 1
  /** `unfinished`: the log has no end; the run is still going, or its process was killed. */
  readonly status: "ended" | "interrupted" | "failed" | "unfinished"
  /** Why it ended: the limit that was reached, what a callback said, or the error's message. Empty while unfinished. */
  readonly reason: string
  /** The tag of the error, if it failed. */
  readonly error?: string
  readonly attempts: number
  readonly counts: Counts
  /** The ends of epochs, the validations between them, and the end of a run in the middle of an epoch. */
  readonly history: ReadonlyArray<History.Row>
  /** The best value of every monitor that has a direction; a tie keeps the earlier one, NaN is none. */
  readonly best: { readonly [monitor: string]: Best }
  /** The best value whose weights the run ended with; absent where it ended with the last ones. */
  readonly endedWith?: Core.EndedWith
  /** Stored weights that the run began with, and what became of each tensor; absent where it began with none. */
  readonly initialized?: ReadonlyArray<Event.LoadedFrom>
  /** The last test, if there was one. */
  readonly test?: TestReport
  /** Each once, in order. */
  readonly warnings: ReadonlyArray<string>
  readonly checkpoints: ReadonlyArray<string>
  /** In seconds. `total` is over all attempts; `epochs` include their validations. */
  readonly seconds: {
    readonly total: number
    readonly epochs: number
    readonly validation: number
    readonly test: number
  }
}
/** In a file: reports of earlier versions have no monitors. */
export interface ReportEncoded extends Omit<Report, "monitors"> {
  readonly monitors?: Monitors.Monitors
}
export const Report: Schema.Codec<Report, ReportEncoded> = Schema.Struct({
  version: Schema.Literal(1),
  task: Schema.String,
  seed: Schema.Int,
  config: Schema.Json,
  backend: Event.BackendChosen,
  executor: Schema.String,
  parameters: Schema.Natural,
  trainSamples: Schema.Natural,
  batchesPerEpoch: Schema.Natural,
  status: Schema.Literals(["ended", "interrupted", "failed", "unfinished"]),
  reason: Schema.String,
  error: Schema.optionalKey(Schema.String),
  attempts: Schema.Natural,
  counts: Schema.Struct({
    epochs: Schema.Natural,
    steps: Schema.Natural,
    samples: Schema.Natural,
    skipped: Schema.Struct({ empty: Schema.Natural, controller: Schema.Natural, nonFinite: Schema.Natural }),
    rollbacks: Schema.Natural
  }),
  history: Schema.Array(History.Row),
  monitors: Monitors.Monitors.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  best: Schema.Record(Schema.String, Best),
  endedWith: Schema.optionalKey(Core.EndedWith),
  initialized: Schema.optionalKey(Schema.Array(Event.LoadedFrom)),
  test: Schema.optionalKey(
    Schema.Struct({
      step: Schema.Natural,
      samples: Schema.Natural,
      values: Event.Values,
      results: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
      seconds: Schema.Number
    })
  ),
  warnings: Schema.Array(Schema.String),
  checkpoints: Schema.Array(Schema.String),
  seconds: Schema.Struct({
    total: Schema.Number,
    epochs: Schema.Number,
    validation: Schema.Number,
    test: Schema.Number
  })
})

/** JSON text; NaN and infinities are strings in it. */
const Text = Schema.fromJsonString(Schema.toCodecJson(Report), { space: 2 })
export const encode: (report: Report) => string = Schema.encodeSync(Text)
export const decode: (text: unknown) => Effect.Effect<Report, Schema.SchemaError> = Schema.decodeUnknownEffect(Text)

const bestOf = (events: ReadonlyArray<Event.Event>, { monitors }: Event.RunSetting): Report["best"] => {
  const best: { [monitor: string]: Best } = {}
  for (const event of events) {
    // The end of an epoch repeats the validations that fell on it.
    const reported =
      event._tag === "ValidationEnded"
        ? Object.entries(event.values)
        : event._tag === "EpochEnded"
          ? Object.entries(event.values).filter(([monitor]) => Monitors.isOfTraining(monitors, monitor))
          : []
    for (const [monitor, value] of reported) {
      const better = Core.directionOf({ monitor }, monitors)
      const earlier = Object.hasOwn(best, monitor) ? best[monitor]?.value : undefined
      if (better === undefined || !Core.isBetter(value, earlier, better) || event._tag === "Unknown") continue
      best[monitor] = { value, epoch: event.progress.epoch, step: event.progress.step }
    }
    if (event._tag !== "EpochEnded") continue
    // A validation that fell on the end of an epoch is reported before that epoch is counted.
    for (const monitor in event.values) {
      const earlier = Object.hasOwn(best, monitor) ? best[monitor] : undefined
      if (earlier?.step === event.progress.step) best[monitor] = { ...earlier, epoch: event.progress.epoch }
    }
  }
  return best
}

const endOf = (events: ReadonlyArray<Event.Event>): Pick<Report, "status" | "reason" | "error"> => {
  for (const event of events.toReversed()) {
    if (event._tag === "RunEnded") return { status: "ended", reason: event.reason }
    if (event._tag === "Interrupted") return { status: "interrupted", reason: "interrupted" }
    if (event._tag === "Failed") return { status: "failed", reason: event.message, error: event.error }
    if (event._tag === "Resumed" || event._tag === "RunStarted") break
  }
  return { status: "unfinished", reason: "" }
}

const initializedBy = (events: ReadonlyArray<Event.WeightsLoaded>): Pick<Report, "initialized"> =>
  events.length === 0 ? {} : { initialized: events.map(({ version: _1, _tag: _2, progress: _3, ...loaded }) => loaded) }

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

/** The report of the last run in the events; none when they don't hold a run's beginning. */
export const fold = (all: Iterable<Event.Event>): Option.Option<Report> => {
  const events = Timeline.effective(all)
  const known = events.filter((event) => event._tag !== "Unknown")
  const setting = known.findLast((event) => event._tag === "RunStarted" || event._tag === "Resumed")
  if (setting === undefined) return Option.none()
  const ofTag = <Tag extends Event.Known["_tag"]>(tag: Tag) =>
    known.filter((event): event is Extract<Event.Known, { readonly _tag: Tag }> => event._tag === tag)
  const { epochs, validations } = History.fold(events)
  const skipped = (reason: string) => ofTag("BatchSkipped").filter((event) => event.reason === reason).length
  const tests = ofTag("Tested")
  const endedWith = ofTag("RunEnded").at(-1)?.best
  const test = tests.at(-1)
  // A test may be of an earlier state than the run's last.
  const { progress } = known.findLast((event) => event._tag !== "Tested")!
  const { task, seed, config, backend, executor, parameters, trainSamples, batchesPerEpoch } = setting
  return Option.some({
    version: 1,
    task,
    seed,
    config,
    backend,
    executor,
    parameters,
    trainSamples,
    batchesPerEpoch,
    ...endOf(known.filter((event) => event._tag !== "Tested")),
    attempts: setting._tag === "Resumed" ? setting.attempt : 1,
    counts: {
      epochs: progress.epoch,
      steps: progress.step,
      samples: progress.samples,
      skipped: { empty: skipped("empty"), controller: skipped("controller"), nonFinite: skipped("nonFinite") },
      rollbacks: ofTag("RolledBack").length
    },
    history: History.rows(events),
    monitors: setting.monitors,
    best: bestOf(events, setting),
    ...(endedWith === undefined ? {} : { endedWith }),
    ...initializedBy(ofTag("WeightsLoaded")),
    ...(test === undefined
      ? {}
      : {
          test: {
            step: test.progress.step,
            samples: test.samples,
            values: test.values,
            ...(test.results === undefined ? {} : { results: test.results }),
            seconds: test.seconds
          }
        }),
    warnings: [...new Set(ofTag("Warned").map(({ message }) => message))],
    checkpoints: ofTag("CheckpointSaved").map(({ path }) => path),
    seconds: {
      total: progress.elapsedSeconds,
      epochs: sum(epochs.map(({ seconds }) => seconds)),
      validation: sum(validations.map(({ seconds }) => seconds)),
      test: sum(tests.map(({ seconds }) => seconds))
    }
  })
}
