// The public interface of @etude/reports. Made by `npm run generate`.

// @etude/reports
export * as Completion from "./Completion.ts";
export * as ConsoleTable from "./ConsoleTable.ts";
export * as Csv from "./Csv.ts";
export * as Ending from "./Ending.ts";
export * as EventSinks from "./EventSinks.ts";
export * as EventsFile from "./EventsFile.ts";
export * as FileObserver from "./FileObserver.ts";
export * as GradientNorms from "./GradientNorms.ts";
export * as History from "./History.ts";
export * as HtmlReport from "./HtmlReport.ts";
export * as ModelSummary from "./ModelSummary.ts";
export * as NodeTerminal from "./NodeTerminal.ts";
export * as OutputFile from "./OutputFile.ts";
export * as ProgressBar from "./ProgressBar.ts";
export * as Replay from "./Replay.ts";
export * as Report from "./Report.ts";
export * as ReportsConfig from "./ReportsConfig.ts";
export * as Resources from "./Resources.ts";
export * as TensorBoard from "./TensorBoard.ts";
export * as Terminal from "./Terminal.ts";
export * as TestTerminal from "./TestTerminal.ts";
export * as Timeline from "./Timeline.ts";
export * as Timing from "./Timing.ts";
export * as ValuesFile from "./ValuesFile.ts";
export * as WeightNorms from "./WeightNorms.ts";

// @etude/reports/Completion
export interface Completed {
  readonly events: ReadonlyArray<Event.Known>;
  readonly added: ReadonlyArray<HistoryEntry>;
}
export declare const complete: (log: ReadonlyArray<Event.Known>, plain: Plain, monitors: Monitors.Monitors) => Completed;

// @etude/reports/ConsoleTable
export declare const layer: () => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry | Terminal>;

