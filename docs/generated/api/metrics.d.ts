// The public interface of @etude/metrics. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/metrics
// Namespaces of modules: Aggregation, Best, Classification, ClassificationReport, Confusion,
// Figures, Probabilistic, Ranking, Regression
export { LabelOutOfRange, OptionsInvalid, ShapeMismatch } from "./Errors.ts"
export { evaluate, stateOf } from "./Evaluate.ts"
export { classwise, groups } from "./Groups.ts"

// @etude/metrics/Aggregation
interface Options<Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor> {
  name: string
  better?: Better
  of: (scored: Scored<Out, Target>) => tf.Tensor
}
interface Aggregates<Out extends TensorOrRecord, Target extends TensorOrRecord> {
  mean: Metric<Out, Target, WeightedSum, number>
  sum: Metric<Out, Target, WeightedSum, number>
  min: Metric<Out, Target, Extremes, number>
  max: Metric<Out, Target, Extremes, number>
  variance: Metric<Out, Target, Moments, number>
  standardDeviation: Metric<Out, Target, Moments, number>
}
const Extremes: Schema.Struct<{ min: Schema.Number; max: Schema.Number }>
type Extremes = typeof Extremes.Type
const aggregates: <Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({ name, better, of }: Options<Out, Target>) => Aggregates<Out, Target>
const Window: Schema.Struct<{ values: Schema.$Array<Schema.Number>; weights: Schema.$Array<Schema.Number> }>
type Window = typeof Window.Type
const runningMean: <Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({ name, better, of, window }: Options<Out, Target> & { window: number }) => Metric<Out, Target, Window, number>
const Decaying: Schema.Struct<{ sum: Schema.Number; weight: Schema.Number; factor: Schema.Number }>
type Decaying = typeof Decaying.Type
const exponentialMean: <Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({ name, better, of, decay }: Options<Out, Target> & { decay: number }) => Metric<Out, Target, Decaying, number>

// @etude/metrics/Best
const Best: Schema.NullOr<Schema.Struct<{ value: Schema.Number; at: Schema.Number }>>
type Best = typeof Best.Type
const empty: Best
const combine: (better: Exclude<Better, "neither">) => (a: Best, b: Best) => Best
const of: (value: number, position: number) => Best
const fold: (better: Exclude<Better, "neither">, values: ReadonlyArray<number>) => Option<NonNullable<Best>>

// @etude/metrics/Classification
export type { Average, Averaging } from "./Averages.ts"
export type { Binary, From, Labelling, Multiclass, Multilabel } from "./Labels.ts"
type Averaged = Labelling & Averaging & { average?: Average }
type PerClass = Labelling & Averaging & { average: "none" }
declare type CountsMetric<Value> = Metric<tf.Tensor, tf.Tensor, Counts, Value>
interface Counted {
  (options: PerClass): CountsMetric<ReadonlyArray<number>>
  (options: Averaged): CountsMetric<number>
}
const precision: Counted
const recall: Counted
const specificity: Counted
const jaccard: Counted
const f1: Counted
const fBeta: {
  (options: PerClass & { beta: number }): CountsMetric<ReadonlyArray<number>>
  (options: Averaged & { beta: number }): CountsMetric<number>
}
const accuracy: Counted
const topKAccuracy: (options: Multiclass & { topK: number }) => Metric<tf.Tensor, tf.Tensor, WeightedSum, number>
const exactMatch: (options: Multilabel) => Metric<tf.Tensor, tf.Tensor, WeightedSum, number>

// @etude/metrics/Averages
type Average = "micro" | "macro" | "weighted"
interface Averaging {
  zeroDivision?: number
}

// @etude/metrics/Labels
type From = "logits" | "probabilities" | "labels"
interface Binary {
  task: "binary"
  from?: From
  threshold?: number
  ignore?: number
}
interface Multiclass {
  task: "multiclass"
  classes: number
  from?: From
  topK?: number
  ignore?: number
}
interface Multilabel {
  task: "multilabel"
  labels: number
  from?: From
  threshold?: number
  ignore?: number
}
type Labelling = Binary | Multiclass | Multilabel
const labels: (metric: string, labelling: Labelling, scored: Scored<tf.Tensor, tf.Tensor>) => { predicted: tf.Tensor<tf.Rank>; actual: tf.Tensor<tf.Rank> }

