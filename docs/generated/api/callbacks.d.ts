// The public interface of @etude/callbacks. Made by `npm run generate`.

// @etude/callbacks
export * as AdaptiveClipping from "./AdaptiveClipping.ts";
export * as CallbacksConfig from "./CallbacksConfig.ts";
export * as Completion from "./Completion.ts";
export * as ConsoleTable from "./ConsoleTable.ts";
export * as Csv from "./Csv.ts";
export * as EarlyStopping from "./EarlyStopping.ts";
export * as Ending from "./Ending.ts";
export * as EventSinks from "./EventSinks.ts";
export * as EventsFile from "./EventsFile.ts";
export * as ExponentialMovingAverage from "./ExponentialMovingAverage.ts";
export * as GradientNoise from "./GradientNoise.ts";
export * as GradientNorms from "./GradientNorms.ts";
export * as History from "./History.ts";
export * as HtmlReport from "./HtmlReport.ts";
export * as LabelSmoothing from "./LabelSmoothing.ts";
export * as MaxTime from "./MaxTime.ts";
export * as Mixup from "./Mixup.ts";
export * as ModelSummary from "./ModelSummary.ts";
export * as NodeTerminal from "./NodeTerminal.ts";
export * as OutputFile from "./OutputFile.ts";
export * as Plateau from "./Plateau.ts";
export * as Progress from "./Progress.ts";
export * as ReduceOnPlateau from "./ReduceOnPlateau.ts";
export * as Replay from "./Replay.ts";
export * as Report from "./Report.ts";
export * as Resources from "./Resources.ts";
export * as TensorBoard from "./TensorBoard.ts";
export * as Terminal from "./Terminal.ts";
export * as TerminateOnNonFinite from "./TerminateOnNonFinite.ts";
export * as TestTerminal from "./TestTerminal.ts";
export * as Timeline from "./Timeline.ts";
export * as Timing from "./Timing.ts";
export * as ValuesFile from "./ValuesFile.ts";
export * as WeightConstraints from "./WeightConstraints.ts";
export * as WeightNorms from "./WeightNorms.ts";
export * as When from "./When.ts";