// @etude/reports/Csv
export declare const Config: Schema.Struct<{
  readonly path: Schema.NonEmptyString;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "csv";
export declare const parse: (text: string) => ReadonlyArray<ReadonlyArray<string>>;
export declare const layer: (config: ConfigInput) => FileObserver.FileObserver;

// @etude/reports/Ending
export interface Ended {
  readonly status: "ended" | "interrupted" | "failed" | "unfinished";
  readonly reason: string;
  readonly config: Schema.Json;
  readonly counts: {
    readonly epochs: number;
    readonly steps: number;
    readonly samples: number;
  };
}
export interface Ending {
  readonly word: "finished" | "stopped" | "interrupted" | "failed" | "unfinished";
  readonly detail: string;
}
export declare const of: (ended: Ended) => Ending;
export declare const sentence: (ended: Ended) => string;

// @etude/reports/EventSinks
export declare const combine: <const Layers extends ReadonlyArray<Layer.Layer<never, any, any>>>(...layers: Layers) => Layer.Layer<never, Layer.Error<Layers[number]>, Layer.Services<Layers[number]>>;
export declare const memory: (events: Array<Event.Known>) => Layer.Layer<never>;

// @etude/reports/EventsFile
declare const EventsFileError_base: Schema.Class<EventsFileError, Schema.TaggedStruct<"EventsFileError", {
  readonly path: Schema.String;
  readonly reason: Schema.Literals<readonly ["missing", "unreadable", "corrupt", "unwritable"]>;
  readonly problems: Schema.$Array<Schema.String>;
  readonly cause: Schema.optionalKey<Schema.Defect>;
}>, Cause.YieldableError>;
export declare class EventsFileError extends EventsFileError_base {
  get message(): string;
}
export interface Read {
  readonly events: ReadonlyArray<Event.Event>;
  readonly torn: string | undefined;
}
export declare const parse: (text: string, path: string) => Effect.Effect<Read, EventsFileError>;
export interface Recovered {
  readonly events: ReadonlyArray<Event.Event>;
  readonly problems: ReadonlyArray<string>;
}
export declare const recover: (text: string) => Recovered;
export declare const readDamaged: (path: string) => Effect.Effect<Recovered, never, FileSystem.FileSystem>;
export declare const textOf: (events: ReadonlyArray<Event.Known>) => string;
export declare const read: (path: string) => Effect.Effect<Read, EventsFileError, FileSystem.FileSystem>;
export interface Options {
  readonly path: string;
  readonly capacity?: number;
  readonly guard?: Effect.Effect<void, {
    readonly message: string;
  }>;
}
export declare const layer: ({ path, capacity, guard }: Options) => Layer.Layer<never, EventsFileError, FileSystem.FileSystem>;

// @etude/reports/FileObserver
export type FileObserver = Layer.Layer<Callback.CallbackOf<OutputFileError>, ConfigInvalid, Callback.CallbackRegistry | FileSystem.FileSystem>;
export declare const path: Schema.NonEmptyString;
export declare const flushEverySteps: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;

// @etude/reports/GradientNorms
declare const fields: {
  each: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "gradientNorms";
export declare const norms: (gradients: Tensors.Tensors, each: boolean) => Tensors.Tensors;
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/reports/History
export declare const EpochRow: Schema.Struct<{
  readonly epoch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly samples: Schema.Natural;
  readonly learningRate: Schema.Number;
  readonly seconds: Schema.Number;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
}>;
export type EpochRow = typeof EpochRow.Type;
export declare const Row: Schema.Struct<{
  readonly epoch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly samples: Schema.Natural;
  readonly learningRate: Schema.Number;
  readonly seconds: Schema.Number;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly midEpoch: Schema.optionalKey<Schema.Boolean>;
}>;
export type Row = typeof Row.Type;
export declare const ValidationRow: Schema.Struct<{
  readonly epoch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly samples: Schema.Natural;
  readonly name: Schema.String;
  readonly seconds: Schema.Number;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
}>;
export type ValidationRow = typeof ValidationRow.Type;
export declare const StepRow: Schema.Struct<{
  readonly epoch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly samples: Schema.Natural;
  readonly learningRate: Schema.Number;
  readonly samplesPerSecond: Schema.Number;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly measured: Schema.optionalKey<Schema.$Record<Schema.String, Schema.$Record<Schema.String, Schema.Number>>>;
}>;
export type StepRow = typeof StepRow.Type;
export interface History {
  readonly epochs: ReadonlyArray<EpochRow>;
  readonly validations: ReadonlyArray<ValidationRow>;
  readonly steps: ReadonlyArray<StepRow>;
}
export declare const fold: (events: Iterable<Event.Event>) => History;
export declare const rows: (events: Iterable<Event.Event>) => ReadonlyArray<Row>;
export declare const observer: () => {
  readonly layer: Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry>;
  readonly current: () => History;
};

// @etude/reports/HtmlReport
export declare const Config: Schema.Struct<{
  readonly path: Schema.NonEmptyString;
  readonly classes: Schema.withDecodingDefaultKey<Schema.Codec<readonly string[], readonly string[], never, never>, never>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "htmlReport";
export interface RenderOptions {
  readonly full?: {
    readonly [set: string]: Callback.Full;
  };
  readonly test?: Callback.Full;
  readonly classes?: ReadonlyArray<string>;
}
export declare const render: (events: Iterable<Event.Event>, options?: RenderOptions) => Option.Option<string>;
export interface Earlier {
  readonly earlier?: ReadonlyArray<Event.Known>;
}
export declare const layer: (config: ConfigInput, { earlier }?: Earlier) => FileObserver.FileObserver;

// @etude/reports/ModelSummary
export declare const id = "modelSummary";
export declare const summary: (parameters: Tensors, statistics?: Tensors) => ReadonlyArray<string>;
export declare const layer: () => Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry | Terminal>;

// @etude/reports/NodeTerminal
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly write: (text: string) => boolean;
  readonly on: (event: "error", listener: (error: Error) => void) => unknown;
  readonly off: (event: "error", listener: (error: Error) => void) => unknown;
}
export declare const hasColors: (stream: {
  readonly isTTY?: boolean | undefined;
}, env?: {
  readonly [name: string]: string | undefined;
}) => boolean;
export declare const layerOf: (stream: OutputStream) => Layer.Layer<Terminal>;
export declare const layer: Layer.Layer<Terminal>;

// @etude/reports/OutputFile
declare const OutputFileError_base: Schema.Class<OutputFileError, Schema.TaggedStruct<"OutputFileError", {
  readonly callback: Schema.String;
  readonly path: Schema.String;
  readonly reason: Schema.String;
  readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class OutputFileError extends OutputFileError_base {
  get message(): string;
}
export interface Written {
  readonly bytes: number;
  readonly waitedSeconds: number;
}
export interface OutputFile {
  readonly begin: (path: string, rewrite?: (text: string) => string) => void;
  readonly write: (data: string | Uint8Array) => void;
  readonly flush: Effect.Effect<void, OutputFileError>;
  readonly close: Effect.Effect<void>;
  readonly check: (path: string) => Effect.Effect<ReadonlyArray<Problem>>;
  readonly written: () => Written;
}
export declare const folderOf: (path: string) => string;
export declare const make: (callback: string) => Effect.Effect<OutputFile, never, FileSystem.FileSystem | Scope.Scope>;
export declare const flushing: (file: OutputFile, everySteps: number) => {
  trainBegin: () => Effect.Effect<void, OutputFileError, never>;
  validationEnd: () => Effect.Effect<void, OutputFileError, never>;
  epochEnd: () => Effect.Effect<void, OutputFileError, never>;
  checkpointSaved: () => Effect.Effect<void, OutputFileError, never>;
  trainEnd: () => Effect.Effect<void, OutputFileError, never>;
  testEnd: () => Effect.Effect<void, OutputFileError, never>;
  batchEnd: {
    when: ({ step }: Progress) => boolean;
    run: (_event: HookEvents["batchEnd"]) => Effect.Effect<void, OutputFileError, never>;
  };
};

// @etude/reports/ProgressBar
declare const fields: {
  verbosity: Schema.withDecodingDefaultKey<Schema.Codec<"minimal" | "standard" | "verbose", "minimal" | "standard" | "verbose", never, never>, never>;
  everySteps: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "progress";
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry | Terminal>;

// @etude/reports/Replay
declare const ReplayIncomplete_base: Schema.Class<ReplayIncomplete, Schema.TaggedStruct<"ReplayIncomplete", {
  readonly callbacks: Schema.$Array<Schema.String>;
  readonly after: import("@etude/core/Progress").ProgressSchema;
}>, import("effect/Cause").YieldableError>;
export declare class ReplayIncomplete extends ReplayIncomplete_base {
  get message(): string;
}
export interface Decided {
  readonly callback: string;
  readonly decision: Decision;
  readonly epoch: number;
  readonly batch: number;
  readonly step: number;
}
export interface Replayed {
  readonly decisions: ReadonlyArray<Decided>;
  readonly recorded: ReadonlyArray<Decided>;
  readonly report: Option.Option<Report.Report>;
}
export declare const run: <Out, LE, R>(events: Iterable<Event.Event>, callbacks: Layer.Layer<Out, LE, R>) => Effect.Effect<Replayed, ReplayIncomplete | PreflightFailed | LE | Callback.ErrorOf<Out> | CallbackFailed, Exclude<Exclude<R, Callback.CallbackRegistry>, Scope.Scope>>;

// @etude/reports/Report
export declare const Report: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly task: Schema.String;
  readonly seed: Schema.Int;
  readonly config: Schema.Codec<Schema.Json, Schema.Json, never, never>;
  readonly backend: Schema.Struct<{
    readonly name: Schema.String;
    readonly version: Schema.String;
    readonly device: Schema.String;
    readonly reason: Schema.String;
  }>;
  readonly executor: Schema.String;
  readonly parameters: Schema.Natural;
  readonly trainSamples: Schema.Natural;
  readonly batchesPerEpoch: Schema.Natural;
  readonly status: Schema.Literals<readonly ["ended", "interrupted", "failed", "unfinished"]>;
  readonly reason: Schema.String;
  readonly error: Schema.optionalKey<Schema.String>;
  readonly attempts: Schema.Natural;
  readonly counts: Schema.Struct<{
    readonly epochs: Schema.Natural;
    readonly steps: Schema.Natural;
    readonly samples: Schema.Natural;
    readonly skipped: Schema.Struct<{
      readonly empty: Schema.Natural;
      readonly controller: Schema.Natural;
      readonly nonFinite: Schema.Natural;
    }>;
    readonly rollbacks: Schema.Natural;
  }>;
  readonly history: Schema.$Array<Schema.Struct<{
    readonly epoch: Schema.Natural;
    readonly step: Schema.Natural;
    readonly samples: Schema.Natural;
    readonly learningRate: Schema.Number;
    readonly seconds: Schema.Number;
    readonly values: Schema.$Record<Schema.String, Schema.Number>;
    readonly midEpoch: Schema.optionalKey<Schema.Boolean>;
  }>>;
  readonly monitors: Schema.withDecodingDefaultKey<Schema.Codec<Monitors.Monitors, Monitors.Monitors, never, never>, never>;
  readonly best: Schema.$Record<Schema.String, Schema.Codec<Best, Best, never, never>>;
  readonly endedWith: Schema.optionalKey<Schema.Codec<Core.EndedWith, Core.EndedWith, never, never>>;
  readonly test: Schema.optionalKey<Schema.Struct<{
    readonly step: Schema.Natural;
    readonly samples: Schema.Natural;
    readonly values: Schema.$Record<Schema.String, Schema.Number>;
    readonly results: Schema.optionalKey<Schema.$Record<Schema.String, Schema.Codec<Schema.Json, Schema.Json, never, never>>>;
    readonly seconds: Schema.Number;
  }>>;
  readonly warnings: Schema.$Array<Schema.String>;
  readonly checkpoints: Schema.$Array<Schema.String>;
  readonly seconds: Schema.Struct<{
    readonly total: Schema.Number;
    readonly epochs: Schema.Number;
    readonly validation: Schema.Number;
    readonly test: Schema.Number;
  }>;
}>;
export type Report = typeof Report.Type;
export declare const encode: (report: Report) => string;
export declare const decode: (input: unknown, options?: import("effect/SchemaAST").ParseOptions) => Effect.Effect<{
  readonly version: 1;
  readonly task: string;
  readonly seed: number;
  readonly config: Schema.Json;
  readonly backend: {
    readonly name: string;
    readonly version: string;
    readonly device: string;
    readonly reason: string;
  };
  readonly executor: string;
  readonly parameters: number;
  readonly trainSamples: number;
  readonly batchesPerEpoch: number;
  readonly status: "ended" | "failed" | "interrupted" | "unfinished";
  readonly reason: string;
  readonly error?: string;
  readonly attempts: number;
  readonly counts: {
    readonly epochs: number;
    readonly steps: number;
    readonly samples: number;
    readonly skipped: {
      readonly empty: number;
      readonly controller: number;
      readonly nonFinite: number;
    };
    readonly rollbacks: number;
  };
  readonly history: readonly {
    readonly epoch: number;
    readonly step: number;
    readonly samples: number;
    readonly learningRate: number;
    readonly seconds: number;
    readonly values: {
      readonly [x: string]: number;
    };
    readonly midEpoch?: boolean;
  }[];
  readonly monitors: Monitors.Monitors;
  readonly best: {
    readonly [x: string]: Best;
  };
  readonly endedWith?: Core.EndedWith;
  readonly test?: {
    readonly step: number;
    readonly samples: number;
    readonly values: {
      readonly [x: string]: number;
    };
    readonly results?: {
      readonly [x: string]: Schema.Json;
    };
    readonly seconds: number;
  };
  readonly warnings: readonly string[];
  readonly checkpoints: readonly string[];
  readonly seconds: {
    readonly total: number;
    readonly epochs: number;
    readonly validation: number;
    readonly test: number;
  };
}, Schema.SchemaError, never>;
export declare const fold: (all: Iterable<Event.Event>) => Option.Option<Report>;

// @etude/reports/ReportsConfig
export declare const entries: {
  csv: CallbackEntry.CallbackEntry<{
    readonly id?: string;
    readonly path: string;
  }, {
    readonly id?: string;
    readonly path?: string;
  }, import("@etude/core/Callback").CallbackOf<import("./OutputFile.ts").OutputFileError, never>, import("@etude/core/Callback").CallbackRegistry | import("effect/FileSystem").FileSystem>;
  valuesFile: CallbackEntry.CallbackEntry<{
    readonly flushEverySteps: number;
    readonly id?: string;
    readonly path: string;
  }, {
    readonly flushEverySteps?: number;
    readonly id?: string;
    readonly path?: string;
  }, import("@etude/core/Callback").CallbackOf<import("./OutputFile.ts").OutputFileError, never>, import("@etude/core/Callback").CallbackRegistry | import("effect/FileSystem").FileSystem>;
  tensorBoard: CallbackEntry.CallbackEntry<{
    readonly flushEverySteps: number;
    readonly id?: string;
    readonly directory: string;
  }, {
    readonly flushEverySteps?: number;
    readonly id?: string;
    readonly directory?: string;
  }, import("@etude/core/Callback").CallbackOf<import("./OutputFile.ts").OutputFileError, never>, import("@etude/core/Callback").CallbackRegistry | import("effect/FileSystem").FileSystem>;
  htmlReport: CallbackEntry.CallbackEntry<{
    readonly classes: readonly string[];
    readonly id?: string;
    readonly path: string;
  }, {
    readonly classes?: readonly string[];
    readonly id?: string;
    readonly path?: string;
  }, import("@etude/core/Callback").CallbackOf<import("./OutputFile.ts").OutputFileError, never>, import("@etude/core/Callback").CallbackRegistry | import("effect/FileSystem").FileSystem>;
  gradientNorms: CallbackEntry.CallbackEntry<GradientNorms.Config, GradientNorms.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  weightNorms: CallbackEntry.CallbackEntry<WeightNorms.Config, WeightNorms.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  memory: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  throughput: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  learningRate: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  modelSummary: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry | import("./Terminal.ts").Terminal>;
  timing: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry | import("./Terminal.ts").Terminal>;
};
export interface ReportsConfig extends CallbackEntry.Section<typeof entries> {
}
export interface ReportsInput extends CallbackEntry.SectionInput<typeof entries> {
}
export declare const ReportsConfig: Schema.Codec<ReportsConfig, ReportsInput>;
export declare const filesOf: (config: ReportsConfig) => ReadonlyArray<string>;
export declare const layerOf: (config: ReportsConfig, place: Plugin.Place) => import("effect/Layer").Layer<import("@etude/core/Callback").CallbackOf<import("./OutputFile.ts").OutputFileError, never> | import("@etude/core/Callback").CallbackOf<never, never> | import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, import("@etude/core/Callback").CallbackRegistry | import("effect/FileSystem").FileSystem | import("./Terminal.ts").Terminal>;
export declare const plugin: Plugin.PluginOf<{
  csv: CallbackEntry.CallbackEntry<{
    readonly id?: string;
    readonly path: string;
  }, {
    readonly id?: string;
    readonly path?: string;
  }, import("@etude/core/Callback").CallbackOf<import("./OutputFile.ts").OutputFileError, never>, import("@etude/core/Callback").CallbackRegistry | import("effect/FileSystem").FileSystem>;
  valuesFile: CallbackEntry.CallbackEntry<{
    readonly flushEverySteps: number;
    readonly id?: string;
    readonly path: string;
  }, {
    readonly flushEverySteps?: number;
    readonly id?: string;
    readonly path?: string;
  }, import("@etude/core/Callback").CallbackOf<import("./OutputFile.ts").OutputFileError, never>, import("@etude/core/Callback").CallbackRegistry | import("effect/FileSystem").FileSystem>;
  tensorBoard: CallbackEntry.CallbackEntry<{
    readonly flushEverySteps: number;
    readonly id?: string;
    readonly directory: string;
  }, {
    readonly flushEverySteps?: number;
    readonly id?: string;
    readonly directory?: string;
  }, import("@etude/core/Callback").CallbackOf<import("./OutputFile.ts").OutputFileError, never>, import("@etude/core/Callback").CallbackRegistry | import("effect/FileSystem").FileSystem>;
  htmlReport: CallbackEntry.CallbackEntry<{
    readonly classes: readonly string[];
    readonly id?: string;
    readonly path: string;
  }, {
    readonly classes?: readonly string[];
    readonly id?: string;
    readonly path?: string;
  }, import("@etude/core/Callback").CallbackOf<import("./OutputFile.ts").OutputFileError, never>, import("@etude/core/Callback").CallbackRegistry | import("effect/FileSystem").FileSystem>;
  gradientNorms: CallbackEntry.CallbackEntry<GradientNorms.Config, GradientNorms.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  weightNorms: CallbackEntry.CallbackEntry<WeightNorms.Config, WeightNorms.ConfigInput, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  memory: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  throughput: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  learningRate: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  modelSummary: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry | import("./Terminal.ts").Terminal>;
  timing: CallbackEntry.CallbackEntry<{}, {}, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry | import("./Terminal.ts").Terminal>;
}>;

// @etude/reports/Resources
type Observer = Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry>;
export declare const memory: () => Observer;
export declare const throughput: () => Observer;
export declare const learningRate: () => Observer;

// @etude/reports/TensorBoard
export declare const Config: Schema.Struct<{
  readonly directory: Schema.NonEmptyString;
  readonly flushEverySteps: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "tensorBoard";
type Summary = {
  readonly scalars?: Values;
  readonly texts?: {
    readonly [tag: string]: string;
  };
};
export declare const encode: (point: {
  readonly step: number;
  readonly wallTime: number;
}, content: Summary | {
  readonly fileVersion: string;
} | {
  readonly sessionStart: true;
}) => Uint8Array;
export declare const layer: (config: ConfigInput) => FileObserver.FileObserver;

// @etude/reports/Terminal
export interface TerminalService {
  readonly write: (text: string) => void;
  readonly columns: () => number;
  readonly isTerminal: boolean;
  readonly colors?: boolean;
}
declare const Terminal_base: Context.ServiceClass<Terminal, "@etude/reports/Terminal", TerminalService>;
export declare class Terminal extends Terminal_base {
}

// @etude/reports/TestTerminal
export interface TestTerminal {
  readonly layer: Layer.Layer<Terminal>;
  readonly writes: ReadonlyArray<string>;
  readonly screen: () => ReadonlyArray<string>;
  readonly isCursorVisible: () => boolean;
  readonly cursorColumn: () => number;
  readonly wraps: () => number;
  readonly resize: (columns: number) => void;
}
export declare const make: (options?: {
  readonly columns?: number;
  readonly isTerminal?: boolean;
  readonly colors?: boolean;
}) => TestTerminal;

// @etude/reports/Timeline
export declare const effective: (events: Iterable<Event.Event>) => ReadonlyArray<Event.Event>;
export declare const until: (events: Iterable<Event.Event>, position: Progress) => ReadonlyArray<Event.Event>;

// @etude/reports/Timing
export declare const id = "timing";
export interface Share {
  readonly part: string;
  readonly times: number;
  readonly seconds: number;
}
export declare const makeSum: () => {
  add: (part: Callback.TimedPart, milliseconds: number) => void;
  shares: () => ReadonlyArray<Share>;
};
export declare const lines: (shares: ReadonlyArray<Share>, wholeSeconds: number) => ReadonlyArray<string>;
export declare const layer: () => Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry | Terminal>;

// @etude/reports/ValuesFile
export declare const Config: Schema.Struct<{
  readonly path: Schema.NonEmptyString;
  readonly flushEverySteps: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "valuesFile";
export declare const Row: Schema.Struct<{
  readonly epoch: Schema.Natural;
  readonly batch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly samples: Schema.Natural;
  readonly elapsedSeconds: Schema.Finite;
  readonly kind: Schema.Literals<readonly ["step", "validation", "epoch", "test"]>;
  readonly learningRate: Schema.optionalKey<Schema.Number>;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly measured: Schema.optionalKey<Schema.$Record<Schema.String, Schema.$Record<Schema.String, Schema.Number>>>;
}>;
export type Row = typeof Row.Type;
export declare const parse: (text: string) => ReadonlyArray<Row>;
export declare const layer: (config: ConfigInput) => FileObserver.FileObserver;

// @etude/reports/WeightNorms
declare const fields: {
  each: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  match: Schema.withDecodingDefaultKey<Schema.Codec<string | readonly string[], string | readonly string[], never, never>, never>;
  id: Schema.optionalKey<Schema.NonEmptyString>;
};
export interface Config extends Schema.Struct.Type<typeof fields> {
}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {
}
export declare const Config: OptionsSchema<Config, ConfigInput>;
export declare const id = "weightNorms";
export declare const norms: (tensors: Tensors.Tensors, each?: boolean) => {
  readonly [path: string]: number;
};
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;
