/**
 * What a package exports so that a run's config can name it, like an `Experiment` for tasks: a schema of its own
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
 * has a list of paths there, and a config names each by its own: `@scope/name/noise` is `./noise`.
 *
 * A plugin adds callbacks, optimizers and learning-rate schedules, which a config then names as it names ours:
 *
 * ```yaml
 * plugins:
 *   - use: "@scope/name"
 * callbacks:
 *   spikes: { factor: 3 }
 * train:
 *   optimizer: { _tag: Lion }
 * ```
 *
 * Any other plugin has a schema of options, written beside `use`, and a layer made from them.
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Backend } from "./Backend.ts"
import type { CallbackOf, CallbackRegistry, ErrorOf } from "./Callback.ts"
import * as CallbackEntry from "./CallbackEntry.ts"
import * as Config from "./Config.ts"
import type { ConfigInvalid } from "./Errors.ts"
import type { Contribution } from "./Registry.ts"
import type { StepExecutor } from "./StepExecutor.ts"

export type { Place } from "./CallbackEntry.ts"

type Place = CallbackEntry.Place

/** What every plugin of a config can use. */
export type Provided = CallbackRegistry | Backend | StepExecutor | FileSystem.FileSystem

export interface Plugin<Options, Encoded = unknown, Out = unknown, E = unknown, R = Provided> extends Contribution {
  /** Its name in messages: that of the package. */
  readonly name: string
  /** The schema of its options: a record without the keys `use` and `onFailure`, which are the config entry's own. */
  readonly config: Schema.Codec<Options, Encoded>
  /** Its callbacks, made of decoded options. */
  readonly layer: (options: Options, place: Place) => Layer.Layer<Out, E, R>
  /**
   * The part of its options that decides what a run comes to: it is in the run's hash, and a difference in it alters
   * the trajectory of a resumed run. All of them when absent; `{}` for a plugin that only observes.
   */
  readonly decisive?: (options: Encoded) => { readonly [key: string]: unknown }
  /** The options with which it takes part in passes without training (parameters that it averages, say). Absent: in none. */
  readonly evaluating?: (options: Options) => Options
  /** The files and folders that it writes, relative to the run's folder. */
  readonly files?: (options: Options) => ReadonlyArray<string>
}

/** A plugin that only adds to what configs may name. */
export interface Additions<Entries extends CallbackEntry.CallbackEntries = CallbackEntry.CallbackEntries>
  extends Contribution {
  readonly name: string
  readonly callbacks?: Entries
}

/** The plugin of callbacks that are named: its own options are those of its callbacks, by their names. */
export interface PluginOf<Entries extends CallbackEntry.CallbackEntries>
  extends Plugin<CallbackEntry.Section<Entries>, CallbackEntry.SectionInput<Entries>, any, ConfigInvalid, any> {
  // any: what the callbacks give and need is known to each
  readonly callbacks: Entries
}

/** The plugin of one named callback. */
export interface CallbackPlugin<Options, Encoded, Out, R>
  extends PluginOf<{ readonly [name: string]: CallbackEntry.CallbackEntry<Options, Encoded, Out, R> }> {}

type Section = CallbackEntry.Section<CallbackEntry.CallbackEntries>

const noOptions = Schema.Struct({}).check(
  Schema.isMaxProperties(0, { message: "expected no options: this plugin only adds what configs may name" })
)

/**
 * Keeps the types while a plugin is written down. One that only adds to what configs may name needs no more than that:
 *
 * ```ts
 * export const plugin = Plugin.make({ name: "@me/lion", optimizers: [lion], callbacks: { spikes: Spikes.entry } })
 * ```
 */
