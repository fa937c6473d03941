/** A run in its folder, from the first look at its data to its report. */
import * as path from "node:path"
import * as AsyncSaving from "@etude/checkpoint/AsyncSaving"
import * as FileStore from "@etude/checkpoint/FileStore"
import * as Saving from "@etude/checkpoint/Saving"
import * as SavingConfig from "@etude/checkpoint/SavingConfig"
import * as Callback from "@etude/core/Callback"
import type * as Event from "@etude/core/Event"
import * as Monitors from "@etude/core/Monitors"
import * as Trainer from "@etude/core/Trainer"
import type * as TrainState from "@etude/core/TrainState"
import * as EventSinks from "@etude/reports/EventSinks"
import * as EventsFile from "@etude/reports/EventsFile"
import * as NodeTerminal from "@etude/reports/NodeTerminal"
import * as ProgressBar from "@etude/reports/ProgressBar"
import type * as Report from "@etude/reports/Report"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as FencedFiles from "./FencedFiles.ts"
import type * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as Plugins from "./Plugins.ts"
import * as Resumption from "./Resumption.ts"
import * as RunEnd from "./RunEnd.ts"
import * as RunFolder from "./RunFolder.ts"
import type * as RunLock from "./RunLock.ts"
import * as SavedModel from "./SavedModel.ts"
import * as Setup from "./Setup.ts"
import * as Watching from "./Watching.ts"

/** Where a run is, and under which lock. */
export interface Place {
  /** Undefined where it could not be made: then the preflight reports the problem. */
  readonly folder: string | undefined
  readonly lock: RunLock.Lock
  /** Why there is no folder. */
  readonly problem: string | undefined
  /** The events of the run so far; the run adds its own. */
  readonly log: Array<Event.Known>
}

export interface Options {
  readonly earlier?: Resumption.Earlier | undefined
  /** Callbacks beside those of the config. */
  readonly callbacks?: Layer.Layer<never, never, Callback.CallbackRegistry>
}

/** A run that has ended as it should. */
export interface Trained {
  readonly loaded: Load.Loaded
  readonly folder: string
  readonly report: Report.Report
  /** The test's results that are more than a number. */
  readonly texts: Output.Texts
  /** What callbacks and the test wrote, relative to the run's folder. */
  readonly files: ReadonlyArray<string>
  /** Of the final state; null where nothing had to be trained to know of it. */
  readonly plain: TrainState.Plain | null
}

/** The store of a run's checkpoints. */
const storeOf = ({ config }: Load.Loaded, folder: string, lock: RunLock.Lock) => {
  const checkpoints = RunFolder.checkpointsFolder(folder).replaceAll(path.sep, "/")
  const files = FileStore.layer({ folder: checkpoints, guard: lock.check, isExclusive: lock.token !== undefined })
  const { asynchronous, onFailedWrite } = config.checkpoints
  return asynchronous ? AsyncSaving.layer({ onFailure: onFailedWrite }).pipe(Layer.provide(files)) : files
}

/** What a run needs: its task and data, its store, and where it continues. */
const prepare = (asWritten: Load.Loaded, { folder, lock, log }: Place, earlier: Resumption.Earlier | undefined) =>
  Effect.gen(function* () {
    const { task: fresh, data: sets } = yield* Setup.make(asWritten)
    const { task, account } = yield* Watching.initialized(fresh, asWritten, earlier !== undefined)
    const store = folder === undefined ? undefined : yield* Layer.build(storeOf(asWritten, folder, lock))
    const data = sets as Parameters<typeof Trainer.train>[1]["data"]
    const { point, continued: loaded } =
      earlier === undefined || store === undefined
        ? { point: undefined, continued: asWritten }
        : yield* Effect.provide(Resumption.pointOf(asWritten, task, data, earlier), store)
    const monitors = Monitors.of(task, Object.keys(Setup.validationsOf({ data: sets })))
    if (point !== undefined && folder !== undefined) {
      log.push(...(yield* Resumption.logOf(folder, point.state, monitors)))
    }
    return { task, sets, data, account, store, point, loaded }
  })
type Prepared = Effect.Success<ReturnType<typeof prepare>>

