/**
 * A log and a state's history are two accounts of one run. Where the log lacks something, a file cut off by a power loss, a
 * full disk, a damaged line, the history knows the values: this puts them back as events.
 */
import type * as Event from "@etude/core/Event"
import * as Monitors from "@etude/core/Monitors"
import * as Progress from "@etude/core/Progress"
import type { HistoryEntry, Plain } from "@etude/core/TrainState"
import * as Timeline from "./Timeline.ts"

export interface Completed {
  /** The events that count up to the state's position, those that were missing among them. */
  readonly events: ReadonlyArray<Event.Known>
  /** What the log lacked. */
  readonly added: ReadonlyArray<HistoryEntry>
}

/** Whether an entry is the end of an epoch; others are validations between epochs. */
const isEpochEnd = ({ values }: HistoryEntry, monitors: Monitors.Monitors): boolean =>
  Object.keys(values).some((monitor) => Monitors.isOfTraining(monitors, monitor))

type Row = typeof Event.EpochEnded.Type | typeof Event.ValidationEnded.Type

/** Whether an event of the log tells what a row says. */
const tells =
  (row: Row) =>
  (event: Event.Known): boolean =>
    event._tag === row._tag &&
    event.progress.step === row.progress.step &&
    event.progress.epoch === row.progress.epoch &&
    (row._tag !== "ValidationEnded" || (event._tag === "ValidationEnded" && event.name === row.name))

/** Whether an event comes after a row. The end of an epoch is the first thing at its position. */
const isLater = ({ progress: a }: Event.Known, { _tag, progress: b }: Row): boolean =>
  a.step > b.step || (a.step === b.step && (a.epoch > b.epoch || (a.epoch === b.epoch && _tag === "EpochEnded")))

/** The values of one validation set. */
const ofSet = (values: Event.Values, monitors: Monitors.Monitors, name: string): Event.Values =>
  Object.fromEntries(Object.entries(values).filter(([monitor]) => Monitors.find(monitors, monitor)?.set === name))

/** An entry as the events that reported it. Its duration is not known: time is divided by steps. */
const eventsOf = (
  entry: HistoryEntry,
  before: HistoryEntry | undefined,
  { progress: last }: Plain,
  monitors: Monitors.Monitors
): ReadonlyArray<Row> => {
  const secondsPerStep = last.step === 0 ? 0 : last.elapsedSeconds / last.step
  const { epoch, step, samples, learningRate, values } = entry
  const steps = step - (before?.step ?? 0)
  const progress = { epoch, batch: 0, step, samples, elapsedSeconds: step * secondsPerStep }
  const ended = isEpochEnd(entry, monitors)
  // A validation on the end of an epoch comes before that epoch is counted.
  const validated = { ...progress, epoch: ended ? epoch - 1 : epoch, batch: steps }
  const sets = new Set(Object.values(monitors).map(({ set }) => set))
  sets.delete(Monitors.trainingSet)
  const validations = [...sets].flatMap((name): ReadonlyArray<Row> => {
    const metrics = ofSet(values, monitors, name)
    if (Object.keys(metrics).length === 0) return []
    return [
      {
        version: 1,
        _tag: "ValidationEnded",
        progress: validated,
        name,
        samples: 0,
        learningRate,
        values: metrics,
        seconds: 0
      }
    ]
  })
  if (!ended) return validations
  const seconds = steps * secondsPerStep
  return [...validations, { version: 1, _tag: "EpochEnded", progress, values, learningRate, seconds }]
}

/** Batches that the state counts as skipped and of which no event is left. Where they were is not known: at the beginning. */
const skippedBeside = (events: ReadonlyArray<Event.Known>, { skipped }: Plain): ReadonlyArray<Event.Known> =>
  (["empty", "controller", "nonFinite"] as const).flatMap((reason) => {
    const known = events.filter((event) => event._tag === "BatchSkipped" && event.reason === reason).length
    const progress = Progress.start
    const event = { version: 1, _tag: "BatchSkipped", progress, reason, detail: "counted in the checkpoint" } as const
    return Array.from({ length: Math.max(0, skipped[reason] - known) }, () => event)
  })

/** Completes a log by the plain part of the state that the run continues from, with what it reports. */
export const complete = (log: ReadonlyArray<Event.Known>, plain: Plain, monitors: Monitors.Monitors): Completed => {
  const standing = Timeline.until(log, plain.progress).filter((event) => event._tag !== "Unknown")
  const added: Array<HistoryEntry> = []
  const events = [...standing]
  let epochBegan: HistoryEntry | undefined
  for (const entry of plain.history) {
    const missing = eventsOf(entry, epochBegan, plain, monitors).filter((row) => !standing.some(tells(row)))
    if (missing.length > 0) added.push(entry)
    for (const row of missing) {
      const later = events.findIndex((event) => isLater(event, row))
      events.splice(later < 0 ? events.length : later, 0, row)
    }
    if (isEpochEnd(entry, monitors)) epochBegan = entry
  }
  events.splice(events[0]?._tag === "RunStarted" ? 1 : 0, 0, ...skippedBeside(events, plain))
  return { events, added }
}
