/** Where a run continues: its newest intact checkpoint, the config that it continues with, and its log up to there. */
import * as fs from "node:fs"
import * as Resume from "@etude/checkpoint/Resume"
import type * as Event from "@etude/core/Event"
import * as Extent from "@etude/core/Extent"
import { element } from "@etude/core/Lookup"
import type * as Monitors from "@etude/core/Monitors"
import type * as TrainState from "@etude/core/TrainState"
import * as Completion from "@etude/reports/Completion"
import * as EventsFile from "@etude/reports/EventsFile"
import * as Timeline from "@etude/reports/Timeline"
import * as Effect from "effect/Effect"
import * as KeptConfig from "./KeptConfig.ts"
import type * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as RunFolder from "./RunFolder.ts"
import * as Summary from "./Summary.ts"

/** A run that is resumed. */
export interface Earlier {
  readonly folder: string
  /** Epochs beyond those that are done. */
  readonly moreEpochs: number | undefined
  /** Whether it continues although a callback ended it. */
  readonly beyondEnd: boolean
  readonly allowAlterations: boolean
}

const inWhat = (differences: ReadonlyArray<Resume.Difference>): string =>
  differences.length === 0 ? "" : `; differs in ${differences.map(({ path }) => path).join(", ")}`

/** A config whose run ends after that many epochs. */
const until = (loaded: Load.Loaded, epochs: number): Load.Loaded => ({
  ...loaded,
  config: { ...loaded.config, train: { ...loaded.config.train, until: { epochs } } },
  encoded: { ...loaded.encoded, train: { ...loaded.encoded.train, until: { epochs } } }
})

/** Epochs in the log: more than the newest checkpoint has, if a run's end was not saved. */
const epochsDone = (folder: string) =>
  Effect.map(EventsFile.readDamaged(RunFolder.eventsFile(folder)), ({ events }) =>
    Timeline.effective(events).reduce(
      (most, event) => (event._tag === "Unknown" ? most : Math.max(most, event.progress.epoch)),
      0
    )
  )

/** Says of a run that has ended that it stays so, and how it is continued. */
const noteEnd = (
  { config }: Load.Loaded,
  { plain }: TrainState.TrainState,
  { folder, beyondEnd, moreEpochs }: Earlier
): Effect.Effect<void> => {
  if (moreEpochs !== undefined) return Effect.void
  const further = `train further with ${Summary.resumeCommand(folder, ...Summary.furtherBy)}`
  if (plain.ended !== null && !beyondEnd) {
    return Output.note(
      `This run has ended: ${plain.ended.reason} (${plain.ended.by.join(", ")}). It stays ended; ${further}, ` +
        `or up to its limits with ${Summary.resumeCommand(folder, "--beyond-end")}.`
    )
  }
  const reached = Extent.reached(config.train.until, plain.progress)
  return reached === undefined
    ? Effect.void
    : Output.note(`This run has reached its end, until ${reached}; ${further}.`)
}

/** Where a run continues from, as a message to the user, and the config that it continues with. */
export const pointOf = (
  loaded: Load.Loaded,
  task: Parameters<typeof Resume.point>[0],
  data: Resume.ResumeOptions["data"],
  earlier: Earlier
) =>
  Effect.gen(function* () {
    const { folder, allowAlterations, moreEpochs } = earlier
    const point = yield* Resume.point(task, loaded.encoded.train ?? {}, {
      allowAlterations,
      data,
      setting: loaded.setting
    })
    for (const { message } of point.passedOver) yield* Output.note(message)
    yield* Output.note(`Continuing from ${point.saved.id}${inWhat(point.differences)}.`)
    yield* noteEnd(loaded, point.state, earlier)
    const done = Math.max(point.saved.epoch, moreEpochs === undefined ? 0 : yield* epochsDone(folder))
    const continued = moreEpochs === undefined ? loaded : until(loaded, done + moreEpochs)
    yield* KeptConfig.write(continued, folder)
    return { point, continued }
  })

const epochsOf = (entries: Completion.Completed["added"]): string => {
  const [first, last] = [element(entries, 0).step, element(entries, -1).step]
  return first === last ? `of step ${first}` : `of steps ${first} to ${last}`
}

/** What is said of a log that was mended, whose damaged file lies `aside`. */
const mended = (
  file: string,
  problems: ReadonlyArray<string>,
  { added }: Completion.Completed,
  aside: string | undefined
): string => {
  const filled =
    added.length === 0 ? "" : ` The history ${epochsOf(added)}, which it lacks, is taken from the checkpoint.`
  const copy = aside === undefined ? "" : ` The original file is kept as ${aside}.`
  const problem = problems.length === 0 ? "is incomplete" : `is damaged: ${problems.join("; ")}`
  return `The log ${file} ${problem}.${filled}${copy}`
}

/**
 * The log of a run up to where it continues. A log is never needed: damage is reported and skipped, and the
 * checkpoint's history fills the gaps. It goes on in a file of its own: a process that has lost the run may still have the
 * earlier one open.
 */
export const logOf = (folder: string, state: TrainState.TrainState, monitors: Monitors.Monitors) =>
  Effect.gen(function* () {
    const file = RunFolder.eventsFile(folder)
    const { events, problems } = yield* EventsFile.readDamaged(file)
    const known = events.filter((event): event is Event.Known => event._tag !== "Unknown")
    const completed = Completion.complete(known, state.plain, monitors)
    if (problems.length === 0 && completed.added.length === 0) {
      if (!RunFolder.isSpecial(file)) yield* RunFolder.write(file, fs.readFileSync(file))
      return known
    }
    const aside = fs.existsSync(file) ? yield* RunFolder.setAside(file) : undefined
    yield* RunFolder.write(file, EventsFile.textOf(completed.events))
    yield* Output.note(mended(file, problems, completed, aside))
    return completed.events
  })
