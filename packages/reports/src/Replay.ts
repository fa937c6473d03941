/**
 * A run over again from its events, without training: controllers are called as the run called them, and decide what they
 * decided then. With other controllers than the run had, it reports what they would have decided first.
 *
 * ```ts
 * const { events } = yield* EventsFile.read("runs/1/events.jsonl")
 * const { decisions, recorded, report } = yield* Replay.run(events, callbacks)
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { RunDescription } from "@etude/core/Checkpoints"
import { Decision } from "@etude/core/Decision"
import { type CallbackFailed, PreflightFailed } from "@etude/core/Errors"
import type * as Event from "@etude/core/Event"
import * as Monitors from "@etude/core/Monitors"
import { batchAfter, Progress } from "@etude/core/Progress"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Report from "./Report.ts"
import * as Timeline from "./Timeline.ts"

/** A log that does not hold what these callbacks looked at. */
export class ReplayIncomplete extends Schema.TaggedError<ReplayIncomplete>()("ReplayIncomplete", {
  callbacks: Schema.Array(Schema.String),
  /** The first batch that the log does not tell of: after this position. */
  after: Progress
}) {
  override get message() {
    return (
      `The log has no values of ${batchAfter(this.after)}, which ${this.callbacks.join(", ")} read: ` +
      "runs whose callbacks decide at batches can be replayed when they were recorded with logEverySteps: 1."
    )
  }
}

/** Who decided what, and where: epochs and batches done, and steps. */
export interface Decided {
  readonly callback: string
  readonly decision: Decision
  readonly epoch: number
  readonly batch: number
  readonly step: number
}

export interface Replayed {
  /** What the callbacks decide now. */
  readonly decisions: ReadonlyArray<Decided>
  /** The decisions in the log. */
  readonly recorded: ReadonlyArray<Decided>
  /** The run's report; none when the log doesn't hold a run's beginning. */
  readonly report: Option.Option<Report.Report>
}

type Setting = typeof Event.RunStarted.Type | typeof Event.Resumed.Type

const decidedAt = (callback: string, decision: Decision, { epoch, batch, step }: Progress): Decided => ({
  callback,
  decision,
  epoch,
  batch,
  step
})

const descriptionOf = ({ task, config, backend: { name, version, device }, executor }: Setting): RunDescription => ({
  task,
  config,
  configHash: "",
  backend: { name, version, device, threads: 0 },
  executor,
  topology: {}
})

/** Samples of the batch at a position, from what the log says of the run. */
const samplesAt = ({ config, trainSamples }: Setting, batch: number): number => {
  const { batchSize = 0 } = (typeof config === "object" && config !== null ? config : {}) as { batchSize?: number }
  return Math.min(batchSize, trainSamples - batch * batchSize)
}

const batchHooks = ["batchBegin", "batchEnd", "batchSkipped"] as const
const decidesAtBatches = ({ kind, hooks = {} }: Callback.Definition): boolean =>
  kind !== "observer" && batchHooks.some((hook) => hooks[hook] !== undefined)

/** Where a replay is. */
interface Place<E> {
  readonly run: Callback.Driven<E>
  /** Callbacks that decide at batches. */
  readonly batchWatchers: ReadonlyArray<string>
  setting: Setting | undefined
  /** Validation sets, and those of them that have been measured at this boundary. */
  sets: number
  measured: Array<typeof Event.ValidationEnded.Type>
  isEnding: boolean
}

/** Moves to the position of an event, and passes it to the callbacks that listen. */
const moveTo = <E>({ run }: Place<E>, event: Event.Known): void => {
  run.move(event.progress)
  run.event(event)
}

const incomplete = <E>({ run, batchWatchers }: Place<E>) =>
  new ReplayIncomplete({ callbacks: batchWatchers, after: run.progress() })

/** Before a batch: every batch before it must have been in the log. */
const batchBegin = Effect.fnUntraced(function* <E>(place: Place<E>, before: number) {
  const { run, batchWatchers, setting } = place
  if (run.progress().batch !== before && batchWatchers.length > 0) return yield* incomplete(place)
  yield* run.call("batchBegin", { samples: setting === undefined ? 0 : samplesAt(setting, before) })
})

const begin = Effect.fnUntraced(function* <E>(place: Place<E>, event: Setting) {
  const { run } = place
  const names = Object.values(event.monitors).map(({ set }) => set)
  const sets = new Set(names.filter((name) => name !== Monitors.trainingSet)).size
  Object.assign(place, { setting: event, sets, measured: [], isEnding: false })
  run.report(event.monitors)
  moveTo(place, event)
  const description = descriptionOf(event)
  if (event._tag === "Resumed") yield* run.call("resumed", { description, beyondEnd: event.beyondEnd ?? false })
  yield* run.call("trainBegin", { description })
})

const logged = Effect.fnUntraced(function* <E>(place: Place<E>, event: typeof Event.StepLogged.Type) {
  const { values, learningRate, progress } = event
  yield* batchBegin(place, progress.batch - 1)
  const samples = progress.samples - place.run.progress().samples
  moveTo(place, event)
  yield* place.run.call("batchEnd", { samples, values, learningRate })
})

