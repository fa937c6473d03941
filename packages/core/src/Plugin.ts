/**
 * What a package exports so that a run's config can ask for it by name, as an `Experiment` is for tasks: a schema of its own
 * options, and callbacks made from them. Its package.json says where it is:
 *
 * ```json
 * {
 *   "name": "@scope/name",
 *   "etude": { "plugin": "." },
 *   "peerDependencies": { "@etude/core": "^1.0.0" }
 * }
 * ```
 *
 * `etude.plugin` is a path of the package's `exports` (`.` or `./…`), and that module exports `plugin`. A package with several
 * has a list of paths there, and a config names each by its own: `@scope/name/noise` is `./noise`. A config then has
 *
 * ```yaml
 * plugins:
 *   - use: "@scope/name"
 *     rate: 0.5            # what the plugin's own schema knows
 * ```
 *
 * A plugin may also add optimizers and learning-rate schedules, which such a config then names under `train` as it names ours.
 */
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Backend } from "./Backend.ts"
import type { CallbackRegistry } from "./Callback.ts"
import type * as Event from "./Event.ts"
import type { Contribution } from "./Registry.ts"
import type { StepExecutor } from "./StepExecutor.ts"

/** What a plugin's options do not say, and its place does. */
export interface Place {
  /** The run's folder; files whose paths are relative belong there. */
  readonly folder: string
  /** The names of classes, by label. */
  readonly classes?: ReadonlyArray<string> | undefined
  /** What earlier attempts of the run published. */
  readonly earlier?: ReadonlyArray<Event.Known> | undefined
}

/** What is there for every plugin that a config names. */
export type Provided = CallbackRegistry | Backend | StepExecutor | FileSystem.FileSystem

export interface Plugin<Options, Encoded = unknown, Out = unknown, E = unknown, R = Provided> extends Contribution {
  /** How messages call it: the package's name. */
  readonly name: string
  /** The schema of its options: a record without the keys `use` and `onFailure`, which are the config entry's own. */
  readonly config: Schema.Codec<Options, Encoded>
  /** Its callbacks, made of decoded options. */
  readonly layer: (options: Options, place: Place) => Layer.Layer<Out, E, R>
  /**
   * The part of its options that decides what a run comes to: it is in the run's hash, and a difference in it alters the
   * trajectory of a resumed run. All of them when absent; `{}` for a plugin that only looks on.
   */
  readonly decisive?: (options: Encoded) => { readonly [key: string]: unknown }
  /** The options with which it takes part in passes without training (parameters that it averages, say). Absent: in none. */
  readonly evaluating?: (options: Options) => Options
  /** The files and folders that it writes, relative to the run's folder, for those who look for them. */
  readonly files?: (options: Options) => ReadonlyArray<string>
}

/** A plugin that only adds to what configs may name: it has no options and no callbacks of its own. */
export interface Additions extends Contribution {
  readonly name: string
}

const noOptions = Schema.Struct({}).check(
  Schema.isMaxProperties(0, { message: "expected no options: this plugin only adds what configs may name" })
)

/**
 * Keeps the options' type while a plugin is written down. One that only adds optimizers or schedules needs a name and those:
 *
 * ```ts
 * export const plugin = Plugin.make({ name: "@me/lion", optimizers: [lion] })
 * ```
 */
export function make<Options, Encoded, Out, E, R>(
  plugin: Plugin<Options, Encoded, Out, E, R>
): Plugin<Options, Encoded, Out, E, R>
export function make(additions: Additions): Plugin<{}, {}, never, never, never>
export function make<P extends Plugin<unknown>>(plugin: Additions | P): P | Plugin<{}, {}, never, never, never> {
  if ("layer" in plugin) return plugin
  return { ...plugin, config: noOptions, layer: () => Layer.empty, decisive: () => ({}) }
}
