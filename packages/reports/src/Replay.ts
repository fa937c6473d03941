/**
 * A run over again from its events, without training: controllers are called as the run called them, and decide what they
 * decided then. With other controllers than the run had, it says what they would have decided at first.
 *
 * ```ts
 * const { events } = yield* EventsFile.read("runs/1/events.jsonl")
 * const { decisions, recorded, report } = yield* Replay.run(events, callbacks)
 * ```
 */
import type { CallbackRegistry, Definition, ErrorOf, HookEvents } from "@etude/core/Callback"
import * as Callbacks from "@etude/core/Callbacks"
import type { RunDescription } from "@etude/core/Checkpoints"
import type { Decision } from "@etude/core/Decision"
import { type CallbackFailed, PreflightFailed } from "@etude/core/Errors"
import type * as Event from "@etude/core/Event"
import * as HookTable from "@etude/core/HookTable"
import * as Monitors from "@etude/core/Monitors"
import { batchAfter, Progress } from "@etude/core/Progress"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
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
      `The log has no values of ${batchAfter(this.after)}, which ${this.callbacks.join(", ")} looked at: ` +
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
  /** What the log says was decided. */
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
const decidesAtBatches = ({ kind, hooks = {} }: Definition): boolean =>
  kind !== "observer" && batchHooks.some((hook) => hooks[hook] !== undefined)

const noState = (): never => {
  throw new Error("a replay has events and no state; this callback needs the state")
}

/** Calls the hooks of a run, as the events of its log say. */
const makeCaller = (
  table: HookTable.HookTable,
  callbacks: ReadonlyArray<Definition>,
  place: { now: Progress; isEnding: boolean }
) => {
  let setting: Setting | undefined
  let sets = 0
  let ended: Array<typeof Event.ValidationEnded.Type> = []
  const batchWatchers = callbacks.filter(decidesAtBatches).map(({ id }) => id)
  const at = () => ({ progress: place.now, monitors: setting?.monitors ?? {}, state: noState })
  const tell = (event: Event.Known) => {
    for (const { onEvent } of callbacks) onEvent?.(event)
  }
  const sync = <H extends (typeof batchHooks)[number]>(hook: H, event: HookEvents[H]) =>
    Effect.try({ try: () => void table.callSync(hook, event), catch: (error) => error as never }) // CallbackFailed
  const call = <H extends keyof HookEvents>(hook: H, own: Omit<HookEvents[H], "progress" | "monitors" | "state">) =>
    Effect.asVoid(table.call(hook, { ...at(), ...own } as unknown as HookEvents[H])) // the parts of its event
  /** Before a batch: every batch before it must have been in the log. */
  const batchBegin = Effect.fnUntraced(function* (before: number) {
    if (place.now.batch !== before && batchWatchers.length > 0) {
      return yield* new ReplayIncomplete({ callbacks: batchWatchers, after: place.now })
    }
    yield* sync("batchBegin", { ...at(), samples: setting === undefined ? 0 : samplesAt(setting, before) })
  })
  const ending = Effect.fnUntraced(function* (reason: string) {
    yield* call("trainEnd", { reason })
  })

  return Effect.fnUntraced(function* (event: Event.Known) {
    switch (event._tag) {
      case "RunStarted":
      case "Resumed": {
        setting = event
        place.isEnding = false
        const names = Object.values(event.monitors).map(({ set }) => set)
        sets = new Set(names.filter((name) => name !== Monitors.trainingSet)).size
        ended = []
        place.now = event.progress
        tell(event)
        const description = descriptionOf(event)
        if (event._tag === "Resumed") yield* call("resumed", { description, beyondEnd: event.beyondEnd ?? false })
        return yield* call("trainBegin", { description })
      }
      case "EpochStarted":
        place.now = event.progress
        tell(event)
        return yield* call("epochBegin", {})
      case "BatchSkipped": {
        yield* batchBegin(event.progress.batch)
        tell(event)
        place.now = { ...event.progress, batch: event.progress.batch + 1 }
        return yield* sync("batchSkipped", { ...at(), reason: event.reason })
      }
      case "StepLogged": {
        const { values, learningRate } = event
        yield* batchBegin(event.progress.batch - 1)
        const samples = event.progress.samples - place.now.samples
        place.now = event.progress
        tell(event)
        yield* sync("batchEnd", { ...at(), samples, values, learningRate })
        return yield* call("batchEnd", { samples, values, learningRate })
      }
      case "ValidationStarted":
        place.now = event.progress
        yield* call("validationBegin", { name: event.name })
        return tell(event)
      case "ValidationEnded": {
        place.now = event.progress
        tell(event)
        ended.push(event)
        if (ended.length < sets) return
        const judged = ended
        ended = []
        for (const { name, values } of judged) yield* call("validationEnd", { name, values, results: {} })
        return
      }
      case "EpochEnded":
        if (place.now.step !== event.progress.step && batchWatchers.length > 0) {
          return yield* new ReplayIncomplete({ callbacks: batchWatchers, after: place.now })
        }
        place.now = event.progress
        tell(event)
        return yield* call("epochEnd", { values: event.values })
      case "CheckpointSaved":
        tell(event)
        return yield* call("checkpointSaved", { path: event.path })
      case "RunEnded":
        place.now = event.progress
        tell(event)
        return yield* ending(event.reason)
      case "Interrupted":
      case "Failed": {
        place.now = event.progress
        tell(event)
        const description = descriptionOf(setting!)
        // What is saved at the end is no decision of the run's.
        place.isEnding = true
        if (event._tag === "Failed") yield* call("failed", { description, error: event.message })
        else yield* call("interrupted", { description })
        return yield* ending(event._tag === "Failed" ? "failed" : "interrupted")
      }
      default:
        return tell(event)
    }
  })
}

/**
 * Runs callbacks over the events that count of a log, those of all its attempts; observers see the events too, so that files
 * can be made from a log. Callbacks that look at the state, at batches of validations or at full results of metrics have
 * nothing to look at. Fails with `ReplayIncomplete` where batches are missing in the log that controllers decide at, with
 * `PreflightFailed` for a wrong order or two callbacks of one id, and as the callbacks themselves do.
 */
export const run = <Out, LE, R>(
  events: Iterable<Event.Event>,
  callbacks: Layer.Layer<Out, LE, R>
): Effect.Effect<
  Replayed,
  ReplayIncomplete | PreflightFailed | LE | ErrorOf<Out> | CallbackFailed,
  Exclude<R, CallbackRegistry>
> =>
  Callbacks.use(callbacks, ({ callbacks, problems }) =>
    Effect.gen(function* () {
      const known = Timeline.effective(events).filter((event) => event._tag !== "Unknown")
      if (problems.length > 0) {
        return yield* new PreflightFailed({ task: "The replay", problems })
      }
      const place = { now: { epoch: 0, batch: 0, step: 0, samples: 0, elapsedSeconds: 0 } as Progress, isEnding: false }
      const decisions: Array<Decided> = []
      const table = HookTable.make({
        callbacks,
        states: {},
        onDecision: (callback, decision) => {
          if (!place.isEnding) decisions.push(decidedAt(callback, decision, place.now))
        }
      })
      const next = makeCaller(table, callbacks, place)
      yield* Effect.forEach(known, next, { discard: true })
      return {
        decisions,
        recorded: known.flatMap((event) =>
          event._tag === "DecisionTaken"
            ? [decidedAt(event.callback, event.decision as unknown as Decision, event.progress)]
            : []
        ),
        report: Report.fold(events)
      }
    })
  ).pipe(Effect.scoped) as never // the handlers' errors are erased inside and known from the layer's type