const skipped = Effect.fnUntraced(function* <E>(place: Place<E>, event: typeof Event.BatchSkipped.Type) {
  const { run } = place
  yield* batchBegin(place, event.progress.batch)
  run.event(event)
  run.move({ ...event.progress, batch: event.progress.batch + 1 })
  yield* run.call("batchSkipped", { reason: event.reason })
})

/** Hooks are called when all sets have been measured, as in a run. */
const validated = Effect.fnUntraced(function* <E>(place: Place<E>, event: typeof Event.ValidationEnded.Type) {
  moveTo(place, event)
  place.measured.push(event)
  if (place.measured.length < place.sets) return
  for (const { name, values } of place.measured.splice(0)) {
    yield* place.run.call("validationEnd", { name, values, results: {} })
  }
})

const endBadly = Effect.fnUntraced(function* <E>(
  place: Place<E>,
  event: typeof Event.Failed.Type | typeof Event.Interrupted.Type
) {
  const { run, setting } = place
  moveTo(place, event)
  // What is saved at the end is no decision of the run's.
  place.isEnding = true
  const described = setting === undefined ? {} : { description: descriptionOf(setting) }
  if (event._tag === "Failed") yield* run.call("failed", { ...described, error: event.message })
  else yield* run.call("interrupted", described)
  yield* run.call("trainEnd", { reason: event._tag === "Failed" ? "failed" : "interrupted" })
})

/** Calls the hooks of a run, as an event of its log says. */
const follow = Effect.fnUntraced(function* <E>(place: Place<E>, event: Event.Known) {
  const { run } = place
  switch (event._tag) {
    case "RunStarted":
    case "Resumed":
      return yield* begin(place, event)
    case "BatchSkipped":
      return yield* skipped(place, event)
    case "StepLogged":
      return yield* logged(place, event)
    case "ValidationEnded":
      return yield* validated(place, event)
    case "Interrupted":
    case "Failed":
      return yield* endBadly(place, event)
    case "EpochStarted":
      moveTo(place, event)
      return yield* Effect.asVoid(run.call("epochBegin"))
    case "ValidationStarted":
      run.move(event.progress)
      yield* run.call("validationBegin", { name: event.name })
      return run.event(event)
    case "EpochEnded":
      if (run.progress().step !== event.progress.step && place.batchWatchers.length > 0) return yield* incomplete(place)
      moveTo(place, event)
      return yield* Effect.asVoid(run.call("epochEnd", { values: event.values }))
    case "CheckpointSaved":
      run.event(event)
      return yield* Effect.asVoid(run.call("checkpointSaved", { path: event.path }))
    case "RunEnded":
      moveTo(place, event)
      return yield* Effect.asVoid(run.call("trainEnd", { reason: event.reason }))
    default:
      return run.event(event)
  }
})

/** Follows all events; gives what was decided on the way. */
const decisionsOf = Effect.fnUntraced(function* <E>(run: Callback.Driven<E>, events: ReadonlyArray<Event.Known>) {
  const batchWatchers = run.callbacks.filter(decidesAtBatches).map(({ id }) => id)
  const place: Place<E> = { run, batchWatchers, setting: undefined, sets: 0, measured: [], isEnding: false }
  const decided: Array<Decided> = []
  for (const event of events) {
    const before = run.decisions.length
    yield* follow(place, event)
    if (place.isEnding) continue
    for (const { callback, decision, progress } of run.decisions.slice(before)) {
      decided.push(decidedAt(callback, decision, progress))
    }
  }
  return decided
})

const decodeDecision = Schema.decodeUnknownOption(Decision)

/** The decisions in a log; what this version does not know as a decision is left out. */
const recordedIn = (events: ReadonlyArray<Event.Known>): ReadonlyArray<Decided> =>
  events.flatMap((event) =>
    event._tag === "DecisionTaken"
      ? Option.toArray(
          Option.map(decodeDecision(event.decision), (decision) => decidedAt(event.callback, decision, event.progress))
        )
      : []
  )

/**
 * Runs callbacks over the events that count of a log, those of all its attempts; observers see the events too, so that files
 * can be made from a log. Callbacks that need the state, batches of validations or full results of metrics have
 * nothing to read. Fails with `ReplayIncomplete` where batches are missing in the log that controllers decide at, with
 * `PreflightFailed` for a wrong order or two callbacks of one id, and as the callbacks themselves do.
 */
export const run = <Out, LE, R>(
  events: Iterable<Event.Event>,
  callbacks: Layer.Layer<Out, LE, R>
): Effect.Effect<
  Replayed,
  ReplayIncomplete | PreflightFailed | LE | Callback.ErrorOf<Out> | CallbackFailed,
  Exclude<Exclude<R, Callback.CallbackRegistry>, Scope.Scope>
> =>
  Effect.gen(function* () {
    const driven = yield* Callback.drive(callbacks, { state: noState })
    const { problems } = driven
    if (problems.length > 0) return yield* new PreflightFailed({ task: "The replay", problems })
    const effective = Timeline.effective(events).filter((event) => event._tag !== "Unknown")
    const decisions = yield* decisionsOf(driven, effective)
    return { decisions, recorded: recordedIn(effective), report: Report.fold(events) } satisfies Replayed
  }).pipe(Effect.scoped)

const noState = (): never => {
  throw new Error("a replay has events and no state; this callback needs the state")
}
