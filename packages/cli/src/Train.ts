/** `etude train` and `etude resume`: from a config to a run folder, with everything that may happen on the way. */

import * as fs from "node:fs"
import * as path from "node:path"
import * as AsyncSaving from "@etude/checkpoint/AsyncSaving"
import * as FileStore from "@etude/checkpoint/FileStore"
import * as Initialize from "@etude/checkpoint/Initialize"
import * as Resume from "@etude/checkpoint/Resume"
import * as Saving from "@etude/checkpoint/Saving"
import * as SavingConfig from "@etude/checkpoint/SavingConfig"
import * as Callback from "@etude/core/Callback"
import * as Config from "@etude/core/Config"
import { PreflightFailed, reasonOf } from "@etude/core/Errors"
import * as Event from "@etude/core/Event"
import * as Extent from "@etude/core/Extent"
import type * as Figure from "@etude/core/Figure"
import { element } from "@etude/core/Lookup"
import * as Monitors from "@etude/core/Monitors"
import * as Trainer from "@etude/core/Trainer"
import type * as TrainState from "@etude/core/TrainState"
import * as Completion from "@etude/reports/Completion"
import * as EventSinks from "@etude/reports/EventSinks"
import * as EventsFile from "@etude/reports/EventsFile"
import * as NodeTerminal from "@etude/reports/NodeTerminal"
import * as ProgressBar from "@etude/reports/ProgressBar"
import * as Report from "@etude/reports/Report"
import * as Timeline from "@etude/reports/Timeline"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Colors from "./Colors.ts"
import type * as ConfigFile from "./ConfigFile.ts"
import * as FencedFiles from "./FencedFiles.ts"
import * as Foresight from "./Foresight.ts"
import * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as Plugins from "./Plugins.ts"
import * as RunConfig from "./RunConfig.ts"
import * as RunFolder from "./RunFolder.ts"
import * as RunLock from "./RunLock.ts"
import * as RunLookup from "./RunLookup.ts"
import * as SavedModel from "./SavedModel.ts"
import * as Setup from "./Setup.ts"
import * as Summary from "./Summary.ts"

export interface TrainArguments {
  readonly config: string
  readonly overrides: ReadonlyArray<ConfigFile.Override>
  readonly json: boolean
}

/** The config as the run folder keeps it: with every default, and with the places that `use` and paths are looked up from. */
const keptConfig = ({ encoded, from, optionsFrom }: Load.Loaded, folder: string): unknown => {
  const { $schema: _theirs, use, from: _1, optionsFrom: _2, ...rest } = encoded
  const within = (place: string) => path.relative(folder, place).replaceAll(path.sep, "/") || "."
  return {
    $schema: `./${path.basename(RunFolder.schemaFile(folder))}`,
    use,
    from: within(from),
    ...(optionsFrom === from ? {} : { optionsFrom: within(optionsFrom) }),
    ...rest
  }
}

/** Writes the config with the JSON Schema that an editor checks it with, the experiment's options included. */
const keepConfig = (loaded: Load.Loaded, folder: string) =>
  Effect.gen(function* () {
    const schema = Config.jsonSchema(RunConfig.schemaFor(loaded.experiment.options, loaded.registry))
    yield* RunFolder.write(RunFolder.schemaFile(folder), `${JSON.stringify(schema)}\n`)
    yield* RunFolder.writeJson(RunFolder.configFile(folder), keptConfig(loaded, folder))
  })

/** The run's folder until it is known whether a step was made: without one, it goes again. */
const openFolder = (loaded: Load.Loaded, log: ReadonlyArray<Event.Known>) =>
  Effect.gen(function* () {
    const now = new Date(yield* Clock.currentTimeMillis)
    const { experiment, config } = loaded
    const name = RunFolder.nameOf(experiment.name + (config.train.fastDevRun ? "-dev" : ""), now, loaded.hash)
    const folder = yield* Effect.acquireRelease(RunFolder.make(loaded.config.runs, name), (created, exit) =>
      Exit.isFailure(exit) && stepsOf(log) === 0 ? created.remove : Effect.void
    )
    const lock = yield* RunLock.acquire(folder.path)
    yield* keepConfig(loaded, folder.path)
    return { folder: folder.path, lock }
  })

const stepsOf = (log: ReadonlyArray<Event.Known>): number => log.at(-1)?.progress.step ?? 0

const looksAfterSteps = 100

/**
 * Saves the model of a run that failed, and reports a folder that can't be created to the preflight. Ends a run that
 * another process now owns.
 */
