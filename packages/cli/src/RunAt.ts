/**
 * `etude train --run DIR`: one command that begins a run in exactly that folder, resumes it there, or says that it has ended. It may
 * be killed at any moment and given again, as a queue does.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Resume from "@etude/checkpoint/Resume"
import type * as Event from "@etude/core/Event"
import * as EventsFile from "@etude/reports/EventsFile"
import * as Report from "@etude/reports/Report"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as ConfigFile from "./ConfigFile.ts"
import { RunNotWritten, RunUnusable } from "./Errors.ts"
import * as KeptConfig from "./KeptConfig.ts"
import * as Load from "./Load.ts"
import * as Origin from "./Origin.ts"
import * as Output from "./Output.ts"
import * as Plugins from "./Plugins.ts"
import * as RunEnd from "./RunEnd.ts"
import * as RunFolder from "./RunFolder.ts"
import * as RunLock from "./RunLock.ts"
import * as Setup from "./Setup.ts"
import * as Training from "./Training.ts"

/** Where a run is to be, and what it may do there. */
export interface At {
  readonly folder: string
  /** Takes the folder over from every process with a lower one, or with none. */
  readonly fence: number | undefined
  readonly allowAlterations: boolean
  /** The absolute folder of another run: a folder without checkpoints of its own continues from a copy of one of that run's. */
  readonly startFrom?: string | undefined
  /** Whether a run that was interrupted was paused, so that others may continue from where it was. */
  readonly isPaused?: () => boolean
  /** Whether the report of a run that has ended says all that is wanted of it; else its state is loaded. Default: always. */
  readonly isEnough?: (report: Report.Report) => boolean
}

/** Whether a name of a folder is that of a file that a run, or one of these plugins, writes there. */
const isOfRun = ({ plugins }: Load.Loaded) => {
  const first = (file: string) => path.normalize(file).split(path.sep)[0] ?? file
  const known = new Set([...RunFolder.files, ...Plugins.filesOf(plugins).map(first)])
  return (name: string) => known.has(name) || name.startsWith("lock.json.") || name.endsWith(".tmp")
}

/** What can't be written before anything has started makes the folder unusable. */
const orUnusable = <A, E, R>(effect: Effect.Effect<A, E | RunNotWritten, R>, folder: string) =>
  Effect.mapError(effect, (error) =>
    error instanceof RunNotWritten ? new RunUnusable({ path: folder, problems: [error.message] }) : error
  )

/** Refuses a folder that holds something, but no run. */
const refuseForeign = (loaded: Load.Loaded, folder: string): Effect.Effect<void, RunUnusable> =>
  Effect.suspend(() => {
    if (fs.existsSync(RunFolder.configFile(folder))) return Effect.void
    const foreign = Origin.namesIn(folder).filter((name) => !isOfRun(loaded)(name))
    if (foreign.length === 0) return Effect.void
    const shown = foreign.slice(0, 3).join(", ") + (foreign.length > 3 ? ", …" : "")
    const problem = `it holds ${shown}, and no run: name a new or an empty folder, or one that \`etude train --run\` made`
    return Effect.fail(new RunUnusable({ path: folder, problems: [problem] }))
  })

/** What of a config does not matter to a run that has ended. */
const indifferent = ["$schema", "console", "runs"]

const comparable = (document: object): string =>
  JSON.stringify(Object.entries(document).filter(([key]) => !indifferent.includes(key)))

/**
 * The report of a run that has ended with this config, and has written everything. A report that is older than the log is of an end
 * beyond which the run was continued.
 */
const finished = (loaded: Load.Loaded, folder: string) =>
  Effect.gen(function* () {
    const files = [RunFolder.configFile(folder), RunFolder.reportFile(folder), RunFolder.modelFile(folder)]
    if (!files.every((file) => fs.existsSync(file))) return undefined
    const kept = yield* ConfigFile.read(RunFolder.configFile(folder))
    if (comparable(kept as object) !== comparable(KeptConfig.of(loaded, folder))) return undefined
    const { events } = yield* EventsFile.readDamaged(RunFolder.eventsFile(folder))
    const report = Option.getOrUndefined(Report.fold(events))
    if (report?.status !== "ended") return undefined
    return RunEnd.textOf(report) === fs.readFileSync(RunFolder.reportFile(folder), "utf8") ? report : undefined
  })