// @etude/callbacks/AdaptiveClipping
export declare const Config: Schema.Struct<{
  readonly clipping: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly epsilon: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly except: Schema.withDecodingDefaultKey<Schema.Codec<string | readonly string[], string | readonly string[], never, never>, never>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "adaptiveClipping";
export declare const clipGradient: (gradient: tf.Tensor, parameter: tf.Tensor, { clipping, epsilon }: Pick<Config, "clipping" | "epsilon">) => tf.Tensor;
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/CallbacksConfig
export declare const CallbacksConfig: Schema.Struct<{
  readonly earlyStopping: Schema.optionalKey<Schema.Union<readonly [Schema.Codec<{
    readonly monitor: string;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, {
    readonly monitor: string;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, never, never>, Schema.NonEmptyArray<Schema.Codec<{
    readonly monitor: string;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, {
    readonly monitor: string;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, never, never>>]>>;
  readonly reduceOnPlateau: Schema.optionalKey<Schema.Union<readonly [Schema.Codec<{
    readonly monitor: string;
    readonly factor: number;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, {
    readonly monitor: string;
    readonly factor?: number;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly cooldown?: number;
    readonly minimumScale?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, never, never>, Schema.NonEmptyArray<Schema.Codec<{
    readonly monitor: string;
    readonly factor: number;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, {
    readonly monitor: string;
    readonly factor?: number;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly cooldown?: number;
    readonly minimumScale?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, never, never>>]>>;
  readonly maxTime: Schema.optionalKey<Schema.Union<readonly [Schema.Codec<{
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, {
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, never, never>, Schema.NonEmptyArray<Schema.Codec<{
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, {
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, never, never>>]>>;
  readonly terminateOnNonFinite: Schema.optionalKey<Schema.Codec<{
    readonly monitors?: readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, {
    readonly monitors?: readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, never, never>>;
  readonly exponentialMovingAverage: Schema.optionalKey<Schema.Union<readonly [Schema.Codec<{
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>, Schema.NonEmptyArray<Schema.Codec<{
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>>]>>;
  readonly labelSmoothing: Schema.optionalKey<Schema.Union<readonly [Schema.Codec<{
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>, Schema.NonEmptyArray<Schema.Codec<{
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>>]>>;
  readonly mixup: Schema.optionalKey<Schema.Codec<{
    readonly alpha: number;
    readonly per: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly alpha?: number;
    readonly per?: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>>;
  readonly gradientNoise: Schema.optionalKey<Schema.Codec<{
    readonly eta: number;
    readonly gamma: number;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly eta?: number;
    readonly gamma?: number;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>>;
  readonly adaptiveClipping: Schema.optionalKey<Schema.Union<readonly [Schema.Codec<{
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>, Schema.NonEmptyArray<Schema.Codec<{
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>>]>>;
  readonly weightConstraints: Schema.optionalKey<Schema.Union<readonly [Schema.Codec<{
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>, Schema.NonEmptyArray<Schema.Codec<{
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>>]>>;
  readonly csv: Schema.optionalKey<Schema.Codec<{
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly path: string;
  }, {
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly path?: string;
  }, never, never>>;
  readonly valuesFile: Schema.optionalKey<Schema.Codec<{
    readonly flushEverySteps: number;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly path: string;
  }, {
    readonly flushEverySteps?: number;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly path?: string;
  }, never, never>>;
  readonly tensorBoard: Schema.optionalKey<Schema.Codec<{
    readonly flushEverySteps: number;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly directory: string;
  }, {
    readonly flushEverySteps?: number;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly directory?: string;
  }, never, never>>;
  readonly htmlReport: Schema.optionalKey<Schema.Codec<{
    readonly classes: readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly path: string;
  }, {
    readonly classes?: readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly path?: string;
  }, never, never>>;
  readonly gradientNorms: Schema.optionalKey<Schema.Codec<{
    readonly each: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly each?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>>;
  readonly weightNorms: Schema.optionalKey<Schema.Codec<{
    readonly each: boolean;
    readonly match: string | readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, {
    readonly each?: boolean;
    readonly match?: string | readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, never, never>>;
  readonly memory: Schema.optionalKey<Schema.Codec<{
    readonly onFailure: "fail" | "warn";
  }, {
    readonly onFailure?: "fail" | "warn";
  }, never, never>>;
  readonly throughput: Schema.optionalKey<Schema.Codec<{
    readonly onFailure: "fail" | "warn";
  }, {
    readonly onFailure?: "fail" | "warn";
  }, never, never>>;
  readonly learningRate: Schema.optionalKey<Schema.Codec<{
    readonly onFailure: "fail" | "warn";
  }, {
    readonly onFailure?: "fail" | "warn";
  }, never, never>>;
  readonly modelSummary: Schema.optionalKey<Schema.Codec<{
    readonly onFailure: "fail" | "warn";
  }, {
    readonly onFailure?: "fail" | "warn";
  }, never, never>>;
  readonly timing: Schema.optionalKey<Schema.Codec<{
    readonly onFailure: "fail" | "warn";
  }, {
    readonly onFailure?: "fail" | "warn";
  }, never, never>>;
}>;
export type CallbacksConfig = typeof CallbacksConfig.Type;
export type CallbacksInput = typeof CallbacksConfig.Encoded;
declare const changing: readonly ["earlyStopping", "reduceOnPlateau", "maxTime", "terminateOnNonFinite", "exponentialMovingAverage", "labelSmoothing", "mixup", "gradientNoise", "adaptiveClipping", "weightConstraints"];
export declare const decisive: (config: CallbacksInput) => Pick<CallbacksInput, (typeof changing)[number]>;
export declare const evaluating: ({ exponentialMovingAverage }: CallbacksConfig) => CallbacksConfig;
type Built = Layer.Layer<Callback.CallbackOf<OutputFileError>, ConfigInvalid, Callback.CallbackRegistry | FileSystem.FileSystem | Terminal>;
export declare const filesOf: ({ csv, valuesFile, tensorBoard, htmlReport }: CallbacksConfig) => ReadonlyArray<string>;
export declare const layerOf: (config: CallbacksConfig, { folder, classes, earlier }: Plugin.Place) => Built;
export declare const plugin: Plugin.Plugin<{
  readonly earlyStopping?: {
    readonly monitor: string;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  } | readonly [{
    readonly monitor: string;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, ...{
    readonly monitor: string;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }[]];
  readonly reduceOnPlateau?: {
    readonly monitor: string;
    readonly factor: number;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  } | readonly [{
    readonly monitor: string;
    readonly factor: number;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, ...{
    readonly monitor: string;
    readonly factor: number;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }[]];
  readonly maxTime?: {
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  } | readonly [{
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, ...{
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }[]];
  readonly terminateOnNonFinite?: {
    readonly monitors?: readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  };
  readonly exponentialMovingAverage?: {
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  } | readonly [{
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, ...{
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }[]];
  readonly labelSmoothing?: {
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  } | readonly [{
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, ...{
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }[]];
  readonly mixup?: {
    readonly alpha: number;
    readonly per: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  };
  readonly gradientNoise?: {
    readonly eta: number;
    readonly gamma: number;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  };
  readonly adaptiveClipping?: {
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  } | readonly [{
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, ...{
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }[]];
  readonly weightConstraints?: {
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  } | readonly [{
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }, ...{
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  }[]];
  readonly csv?: {
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly path: string;
  };
  readonly valuesFile?: {
    readonly flushEverySteps: number;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly path: string;
  };
  readonly tensorBoard?: {
    readonly flushEverySteps: number;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly directory: string;
  };
  readonly htmlReport?: {
    readonly classes: readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
    readonly path: string;
  };
  readonly gradientNorms?: {
    readonly each: boolean;
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  };
  readonly weightNorms?: {
    readonly each: boolean;
    readonly match: string | readonly string[];
    readonly id?: string;
    readonly onFailure: "fail" | "warn";
  };
  readonly memory?: {
    readonly onFailure: "fail" | "warn";
  };
  readonly throughput?: {
    readonly onFailure: "fail" | "warn";
  };
  readonly learningRate?: {
    readonly onFailure: "fail" | "warn";
  };
  readonly modelSummary?: {
    readonly onFailure: "fail" | "warn";
  };
  readonly timing?: {
    readonly onFailure: "fail" | "warn";
  };
}, {
  readonly earlyStopping?: {
    readonly monitor: string;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  } | readonly [{
    readonly monitor: string;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, ...{
    readonly monitor: string;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }[]];
  readonly reduceOnPlateau?: {
    readonly monitor: string;
    readonly factor?: number;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly cooldown?: number;
    readonly minimumScale?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  } | readonly [{
    readonly monitor: string;
    readonly factor?: number;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly cooldown?: number;
    readonly minimumScale?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, ...{
    readonly monitor: string;
    readonly factor?: number;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly cooldown?: number;
    readonly minimumScale?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }[]];
  readonly maxTime?: {
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  } | readonly [{
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }, ...{
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  }[]];
  readonly terminateOnNonFinite?: {
    readonly monitors?: readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly when?: {
      readonly every?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      };
      readonly onceAt?: import("@etude/core/Extent").Position;
      readonly before?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
      readonly after?: {
        readonly epochs: number;
      } | {
        readonly steps: number;
      } | {
        readonly samples: number;
      };
    };
  };
  readonly exponentialMovingAverage?: {
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  } | readonly [{
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, ...{
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }[]];
  readonly labelSmoothing?: {
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  } | readonly [{
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, ...{
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }[]];
  readonly mixup?: {
    readonly alpha?: number;
    readonly per?: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  };
  readonly gradientNoise?: {
    readonly eta?: number;
    readonly gamma?: number;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  };
  readonly adaptiveClipping?: {
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  } | readonly [{
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, ...{
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }[]];
  readonly weightConstraints?: {
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  } | readonly [{
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }, ...{
    readonly constraints: readonly [{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }, ...{
      readonly match: string | readonly string[];
      readonly constraint: {
        readonly _tag: "MaxNorm";
        readonly maximum: number;
      } | {
        readonly _tag: "NonNegative";
      } | {
        readonly _tag: "UnitNorm";
      };
    }[]];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  }[]];
  readonly csv?: {
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly path?: string;
  };
  readonly valuesFile?: {
    readonly flushEverySteps?: number;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly path?: string;
  };
  readonly tensorBoard?: {
    readonly flushEverySteps?: number;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly directory?: string;
  };
  readonly htmlReport?: {
    readonly classes?: readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
    readonly path?: string;
  };
  readonly gradientNorms?: {
    readonly each?: boolean;
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  };
  readonly weightNorms?: {
    readonly each?: boolean;
    readonly match?: string | readonly string[];
    readonly id?: string;
    readonly onFailure?: "fail" | "warn";
  };
  readonly memory?: {
    readonly onFailure?: "fail" | "warn";
  };
  readonly throughput?: {
    readonly onFailure?: "fail" | "warn";
  };
  readonly learningRate?: {
    readonly onFailure?: "fail" | "warn";
  };
  readonly modelSummary?: {
    readonly onFailure?: "fail" | "warn";
  };
  readonly timing?: {
    readonly onFailure?: "fail" | "warn";
  };
}, Callback.CallbackOf<OutputFileError, never>, ConfigInvalid, Callback.CallbackRegistry | FileSystem.FileSystem | Terminal>;

// @etude/callbacks/Completion
export interface Completed {
  readonly events: ReadonlyArray<Event.Known>;
  readonly added: ReadonlyArray<HistoryEntry>;
}
export declare const complete: (log: ReadonlyArray<Event.Known>, plain: Plain, monitors: Monitors.Monitors) => Completed;

// @etude/callbacks/ConsoleTable
export declare const layer: () => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry | Terminal>;

// @etude/callbacks/Csv
export declare const Config: Schema.Struct<{
  readonly path: Schema.NonEmptyString;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "csv";
export declare const parse: (text: string) => ReadonlyArray<ReadonlyArray<string>>;
export declare const layer: (config: ConfigInput) => Layer.Layer<Callback.CallbackOf<OutputFile.OutputFileError>, ConfigInvalid, Callback.CallbackRegistry | FileSystem.FileSystem>;

// @etude/callbacks/EarlyStopping
export declare const Config: Schema.Struct<{
  readonly monitor: Schema.String;
  readonly patience: Schema.withDecodingDefaultKey<Schema.Codec<Extent.Patience, Extent.Patience, never, never>, never>;
  readonly minimumDelta: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly baseline: Schema.optionalKey<Schema.Finite>;
  readonly start: Schema.optionalKey<Schema.Codec<Extent.Position, Extent.Position, never, never>>;
  readonly restoreBest: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput<Monitor extends string = string> = Omit<typeof Config.Encoded, "monitor"> & {
  readonly monitor: Monitor;
};
export declare const idOf: (monitor: string) => string;
export declare const layer: <const Monitor extends string>(config: ConfigInput<Monitor>) => Layer.Layer<Callback.CallbackOf<never, Monitor>, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/Ending
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

// @etude/callbacks/EventSinks
export declare const combine: <const Layers extends ReadonlyArray<Layer.Layer<never, any, any>>>(...layers: Layers) => Layer.Layer<never, Layer.Error<Layers[number]>, Layer.Services<Layers[number]>>;
export declare const memory: (events: Array<Event.Known>) => Layer.Layer<never>;

// @etude/callbacks/EventsFile
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

// @etude/callbacks/ExponentialMovingAverage
export declare const Config: Schema.Struct<{
  readonly decay: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly warmup: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly match: Schema.withDecodingDefaultKey<Schema.Codec<string | readonly string[], string | readonly string[], never, never>, never>;
  readonly evaluate: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "exponentialMovingAverage";
export declare const update: (average: Tensors.Tensors, parameters: Tensors.Tensors, decay: number | tf.Tensor) => Tensors.Tensors;
export declare const decayAt: (step: number, { decay, warmup }: Pick<Config, "decay" | "warmup">) => number;
export declare const averaged: (state: TrainState, callback?: string) => Tensors.Tensors;
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/GradientNoise
export declare const Config: Schema.Struct<{
  readonly eta: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly gamma: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "gradientNoise";
export declare const deviationAt: (step: number, { eta, gamma }: Pick<Config, "eta" | "gamma">) => number;
export declare const addNoise: (gradients: Tensors.Tensors, random: RandomBits.StepRandom, deviation: number | tf.Tensor) => Tensors.Tensors;
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/GradientNorms
export declare const Config: Schema.Struct<{
  readonly each: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "gradientNorms";
export declare const norms: (gradients: Tensors.Tensors, each: boolean) => Tensors.Tensors;
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/History
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

// @etude/callbacks/HtmlReport
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
  readonly classes?: ReadonlyArray<string>;
}
export declare const render: (events: Iterable<Event.Event>, options?: RenderOptions) => Option.Option<string>;
export interface Earlier {
  readonly earlier?: ReadonlyArray<Event.Known>;
}
export declare const layer: (config: ConfigInput, { earlier }?: Earlier) => Layer.Layer<Callback.CallbackOf<OutputFile.OutputFileError>, ConfigInvalid, Callback.CallbackRegistry | FileSystem.FileSystem>;

// @etude/callbacks/LabelSmoothing
export declare const Config: Schema.Struct<{
  readonly smoothing: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly classes: Schema.optionalKey<Schema.Int>;
  readonly target: Schema.optionalKey<Schema.String>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "labelSmoothing";
export declare const smoothLabels: (targets: tf.Tensor, smoothing: number, classes?: number, kind?: "classes" | "elements") => tf.Tensor;
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/MaxTime
export declare const Config: Schema.Struct<{
  readonly minutes: Schema.Finite;
  readonly of: Schema.withDecodingDefaultKey<Schema.Codec<"attempt" | "run", "attempt" | "run", never, never>, never>;
  readonly save: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "maxTime";
export declare const layer: (config: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/Mixup
export declare const Config: Schema.Struct<{
  readonly alpha: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly per: Schema.withDecodingDefaultKey<Schema.Codec<"batch" | "sample", "batch" | "sample", never, never>, never>;
  readonly classes: Schema.optionalKey<Schema.Int>;
  readonly target: Schema.optionalKey<Schema.String>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "mixup";
export interface MixOptions {
  readonly classes?: number | undefined;
  readonly target?: string | undefined;
  readonly kinds?: {
    readonly [target: string]: TargetKind;
  } | undefined;
}
export declare const mix: (batch: TensorBatch, lambda: tf.Tensor, { classes, target, kinds }?: MixOptions) => TensorBatch;
export declare const drawLambda: (alpha: number) => (random: RandomBits.StepRandom, count: number) => tf.Tensor;
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/ModelSummary
export declare const id = "modelSummary";
export declare const summary: (parameters: Tensors, statistics?: Tensors) => ReadonlyArray<string>;
export declare const layer: () => Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry | Terminal>;

// @etude/callbacks/NodeTerminal
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

// @etude/callbacks/OutputFile
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

// @etude/callbacks/Plateau
export interface Rule {
  readonly better: Better;
  readonly patience: Patience;
  readonly minimumDelta: number;
  readonly baseline?: number | undefined;
  readonly start?: Position | undefined;
}
export declare const State: Schema.Struct<{
  readonly best: Schema.NullOr<Schema.Number>;
  readonly waited: Schema.Natural;
  readonly epoch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly batch: Schema.withDecodingDefaultKey<Schema.Natural, never>;
  readonly begun: Schema.Boolean;
}>;
export type State = typeof State.Type;
export declare const initial: State;
export declare const improves: (value: number, best: number | undefined, better: Better, minimumDelta?: number) => boolean;
export declare const next: (rule: Rule, state: State, value: number, progress: Progress) => readonly [state: State, exhausted: boolean];

// @etude/callbacks/Progress
export declare const Config: Schema.Struct<{
  readonly verbosity: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["minimal", "standard", "verbose"]>, never>;
  readonly everySteps: Schema.withDecodingDefaultKey<Schema.Int, never>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "progress";
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry | Terminal>;

// @etude/callbacks/ReduceOnPlateau
export declare const Config: Schema.Struct<{
  readonly monitor: Schema.String;
  readonly factor: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly patience: Schema.withDecodingDefaultKey<Schema.Codec<Extent.Patience, Extent.Patience, never, never>, never>;
  readonly minimumDelta: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly cooldown: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly minimumScale: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly start: Schema.optionalKey<Schema.Codec<Extent.Position, Extent.Position, never, never>>;
  readonly better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput<Monitor extends string = string> = Omit<typeof Config.Encoded, "monitor"> & {
  readonly monitor: Monitor;
};
export declare const idOf: (monitor: string) => string;
export declare const layer: <const Monitor extends string>(config: ConfigInput<Monitor>) => Layer.Layer<Callback.CallbackOf<never, Monitor>, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/Replay
declare const ReplayIncomplete_base: Schema.Class<ReplayIncomplete, Schema.TaggedStruct<"ReplayIncomplete", {
  readonly callbacks: Schema.$Array<Schema.String>;
  readonly after: Schema.Struct<{
    readonly epoch: Schema.Natural;
    readonly batch: Schema.Natural;
    readonly step: Schema.Natural;
    readonly samples: Schema.Natural;
    readonly elapsedSeconds: Schema.Finite;
  }>;
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
export declare const run: <Out, LE, R>(events: Iterable<Event.Event>, plugins: Layer.Layer<Out, LE, R>) => Effect.Effect<Replayed, ReplayIncomplete | PreflightFailed | LE | ErrorOf<Out> | CallbackFailed, Exclude<R, CallbackRegistry>>;

// @etude/callbacks/Report
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
  readonly monitors: Schema.withDecodingDefaultKey<Schema.$Record<Schema.String, Schema.Struct<{
    readonly set: Schema.String;
    readonly metric: Schema.String;
    readonly better: Schema.Literals<readonly ["higher", "lower", "neither"]>;
  }>>, never>;
  readonly best: Schema.$Record<Schema.String, Schema.Struct<{
    readonly value: Schema.Number;
    readonly epoch: Schema.Natural;
    readonly step: Schema.Natural;
  }>>;
  readonly endedWith: Schema.optionalKey<Schema.Struct<{
    readonly value: Schema.Number;
    readonly epoch: Schema.Natural;
    readonly step: Schema.Natural;
    readonly monitor: Schema.String;
  }>>;
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
  readonly monitors: {
    readonly [x: string]: {
      readonly set: string;
      readonly metric: string;
      readonly better: "higher" | "lower" | "neither";
    };
  };
  readonly best: {
    readonly [x: string]: {
      readonly value: number;
      readonly epoch: number;
      readonly step: number;
    };
  };
  readonly endedWith?: {
    readonly value: number;
    readonly epoch: number;
    readonly step: number;
    readonly monitor: string;
  };
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

// @etude/callbacks/Resources
type Observer = Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry>;
export declare const memory: () => Observer;
export declare const throughput: () => Observer;
export declare const learningRate: () => Observer;

// @etude/callbacks/TensorBoard
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
export declare const encode: (at: {
  readonly step: number;
  readonly wallTime: number;
}, what: Summary | {
  readonly fileVersion: string;
} | {
  readonly sessionStart: true;
}) => Uint8Array;
export declare const layer: (config: ConfigInput) => Layer.Layer<Callback.CallbackOf<OutputFile.OutputFileError>, ConfigInvalid, Callback.CallbackRegistry | FileSystem.FileSystem>;

// @etude/callbacks/Terminal
export interface TerminalService {
  readonly write: (text: string) => void;
  readonly columns: () => number;
  readonly isTerminal: boolean;
  readonly colors?: boolean;
}
declare const Terminal_base: Context.ServiceClass<Terminal, "@etude/callbacks/Terminal", TerminalService>;
export declare class Terminal extends Terminal_base {
}

// @etude/callbacks/TerminateOnNonFinite
export declare const Config: Schema.Struct<{
  readonly monitors: Schema.optionalKey<Schema.$Array<Schema.String>>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput<Monitor extends string = string> = Omit<typeof Config.Encoded, "monitors"> & {
  readonly monitors?: ReadonlyArray<Monitor>;
};
export declare const id = "terminateOnNonFinite";
export declare const layer: <const Monitor extends string = never>(config?: ConfigInput<Monitor>) => Layer.Layer<Callback.CallbackOf<never, Monitor>, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/TestTerminal
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

// @etude/callbacks/Timeline
export declare const effective: (events: Iterable<Event.Event>) => ReadonlyArray<Event.Event>;
export declare const until: (events: Iterable<Event.Event>, position: Progress) => ReadonlyArray<Event.Event>;

// @etude/callbacks/Timing
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

// @etude/callbacks/ValuesFile
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
export declare const layer: (config: ConfigInput) => Layer.Layer<Callback.CallbackOf<OutputFile.OutputFileError>, ConfigInvalid, Callback.CallbackRegistry | FileSystem.FileSystem>;

// @etude/callbacks/WeightConstraints
export declare const Constraint: Schema.TaggedUnion<{
  readonly MaxNorm: Schema.TaggedStruct<"MaxNorm", {
    readonly maximum: Schema.Finite;
  }>;
  readonly NonNegative: Schema.TaggedStruct<"NonNegative", {}>;
  readonly UnitNorm: Schema.TaggedStruct<"UnitNorm", {}>;
}>;
export type Constraint = typeof Constraint.Type;
export declare const Config: Schema.Struct<{
  readonly constraints: Schema.NonEmptyArray<Schema.Struct<{
    readonly match: Schema.Union<readonly [Schema.String, Schema.$Array<Schema.String>]>;
    readonly constraint: Schema.TaggedUnion<{
      readonly MaxNorm: Schema.TaggedStruct<"MaxNorm", {
        readonly maximum: Schema.Finite;
      }>;
      readonly NonNegative: Schema.TaggedStruct<"NonNegative", {}>;
      readonly UnitNorm: Schema.TaggedStruct<"UnitNorm", {}>;
    }>;
  }>>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "weightConstraints";
export declare const maxNorm: (weights: tf.Tensor, maximum: number) => tf.Tensor;
export declare const nonNegative: (weights: tf.Tensor) => tf.Tensor;
export declare const unitNorm: (weights: tf.Tensor) => tf.Tensor;
export declare const apply: (constraint: Constraint, weights: tf.Tensor) => tf.Tensor;
export declare const layer: (config: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/WeightNorms
export declare const Config: Schema.Struct<{
  readonly each: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly match: Schema.withDecodingDefaultKey<Schema.Codec<string | readonly string[], string | readonly string[], never, never>, never>;
  readonly id: Schema.optionalKey<Schema.NonEmptyString>;
}>;
export type Config = typeof Config.Type;
export type ConfigInput = typeof Config.Encoded;
export declare const id = "weightNorms";
export declare const norms: (tensors: Tensors.Tensors, each?: boolean) => {
  readonly [path: string]: number;
};
export declare const layer: (config?: ConfigInput) => Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>;

// @etude/callbacks/When
export type Rule = (progress: Progress) => boolean;
export type Amount = {
  readonly epochs: number;
} | {
  readonly steps: number;
} | {
  readonly samples: number;
};
export declare const every: (amount: {
  readonly epochs: number;
} | {
  readonly steps: number;
}) => Rule;
export declare const onceAt: (amount: {
  readonly epochs: number;
} | {
  readonly steps: number;
}) => Rule;
export declare const before: (amount: Amount) => Rule;
export declare const after: (amount: Amount) => Rule;
export declare const all: (...rules: ReadonlyArray<Rule>) => Rule;
export declare const any: (...rules: ReadonlyArray<Rule>) => Rule;
export declare const not: (rule: Rule) => Rule;
export declare const Config: Schema.Struct<{
  readonly every: Schema.optionalKey<Schema.Codec<{
    readonly epochs: number;
  } | {
    readonly steps: number;
  }, {
    readonly epochs: number;
  } | {
    readonly steps: number;
  }, never, never>>;
  readonly onceAt: Schema.optionalKey<Schema.Codec<Extent.Position, Extent.Position, never, never>>;
  readonly before: Schema.optionalKey<Schema.Codec<{
    readonly epochs: number;
  } | {
    readonly steps: number;
  } | {
    readonly samples: number;
  }, {
    readonly epochs: number;
  } | {
    readonly steps: number;
  } | {
    readonly samples: number;
  }, never, never>>;
  readonly after: Schema.optionalKey<Schema.Codec<{
    readonly epochs: number;
  } | {
    readonly steps: number;
  } | {
    readonly samples: number;
  }, {
    readonly epochs: number;
  } | {
    readonly steps: number;
  } | {
    readonly samples: number;
  }, never, never>>;
}>;
export type Config = typeof Config.Type;
export declare const ruleOf: (config: Config) => Rule;
export declare const calls: <E extends At, S, A>(rule: Rule, handler: (event: E, state: S) => A) => (event: E, state: S) => A | undefined;
export declare const batchEnd: <E extends At, S, A>(rule: Rule, run: (event: E, state: S) => A) => {
  readonly when: Rule;
  readonly run: (event: E, state: S) => A;
};
export declare const layer: <Out, LE, R>(rule: Rule, callbacks: Layer.Layer<Out, LE, R>, hooks?: ReadonlyArray<HookName>) => Layer.Layer<Out, LE, R | CallbackRegistry>;