const keeper = (
  loaded: Load.Loaded,
  folder: string | undefined,
  { check: isOurs }: RunLock.Lock,
  problem: string | undefined
) => {
  const description = { experiment: loaded.experiment.name, configHash: loaded.hash }
  const save = ({ state, progress }: Callback.At) =>
    folder === undefined || progress.step === 0
      ? Effect.void
      : SavedModel.write(folder, state(), description).pipe(Effect.catch(({ message }) => Output.note(message)))
  return Callback.observer({
    id: "@etude/cli/keeper",
    check: Effect.succeed(problem === undefined ? [] : [{ path: "runs", message: problem }]),
    hooks: {
      interrupted: save,
      failed: save,
      batchEnd: { when: ({ step }) => step % looksAfterSteps === 0, run: () => isOurs },
      validationEnd: () => isOurs,
      epochEnd: () => isOurs
    }
  })
}

/** The task of a new run, which begins with the weights that its config names; a resumed run has its state's. */
const initialized = (
  task: Effect.Success<ReturnType<typeof Setup.make>>["task"],
  { config, optionsFrom }: Load.Loaded,
  earlier: Earlier | undefined
) =>
  Effect.gen(function* () {
    if (config.initialize === undefined || earlier !== undefined) return { task, account: Layer.empty }
    // Its models are initialized to be compared with the weights: what they can't be is said as it is before a first step.
    const begun = yield* Initialize.task(task, config.initialize, optionsFrom).pipe(
      Effect.catchDefect((defect) => (defect instanceof PreflightFailed ? Effect.fail(defect) : Effect.die(defect)))
    )
    for (const loaded of begun.loaded) yield* Output.note(Initialize.describe(loaded))
    return { task: begun.task, account: accounting(begun.loaded) }
  })

/** Keeps what the run began with in its log, and so in its report. */
const accounting = (loaded: ReadonlyArray<Event.LoadedFrom>) =>
  Callback.observer({
    id: "@etude/cli/initialize",
    hooks: {
      trainBegin: ({ progress }) =>
        Effect.forEach(
          loaded,
          (one) =>
            Effect.flatMap(Event.Events, ({ publish }) =>
              publish({ version: 1, _tag: "WeightsLoaded", progress, ...one })
            ),
          { discard: true }
        )
    }
  })

/** Logs the end of a run that failed after training. */
const publishEnd = (cause: Cause.Cause<unknown>, log: ReadonlyArray<Event.Known>) =>
  Effect.gen(function* () {
    const last = log.at(-1)
    if (last === undefined || last._tag === "Interrupted" || last._tag === "Failed") return
    const { publish } = yield* Event.Events
    const { progress } = last
    if (Cause.hasInterruptsOnly(cause)) return yield* publish({ version: 1, _tag: "Interrupted", progress })
    const error = Cause.squash(cause)
    const tag = (error as { readonly _tag?: unknown } | null)?._tag
    yield* publish({
      version: 1,
      _tag: "Failed",
      progress,
      error: typeof tag === "string" ? tag : "Defect",
      message: reasonOf(error)
    })
  })

const writeReport = (folder: string, log: ReadonlyArray<Event.Known>) =>
  Option.match(Report.fold(log), {
    onNone: () => Effect.succeedNone,
    onSome: (report) =>
      RunFolder.write(RunFolder.reportFile(folder), `${Report.encode(report)}\n`).pipe(Effect.as(Option.some(report)))
  })

/** Figures of the test, one file each. */
const writeFigures = (folder: string, figures: ReadonlyArray<Figure.MetricFigure>) =>
  Effect.forEach(figures, ({ metric, svg }) => RunFolder.write(RunFolder.figureFile(folder, metric), `${svg}\n`), {
    discard: true
  })

/** What is left of a run that ended badly, and where. */
const tellEnd = (cause: Cause.Cause<unknown>, folder: string, log: ReadonlyArray<Event.Known>) =>
  Effect.gen(function* () {
    if (stepsOf(log) === 0) {
      return yield* Cause.hasInterruptsOnly(cause)
        ? Output.note("\nInterrupted before the first step; nothing was saved.")
        : Effect.void
    }
    const report = yield* writeReport(folder, log)
    if (Option.isSome(report)) yield* Output.note(`\n${Summary.cutShort(report.value, folder)}`)
  }).pipe(Effect.catch(({ message }) => Output.note(message)))

/** A run that is resumed. */
interface Earlier {
  readonly folder: string
  /** Epochs beyond those that are done. */
  readonly moreEpochs: number | undefined
  /** Whether it continues although a callback ended it. */
  readonly beyondEnd: boolean
  readonly allowAlterations: boolean
}

