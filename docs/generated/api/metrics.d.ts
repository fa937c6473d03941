// The public interface of @etude/metrics. Made by `npm run generate`.

// @etude/metrics
export * as Aggregation from "./Aggregation.ts";
export * as Best from "./Best.ts";
export * as Classification from "./Classification.ts";
export * as ClassificationReport from "./ClassificationReport.ts";
export * as Confusion from "./Confusion.ts";
export { LabelOutOfRange, OptionsInvalid, ShapeMismatch } from "./Errors.ts";
export { evaluate, stateOf } from "./Evaluate.ts";
export * as Figures from "./Figures.ts";
export { classwise, groups } from "./Groups.ts";
export * as Probabilistic from "./Probabilistic.ts";
export * as Ranking from "./Ranking.ts";
export * as Regression from "./Regression.ts";

// @etude/metrics/Aggregation
export interface Options<Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor> {
  readonly name: string;
  readonly better?: Better;
  readonly of: (scored: Scored<Out, Target>) => tf.Tensor;
}
export interface Aggregates<Out extends TensorOrRecord, Target extends TensorOrRecord> {
  readonly mean: Metric<Out, Target, WeightedSum, number>;
  readonly sum: Metric<Out, Target, WeightedSum, number>;
  readonly min: Metric<Out, Target, Extremes, number>;
  readonly max: Metric<Out, Target, Extremes, number>;
  readonly variance: Metric<Out, Target, Moments.Moments, number>;
  readonly standardDeviation: Metric<Out, Target, Moments.Moments, number>;
}
export declare const Extremes: Schema.Struct<{
  readonly min: Schema.Number;
  readonly max: Schema.Number;
}>;
export type Extremes = typeof Extremes.Type;
export declare const aggregates: <Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({ name, better, of }: Options<Out, Target>) => Aggregates<Out, Target>;
export declare const Window: Schema.Struct<{
  readonly values: Schema.$Array<Schema.Number>;
  readonly weights: Schema.$Array<Schema.Number>;
}>;
export type Window = typeof Window.Type;
export declare const runningMean: <Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({ name, better, of, window }: Options<Out, Target> & {
  readonly window: number;
}) => Metric<Out, Target, Window, number>;
export declare const Decaying: Schema.Struct<{
  readonly sum: Schema.Number;
  readonly weight: Schema.Number;
  readonly factor: Schema.Number;
}>;
export type Decaying = typeof Decaying.Type;
export declare const exponentialMean: <Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({ name, better, of, decay }: Options<Out, Target> & {
  readonly decay: number;
}) => Metric<Out, Target, Decaying, number>;

// @etude/metrics/Best
export declare const Best: Schema.NullOr<Schema.Struct<{
  readonly value: Schema.Number;
  readonly at: Schema.Number;
}>>;
export type Best = typeof Best.Type;
export declare const empty: Best;
export declare const combine: (better: Exclude<Better, "neither">) => (a: Best, b: Best) => Best;
export declare const of: (value: number, position: number) => Best;
export declare const fold: (better: Exclude<Better, "neither">, values: ReadonlyArray<number>) => Option.Option<NonNullable<Best>>;

// @etude/metrics/Classification
export type { Average, Averaging } from "./Averages.ts";
export type { Binary, From, Labelling, Multiclass, Multilabel } from "./Labels.ts";
export type Averaged = Labelling & Averaging & {
  readonly average?: Average;
};
export type PerClass = Labelling & Averaging & {
  readonly average: "none";
};
type CountsMetric<Value> = Metric<tf.Tensor, tf.Tensor, Counts.Counts, Value>;
export interface Counted {
  (options: PerClass): CountsMetric<ReadonlyArray<number>>;
  (options: Averaged): CountsMetric<number>;
}
export declare const precision: Counted;
export declare const recall: Counted;
export declare const specificity: Counted;
export declare const jaccard: Counted;
export declare const f1: Counted;
export declare const fBeta: {
  (options: PerClass & {
    readonly beta: number;
  }): CountsMetric<ReadonlyArray<number>>;
  (options: Averaged & {
    readonly beta: number;
  }): CountsMetric<number>;
};
export declare const accuracy: Counted;
export declare const topKAccuracy: (options: Multiclass & {
  readonly topK: number;
}) => Metric<tf.Tensor, tf.Tensor, WeightedSum, number>;
export declare const exactMatch: (options: Multilabel) => Metric<tf.Tensor, tf.Tensor, WeightedSum, number>;

