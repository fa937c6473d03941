/** `etude train` and `etude resume`: from a config to a run folder, with everything that may happen on the way. */

import type * as Event from "@etude/core/Event"
import * as Report from "@etude/reports/Report"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Colors from "./Colors.ts"
import type * as ConfigFile from "./ConfigFile.ts"
import * as Foresight from "./Foresight.ts"
import * as KeptConfig from "./KeptConfig.ts"
import * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as RunAt from "./RunAt.ts"
import * as RunEnd from "./RunEnd.ts"
import * as RunFolder from "./RunFolder.ts"
import * as RunLock from "./RunLock.ts"
import * as RunLookup from "./RunLookup.ts"
import * as Setup from "./Setup.ts"
import * as Summary from "./Summary.ts"
import * as Training from "./Training.ts"

export interface TrainArguments {
  readonly config: string
  readonly overrides: ReadonlyArray<ConfigFile.Override>
  /** The run's own folder; a new one in `runs` of the config where it is absent. */
  readonly run?: RunAt.At | undefined
  readonly json: boolean
}

/** The run's folder until it is known whether a step was made: without one, it goes again. */
const openFolder = (loaded: Load.Loaded, log: ReadonlyArray<Event.Known>) =>
  Effect.gen(function* () {
    const now = new Date(yield* Clock.currentTimeMillis)
    const { experiment, config } = loaded
    const name = RunFolder.nameOf(experiment.name + (config.train.fastDevRun ? "-dev" : ""), now, loaded.hash)
    const folder = yield* Effect.acquireRelease(RunFolder.make(loaded.config.runs, name), (created, exit) =>
      Exit.isFailure(exit) && RunEnd.stepsOf(log) === 0 ? created.remove : Effect.void
    )
    const lock = yield* RunLock.acquire(folder.path)
    yield* KeptConfig.write(loaded, folder.path)
    return { folder: folder.path, lock, problem: undefined }
  })

/** A new run, in a new folder. */
const begin = (loaded: Load.Loaded) =>
  Effect.gen(function* () {
    const log: Array<Event.Known> = []
    const opened = Result.match(yield* Effect.result(openFolder(loaded, log)), {
      onFailure: ({ message: problem }) => ({ folder: undefined, lock: RunLock.none, problem }),
      onSuccess: (place) => place
    })
    return yield* Training.run(loaded, { ...opened, log })
  }).pipe(Effect.scoped, Effect.provide(Setup.backendOf(loaded)))

/** Prints the results of a run. */
const print = ({ loaded: { experiment }, folder, report, texts, files }: Training.Trained, json: boolean) =>
  json
    ? Output.json({ run: folder, experiment: experiment.name, ...JSON.parse(Report.encode(report)) })
    : Output.result(
        `\n${Summary.render(report, experiment.name, folder, { texts, files, palette: Colors.of(process.stdout), columns: Output.columns() })}`
      )

/** Trains what a config file describes, tests once, writes the run folder and prints the results. */
export const trainFrom = ({ config, overrides, run, json }: TrainArguments) =>
  Effect.gen(function* () {
    const loaded = yield* Load.fromFile(config, overrides).pipe(
      Effect.catchTag("ConfigInvalid", (error) => Foresight.complete(error, config, overrides))
    )
    yield* print(yield* run === undefined ? begin(loaded) : RunAt.beginOrResume(loaded, run), json)
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
export const resume = ({ run, overrides, json, ...continuing }: ResumeArguments) =>
  Effect.gen(function* () {
    const folder = yield* RunLookup.locate(run)
    const loaded = yield* Load.fromFile(RunFolder.configFile(folder), overrides)
    const resumed = Effect.gen(function* () {
      const lock = yield* RunLock.acquire(folder)
      return yield* Training.run(
        loaded,
        { folder, lock, problem: undefined, log: [] },
        { earlier: { folder, ...continuing } }
      )
    })
    yield* print(yield* resumed.pipe(Effect.scoped, Effect.provide(Setup.backendOf(loaded))), json)
  })