export function make<Options, Encoded, Out, E, R>(
  plugin: Plugin<Options, Encoded, Out, E, R>
): Plugin<Options, Encoded, Out, E, R>
export function make<Entries extends CallbackEntry.CallbackEntries = {}>(
  additions: Additions<Entries>
): PluginOf<Entries>
export function make(plugin: Additions | Plugin<any, any, any, any, any>): Plugin<any, any, any, any, any> {
  // any: the overloads say which types go together
  if ("layer" in plugin) return plugin
  const { callbacks = {} } = plugin
  return {
    ...plugin,
    callbacks,
    config: Object.keys(callbacks).length === 0 ? noOptions : CallbackEntry.schemaOf(callbacks),
    layer: (options: Section, place): Layer.Layer<any, ConfigInvalid, any> =>
      CallbackEntry.layerOf(callbacks, options, place),
    decisive: (options: object) => CallbackEntry.decisive(callbacks, options),
    evaluating: (options: object) => CallbackEntry.evaluating(callbacks, options),
    files: (options: object) => CallbackEntry.filesOf(callbacks, options)
  }
}

/** A callback as {@link callback} takes it: its entry, and its name. */
export interface CallbackOptions<Options, Encoded, Out, R>
  extends Omit<CallbackEntry.CallbackEntry<Options, Encoded, Out, R>, "layer"> {
  /** Its name in configs, and its id by default: `earlyStopping`. */
  readonly name: string
  /** Its title in messages, as in "the config of early stopping". Default: its name. */
  readonly title?: string
  /** The callback of decoded options. */
  readonly make: (options: Options, place: Place) => Layer.Layer<Out, ConfigInvalid, R>
}

/** A layer from options as files write them. A monitor among them is a literal, so that `train` knows which values are watched. */
export type LayerOf<Encoded, Out, R> = Encoded extends { readonly monitor: string }
  ? <const Monitor extends string>(
      config: Omit<Encoded, "monitor"> & { readonly monitor: Monitor },
      place?: Place
    ) => Layer.Layer<CallbackOf<ErrorOf<Out>, Monitor>, ConfigInvalid, R>
  : "monitors" extends keyof Encoded
    ? <const Monitor extends string = never>(
        config?: Omit<Encoded, "monitors"> & { readonly monitors?: ReadonlyArray<Monitor> },
        place?: Place
      ) => Layer.Layer<CallbackOf<ErrorOf<Out>, Monitor>, ConfigInvalid, R>
    : {} extends Encoded
      ? (config?: Encoded, place?: Place) => Layer.Layer<Out, ConfigInvalid, R>
      : (config: Encoded, place?: Place) => Layer.Layer<Out, ConfigInvalid, R>

/** The result of {@link callback}. */
export interface NamedCallback<Options, Encoded, Out, R> {
  /** For code: decodes the options, with all problems in `ConfigInvalid`. */
  readonly layer: LayerOf<Encoded, Out, R>
  /** For plugins of several callbacks: `Plugin.make({ name, callbacks: { spikes: Spikes.entry } })`. */
  readonly entry: CallbackEntry.CallbackEntry<Options, Encoded, Out, R>
  /** For a package of this callback alone. */
  readonly plugin: CallbackPlugin<Options, Encoded, Out, R>
}

/**
 * A callback for code and for configs, from one description: its options' schema and what they make.
 *
 * ```ts
 * export const { layer, plugin } = Plugin.callback({
 *   name: "maxSteps",
 *   description: "Ends the run after so many steps",
 *   kind: "controller",
 *   config: Schema.Struct({ steps: Config.count("steps") }),
 *   make: ({ steps }) => Callback.controller({
 *     id: "maxSteps",
 *     hooks: { batchEnd: ({ progress }) => (progress.step < steps ? undefined : Decision.stopRun(`${steps} steps are done`)) }
 *   })
 * })
 * ```
 */
export const callback = <Options, Encoded, Out, R>({
  name,
  title = name,
  make: layerOf,
  ...described
}: CallbackOptions<Options, Encoded, Out, R>): NamedCallback<Options, Encoded, Out, R> => {
  const entry = { ...described, layer: layerOf }
  const layer = (config: unknown = {}, place: Place = { folder: "." }) =>
    Layer.unwrap(
      Effect.map(Config.decode(described.config, config, `the config of ${title}`), (options) =>
        layerOf(options, place)
      )
    )
  // The type of a monitor is in the options that were decoded.
  return {
    layer: layer as LayerOf<Encoded, Out, R>,
    entry,
    plugin: make({ name, callbacks: { [name]: entry } })
  }
}