// @etude/metrics/Averages
export type Average = "micro" | "macro" | "weighted";
export interface Averaging {
  readonly zeroDivision?: number;
}
export interface Positives {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}
export declare const positives: ({ both, predicted, actual, all }: Counts) => ReadonlyArray<Positives>;
export type Ratio = (counts: Positives) => readonly [numerator: number, denominator: number];
export declare const perClass: (ratio: Ratio, counts: Counts, zeroDivision?: number) => ReadonlyArray<number>;
export declare const hasData: (counts: Counts) => boolean;
export declare const average: (labelling: Labelling, kind: Average, ratio: Ratio, counts: Counts, zeroDivision?: number) => Option.Option<number>;

// @etude/metrics/Labels
export type From = "logits" | "probabilities" | "labels";
export interface Binary {
  readonly task: "binary";
  readonly from?: From;
  readonly threshold?: number;
  readonly ignore?: number;
}
export interface Multiclass {
  readonly task: "multiclass";
  readonly classes: number;
  readonly from?: From;
  readonly topK?: number;
  readonly ignore?: number;
}
export interface Multilabel {
  readonly task: "multilabel";
  readonly labels: number;
  readonly from?: From;
  readonly threshold?: number;
  readonly ignore?: number;
}
export type Labelling = Binary | Multiclass | Multilabel;
export declare const classesOf: (labelling: Labelling) => number;
export declare const labellingOf: (options: Labelling) => Labelling;
export declare const checkLabelling: (metric: string, options: Labelling) => void;
export declare const classTargets: (metric: string, { classes, from }: Multiclass, scored: Scored<tf.Tensor, tf.Tensor>) => tf.Tensor;
export declare const labels: (metric: string, labelling: Labelling, scored: Scored<tf.Tensor, tf.Tensor>) => {
  predicted: tf.Tensor<tf.Rank>;
  actual: tf.Tensor<tf.Rank>;
};
export declare const given: <Given extends object>(scored: Scored<tf.Tensor, tf.Tensor>, tensors: Given & Tensors, weights: tf.Tensor | undefined) => Given & {
  readonly weights?: tf.Tensor;
} & Tensors;
export declare const measureLabels: (options: Labelling) => (scored: Scored<tf.Tensor, tf.Tensor>) => {
  predicted: tf.Tensor<tf.Rank>;
  actual: tf.Tensor<tf.Rank>;
} & {
  readonly weights?: tf.Tensor;
} & Tensors;
export interface MeasuredTargets {
  readonly actual: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
}
export interface MeasuredLabels extends MeasuredTargets {
  readonly predicted: ArrayLike<number>;
}
type Targets = {
  readonly task: "multiclass";
  readonly classes: number;
  readonly ignore?: number;
} | {
  readonly task: "binary" | "multilabel";
  readonly ignore?: number;
};
export declare const forEachTarget: (metric: string, task: Targets, { actual, weights }: MeasuredTargets, each: (label: number, weight: number, element: number) => void | boolean) => void;
export declare const forEachLabel: (metric: string, labelling: Labelling, { predicted, ...measured }: MeasuredLabels, each: (truth: number, guess: number, weight: number, element: number) => void) => number;
export declare const countPairs: (labelling: Labelling, { predicted, actual, weights }: MeasuredLabels) => Array<number> | undefined;

// @etude/metrics/ClassificationReport
export interface Row {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}
export interface ClassificationReport {
  readonly classes: ReadonlyArray<Row & {
    readonly name: string;
  }>;
  readonly accuracy?: number;
  readonly micro?: Row;
  readonly macro: Row;
  readonly weighted: Row;
}
export declare const make: (options: (Multiclass | Multilabel) & Averaging & {
  readonly names?: ReadonlyArray<string>;
}) => Metric<tf.Tensor, tf.Tensor, Counts.Counts, ClassificationReport>;
export declare const format: ({ classes, accuracy, micro, macro, weighted }: ClassificationReport) => string;

