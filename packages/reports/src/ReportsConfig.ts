/**
 * Callbacks that look at a run and write what they see, as a config file asks for them: each by its name, with its own options.
 *
 * ```yaml
 * callbacks:
 *   csv: {}
 *   htmlReport: { onFailure: warn }
 * ```
 *
 * `ProgressBar` has a section of its own in run configs, and `ConsoleTable` is its least verbosity; `History`, `EventsFile` and
 * `Replay` are for programs.
 */
import type * as Callback from "@etude/core/Callback"
import { entry, layers, single } from "@etude/core/CallbackEntries"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
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
  Options.withDefault(Schema.NonEmptyString, byDefault, "Where it goes, relative to the run's folder")

/** Every callback of this package that a config may name. */
export const ReportsConfig = Schema.Struct({
  csv: single(entry({ ...Csv.Config.fields, path: inRunFolder("metrics.csv") }), "The ends of epochs as a table"),
  valuesFile: single(
    entry({ ...ValuesFile.Config.fields, path: inRunFolder("values.jsonl") }),
    "Logged steps, validations and epochs as JSON lines"
  ),
  tensorBoard: single(
    entry({ ...TensorBoard.Config.fields, directory: inRunFolder("tensorboard") }),
    "Event files for TensorBoard"
  ),
  htmlReport: single(
    entry({ ...HtmlReport.Config.fields, path: inRunFolder("report.html") }),
    "One HTML file with curves, figures, config and environment"
  ),
  gradientNorms: single(entry(GradientNorms.Config.fields), "Norms of gradients at logged steps"),
  weightNorms: single(entry(WeightNorms.Config.fields), "Norms of parameters at logged steps"),
  memory: single(entry({}), "Tensors and memory at logged steps"),
  throughput: single(entry({}), "Samples per second between logged steps"),
  learningRate: single(entry({}), "The learning rate, and its scale, at logged steps"),
  modelSummary: single(entry({}), "Prints the parameters with their shapes before the first step"),
  timing: single(entry({}), "Prints where the time went, at the end")
})
export type ReportsConfig = typeof ReportsConfig.Type
export type ReportsInput = typeof ReportsConfig.Encoded

const isAbsolute = (path: string): boolean => /^([/\\]|[A-Za-z]:[/\\])/.test(path)

const within = (folder: string, path: string): string => (isAbsolute(path) ? path : `${folder}/${path}`)

/** The files and folders that a config asks for, by path. */
export const filesOf = ({ csv, valuesFile, tensorBoard, htmlReport }: ReportsConfig): ReadonlyArray<string> =>
  [csv?.path, valuesFile?.path, tensorBoard?.directory, htmlReport?.path].filter((path) => path !== undefined)

/**
 * The callbacks that a config asks for, merged. What they need beyond a run is asked for even if none of them needs it.
 * Options that are refused are `ConfigInvalid`; those of a decoded config never are.
 */
export const layerOf = (
  config: ReportsConfig,
  { folder, classes, earlier }: Plugin.Place
): Layer.Layer<
  Callback.CallbackOf<OutputFileError>,
  ConfigInvalid,
  Callback.CallbackRegistry | FileSystem.FileSystem | Terminal
> => {
  const placed = <Own extends { readonly path: string }>(own: Own | undefined) =>
    own === undefined ? undefined : { ...own, path: within(folder, own.path) }
  const { csv, valuesFile, tensorBoard, htmlReport } = config
  return Layer.mergeAll(
    Layer.empty,
    ...layers(placed(csv), Csv.layer),
    ...layers(placed(valuesFile), ValuesFile.layer),
    ...layers(
      tensorBoard === undefined ? undefined : { ...tensorBoard, directory: within(folder, tensorBoard.directory) },
      TensorBoard.layer
    ),
    ...layers(placed(htmlReport), (own: HtmlReport.ConfigInput) =>
      HtmlReport.layer(
        { ...own, ...(own.classes?.length === 0 && classes !== undefined ? { classes } : {}) },
        { earlier: earlier ?? [] }
      )
    ),
    ...layers(config.gradientNorms, GradientNorms.layer),
    ...layers(config.weightNorms, WeightNorms.layer),
    ...layers(config.memory, Resources.memory),
    ...layers(config.throughput, Resources.throughput),
    ...layers(config.learningRate, Resources.learningRate),
    ...layers(config.modelSummary, ModelSummary.layer),
    ...layers(config.timing, Timing.layer)
  )
}

/** All of these as the plugin that this package declares. None of them decides what a run comes to. */
export const plugin = Plugin.make({
  name: "@etude/reports",
  config: ReportsConfig,
  layer: layerOf,
  decisive: () => ({}),
  files: filesOf
})
