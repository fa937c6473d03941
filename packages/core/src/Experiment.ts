/**
 * An experiment: what a package exports for the command line. It declares which options a config file may set, and makes the
 * task and the data from them. It contains no loop.
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Backend } from "./Backend.ts"
import type { Dataset } from "./Dataset.ts"
import type { Task } from "./Task.ts"

/** A task and its data. */
export interface Setup {
  readonly task: Task
  readonly data: {
    readonly train: Dataset
    /** One set, or several by name. */
    readonly validation?: Dataset | { readonly [name: string]: Dataset }
    /** Looked at once, after training. */
    readonly test?: Dataset
  }
}

export interface Experiment<Options, Encoded = unknown, E = unknown> {
  readonly name: string
  /** The schema of the `options` part of a config file. */
  readonly options: Schema.Codec<Options, Encoded>
  /**
   * The part of its options that decides what a run comes to: a difference in it alters a resumed run. All of them when absent.
   * Leave out options that only affect speed or output.
   */
  readonly decisive?: (options: Encoded) => { readonly [key: string]: unknown }
  /**
   * `seed` is the training config's; a split of the data is drawn from it. `folder` is what options that are paths are relative
   * to: the folder of the config file, or its `from`.
   */
  readonly make: (options: Options, seed: number, folder: string) => Effect.Effect<Setup, E, Backend | Scope.Scope>
}

/** Keeps the options' type while an experiment is written down. */
export const make = <Options, Encoded, E>(
  experiment: Experiment<Options, Encoded, E>
): Experiment<Options, Encoded, E> => experiment
