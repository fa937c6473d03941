/**
 * The events that count. A resumed run has the events of several attempts in its log; those that happened after the
 * position from which a later attempt continued are superseded by what that attempt did instead.
 */
import type * as Event from "@etude/core/Event"
import type { Progress } from "@etude/core/Progress"

const compare = (a: Progress, b: Progress): number => a.epoch - b.epoch || a.batch - b.batch

/** Events that, at the very position of a state, happen after that state could last be saved. */
const afterSaving: ReadonlySet<Event.Event["_tag"]> = new Set([
  "EpochStarted",
  // These two bear the position before the batch that they are about.
  "BatchSkipped",
  "RolledBack",
  "Tested",
  "Interrupted",
  "Failed",
  "RunEnded"
])

/** Whether a checkpoint was saved since the run was interrupted or failed. */
const isCutShort = (events: ReadonlyArray<Event.Event>, saved: number): boolean => {
  const next = events.slice(saved + 1).find(({ _tag }) => _tag !== "Warned" && _tag !== "CheckpointSaved")
  return next?._tag === "Interrupted" || next?._tag === "Failed"
}

/** Where the events begin that a state at `position` has not seen; -1 when it has seen all. */
const unseenFrom = (events: ReadonlyArray<Event.Event>, position: Progress): number => {
  const saved = events.findLastIndex(
    (event) => event._tag === "CheckpointSaved" && compare(event.progress, position) === 0
  )
  // The log says where the state was saved. Else positions tell, all but the order of what happened at this one. A run that is
  // cut short saves the state before the boundary in which it was cut, after events of that boundary.
  if (saved >= 0 && !isCutShort(events, saved)) return saved + 1
  return events.findIndex((event) => {
    if (event._tag === "Unknown") return false
    const order = compare(event.progress, position)
    return order > 0 || (order === 0 && afterSaving.has(event._tag))
  })
}

/**
 * Takes out what a boundary that was cut short had said, once the resumed run goes through it again: validations at the
 * position from which it went on, with all that followed them there, and decisions that were taken again. Gives how many
 * events that was.
 */
const supersedeBoundary = (standing: Array<Event.Event>, resumed: number, again: Event.Event): number => {
  if (again._tag !== "ValidationStarted" && again._tag !== "DecisionTaken") return 0
  const position = (standing[resumed] as Event.Known).progress
  if (compare(again.progress, position) !== 0) return 0
  const isSame = (event: Event.Event, index: number) =>
    index < resumed &&
    event._tag === again._tag &&
    compare(event.progress, position) === 0 &&
    (event._tag !== "DecisionTaken" ||
      (again._tag === "DecisionTaken" &&
        event.callback === again.callback &&
        JSON.stringify(event.decision) === JSON.stringify(again.decision)))
  const from = standing.findIndex(isSame)
  if (from < 0) return 0
  return standing.splice(from, again._tag === "ValidationStarted" ? resumed - from : 1).length
}

/**
 * The events of a log that count, in order: those of the last `RunStarted`, without what later attempts superseded. An
 * unknown event goes with the events before it.
 */
export const effective = (events: Iterable<Event.Event>): ReadonlyArray<Event.Event> => {
  const standing: Array<Event.Event> = []
  /** The index of the event that began the current attempt; -1 in the first. */
  let resumed = -1
  for (const event of events) {
    if (event._tag === "RunStarted") {
      standing.length = 0
      resumed = -1
    }
    if (event._tag === "Resumed") {
      const from = unseenFrom(standing, event.progress)
      if (from >= 0) standing.length = from
      resumed = standing.length
    } else if (resumed >= 0) resumed -= supersedeBoundary(standing, resumed, event)
    standing.push(event)
  }
  return standing
}

/** The events that count for a run that continues from a position: those that its state has seen. */
export const until = (events: Iterable<Event.Event>, position: Progress): ReadonlyArray<Event.Event> => {
  const standing = effective(events)
  const from = unseenFrom(standing, position)
  return from < 0 ? standing : standing.slice(0, from)
}
