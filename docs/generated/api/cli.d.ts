// The public interface of @etude/cli. Made by `npm run generate`.

// @etude/cli
export * as ConfigFile from "./ConfigFile.ts";
export * as ExitCode from "./ExitCode.ts";
export * as Load from "./Load.ts";
export * as RunConfig from "./RunConfig.ts";
export * as RunFolder from "./RunFolder.ts";
export * as SavedModel from "./SavedModel.ts";

// @etude/cli/ConfigFile
export declare const parse: (text: string, source: string) => Effect.Effect<unknown, ConfigInvalid>;
export declare const read: (path: string) => Effect.Effect<unknown, ConfigInvalid | FileUnreadable>;
export interface Override {
  readonly path: ReadonlyArray<string>;
  readonly value: unknown;
  readonly problem?: Problem;
}
export declare const overridesOf: (assignments: ReadonlyArray<string>) => ReadonlyArray<Override>;
export declare const problemsOf: (overrides: ReadonlyArray<Override>) => ReadonlyArray<Problem>;
export declare const override: (document: unknown, overrides: ReadonlyArray<Override>) => unknown;
export declare const toYaml: (value: unknown) => string;

// @etude/cli/ExitCode
export declare const meanings: {
  readonly 0: "success";
  readonly 1: "a run failed after it had started, or a defect";
  readonly 2: "the command, config, experiment or a path is unusable; nothing started";
  readonly 3: "the data is unreadable or unusable";
  readonly 4: "the backend is unavailable";
  readonly 130: "interrupted (Ctrl-C)";
};
export type ExitCode = keyof typeof meanings;
export declare const of: (error: unknown) => ExitCode;

// @etude/cli/Load
export interface Loaded {
  readonly experiment: ExperimentModule.AnyExperiment;
  readonly config: RunConfig.RunConfigOf<any>;
  readonly encoded: RunConfig.RunConfigEncoded;
  readonly plugins: ReadonlyArray<Plugins.Configured>;
  readonly registry: RegistryService;
  readonly from: string;
  readonly optionsFrom: string;
  readonly hash: string;
  readonly setting: Setting;
}
export declare const fromDocument: (document: unknown, source: string, folder: string) => Effect.Effect<Loaded, ConfigInvalid | ExperimentNotLoaded>;
export declare const fromFile: (file: string, overrides: ReadonlyArray<ConfigFile.Override>) => Effect.Effect<Loaded, ConfigInvalid | ExperimentNotLoaded | FileUnreadable>;

// @etude/cli/RunConfig
export declare const backends: readonly ["auto", "native", "wasm", "cpu"];
export declare const executors: readonly ["auto", "native", "wasm", "graph", "eager"];
export interface RunConfigOf<Options> {
  readonly $schema?: string;
  readonly use: string;
  readonly from?: string;
  readonly optionsFrom?: string;
  readonly options: Options;
  readonly loss?: NamedLosses.Named;
  readonly train: TrainConfig.TrainConfig;
  readonly backend: (typeof backends)[number];
  readonly executor: (typeof executors)[number];
  readonly runs: string;
  readonly checkpoints: SavingConfig.SavingConfig;
  readonly callbacks: BuiltIn.Callbacks;
  readonly plugins: ReadonlyArray<Plugins.Entry>;
  readonly console: ProgressBar.Config;
}
export interface RunConfigEncodedOf<Encoded> {
  readonly $schema?: string;
  readonly use: string;
  readonly from?: string;
  readonly optionsFrom?: string;
  readonly options?: Encoded;
  readonly loss?: NamedLosses.Named;
  readonly train?: TrainConfig.TrainConfigEncoded;
  readonly backend?: (typeof backends)[number];
  readonly executor?: (typeof executors)[number];
  readonly runs?: string;
  readonly checkpoints?: SavingConfig.SavingConfigEncoded;
  readonly callbacks?: BuiltIn.CallbacksInput;
  readonly plugins?: ReadonlyArray<Plugins.EntryEncoded>;
  readonly console?: ProgressBar.ConfigInput;
}
export declare const schemaFor: <Options, Encoded>(options: Schema.Codec<Options, Encoded>, registry?: RegistryService) => Schema.Codec<RunConfigOf<Options>, RunConfigEncodedOf<Encoded>>;
export interface RunConfig extends RunConfigOf<JsonRecord> {
}
export interface RunConfigEncoded extends RunConfigEncodedOf<JsonRecord> {
}
export declare const RunConfig: Schema.Codec<RunConfig, RunConfigEncoded>;
interface JsonRecord {
  readonly [name: string]: Schema.Json;
}
export declare const hash: ({ use, options, loss, train }: RunConfigEncoded, plugins: ReadonlyArray<Plugins.Configured>) => Effect.Effect<string>;
export declare const settingOf: ({ use, options, loss, checkpoints }: RunConfigEncoded, decisiveOptions: unknown, configured: ReadonlyArray<Plugins.Configured>) => Setting;

// @etude/cli/RunFolder
export interface RunFolder {
  readonly path: string;
  readonly remove: Effect.Effect<void>;
}
export declare const configFile: (folder: string) => string;
export declare const schemaFile: (folder: string) => string;
export declare const eventsFile: (folder: string) => string;
export declare const reportFile: (folder: string) => string;
export declare const checkpointsFolder: (folder: string) => string;
export declare const figureFile: (folder: string, metric: string) => string;
export declare const modelFile: (folder: string) => string;
export declare const weightsFile: (folder: string, weights: "best" | "last") => string;
export declare const files: ReadonlyArray<string>;
export declare const nameOf: (experiment: string, time: Date, hash: string) => string;
export declare const byTime: (a: string, b: string) => number;
export declare const make: (runs: string, name: string) => Effect.Effect<RunFolder, RunNotWritten>;
export declare const Guard: Context.Reference<Effect.Effect<void, {
  readonly message: string;
}, never>>;
export declare const write: (file: string, content: string | Uint8Array) => Effect.Effect<void, RunNotWritten>;
export declare const writeJson: (file: string, value: unknown) => Effect.Effect<void, RunNotWritten>;
export declare const setAside: (file: string) => Effect.Effect<string, RunNotWritten>;

// @etude/cli/SavedModel
export type Weights = "best" | "last";
export interface Description {
  readonly experiment: string;
  readonly configHash: string;
}
export declare const write: (folder: string, state: TrainState.TrainState, { experiment, configHash }: Description) => Effect.Effect<void, RunNotWritten>;
export declare const describe: ({ plain: { endedWith, progress } }: TrainState.TrainState) => string;
export declare const read: (folder: string, task: Task, seed: number, weights?: Weights) => Effect.Effect<TrainState.TrainState, RunUnusable, Scope.Scope>;
