/** A study as plain data: what its tables, figures and exports are made of. `StudyStore.record` reads it from the database. */
import type * as Schema from "effect/Schema"
import type { Decision } from "./Pruner.ts"
import type { Trial } from "./Trial.ts"

/** What the pruner decided at a report. */
export interface DecisionRecord {
  readonly trial: number
  readonly step: number
  readonly decision: Decision
  /**
   * What it was based on. Decisions come in the order in which the study's reports were stored, one for each report: this one saw
   * the reports of the first `reports` decisions, its own among them.
   */
  readonly basis: { readonly reports: number }
}

/** What trained a trial: bits depend on it. */
export interface Versions {
  /** By package, such as `@etude/core`. */
  readonly [name: string]: string
}

/** When a trial was begun and when it ended, in seconds since 1970; what is not known is absent. */
export interface Times {
  readonly begun?: number
  readonly ended?: number
}

export interface StudyRecord {
  readonly name: string
  /** The definition as it was decoded when the study was created (`StudyConfig`), in JSON. */
  readonly definition: Schema.Json
  /** When it was created, by the database's clock, in seconds since 1970. */
  readonly created: number
  /** By number. */
  readonly trials: ReadonlyArray<Trial>
  /** By a trial's number and by the database's clock; without a database they are not known. */
  readonly times?: ReadonlyMap<number, Times>
  /** Empty without a pruner. */
  readonly decisions: ReadonlyArray<DecisionRecord>
  /** Of the packages that the study was created with. */
  readonly versions: Versions
}
