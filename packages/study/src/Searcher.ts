/**
 * How a study chooses its settings: a pure function of the space, the settings tried so far and a key. A study's own searchers and
 * those of a stranger are entries alike (`search: { _tag: Tpe }`).
 */
import type { Entry } from "@etude/core/Entry"
import type * as Rng from "@etude/core/Rng"
import type { Space } from "./Space.ts"
import type { Parameters } from "./Trial.ts"

/** A setting that was tried: with what came of it, lower is better in every objective. */
export interface Observation {
  readonly setting: number
  readonly parameters: Parameters
  /** `running` settings have no objectives yet; those of a pruned one are what it had reached. */
  readonly state: "running" | "complete" | "pruned" | "failed"
  /** One number for each objective of the study, the mean over seeds; turned so that lower is better. */
  readonly objectives: ReadonlyArray<number> | null
  /** How many epochs the one of its trials that went furthest was trained. */
  readonly epoch: number
}

export interface Searcher {
  /**
   * The parameters of setting number `setting`; undefined when there are no more. `key` is the study's, the same for all settings:
   * one that is drawn by itself has the stream `Rng.fold(key, setting)`. Equal arguments give equal parameters, whoever calls,
   * whenever.
   */
  readonly suggest: (
    space: Space,
    tried: ReadonlyArray<Observation>,
    setting: number,
    key: Rng.Key
  ) => Parameters | undefined
  /** Whether a suggestion depends on what was tried; settings of one that doesn't are all created at the start. Default: true. */
  readonly isSequential?: boolean
  /** How many settings the space has, where it is finite: a grid. */
  readonly count?: (space: Space) => number
  /** Why it can't search a space, as a sentence without its subject; undefined if it can. Default: it can search every space. */
  readonly problem?: (space: Space) => string | undefined
}

/** A searcher as study.yaml names it. */
export type SearcherEntry = Entry<Searcher>