// @etude/metrics/ClassificationReport
interface Row {
  precision: number
  recall: number
  f1: number
  support: number
}
interface ClassificationReport {
  classes: ReadonlyArray<Row & { name: string }>
  accuracy?: number
  micro?: Row
  macro: Row
  weighted: Row
}
const make: (options: (Multiclass | Multilabel) & Averaging & { names?: ReadonlyArray<string> }) => Metric<tf.Tensor, tf.Tensor, Counts, ClassificationReport>
const format: ({ classes, accuracy, micro, macro, weighted }: ClassificationReport) => string

// @etude/metrics/Confusion
export type { Matrix, Normalization } from "./internal/drawn.ts"
const Cells: Schema.Struct<{ cells: Schema.$Array<Schema.Number>; undefined: Schema.Number }>
type Cells = typeof Cells.Type
declare type Single = Binary | Multiclass
const statistics: (options: Single) => Statistics<tf.Tensor<tf.Rank>, tf.Tensor<tf.Rank>, { cells: readonly number[]; undefined: number }>
const rows: ({ cells }: Cells) => Matrix
declare type ConfusionMetric<Value> = Metric<tf.Tensor, tf.Tensor, any, Value>
const normalized: (matrix: Matrix, by: Normalization) => Matrix
declare interface MatrixOptions {
  normalize?: Normalization
  names?: ReadonlyArray<string>
}
const confusionMatrix: {
  (options: Single & MatrixOptions): ConfusionMetric<Matrix>
  (options: Multilabel & MatrixOptions): ConfusionMetric<ReadonlyArray<Matrix>>
}
const matthews: (options: Labelling) => ConfusionMetric<number>
const kappa: (options: Labelling & { distance?: "none" | "linear" | "quadratic" }) => ConfusionMetric<number>
const format: (matrix: Matrix, names?: ReadonlyArray<string>, columns?: number) => string

// @etude/metrics/internal/drawn
type Matrix = ReadonlyArray<ReadonlyArray<number>>
type Normalization = "none" | "truth" | "prediction" | "all"
interface ReliabilityBin {
  from: number
  to: number
  weight: number
  confidence?: number
  accuracy?: number
}
type RocCurve = {
  thresholds: ReadonlyArray<number>
  falsePositiveRate: ReadonlyArray<number>
  truePositiveRate: ReadonlyArray<number>
}
type PrecisionRecallCurve = {
  thresholds: ReadonlyArray<number>
  precision: ReadonlyArray<number>
  recall: ReadonlyArray<number>
}

// @etude/metrics/Errors
export { LabelOutOfRange } from "@etude/core/Errors"
class ShapeMismatch extends Schema.TaggedError<{
  metric: Schema.String
  outputs: Schema.$Array<Schema.Natural>
  targets: Schema.$Array<Schema.Natural>
  expected: Schema.String
}> {}
class OptionsInvalid extends Schema.TaggedError<{ metric: Schema.String; problems: Schema.$Array<Schema.String> }> {}

// @etude/metrics/Evaluate
const stateOf: <Out extends TensorOrRecord, Target extends TensorOrRecord, State>(metric: Metric<Out, Target, State>, scored: Scored<Out, Target>) => State
const evaluate: <Out extends TensorOrRecord, Target extends TensorOrRecord, State, Value>(metric: Metric<Out, Target, State, Value>, scored: Scored<Out, Target>) => Option<Value>

// @etude/metrics/Figures
export type { Figure } from "@etude/core/Figure"
interface Options {
  title?: string
  names?: ReadonlyArray<string>
}
const confusionMatrix: (matrix: Matrix, { title, names, normalize }?: Options & { normalize?: Normalization }) => Figure
const rocCurves: (curves: ReadonlyArray<RocCurve>, { title, names }?: Options) => Figure
const precisionRecallCurves: (curves: ReadonlyArray<PrecisionRecallCurve>, { title, names }?: Options) => Figure
const reliability: (bins: ReadonlyArray<ReliabilityBin>, { title }?: Pick<Options, "title">) => Figure

