/**
 * Callbacks as a config file asks for them: each by its name, with its own options. One entry, or a list of them where a
 * run may have several (two early stoppers with different monitors, say).
 *
 * ```yaml
 * callbacks:
 *   earlyStopping: { monitor: validation/loss, patience: { evaluations: 5 } }
 *   csv: {}
 *   htmlReport: { onFailure: warn }
 * ```
 *
 * `Progress` has a section of its own in run configs, and `ConsoleTable` is its least verbosity; `History`, `EventsFile` and
 * `Replay` are for programs.
 */
import * as Callback from "@etude/core/Callback"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Plugin from "@etude/core/Plugin"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as AdaptiveClipping from "./AdaptiveClipping.ts"
import * as Csv from "./Csv.ts"
import * as EarlyStopping from "./EarlyStopping.ts"
import * as ExponentialMovingAverage from "./ExponentialMovingAverage.ts"
import * as GradientNoise from "./GradientNoise.ts"
import * as GradientNorms from "./GradientNorms.ts"
import * as HtmlReport from "./HtmlReport.ts"
import * as Options from "./internal/options.ts"
import * as LabelSmoothing from "./LabelSmoothing.ts"
import * as MaxTime from "./MaxTime.ts"
import * as Mixup from "./Mixup.ts"
import * as ModelSummary from "./ModelSummary.ts"
import type { OutputFileError } from "./OutputFile.ts"
import * as ReduceOnPlateau from "./ReduceOnPlateau.ts"
import * as Resources from "./Resources.ts"
import * as TensorBoard from "./TensorBoard.ts"
import type { Terminal } from "./Terminal.ts"
import * as TerminateOnNonFinite from "./TerminateOnNonFinite.ts"
import * as Timing from "./Timing.ts"
import * as ValuesFile from "./ValuesFile.ts"
import * as WeightConstraints from "./WeightConstraints.ts"
import * as WeightNorms from "./WeightNorms.ts"
import * as When from "./When.ts"

const onFailure = Options.withDefault(
  Schema.Literals(["fail", "warn"]),
  "fail",
  "When a handler of it fails: end the run with its error, or warn and go on without it"
)
const when = Schema.optionalKey(When.Config).annotate({
  description: "At which positions it is called; everywhere by default"
})

const entry = <Fields extends Schema.Struct.Fields>(fields: Fields) => Schema.Struct({ ...fields, onFailure })
/** What decides may be limited to some positions of the run. */
const decider = <Fields extends Schema.Struct.Fields>(fields: Fields) => entry({ ...fields, when })
const several = <T, E>(one: Schema.Codec<T, E>, description: string) =>
  Schema.optionalKey(Schema.Union([one, Schema.NonEmptyArray(one)])).annotate({ description })
const single = <T, E>(one: Schema.Codec<T, E>, description: string) => Schema.optionalKey(one).annotate({ description })
const inRunFolder = (byDefault: string) =>
  Options.withDefault(Schema.NonEmptyString, byDefault, "Where it goes, relative to the run's folder")

