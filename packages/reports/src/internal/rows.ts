/**
 * The table of a run as a fold over its events: a row at the end of each epoch, one for each validation between, and one where
 * the run ends in the middle of an epoch. All sets that are validated at one step share a row.
 */
import type { Known, Values } from "@etude/core/Event"
import type { Progress } from "@etude/core/Progress"

export interface Row {
  readonly progress: Progress
  readonly learningRate: number | undefined
  readonly seconds: number
  readonly values: Values
  /** Whether it is not the end of an epoch. */
  readonly midEpoch: boolean
}

/** Events that come between a validation and the end of its epoch, if it is on one: they decide nothing. */
const undecided: ReadonlySet<Known["_tag"]> = new Set(["ValidationStarted", "DecisionTaken", "Warned"])

/** What each event of a run, in order, completes: most complete nothing. The end of all events is `undefined`. */
export const make = (): ((event: Known | undefined) => ReadonlyArray<Row>) => {
  /** A validation of which is not yet known whether it is on the end of an epoch. */
  let waiting: Row | undefined
  const flush = (): ReadonlyArray<Row> => {
    const rows = waiting === undefined ? [] : [waiting]
    waiting = undefined
    return rows
  }
  const isHere = ({ step }: Progress): boolean => waiting?.progress.step === step
  return (event) => {
    if (event === undefined) return flush()
    switch (event._tag) {
      case "RunStarted":
        waiting = undefined
        return []
      case "ValidationEnded": {
        const { progress, learningRate, seconds, values } = event
        const before = isHere(progress) ? waiting : undefined
        const completed = before === undefined ? flush() : []
        waiting = {
          progress,
          learningRate,
          seconds: (before?.seconds ?? 0) + seconds,
          values: { ...before?.values, ...values },
          midEpoch: true
        }
        return completed
      }
      case "EpochEnded": {
        if (isHere(event.progress)) waiting = undefined
        const { progress, learningRate, seconds, values } = event
        return [...flush(), { progress, learningRate, seconds, values, midEpoch: false }]
      }
      case "RunEnded": {
        const { partial, progress } = event
        if (partial === undefined) return flush()
        const { learningRate, seconds, values } = partial
        const validated = isHere(progress) ? waiting?.values : undefined
        if (validated !== undefined) waiting = undefined
        return [...flush(), { progress, learningRate, seconds, values: { ...values, ...validated }, midEpoch: true }]
      }
      default:
        return undecided.has(event._tag) ? [] : flush()
    }
  }
}