// @etude/metrics/Groups
const classwise: <Out extends TensorOrRecord, Target extends TensorOrRecord, State, const Name extends string>(metric: Metric<Out, Target, State, ReadonlyArray<number>>, names: ReadonlyArray<Name>) => { readonly [name in `${string}/${Name}`]: Metric<Out, Target, State, number> }
interface GroupsOptions<Out extends TensorOrRecord, Target extends TensorOrRecord, Name extends string> {
  names: ReadonlyArray<Name>
  of: (scored: Scored<Out, Target>) => tf.Tensor
}
const groups: <const Name extends string, Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({ names, of }: GroupsOptions<Out, Target, Name>) => <State, Value>(metric: Metric<Out, Target, State, Value>) => { readonly [name in `${string}/${Name}`]: Metric<Out, Target, State, Value> }

// @etude/metrics/Probabilistic
export type { ReliabilityBin } from "./internal/drawn.ts"
declare type Mean = Metric<tf.Tensor, tf.Tensor, WeightedSum, number>
const logLoss: (options: ScoredTask) => Mean
const perplexity: (options: Omit<ScoredMulticlass, "task">) => Mean
const brier: (options: ScoredTask) => Mean
const Reliability: Schema.Struct<{
  weight: Schema.$Array<Schema.Number>
  confidence: Schema.$Array<Schema.Number>
  right: Schema.$Array<Schema.Number>
}>
type Reliability = typeof Reliability.Type
type CalibrationOptions = ScoredTask & { bins?: number }
const expectedCalibrationError: (options: CalibrationOptions) => Metric<tf.Tensor, tf.Tensor, Reliability, number>
const maximumCalibrationError: (options: CalibrationOptions) => Metric<tf.Tensor, tf.Tensor, Reliability, number>
const reliability: (options: CalibrationOptions) => Metric<tf.Tensor, tf.Tensor, Reliability, ReadonlyArray<ReliabilityBin>>

// @etude/metrics/Ranking
export type { PrecisionRecallCurve, RocCurve } from "./internal/drawn.ts"
const Exact: Schema.Struct<{
  classes: Schema.$Array<Schema.$Array<Schema.Struct<{
    scores: Schema.$Array<Schema.Number>
    positive: Schema.$Array<Schema.Number>
    negative: Schema.$Array<Schema.Number>
  }>>>
  undefined: Schema.Number
}>
const Binned: Schema.Struct<{ bins: Schema.$Array<Schema.Number>; undefined: Schema.Number }>
type Ranked = typeof Exact.Type | typeof Binned.Type
declare type RankedMetric<Value> = Metric<tf.Tensor, tf.Tensor, any, Value>
type Options = ScoredTask & { bins?: number }
declare interface Averages {
  (options: Options & { average: "none" }): RankedMetric<ReadonlyArray<number>>
  (options: Options & { average?: "macro" | "weighted" | "micro" }): RankedMetric<number>
}
const areaUnderRoc: Averages
const averagePrecision: Averages
const rocCurve: (options: Options & { names?: ReadonlyArray<string> }) => RankedMetric<readonly RocCurve[]>
const precisionRecallCurve: (options: Options & { names?: ReadonlyArray<string> }) => RankedMetric<readonly PrecisionRecallCurve[]>

// @etude/metrics/Regression
export { spearman } from "./Spearman.ts"
declare type Mean = Metric<tf.Tensor, tf.Tensor, WeightedSum, number>
const meanAbsoluteError: Mean
const meanSquaredError: Mean
const rootMeanSquaredError: Mean
const meanAbsolutePercentageError: Mean
const symmetricMeanAbsolutePercentageError: Mean
const cosineSimilarity: Mean
interface ByColumn<Kind extends "uniform" | "none" = "uniform" | "none"> {
  columns?: Kind
}
declare type OfColumns<Value> = Metric<tf.Tensor, tf.Tensor, Moments.Columns, Value>
declare interface Columnwise {
  (options: { columns: "none" }): OfColumns<ReadonlyArray<number>>
  (options?: ByColumn<"uniform">): OfColumns<number>
}
const r2: Columnwise
const explainedVariance: Columnwise
const pearson: Columnwise

// @etude/metrics/Spearman
const Pairs: Schema.$Array<Schema.Struct<{
  x: Schema.$Array<Schema.Number>
  y: Schema.$Array<Schema.Number>
  weights: Schema.$Array<Schema.Number>
}>>
type Pairs = typeof Pairs.Type
const spearman: Metric<tf.Tensor, tf.Tensor, Pairs, number>