/** Every callback that a config may name. */
export const CallbacksConfig = Schema.Struct({
  earlyStopping: several(decider(EarlyStopping.Config.fields), "Ends the run when a monitor stops getting better"),
  reduceOnPlateau: several(decider(ReduceOnPlateau.Config.fields), "Lowers the learning rate then"),
  maxTime: several(decider(MaxTime.Config.fields), "Ends the run when its time is over"),
  terminateOnNonFinite: single(
    decider(TerminateOnNonFinite.Config.fields),
    "Ends the run when a reported value is NaN or infinite"
  ),
  exponentialMovingAverage: several(
    entry(ExponentialMovingAverage.Config.fields),
    "Averages the parameters; validates and tests with the average"
  ),
  labelSmoothing: several(entry(LabelSmoothing.Config.fields), "Moves targets towards uniform"),
  mixup: single(entry(Mixup.Config.fields), "Trains on blends of pairs of samples"),
  gradientNoise: single(entry(GradientNoise.Config.fields), "Adds falling noise to gradients"),
  adaptiveClipping: several(
    entry(AdaptiveClipping.Config.fields),
    "Limits each unit's gradient by the norm of its weights"
  ),
  weightConstraints: several(entry(WeightConstraints.Config.fields), "Keeps weights within bounds after each update"),
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
export type CallbacksConfig = typeof CallbacksConfig.Type
export type CallbacksInput = typeof CallbacksConfig.Encoded

/** Those that change what a run comes to; the others look on. */
const changing = [
  "earlyStopping",
  "reduceOnPlateau",
  "maxTime",
  "terminateOnNonFinite",
  "exponentialMovingAverage",
  "labelSmoothing",
  "mixup",
  "gradientNoise",
  "adaptiveClipping",
  "weightConstraints"
] as const satisfies ReadonlyArray<keyof CallbacksConfig>

/** The part of a config that decides what a run comes to, for hashes and comparisons. */
export const decisive = (config: CallbacksInput): Pick<CallbacksInput, (typeof changing)[number]> =>
  Object.fromEntries(changing.flatMap((name) => (config[name] === undefined ? [] : [[name, config[name]]])))

/** The part of a config that a pass without training needs too: what says which parameters are evaluated. */
export const evaluating = ({ exponentialMovingAverage }: CallbacksConfig): CallbacksConfig =>
  exponentialMovingAverage === undefined ? {} : { exponentialMovingAverage }

type Built = Layer.Layer<
  Callback.CallbackOf<OutputFileError>,
  ConfigInvalid,
  Callback.CallbackRegistry | FileSystem.FileSystem | Terminal
>

interface Entry {
  readonly onFailure: "fail" | "warn"
  readonly when?: When.Config
}

const isAbsolute = (path: string): boolean => /^([/\\]|[A-Za-z]:[/\\])/.test(path)

const within = (folder: string, path: string): string => (isAbsolute(path) ? path : `${folder}/${path}`)

/** The hooks that `when` is about. At the others a callback learns what it needs, such as when its attempt began. */
const deciding = ["batchEnd", "validationEnd", "epochEnd"] as const

/** The layers of one name's entries: their options as the layer takes them, with policy and positions around. */
const layers = <Own extends Entry>(
  entries: Own | ReadonlyArray<Own> | undefined,
  // any: each layer has an error and a config of its own; a test pairs every name with its layer
  make: (options: any) => Layer.Layer<any, ConfigInvalid, any>
): ReadonlyArray<Built> =>
  [entries ?? []].flat().map(({ onFailure, when, ...options }: any) => {
    const plain = make(options)
    const placed = when === undefined ? plain : When.layer(When.ruleOf(when), plain, deciding)
    return (onFailure === "warn" ? Callback.optional(placed) : placed) as unknown as Built
  })

/** The files and folders that a config asks for, by path. */
export const filesOf = ({ csv, valuesFile, tensorBoard, htmlReport }: CallbacksConfig): ReadonlyArray<string> =>
  [csv?.path, valuesFile?.path, tensorBoard?.directory, htmlReport?.path].filter((path) => path !== undefined)

/**
 * The callbacks that a config asks for, merged. What they need beyond a run is asked for even if none of them needs it.
 * Options that are refused are `ConfigInvalid`; those of a decoded config never are.
 */
export const layerOf = (config: CallbacksConfig, { folder, classes, earlier }: Plugin.Place): Built => {
  const placed = <Own extends { readonly path: string }>(own: Own | undefined) =>
    own === undefined ? undefined : { ...own, path: within(folder, own.path) }
  /** How many classes there are, where the data says and the config does not. */
  const counted = <Own extends { readonly classes?: number }>(own: Own): Own =>
    own.classes !== undefined || classes === undefined ? own : { ...own, classes: classes.length }
  const { csv, valuesFile, tensorBoard, htmlReport } = config
  return Layer.mergeAll(
    Layer.empty,
    ...layers(config.earlyStopping, EarlyStopping.layer),
    ...layers(config.reduceOnPlateau, ReduceOnPlateau.layer),
    ...layers(config.maxTime, MaxTime.layer),
    ...layers(config.terminateOnNonFinite, TerminateOnNonFinite.layer),
    ...layers(config.exponentialMovingAverage, ExponentialMovingAverage.layer),
    ...layers(config.labelSmoothing, (own: LabelSmoothing.ConfigInput) => LabelSmoothing.layer(counted(own))),
    ...layers(config.mixup, (own: Mixup.ConfigInput) => Mixup.layer(counted(own))),
    ...layers(config.gradientNoise, GradientNoise.layer),
    ...layers(config.adaptiveClipping, AdaptiveClipping.layer),
    ...layers(config.weightConstraints, WeightConstraints.layer),
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
  ) as Built
}

/** All of these as the plugin that this package declares: what a run's section `callbacks` asks for. */
export const plugin = Plugin.make({
  name: "@etude/callbacks",
  config: CallbacksConfig,
  layer: layerOf,
  decisive,
  evaluating,
  files: filesOf
})
