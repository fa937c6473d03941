/** What a bar shows of a run beside its values, followed from events: its limits, where it began, its epoch, what was skipped. */
import type * as Event from "@etude/core/Event"
import * as Extent from "@etude/core/Extent"
import * as Position from "@etude/core/Progress"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** All times are milliseconds of one clock. */
export interface RunCourse {
  readonly config: Schema.Json
  readonly until: Extent.Until
  readonly batchesPerEpoch: number | undefined
  /** Where and when this attempt began. */
  readonly begin: { readonly time: number; readonly progress: Position.Progress }
  /** The running epoch, or the rest of it: when it began, how long it paused for validation. */
  readonly epoch: { readonly time: number; readonly still: number; readonly samples: number }
  readonly validation: { readonly batches: number; readonly time: number } | undefined
  /** Validations since the last batch: those at the end of an epoch are shown in its row. */
  readonly validated: ReadonlyArray<typeof Event.ValidationEnded.Type>
  /** Batches of this epoch that were skipped, by reason. */
  readonly skipped: { readonly [reason: string]: number }
}

const epochFrom = (time: number) => ({ epoch: { time, still: 0, samples: 0 }, skipped: {} })

/** Before anything is known. */
export const initial = (time: number): RunCourse => ({
  config: {},
  until: {},
  batchesPerEpoch: undefined,
  begin: { time, progress: Position.start },
  ...epochFrom(time),
  validation: undefined,
  validated: []
})

const limits = Schema.decodeUnknownOption(
  Schema.Struct({ until: Extent.Until, fastDevRun: Schema.optionalKey(Schema.Boolean) })
)

/** The limits of a run, from its config. */
const untilOf = (config: Schema.Json, progress: Position.Progress): Extent.Until => {
  const decoded = limits(config)
  if (Option.isNone(decoded)) return {}
  return decoded.value.fastDevRun === true ? { epochs: progress.epoch + 1 } : decoded.value.until
}

/** The course after an event at that time. */
export const follow = (course: RunCourse, event: Event.Known, time: number): RunCourse => {
  switch (event._tag) {
    case "RunStarted":
    case "Resumed": {
      const { config, progress, batchesPerEpoch } = event
      const until = untilOf(config, progress)
      return { ...course, config, until, batchesPerEpoch, begin: { time, progress }, ...epochFrom(time) }
    }
    case "EpochStarted":
      return { ...course, ...epochFrom(time) }
    case "ValidationStarted":
      return { ...course, validation: { batches: event.batches, time } }
    case "ValidationEnded": {
      const { epoch, validation, validated } = course
      const still = epoch.still + (validation === undefined ? 0 : time - validation.time)
      return { ...course, epoch: { ...epoch, still }, validation: undefined, validated: [...validated, event] }
    }
    case "EpochEnded":
      return { ...course, validated: [], skipped: {} }
    case "BatchSkipped": {
      const { reason } = event
      return { ...course, skipped: { ...course.skipped, [reason]: (course.skipped[reason] ?? 0) + 1 } }
    }
    case "RunEnded":
      return { ...course, validated: [] }
    default:
      return course
  }
}

/** The course after a batch of that many samples; the validations before it have been shown. */
export const batchDone = (course: RunCourse, samples: number): RunCourse => {
  const { epoch } = course
  return { ...course, epoch: { ...epoch, samples: epoch.samples + samples }, validated: [] }
}

/** Samples per second of the epoch so far, without the time of its validations. */
export const pace = ({ epoch }: RunCourse, time: number): number =>
  (epoch.samples * 1000) / Math.max(1, time - epoch.time - epoch.still)
