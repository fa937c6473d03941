/**
 * What a study holds of its trials, as plain data. A setting is a choice of parameters; each setting is tried with each of the
 * study's seeds, and one setting with one seed is a trial. Each trial is an ordinary run folder.
 */
import type * as Schema from "effect/Schema"

/** Values by the key of the config that each is for, such as `train.learningRate`. */
export interface Parameters {
  readonly [key: string]: Schema.Json
}

/** What a trial reported at one point: the values of an epoch, of a validation, of the test. */
export interface Report {
  /** Optimizer steps done. */
  readonly step: number
  /** Epochs done; a fraction within one. */
  readonly epoch: number
  /** By monitor: `validation/loss`, `train/accuracy`, … */
  readonly values: { readonly [monitor: string]: number }
}

/**
 * | State | Meaning |
 * | --- | --- |
 * | `waiting` | in the queue, or given back to it |
 * | `running` | a worker holds its lease |
 * | `paused` | saved at a rung or a generation, to be resumed if the pruner says so |
 * | `complete` | reached the end of its run |
 * | `pruned` | stopped by the pruner, or paused when the study ended |
 * | `failed` | failed as often as the study allows; `reason` says why |
 */
export type State = "waiting" | "running" | "paused" | "complete" | "pruned" | "failed"

/** Whether a trial in that state stays as it is. */
export const hasEnded = (state: State): boolean => state === "complete" || state === "pruned" || state === "failed"

export interface Trial {
  /** From 0, in the order in which they were created. */
  readonly number: number
  /** The setting's number, from 0: trials with equal parameters and other seeds have the same. */
  readonly setting: number
  readonly parameters: Parameters
  readonly seed: number
  readonly state: State
  /** In the order of their steps, none twice. */
  readonly reports: ReadonlyArray<Report>
  /** The values of the test, by metric; null before. */
  readonly test: { readonly [metric: string]: number } | null
  /** Why it failed or was pruned. */
  readonly reason: string | null
  /** How often it was begun or resumed. */
  readonly attempts: number
  /** How often a worker gave it back or was lost. Not counted as failures. */
  readonly preemptions: number
  readonly failures: number
  /** Seconds that its processes trained, all attempts together. */
  readonly seconds: number
  /** The run folder, relative to the study's. */
  readonly folder: string
}
