/** `etude study run`: from a study's file to its table, with as many workers as this machine has room for. */
import * as Database from "@etude/study/Database"
import * as Study from "@etude/study/Study"
import { StudyStore } from "@etude/study/StudyStore"
import type { Trial } from "@etude/study/Trial"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as MakeFolders from "./MakeFolders.ts"
import * as Output from "./Output.ts"
import { quoted } from "./Shell.ts"
import { Stopping } from "./Stopping.ts"
import * as StudyBegin from "./StudyBegin.ts"
import * as StudyCheck from "./StudyCheck.ts"
import * as StudyDatabase from "./StudyDatabase.ts"
import * as StudyFolder from "./StudyFolder.ts"
import * as StudyOutputs from "./StudyOutputs.ts"
import * as StudyVersions from "./StudyVersions.ts"
import * as StudyWork from "./StudyWork.ts"

export interface RunArguments extends StudyBegin.Named {
  readonly workers: number | undefined
  readonly database: string | undefined
  readonly json: boolean
}

/** A study of which no trial came to its end. */
export class StudyFailed extends Schema.TaggedError<StudyFailed>()("StudyFailed", {
  study: Schema.String,
  failed: Schema.Natural,
  reason: Schema.String
}) {
  override get message() {
    return `No trial of the study ${this.study} is complete; ${this.failed} failed. The first: ${this.reason}`
  }
}

/** Where the study's trials are. */
const databaseOf = ({ folder, shown }: StudyBegin.Planned, flag: string | undefined) =>
  Effect.gen(function* () {
    const kept = (yield* StudyFolder.read(folder))?.database
    const variable = process.env[StudyDatabase.variable]
    const chosen = StudyDatabase.choose({ flag, variable, kept, folder: shown })
    return "open" in chosen ? chosen : yield* chosen
  })

const ended = (trials: ReadonlyArray<Trial>): number =>
  trials.filter(({ state }) => state === "complete" || state === "pruned" || state === "failed").length

/** How the study that was interrupted is continued. */
const noteLeft = (study: string, command: string) =>
  Effect.gen(function* () {
    const { trials } = yield* (yield* StudyStore).record(study)
    yield* Output.note(
      `\n${ended(trials)} of ${trials.length} trials have ended, the others are saved. Continue with:\n  ${command}`
    )
  }).pipe(Effect.ignore)

/** The command that continues a study. It holds no password. */
const commandOf = ({ file, overrides, folder, workers, database }: RunArguments): string =>
  [
    "etude study run",
    quoted(file),
    ...overrides.flatMap(({ path, value }) => ["--set", quoted(`${path.join(".")}=${JSON.stringify(value)}`)]),
    ...(folder === undefined ? [] : ["--folder", quoted(folder)]),
    ...(workers === undefined ? [] : ["--workers", String(workers)]),
    ...(database === undefined ? [] : ["--database", quoted(StudyDatabase.withoutPassword(database))])
  ].join(" ")

/** Prints the table and writes what came out into the folder. */
const finish = ({ folder, shown, study }: StudyBegin.Planned, json: boolean) =>
  Effect.gen(function* () {
    const record = yield* (yield* StudyStore).record(study.name)
    const outcome = StudyOutputs.of(record, study.config)
    const files = yield* StudyOutputs.write(folder, outcome)
    yield* StudyOutputs.print(outcome, { format: json ? "json" : "table", rows: StudyOutputs.usualRows })
    yield* Output.note(`\n${shown} has ${files.join(", ")}, and a run folder for each trial.`)
    const failed = record.trials.filter(({ state }) => state === "failed")
    if (failed.length === 0 || record.trials.some(({ state }) => state === "complete")) return
    const reason = failed[0]?.reason ?? "it gave no reason"
    return yield* new StudyFailed({ study: study.name, failed: failed.length, reason })
  })

/** Says how others work on a study that was begun for them. */
const noteBegun = ({ study, shown }: StudyBegin.Planned) =>
  Output.note(`${study.name} is begun in ${shown}. Work on it with:\n  etude worker --study ${quoted(shown)}`)

/** Trains what is left, and shows how the rest is continued where that is interrupted. */
const train = (planned: StudyBegin.Planned, args: RunArguments, workers: number) =>
  Effect.gen(function* () {
    const { study, shown } = planned
    yield* Output.note(`${study.name}: ${StudyCheck.sizeOf(study.config)}, ${workers} at a time, in ${shown}.`)
    yield* StudyWork.work(planned, { workers, once: false, shows: "study" }).pipe(
      Effect.onInterrupt(() => noteLeft(study.name, commandOf(args)))
    )
    yield* finish(planned, args.json)
  })

/** Begins the study in its folder, or continues it there. */
export const run = (args: RunArguments) =>
  Effect.gen(function* () {
    yield* Stopping.use(({ givesBack }) => givesBack)
    const planned = yield* StudyBegin.plan(args)
    const { folder, study } = planned
    const database = yield* databaseOf(planned, args.database)
    MakeFolders.makeFolders(folder)
    const workers = args.workers ?? StudyWork.usualWorkers(study.config.threads)
    yield* Effect.gen(function* () {
      yield* Study.open(study, StudyVersions.here())
      const { definition } = yield* (yield* StudyStore).find(study.name)
      yield* StudyFolder.write(folder, { name: study.name, definition, database: database.kept })
      yield* workers === 0 ? noteBegun(planned) : train(planned, args, workers)
    }).pipe(
      Effect.provide(Database.engine(database.open, { lease: study.config.lease })),
      StudyDatabase.explaining(database.open)
    )
  })