/** Refuses to begin anew in the folder of another run, of which nothing was saved. */
const refuseOther = (loaded: Load.Loaded, { folder, allowAlterations }: At) =>
  Effect.gen(function* () {
    const file = RunFolder.configFile(folder)
    if (allowAlterations || !fs.existsSync(file)) return
    const kept = yield* Load.fromFile(file, [])
    const json = (value: unknown) =>
      JSON.parse(JSON.stringify(value ?? {})) as object & Parameters<typeof Resume.differ>[0]
    const ofTraining = Resume.differ(json(kept.encoded.train), json(loaded.encoded.train), "config")
    const others = Resume.differ(kept.setting.decides, loaded.setting.decides, "")
    const differences = [
      ...ofTraining.filter(({ consequence }) => consequence !== "safe"),
      ...others.map((one) => ({ ...one, consequence: "alters" as const }))
    ]
    if (differences.length > 0) return yield* new Resume.ResumeRefused({ checkpoint: folder, differences })
  })

/** Makes the folder ready for a new run: what an earlier attempt left that had saved nothing goes. */
const beginAnew = (loaded: Load.Loaded, at: At) =>
  Effect.gen(function* () {
    yield* refuseOther(loaded, at)
    yield* KeptConfig.write(loaded, at.folder)
    yield* RunFolder.remove(RunFolder.eventsFile(at.folder))
  })

/** The folder, with its lock. One that was made now, and in which no step was made, goes again, unless it has a fence to keep. */
const open = ({ folder, fence }: At, log: ReadonlyArray<Event.Known>) =>
  Effect.gen(function* () {
    const made = yield* RunFolder.makeAt(folder)
    const lock = yield* RunLock.acquire(made.path, { fence })
    yield* Effect.addFinalizer((exit) =>
      made.isNew && fence === undefined && Exit.isFailure(exit) && RunEnd.stepsOf(log) === 0
        ? Effect.ignore(Effect.andThen(lock.check, made.remove))
        : Effect.void
    )
    return lock
  })

/** What is left to do in a folder whose lock this process holds. */
const proceed = (loaded: Load.Loaded, at: At, place: Training.Place, options: Training.Options) =>
  Effect.gen(function* () {
    const { folder, allowAlterations, isEnough = () => true } = at
    const report = yield* finished(loaded, folder)
    if (report !== undefined && isEnough(report)) {
      yield* Output.note("This run has ended; nothing is left to train.")
      const files = [...Plugins.filesOf(loaded.plugins), "figures"].filter((file) =>
        fs.existsSync(path.resolve(folder, file))
      )
      return { loaded, folder, report, texts: [], files, plain: null } satisfies Training.Trained
    }
    const { id, isCopied } = yield* orUnusable(Origin.newestIn(folder, at.startFrom), folder)
    if (id === undefined) yield* orUnusable(beginAnew(loaded, at), folder)
    const continuing = { moreEpochs: undefined, beyondEnd: isCopied, allowAlterations: allowAlterations || isCopied }
    const earlier = id === undefined ? undefined : { folder, ...continuing }
    const training = Effect.provide(Training.run(loaded, place, { ...options, earlier }), Setup.backendOf(loaded))
    const { isPaused } = at
    if (isPaused === undefined) return yield* training
    return yield* Effect.onError(training, () => (isPaused() ? Effect.ignore(Origin.keepPaused(folder)) : Effect.void))
  })

/** Begins, resumes, or gives the results of a run that has ended. */
export const beginOrResume = (loaded: Load.Loaded, { folder: named, ...rest }: At, options: Training.Options = {}) =>
  Effect.gen(function* () {
    const at: At = { ...rest, folder: path.resolve(named) }
    const { folder } = at
    yield* refuseForeign(loaded, folder)
    const log: Array<Event.Known> = []
    const lock = yield* orUnusable(open(at, log), folder)
    const proceeding = proceed(loaded, at, { folder, lock, problem: undefined, log }, options)
    return yield* Effect.provideService(proceeding, RunFolder.Writer, lock)
  }).pipe(Effect.scoped)