// @etude/metrics/Confusion
export type { Matrix, Normalization } from "./internal/drawn.ts";
export declare const Cells: Schema.Struct<{
  readonly cells: Schema.$Array<Schema.Number>;
  readonly undefined: Schema.Number;
}>;
export type Cells = typeof Cells.Type;
type Single = Binary | Multiclass;
export declare const statistics: (options: Single) => Statistics<tf.Tensor<tf.Rank>, tf.Tensor<tf.Rank>, {
  readonly cells: readonly number[];
  readonly undefined: number;
}>;
export declare const rows: ({ cells }: Cells) => Matrix;
type ConfusionMetric<Value> = Metric<tf.Tensor, tf.Tensor, any, Value>;
export declare const normalized: (matrix: Matrix, by: Normalization) => Matrix;
interface MatrixOptions {
  readonly normalize?: Normalization;
  readonly names?: ReadonlyArray<string>;
}
export declare const confusionMatrix: {
  (options: Single & MatrixOptions): ConfusionMetric<Matrix>;
  (options: Multilabel & MatrixOptions): ConfusionMetric<ReadonlyArray<Matrix>>;
};
export declare const matthews: (options: Labelling) => ConfusionMetric<number>;
export declare const kappa: (options: Labelling & {
  readonly distance?: "none" | "linear" | "quadratic";
}) => ConfusionMetric<number>;
export declare const format: (matrix: Matrix, names?: ReadonlyArray<string>, columns?: number) => string;

// @etude/metrics/internal/drawn
export type Matrix = ReadonlyArray<ReadonlyArray<number>>;
export type Normalization = "none" | "truth" | "prediction" | "all";
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  readonly confidence?: number;
  readonly accuracy?: number;
}
export type RocCurve = {
  readonly thresholds: ReadonlyArray<number>;
  readonly falsePositiveRate: ReadonlyArray<number>;
  readonly truePositiveRate: ReadonlyArray<number>;
};
export type PrecisionRecallCurve = {
  readonly thresholds: ReadonlyArray<number>;
  readonly precision: ReadonlyArray<number>;
  readonly recall: ReadonlyArray<number>;
};