/** The callbacks of a run, and those that its test has too: the same instances, so that a report has both. */
const watching = ({ loaded, sets, account }: Prepared, { folder, lock, problem, log }: Place, options: Options) =>
  Effect.gen(function* () {
    const terminal = NodeTerminal.layerOf(process.stderr)
    const progress = Layer.provide(ProgressBar.layer(loaded.config.console), terminal)
    const place = { classes: sets.train.classes, earlier: [...log] }
    const configured =
      folder === undefined
        ? Layer.empty
        : Layer.provide(Plugins.layerOf(loaded.plugins, { ...place, folder: folder.replaceAll(path.sep, "/") }), [
            terminal,
            FencedFiles.layer(lock.check, lock.token)
          ])
    const shared = yield* Callback.shared(configured)
    const own = [Watching.keeper(loaded, folder, lock, problem), account, options.callbacks ?? Layer.empty]
    return { training: Layer.mergeAll(progress, shared, ...own), testing: Layer.mergeAll(progress, shared) }
  })

/** Trains from the beginning, or from the point of a resumption. */
const trained = (
  { task, data, store, point, loaded }: Prepared,
  callbacks: Effect.Success<ReturnType<typeof watching>>["training"],
  earlier: Resumption.Earlier | undefined
) => {
  const options = {
    config: loaded.encoded.train ?? {},
    data,
    setting: loaded.setting,
    beyondEnd: earlier !== undefined && (earlier.beyondEnd || earlier.moreEpochs !== undefined)
  }
  // Without a folder the preflight refuses, with the reason.
  if (store === undefined) return Trainer.train(task, { ...options, callbacks })
  const saving = Saving.layer({
    ...SavingConfig.rulesOf(loaded.config.checkpoints),
    ...(point === undefined ? {} : { resumedFrom: point.saved.id })
  })
  return Trainer.train(task, {
    ...options,
    callbacks: Layer.mergeAll(callbacks, saving),
    ...(point === undefined ? {} : { state: point.state })
  }).pipe(Effect.provide(store))
}

/** Writes the model, and tests it where there is test data. */
const conclude = (
  { task, sets, loaded }: Prepared,
  folder: string | undefined,
  state: TrainState.TrainState,
  callbacks: Effect.Success<ReturnType<typeof watching>>["testing"]
) =>
  Effect.gen(function* () {
    if (folder === undefined) return yield* Effect.die(new Error("a run without a folder was trained"))
    yield* SavedModel.write(folder, state, { experiment: loaded.experiment.name, configHash: loaded.hash })
    if (sets.test === undefined) return { folder, texts: [], files: [], plain: state.plain }
    const tested = yield* Trainer.test(task, { state, data: sets.test, callbacks })
    yield* RunEnd.writeFigures(folder, tested.figures)
    const files = tested.figures.length === 0 ? [] : ["figures"]
    return { folder, texts: Output.textsOf(task, tested.results), files, plain: state.plain }
  })

/** The events of a run: in its file, and in its log. */
const eventsOf = ({ folder, lock, log }: Place) =>
  folder === undefined
    ? EventSinks.memory(log)
    : EventSinks.combine(
        EventsFile.layer({ path: RunFolder.eventsFile(folder), guard: lock.check }),
        EventSinks.memory(log)
      )

/** Trains, tests once, and writes the report. Where another process has the run by now, that is the error. */
export const run = (asWritten: Load.Loaded, place: Place, options: Options = {}) =>
  Effect.gen(function* () {
    const { folder, log } = place
    const { earlier } = options
    const prepared = yield* prepare(asWritten, place, earlier)
    const { loaded } = prepared
    const before = log.length
    const callbacks = yield* watching(prepared, place, options)
    /** A resume that is refused leaves log and report as they were. */
    const isUntouched = () => earlier !== undefined && log.length === before
    const { files, texts, ...ended } = yield* Effect.gen(function* () {
      const { state } = yield* trained(prepared, callbacks.training, earlier)
      return yield* conclude(prepared, folder, state, callbacks.testing)
    }).pipe(
      Effect.onError((cause) => (isUntouched() ? Effect.void : RunEnd.publish(cause, log))),
      Effect.provide(eventsOf(place)),
      Effect.onError((cause) => (folder === undefined || isUntouched() ? Effect.void : RunEnd.tell(cause, folder, log)))
    )
    const report = Option.getOrThrow(yield* RunEnd.writeReport(ended.folder, log))
    return { ...ended, loaded, report, texts, files: [...Plugins.filesOf(loaded.plugins), ...files] } satisfies Trained
  }).pipe(
    Effect.tapError(() => place.lock.check),
    Effect.provideService(RunFolder.Writer, place.lock)
  )