/** The store of a run's checkpoints. */
const storeOf = ({ config }: Load.Loaded, folder: string, lock: RunLock.Lock) => {
  const checkpoints = RunFolder.checkpointsFolder(folder).replaceAll(path.sep, "/")
  const files = FileStore.layer({ folder: checkpoints, guard: lock.check })
  const { asynchronous, onFailedWrite } = config.checkpoints
  return asynchronous ? AsyncSaving.layer({ onFailure: onFailedWrite }).pipe(Layer.provide(files)) : files
}

/** The config's plugins; files go into the run's folder. */
const configured = (
  { plugins }: Load.Loaded,
  classes: ReadonlyArray<string> | undefined,
  folder: string,
  earlier: ReadonlyArray<Event.Known>
) => Plugins.layerOf(plugins, { folder: folder.replaceAll(path.sep, "/"), classes, earlier })

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
const pointOf = (
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
    yield* keepConfig(continued, folder)
    return { point, continued }
  })

const epochsOf = (entries: Completion.Completed["added"]): string => {
  const [first, last] = [element(entries, 0).step, element(entries, -1).step]
  return first === last ? `of step ${first}` : `of steps ${first} to ${last}`
}

/**
 * The log of a run up to where it continues. A log is never needed: damage is reported and skipped, and the
 * checkpoint's history fills the gaps.
 */
const logOf = (folder: string, state: TrainState.TrainState, monitors: Monitors.Monitors) =>
  Effect.gen(function* () {
    const file = RunFolder.eventsFile(folder)
    const { events, problems } = yield* EventsFile.readDamaged(file)
    const known = events.filter((event): event is Event.Known => event._tag !== "Unknown")
    const completed = Completion.complete(known, state.plain, monitors)
    if (problems.length === 0 && completed.added.length === 0) return known
    const aside = fs.existsSync(file) ? yield* RunFolder.setAside(file) : undefined
    yield* RunFolder.write(file, EventsFile.textOf(completed.events))
    const filled =
      completed.added.length === 0
        ? ""
        : ` The history ${epochsOf(completed.added)}, which it lacks, is taken from the checkpoint.`
    const copyNote = aside === undefined ? "" : ` The original file is kept as ${aside}.`
    const problem = problems.length === 0 ? "is incomplete" : `is damaged: ${problems.join("; ")}`
    yield* Output.note(`The log ${file} ${problem}.${filled}${copyNote}`)
    return completed.events
  })

/** The folder of a new or resumed run, with its lock. */
const opening = (loaded: Load.Loaded, log: ReadonlyArray<Event.Known>, earlier: Earlier | undefined) =>
  earlier === undefined
    ? Effect.result(openFolder(loaded, log))
    : RunLock.acquire(earlier.folder).pipe(Effect.map((lock) => Result.succeed({ folder: earlier.folder, lock })))

const runIn = (loaded: Load.Loaded, json: boolean, earlier?: Earlier) =>
  Effect.gen(function* () {
    const log: Array<Event.Known> = []
    const opened = yield* opening(loaded, log, earlier)
    const problem = Result.isFailure(opened) ? opened.failure.message : undefined
    const { folder, lock } = Result.isSuccess(opened) ? opened.success : { folder: undefined, lock: RunLock.none }
    yield* runWith(loaded, json, log, { folder, lock, problem }, earlier).pipe(
      Effect.provideService(RunFolder.Guard, lock.check)
    )
  })

interface Opened {
  readonly folder: string | undefined
  readonly lock: RunLock.Lock
  /** Why there is no folder. */
  readonly problem: string | undefined
}

