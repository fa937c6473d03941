/**
 * Callbacks that observe and record a run, as a config file names them: each by its name, with its own
 * options.
 *
 * ```yaml
 * callbacks:
 *   csv: {}
 *   htmlReport: { onFailure: warn }
 * ```
 *
 * `ProgressBar` has a separate section in run configs, and `ConsoleTable` is its least verbosity; `History`,
 * `EventsFile` and `Replay` are for programs.
 */
import type { CallbackOf, CallbackRegistry } from "@etude/core/Callback"
import * as CallbackEntry from "@etude/core/CallbackEntry"
import * as Config from "@etude/core/Config"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Plugin from "@etude/core/Plugin"
import type { FileSystem } from "effect/FileSystem"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Csv from "./Csv.ts"
import * as GradientNorms from "./GradientNorms.ts"
import * as HtmlReport from "./HtmlReport.ts"
import * as ModelSummary from "./ModelSummary.ts"
import type { OutputFileError } from "./OutputFile.ts"
import * as Resources from "./Resources.ts"
import * as TensorBoard from "./TensorBoard.ts"
import type { Terminal } from "./Terminal.ts"
import * as Timing from "./Timing.ts"
import * as ValuesFile from "./ValuesFile.ts"
import * as WeightNorms from "./WeightNorms.ts"

const inRunFolder = (byDefault: string) =>
  Config.withDefault(Schema.NonEmptyString, byDefault, "Where it goes, relative to the run's folder")

const isAbsolute = (path: string): boolean => /^([/\\]|[A-Za-z]:[/\\])/.test(path)
const within = ({ folder }: Plugin.Place, path: string): string => (isAbsolute(path) ? path : `${folder}/${path}`)

type Described<Options, Encoded, Out, R> = Omit<CallbackEntry.CallbackEntry<Options, Encoded, Out, R>, "kind">

/** An entry of a callback that observes. */
const observer = <Options, Encoded, Out, R>(
  described: Described<Options, Encoded, Out, R>
): CallbackEntry.CallbackEntry<Options, Encoded, Out, R> => ({ ...described, kind: "observer" })

/** One without options. */
const plain = <Out, R>(description: string, layer: Described<{}, {}, Out, R>["layer"]) =>
  observer({ description, config: Schema.Struct({}), layer })

type WithoutFile<Config, Input, R = never> = CallbackEntry.CallbackEntry<
  Config,
  Input,
  CallbackOf,
  CallbackRegistry | R
>
/** An entry of a callback that writes a file: where it goes has a default in the run's folder. */
type WithFile<Config, Input> = CallbackEntry.CallbackEntry<
  Config,
  Partial<Input>,
  CallbackOf<OutputFileError>,
  CallbackRegistry | FileSystem
>

/** The callbacks of this package that a config may name. */
export type Entries = {
  readonly csv: WithFile<Csv.Config, Csv.ConfigInput>
  readonly valuesFile: WithFile<ValuesFile.Config, ValuesFile.ConfigInput>
  readonly tensorBoard: WithFile<TensorBoard.Config, TensorBoard.ConfigInput>
  readonly htmlReport: WithFile<HtmlReport.Config, HtmlReport.ConfigInput>
  readonly gradientNorms: WithoutFile<GradientNorms.Config, GradientNorms.ConfigInput>
  readonly weightNorms: WithoutFile<WeightNorms.Config, WeightNorms.ConfigInput>
  readonly memory: WithoutFile<{}, {}>
  readonly throughput: WithoutFile<{}, {}>
  readonly learningRate: WithoutFile<{}, {}>
  readonly modelSummary: WithoutFile<{}, {}, Terminal>
  readonly timing: WithoutFile<{}, {}, Terminal>
}
export const entries: Entries = {
  csv: observer({
    description: "The ends of epochs as a table",
    config: Schema.Struct({ ...Csv.Config.fields, path: inRunFolder("metrics.csv") }),
    files: ({ path }) => [path],
    layer: (options, place) => Csv.layer({ ...options, path: within(place, options.path) })
  }),
  valuesFile: observer({
    description: "Logged steps, validations and epochs as JSON lines",
    config: Schema.Struct({ ...ValuesFile.Config.fields, path: inRunFolder("values.jsonl") }),
    files: ({ path }) => [path],
    layer: (options, place) => ValuesFile.layer({ ...options, path: within(place, options.path) })
  }),
  tensorBoard: observer({
    description: "Event files for TensorBoard",
    config: Schema.Struct({ ...TensorBoard.Config.fields, directory: inRunFolder("tensorboard") }),
    files: ({ directory }) => [directory],
    layer: (options, place) => TensorBoard.layer({ ...options, directory: within(place, options.directory) })
  }),
  htmlReport: observer({
    description: "One HTML file with curves, figures, config and environment",
    config: Schema.Struct({ ...HtmlReport.Config.fields, path: inRunFolder("report.html") }),
    files: ({ path }) => [path],
    layer: (options, place) => {
      const classes = options.classes.length === 0 ? (place.classes ?? []) : options.classes
      return HtmlReport.layer(
        { ...options, classes, path: within(place, options.path) },
        { earlier: place.earlier ?? [] }
      )
    }
  }),
  gradientNorms: observer({
    description: "Norms of gradients at logged steps",
    config: GradientNorms.Config,
    layer: (options) => GradientNorms.layer(options)
  }),
  weightNorms: observer({
    description: "Norms of parameters at logged steps",
    config: WeightNorms.Config,
    layer: (options) => WeightNorms.layer(options)
  }),
  memory: plain("Tensors and memory at logged steps", () => Resources.memory()),
  throughput: plain("Samples per second between logged steps", () => Resources.throughput()),
  learningRate: plain("The learning rate, and its scale, at logged steps", () => Resources.learningRate()),
  modelSummary: plain("Prints the parameters with their shapes before the first step", () => ModelSummary.layer()),
  timing: plain("Prints where the time went, at the end", () => Timing.layer())
}
export interface ReportsConfig extends CallbackEntry.Section<Entries> {}
export interface ReportsInput extends CallbackEntry.SectionInput<Entries> {}

/** A section with callbacks of this package. */
export const ReportsConfig: Schema.Codec<ReportsConfig, ReportsInput> = CallbackEntry.schemaOf(entries)

/** The files and folders of a config, by path. */
export const filesOf = (config: ReportsConfig): ReadonlyArray<string> => CallbackEntry.filesOf(entries, config)

/** The callbacks of a config, merged. The type requires everything that any of them may need beyond a run. */
export const layerOf = (
  config: ReportsConfig,
  place: Plugin.Place
): Layer.Layer<CallbackOf<OutputFileError>, ConfigInvalid, CallbackRegistry | FileSystem | Terminal> =>
  CallbackEntry.layerOf(entries, config, place)

/** All of these as the plugin that this package declares. None of them decides what a run comes to. */
export const plugin: Plugin.PluginOf<Entries> = Plugin.make({ name: "@etude/reports", callbacks: entries })