// @etude/metrics/Errors
export { LabelOutOfRange } from "@etude/core/Errors";
declare const ShapeMismatch_base: Schema.Class<ShapeMismatch, Schema.TaggedStruct<"ShapeMismatch", {
  readonly metric: Schema.String;
  readonly outputs: Schema.$Array<Schema.Natural>;
  readonly targets: Schema.$Array<Schema.Natural>;
  readonly expected: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class ShapeMismatch extends ShapeMismatch_base {
  get message(): string;
}
declare const OptionsInvalid_base: Schema.Class<OptionsInvalid, Schema.TaggedStruct<"OptionsInvalid", {
  readonly metric: Schema.String;
  readonly problems: Schema.$Array<Schema.String>;
}>, import("effect/Cause").YieldableError>;
export declare class OptionsInvalid extends OptionsInvalid_base {
  get message(): string;
}

// @etude/metrics/Evaluate
export declare const stateOf: <Out extends TensorOrRecord, Target extends TensorOrRecord, State>(metric: Metric<Out, Target, State, unknown>, scored: Scored<Out, Target>) => State;
export declare const evaluate: <Out extends TensorOrRecord, Target extends TensorOrRecord, State, Value>(metric: Metric<Out, Target, State, Value>, scored: Scored<Out, Target>) => Option.Option<Value>;

// @etude/metrics/Figures
export type { Figure } from "@etude/core/Figure";
export interface Options {
  readonly title?: string;
  readonly names?: ReadonlyArray<string>;
}
export declare const confusionMatrix: (matrix: Matrix, { title, names, normalize }?: Options & {
  readonly normalize?: Normalization;
}) => Figure;
export declare const rocCurves: (curves: ReadonlyArray<RocCurve>, { title, names }?: Options) => Figure;
export declare const precisionRecallCurves: (curves: ReadonlyArray<PrecisionRecallCurve>, { title, names }?: Options) => Figure;
export declare const reliability: (bins: ReadonlyArray<ReliabilityBin>, { title }?: Pick<Options, "title">) => Figure;

// @etude/metrics/Groups
export declare const classwise: <Out extends TensorOrRecord, Target extends TensorOrRecord, State, const Name extends string>(metric: Metric<Out, Target, State, ReadonlyArray<number>>, names: ReadonlyArray<Name>) => { readonly [name in `${string}/${Name}`]: Metric<Out, Target, State, number>; };
export interface GroupsOptions<Out extends TensorOrRecord, Target extends TensorOrRecord, Name extends string> {
  readonly names: ReadonlyArray<Name>;
  readonly of: (scored: Scored<Out, Target>) => tf.Tensor;
}
export declare const groups: <const Name extends string, Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({ names, of }: GroupsOptions<Out, Target, Name>) => <State, Value>(metric: Metric<Out, Target, State, Value>) => { readonly [name in `${string}/${Name}`]: Metric<Out, Target, State, Value>; };

// @etude/metrics/Probabilistic
export type { ReliabilityBin } from "./internal/drawn.ts";
type Mean = Metric<tf.Tensor, tf.Tensor, WeightedSum, number>;
export declare const logLoss: (options: ScoredTask) => Mean;
export declare const perplexity: (options: Omit<ScoredMulticlass, "task">) => Mean;
export declare const brier: (options: ScoredTask) => Mean;
export declare const Reliability: Schema.Struct<{
  readonly weight: Schema.$Array<Schema.Number>;
  readonly confidence: Schema.$Array<Schema.Number>;
  readonly right: Schema.$Array<Schema.Number>;
}>;
export type Reliability = typeof Reliability.Type;
export type CalibrationOptions = ScoredTask & {
  readonly bins?: number;
};
export declare const expectedCalibrationError: (options: CalibrationOptions) => Metric<tf.Tensor, tf.Tensor, Reliability, number>;
export declare const maximumCalibrationError: (options: CalibrationOptions) => Metric<tf.Tensor, tf.Tensor, Reliability, number>;
export declare const reliability: (options: CalibrationOptions) => Metric<tf.Tensor, tf.Tensor, Reliability, ReadonlyArray<ReliabilityBin>>;

// @etude/metrics/Ranking
export type { PrecisionRecallCurve, RocCurve } from "./internal/drawn.ts";
export declare const Exact: Schema.Struct<{
  readonly classes: Schema.$Array<Schema.$Array<Schema.Struct<{
    readonly scores: Schema.$Array<Schema.Number>;
    readonly positive: Schema.$Array<Schema.Number>;
    readonly negative: Schema.$Array<Schema.Number>;
  }>>>;
  readonly undefined: Schema.Number;
}>;
export declare const Binned: Schema.Struct<{
  readonly bins: Schema.$Array<Schema.Number>;
  readonly undefined: Schema.Number;
}>;
export type Ranked = typeof Exact.Type | typeof Binned.Type;
type RankedMetric<Value> = Metric<tf.Tensor, tf.Tensor, any, Value>;
export type Options = ScoredTask & {
  readonly bins?: number;
};
interface Averages {
  (options: Options & {
    readonly average: "none";
  }): RankedMetric<ReadonlyArray<number>>;
  (options: Options & {
    readonly average?: "macro" | "weighted" | "micro";
  }): RankedMetric<number>;
}
export declare const areaUnderRoc: Averages;
export declare const averagePrecision: Averages;
export declare const rocCurve: (options: Options & {
  readonly names?: ReadonlyArray<string>;
}) => RankedMetric<readonly RocCurve[]>;
export declare const precisionRecallCurve: (options: Options & {
  readonly names?: ReadonlyArray<string>;
}) => RankedMetric<readonly PrecisionRecallCurve[]>;

// @etude/metrics/Regression
export { spearman } from "./Spearman.ts";
type Mean = Metric<tf.Tensor, tf.Tensor, WeightedSum, number>;
export declare const meanAbsoluteError: Mean;
export declare const meanSquaredError: Mean;
export declare const rootMeanSquaredError: Mean;
export declare const meanAbsolutePercentageError: Mean;
export declare const symmetricMeanAbsolutePercentageError: Mean;
export declare const cosineSimilarity: Mean;
export interface ByColumn<Kind extends "uniform" | "none" = "uniform" | "none"> {
  readonly columns?: Kind;
}
type OfColumns<Value> = Metric<tf.Tensor, tf.Tensor, Moments.Columns, Value>;
interface Columnwise {
  (options: {
    readonly columns: "none";
  }): OfColumns<ReadonlyArray<number>>;
  (options?: ByColumn<"uniform">): OfColumns<number>;
}
export declare const r2: Columnwise;
export declare const explainedVariance: Columnwise;
export declare const pearson: Columnwise;

// @etude/metrics/Spearman
export declare const Pairs: Schema.$Array<Schema.Struct<{
  readonly x: Schema.$Array<Schema.Number>;
  readonly y: Schema.$Array<Schema.Number>;
  readonly weights: Schema.$Array<Schema.Number>;
}>>;
export type Pairs = typeof Pairs.Type;
export declare const spearman: Metric<tf.Tensor, tf.Tensor, Pairs, number>;
