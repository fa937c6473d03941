/**
 * Studies in a database: their definitions, trials, reports and decisions. Who takes a trial gets a fence, a number that grows with
 * each taking; every write for a trial names it, and fails with `TrialTakenOver` where somebody has a higher one. Times are the
 * database's.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { DatabaseNewer, StudyUnknown, TrialTakenOver } from "./Errors.ts"
import { makeReading } from "./internal/StoreReading.ts"
import { makeStudies } from "./internal/StoreStudies.ts"
import { makeTrials } from "./internal/StoreTrials.ts"
import * as Tables from "./internal/Tables.ts"
import type { Decision } from "./Pruner.ts"
import type { Planned } from "./Settings.ts"
import type { StudyRecord, Versions } from "./StudyRecord.ts"
import type { Parameters, Report, State, Trial } from "./Trial.ts"
import type { Turn } from "./TrialQueue.ts"

/** The right to write for a trial. */
export interface Lease {
  readonly study: string
  readonly trial: number
  readonly fence: number
}

/** A trial that was taken: what a worker needs to train it. */
export interface Taken {
  readonly lease: Lease
  readonly setting: number
  readonly seed: number
  readonly parameters: Parameters
  /** Relative to the study's. */
  readonly folder: string
  /** The folder, relative to the study's, from whose checkpoint it continues; null where it begins by itself. */
  readonly startFrom: string | null
  /** What its bits depend on, as the first process of it said; null before. */
  readonly bits: string | null
  readonly failures: number
}

/** What became of a trial's time with a worker. */
export interface Settlement {
  readonly state: Exclude<State, "running">
  readonly reason: string | null
  /** Seconds trained. */
  readonly seconds: number
  readonly test?: { readonly [metric: string]: number } | null
  /** Of the model, in hexadecimal digits. */
  readonly sha256?: string | null
  readonly counts?: "failure" | "preemption"
}

/** A study without its trials. */
export interface Stored {
  readonly name: string
  readonly definition: Schema.Json
  readonly versions: Versions
  readonly created: number
  /** How many settings its searcher was asked for. */
  readonly settings: number
  /** Whether no setting will come. */
  readonly isExhausted: boolean
}

export type Counts = { readonly [state in State]: number }

export class StudyStore extends Context.Service<
  StudyStore,
  {
    readonly names: Effect.Effect<ReadonlyArray<string>, SqlError>
    readonly find: (study: string) => Effect.Effect<Stored, StudyUnknown | SqlError>
    /** By number. */
    readonly trials: (study: string) => Effect.Effect<ReadonlyArray<Trial>, SqlError>
    readonly counts: (study: string) => Effect.Effect<Counts, SqlError>
    readonly record: (study: string) => Effect.Effect<StudyRecord, StudyUnknown | SqlError>
    /** Runs a transaction that no other one of this study overlaps. */
    readonly exclusively: <A, E, R>(study: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | SqlError, R>
    /** Whether it was created: false where a study of that name is there, which stays as it is. */
    readonly create: (study: Pick<Stored, "name" | "definition" | "versions">) => Effect.Effect<boolean, SqlError>
    readonly redefine: (study: string, definition: Schema.Json) => Effect.Effect<void, SqlError>
    /** Adds trials that wait, and says up to which setting the searcher was asked. Those that are there already stay as they are. */
    readonly add: (
      study: string,
      trials: ReadonlyArray<Planned>,
      asked: { readonly settings: number; readonly isExhausted: boolean }
    ) => Effect.Effect<void, SqlError>
    /**
     * Takes a trial for its turn; undefined where that turn is over. `holder` is unique to this taking: asking again with it gives
     * the same lease. A trial that still ran had lost its worker, which counts as a preemption.
     */
    readonly take: (
      study: string,
      turn: Turn,
      who: { readonly holder: string; readonly worker: string }
    ) => Effect.Effect<Taken | undefined, SqlError>
    /** Stores what the trial's bits depend on, once. It needs its donor's checkpoint no more. */
    readonly began: (lease: Lease, bits: string) => Effect.Effect<void, TrialTakenOver | SqlError>
    /** Fails with `TrialTakenOver` where the lease isn't valid any more. */
    readonly check: (lease: Lease) => Effect.Effect<void, TrialTakenOver | SqlError>
    /**
     * Stores a report and what `decide` makes of all trials, this report among them. A report of that step which is there already
     * stays, and so does what was decided at it; but a trial that was paused at it and promoted since continues.
     */
    readonly report: (
      lease: Lease,
      report: Report,
      decide?: (trials: ReadonlyArray<Trial>) => Decision
    ) => Effect.Effect<Decision, TrialTakenOver | SqlError>
    /** Ends a taking and gives the trial's next turn. Doing it twice does no harm. */
    readonly settle: (lease: Lease, settlement: Settlement) => Effect.Effect<Turn, TrialTakenOver | SqlError>
    /** Lets a paused trial wait for a worker; undefined where it isn't paused. */
    readonly promote: (study: string, trial: number) => Effect.Effect<Turn | undefined, SqlError>
    /** The same, with other parameters and a new folder that continues from the donor's checkpoint. */
    readonly exploit: (
      study: string,
      trial: number,
      donor: number,
      parameters: Parameters
    ) => Effect.Effect<Turn | undefined, SqlError>
    /** Keeps a promoted trial from being offered while others have to copy its checkpoint. */
    readonly withhold: (study: string, trial: number) => Effect.Effect<void, SqlError>
    /** The turns of withheld trials from whose checkpoints no trial has to continue any more. */
    readonly release: (study: string) => Effect.Effect<ReadonlyArray<Turn>, SqlError>
    /** Ends all paused trials. */
    readonly prunePaused: (study: string, reason: string) => Effect.Effect<void, SqlError>
  }
>()("@etude/study/StudyStore") {}

/** Makes the tables where they are missing. Fails with `DatabaseNewer` where a newer version made them. */
export const layer: Layer.Layer<StudyStore, DatabaseNewer | SqlError, SqlClient.SqlClient> = Layer.effect(
  StudyStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* Tables.prepare
    const reading = makeReading(sql)
    return StudyStore.of({ ...reading, ...makeStudies(sql), ...makeTrials(sql, reading) })
  })
)
