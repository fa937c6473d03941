/**
 * Which trials go on: pure functions of what all trials have reported. Since a trial resumes with the same bits, a pruner may pause
 * one and resume it later, or have it continue from another's checkpoint.
 */
import type { Entry } from "@etude/core/Entry"
import type * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"
import type { Space } from "./Space.ts"
import type { Parameters, State } from "./Trial.ts"

/** One reported value of the study's (first) objective, turned so that lower is better. */
export interface Point {
  readonly step: number
  readonly epoch: number
  readonly value: number
}

/** A trial as pruners see it. */
export interface Course {
  readonly number: number
  readonly setting: number
  readonly seed: number
  readonly parameters: Parameters
  readonly state: State
  readonly points: ReadonlyArray<Point>
}

export type Decision =
  | { readonly _tag: "Continue" }
  /** The trial ends here, and counts as pruned. */
  | { readonly _tag: "Stop"; readonly reason: string }
  /** It saves and waits until `promote` names it. */
  | { readonly _tag: "Pause"; readonly reason: string }
export const Decision: Schema.Codec<Decision> = Schema.Union([
  Schema.Struct({ _tag: Schema.Literal("Continue") }),
  Schema.Struct({ _tag: Schema.Literal("Stop"), reason: Schema.String }),
  Schema.Struct({ _tag: Schema.Literal("Pause"), reason: Schema.String })
])

/** What becomes of a paused trial. */
export type Promotion =
  | { readonly _tag: "Resume"; readonly trial: number }
  /** It continues from the checkpoint that the donor was paused with, with these parameters (population-based training). */
  | { readonly _tag: "Exploit"; readonly trial: number; readonly donor: number; readonly parameters: Parameters }

export interface Pruner {
  /**
   * Judges a trial by its newest point, which is the last of its points. `all` holds every trial of the study, this one too. At the
   * end of its run a trial is complete, whatever the answer.
   */
  readonly decide: (trial: Course, all: ReadonlyArray<Course>) => Decision
  /**
   * Which paused trials go on now. Called whenever a trial has paused or ended. `settled`: no trial waits or runs, and no new
   * setting will come. Trials still paused when it answers nothing then are pruned. `key` is the study's, the same at each call.
   * Absent: nothing is ever paused.
   */
  readonly promote?: (
    all: ReadonlyArray<Course>,
    context: { readonly space: Space; readonly key: Rng.Key; readonly settled: boolean }
  ) => ReadonlyArray<Promotion>
}

/** A pruner as study.yaml names it. */
export type PrunerEntry = Entry<Pruner>

export const proceed: Decision = { _tag: "Continue" }
export const stop = (reason: string): Decision => ({ _tag: "Stop", reason })
export const pause = (reason: string): Decision => ({ _tag: "Pause", reason })