const runWith = (
  asWritten: Load.Loaded,
  json: boolean,
  log: Array<Event.Known>,
  { folder, lock, problem }: Opened,
  earlier: Earlier | undefined
) =>
  Effect.gen(function* () {
    const { task: fresh, data } = yield* Setup.make(asWritten)
    const { task, account } = yield* initialized(fresh, asWritten, earlier)
    const store = folder === undefined ? undefined : yield* Layer.build(storeOf(asWritten, folder, lock))
    const trainData = data as Parameters<typeof Trainer.train>[1]["data"]
    const { point, continued: loaded } =
      earlier === undefined || store === undefined
        ? { point: undefined, continued: asWritten }
        : yield* Effect.provide(pointOf(asWritten, task, trainData, earlier), store)
    const options = {
      config: loaded.encoded.train ?? {},
      data: trainData,
      setting: loaded.setting,
      beyondEnd: earlier !== undefined && (earlier.beyondEnd || earlier.moreEpochs !== undefined)
    }
    const monitors = Monitors.of(task, Object.keys(Setup.validationsOf({ data })))
    if (point !== undefined && folder !== undefined) log.push(...(yield* logOf(folder, point.state, monitors)))
    const before = log.length
    const events =
      folder === undefined
        ? EventSinks.memory(log)
        : EventSinks.combine(
            EventsFile.layer({ path: RunFolder.eventsFile(folder), guard: lock.check }),
            EventSinks.memory(log)
          )
    const terminal = NodeTerminal.layerOf(process.stderr)
    const progress = Layer.provide(ProgressBar.layer(loaded.config.console), terminal)
    // The same instances see the run and its test, so that a report has both.
    const configuredCallbacks = yield* Callback.shared(
      folder === undefined
        ? Layer.empty
        : Layer.provide(configured(loaded, data.train.classes, folder, [...log]), [
            terminal,
            FencedFiles.layer(lock.check)
          ])
    )
    const watching = Layer.mergeAll(keeper(loaded, folder, lock, problem), account, progress, configuredCallbacks)
    /** A resume that is refused leaves log and report as they were. */
    const isUntouched = () => earlier !== undefined && log.length === before
    const trained = Effect.gen(function* () {
      // Without a folder the preflight refuses, with the reason.
      if (store === undefined) return yield* Trainer.train(task, { ...options, callbacks: watching })
      const saving = SavingConfig.rulesOf(loaded.config.checkpoints)
      return yield* Trainer.train(task, {
        ...options,
        callbacks: Layer.mergeAll(
          watching,
          Saving.layer({ ...saving, ...(point === undefined ? {} : { resumedFrom: point.saved.id }) })
        ),
        ...(point === undefined ? {} : { state: point.state })
      }).pipe(Effect.provide(store))
    })
    const body = Effect.gen(function* () {
      const { state } = yield* trained
      if (folder === undefined) return yield* Effect.die(new Error("a run without a folder was trained"))
      yield* SavedModel.write(folder, state, { experiment: loaded.experiment.name, configHash: loaded.hash })
      if (data.test === undefined) return { ended: folder, texts: [], files: [] }
      const tested = yield* Trainer.test(task, {
        state,
        data: data.test,
        callbacks: Layer.mergeAll(progress, configuredCallbacks)
      })
      yield* writeFigures(folder, tested.figures)
      const files = tested.figures.length === 0 ? [] : ["figures"]
      return { ended: folder, texts: Output.textsOf(task, tested.results), files }
    }).pipe(
      Effect.onError((cause) => (isUntouched() ? Effect.void : publishEnd(cause, log))),
      Effect.provide(events),
      Effect.onError((cause) => (folder === undefined || isUntouched() ? Effect.void : tellEnd(cause, folder, log)))
    )
    const { ended, texts, files } = yield* body
    const report = Option.getOrThrow(yield* writeReport(ended, log))
    yield* json
      ? Output.result(
          JSON.stringify(
            { run: ended, experiment: loaded.experiment.name, ...JSON.parse(Report.encode(report)) },
            null,
            2
          )
        )
      : Output.result(
          `\n${Summary.render(report, loaded.experiment.name, ended, { texts, files: [...Plugins.filesOf(loaded.plugins), ...files], palette: Colors.of(process.stdout), columns: Output.columns() })}`
        )
  })

/** Trains what a config file describes, tests once, writes the run folder and prints the results. */
export const trainFrom = ({ config, overrides, json }: TrainArguments) =>
  Effect.gen(function* () {
    const loaded = yield* Load.fromFile(config, overrides).pipe(
      Effect.catchTag("ConfigInvalid", (error) => Foresight.complete(error, config, overrides))
    )
    yield* runIn(loaded, json).pipe(Effect.scoped, Effect.provide(Setup.backendOf(loaded)))
  })

export interface ResumeArguments {
  readonly run: string
  readonly overrides: ReadonlyArray<ConfigFile.Override>
  readonly moreEpochs: number | undefined
  readonly beyondEnd: boolean
  readonly allowAlterations: boolean
  readonly json: boolean
}

/** Continues a run from its newest intact checkpoint, in the same folder. */
export const resume = ({ run, overrides, moreEpochs, beyondEnd, allowAlterations, json }: ResumeArguments) =>
  Effect.gen(function* () {
    const folder = yield* RunLookup.locate(run)
    const source = RunFolder.configFile(folder)
    const loaded = yield* Load.fromFile(source, overrides)
    yield* runIn(loaded, json, { folder, moreEpochs, beyondEnd, allowAlterations }).pipe(
      Effect.scoped,
      Effect.provide(Setup.backendOf(loaded))
    )
  })
