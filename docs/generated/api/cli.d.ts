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
  readonly 0: "it did what it was asked to";
  readonly 1: "a run failed after it had begun, or a defect was met";
  readonly 2: "the command, config, experiment or a path cannot be used; nothing began";
  readonly 3: "the data cannot be read or used";
  readonly 4: "the backend cannot be had";
  readonly 130: "it was interrupted (Ctrl-C)";
};
export type ExitCode = keyof typeof meanings;
export declare const of: (error: unknown) => ExitCode;

// @etude/cli/Load
export interface Loaded {
  readonly experiment: ExperimentModule.AnyExperiment;
  readonly config: RunConfig.RunConfigOf<any>;
  readonly encoded: typeof RunConfig.RunConfig.Encoded;
  readonly plugins: ReadonlyArray<Plugins.Asked>;
  readonly from: string;
  readonly hash: string;
  readonly setting: Setting;
}
export declare const fromDocument: (document: unknown, source: string, folder: string) => Effect.Effect<Loaded, ConfigInvalid | ExperimentNotLoaded>;
export declare const fromFile: (file: string, overrides: ReadonlyArray<ConfigFile.Override>) => Effect.Effect<Loaded, ConfigInvalid | ExperimentNotLoaded | FileUnreadable>;

// @etude/cli/RunConfig
export declare const backends: readonly ["auto", "native", "wasm", "cpu"];
export declare const executors: readonly ["auto", "compiled", "eager"];
export declare const schemaFor: <Options, Encoded>(options: Schema.Codec<Options, Encoded>) => Schema.Struct<{
  readonly $schema: Schema.optionalKey<Schema.String>;
  readonly use: Schema.String;
  readonly from: Schema.optionalKey<Schema.String>;
  readonly options: Schema.withDecodingDefaultKey<Schema.Codec<Options, Encoded, never, never>, never>;
  readonly train: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly seed: number;
    readonly until: {
      readonly epochs?: number;
      readonly steps?: number;
      readonly samples?: number;
      readonly minutes?: number;
    };
    readonly batchSize: number;
    readonly microbatchSize?: number;
    readonly shuffle: boolean;
    readonly dropLastBatch: boolean;
    readonly optimizer: {
      readonly _tag: "Adagrad";
      readonly learningRateDecay: number;
      readonly initialAccumulator: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    } | {
      readonly _tag: "Adam";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    } | {
      readonly _tag: "AdamW";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    } | {
      readonly _tag: "RmsProp";
      readonly alpha: number;
      readonly epsilon: number;
      readonly momentum: number;
      readonly centered: boolean;
      readonly weightDecay: number;
    } | {
      readonly _tag: "Sgd";
      readonly momentum: number;
      readonly nesterov: boolean;
      readonly dampening: number;
      readonly weightDecay: number;
    };
    readonly learningRate: import("@etude/core/LearningRate").Schedule;
    readonly groups: readonly {
      readonly name: string;
      readonly match: string | readonly string[];
      readonly optimizer?: {
        readonly _tag: "Adagrad";
        readonly learningRateDecay: number;
        readonly initialAccumulator: number;
        readonly epsilon: number;
        readonly weightDecay: number;
      } | {
        readonly _tag: "Adam";
        readonly beta1: number;
        readonly beta2: number;
        readonly epsilon: number;
        readonly weightDecay: number;
      } | {
        readonly _tag: "AdamW";
        readonly beta1: number;
        readonly beta2: number;
        readonly epsilon: number;
        readonly weightDecay: number;
      } | {
        readonly _tag: "RmsProp";
        readonly alpha: number;
        readonly epsilon: number;
        readonly momentum: number;
        readonly centered: boolean;
        readonly weightDecay: number;
      } | {
        readonly _tag: "Sgd";
        readonly momentum: number;
        readonly nesterov: boolean;
        readonly dampening: number;
        readonly weightDecay: number;
      };
      readonly learningRate?: import("@etude/core/LearningRate").Schedule;
      readonly frozen?: boolean;
    }[];
    readonly clip?: {
      readonly _tag: "GlobalNorm";
      readonly maximum: number;
    } | {
      readonly _tag: "Norm";
      readonly maximum: number;
    } | {
      readonly _tag: "Value";
      readonly limit: number;
    };
    readonly nonFinite: {
      readonly _tag: "Fail";
    } | {
      readonly _tag: "Rollback";
      readonly steps: number;
      readonly maximum: number;
    } | {
      readonly _tag: "Skip";
      readonly maximum: number;
    };
    readonly validation: {
      readonly every: import("@etude/core/Extent").Every;
      readonly batchSize?: number;
      readonly limitBatches?: number;
      readonly sanityBatches: number;
    };
    readonly endWith?: "last" | {
      readonly best: string | {
        readonly monitor: string;
        readonly better?: "higher" | "lower";
        readonly start?: {
          readonly epochs: number;
        } | {
          readonly steps: number;
        };
        readonly baseline?: number;
        readonly minimumDelta?: number;
      };
    };
    readonly limitTrainBatches?: number;
    readonly overfitBatches?: number;
    readonly fastDevRun: boolean;
    readonly logEverySteps: number;
  }, {
    readonly seed?: number;
    readonly until?: {
      readonly epochs?: number;
      readonly steps?: number;
      readonly samples?: number;
      readonly minutes?: number;
    };
    readonly batchSize?: number;
    readonly microbatchSize?: number;
    readonly shuffle?: boolean;
    readonly dropLastBatch?: boolean;
    readonly optimizer?: {
      readonly _tag: "Adagrad";
      readonly learningRateDecay?: number;
      readonly initialAccumulator?: number;
      readonly epsilon?: number;
      readonly weightDecay?: number;
    } | {
      readonly _tag: "Adam";
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      readonly weightDecay?: number;
    } | {
      readonly _tag: "AdamW";
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      readonly weightDecay?: number;
    } | {
      readonly _tag: "RmsProp";
      readonly alpha?: number;
      readonly epsilon?: number;
      readonly momentum?: number;
      readonly centered?: boolean;
      readonly weightDecay?: number;
    } | {
      readonly _tag: "Sgd";
      readonly momentum?: number;
      readonly nesterov?: boolean;
      readonly dampening?: number;
      readonly weightDecay?: number;
    };
    readonly learningRate?: import("@etude/core/LearningRate").ScheduleEncoded;
    readonly groups?: readonly {
      readonly name: string;
      readonly match: string | readonly string[];
      readonly optimizer?: {
        readonly _tag: "Adagrad";
        readonly learningRateDecay?: number;
        readonly initialAccumulator?: number;
        readonly epsilon?: number;
        readonly weightDecay?: number;
      } | {
        readonly _tag: "Adam";
        readonly beta1?: number;
        readonly beta2?: number;
        readonly epsilon?: number;
        readonly weightDecay?: number;
      } | {
        readonly _tag: "AdamW";
        readonly beta1?: number;
        readonly beta2?: number;
        readonly epsilon?: number;
        readonly weightDecay?: number;
      } | {
        readonly _tag: "RmsProp";
        readonly alpha?: number;
        readonly epsilon?: number;
        readonly momentum?: number;
        readonly centered?: boolean;
        readonly weightDecay?: number;
      } | {
        readonly _tag: "Sgd";
        readonly momentum?: number;
        readonly nesterov?: boolean;
        readonly dampening?: number;
        readonly weightDecay?: number;
      };
      readonly learningRate?: import("@etude/core/LearningRate").ScheduleEncoded;
      readonly frozen?: boolean;
    }[];
    readonly clip?: {
      readonly _tag: "GlobalNorm";
      readonly maximum: number;
    } | {
      readonly _tag: "Norm";
      readonly maximum: number;
    } | {
      readonly _tag: "Value";
      readonly limit: number;
    };
    readonly nonFinite?: {
      readonly _tag: "Fail";
    } | {
      readonly _tag: "Rollback";
      readonly steps: number;
      readonly maximum: number;
    } | {
      readonly _tag: "Skip";
      readonly maximum: number;
    };
    readonly validation?: {
      readonly every?: import("@etude/core/Extent").Every;
      readonly batchSize?: number;
      readonly limitBatches?: number;
      readonly sanityBatches?: number;
    };
    readonly endWith?: "last" | {
      readonly best: string | {
        readonly monitor: string;
        readonly better?: "higher" | "lower";
        readonly start?: {
          readonly epochs: number;
        } | {
          readonly steps: number;
        };
        readonly baseline?: number;
        readonly minimumDelta?: number;
      };
    };
    readonly limitTrainBatches?: number;
    readonly overfitBatches?: number;
    readonly fastDevRun?: boolean;
    readonly logEverySteps?: number;
  }, never, never>, never>;
  readonly backend: Schema.withDecodingDefaultKey<Schema.Codec<"auto" | "cpu" | "native" | "wasm", "auto" | "cpu" | "native" | "wasm", never, never>, never>;
  readonly executor: Schema.withDecodingDefaultKey<Schema.Codec<"auto" | "compiled" | "eager", "auto" | "compiled" | "eager", never, never>, never>;
  readonly runs: Schema.withDecodingDefaultKey<Schema.Codec<string, string, never, never>, never>;
  readonly checkpoints: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly every: import("@etude/core/Extent").Every;
    readonly onImprovement?: string;
    readonly keepLast: number;
    readonly keepBest?: {
      readonly monitor: string;
      readonly better?: "higher" | "lower";
      readonly count: number;
    };
    readonly asynchronous: boolean;
    readonly onFailedWrite: "fail" | "warn";
  }, {
    readonly every?: import("@etude/core/Extent").Every;
    readonly onImprovement?: string;
    readonly keepLast?: number;
    readonly keepBest?: {
      readonly monitor: string;
      readonly better?: "higher" | "lower";
      readonly count?: number;
    };
    readonly asynchronous?: boolean;
    readonly onFailedWrite?: "fail" | "warn";
  }, never, never>, never>;
  readonly callbacks: Schema.withDecodingDefaultKey<Schema.Codec<{
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
  }, never, never>, never>;
  readonly plugins: Schema.withDecodingDefaultKey<Schema.Codec<readonly {
    readonly [x: string]: Schema.Json;
    readonly use: string;
    readonly onFailure: "fail" | "warn";
  }[], readonly {
    readonly [x: string]: Schema.Json;
    readonly use: string;
    readonly onFailure?: "fail" | "warn";
  }[], never, never>, never>;
  readonly console: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly verbosity: "minimal" | "standard" | "verbose";
    readonly everySteps: number;
  }, {
    readonly verbosity?: "minimal" | "standard" | "verbose";
    readonly everySteps?: number;
  }, never, never>, never>;
}>;
export declare const RunConfig: Schema.Struct<{
  readonly $schema: Schema.optionalKey<Schema.String>;
  readonly use: Schema.String;
  readonly from: Schema.optionalKey<Schema.String>;
  readonly options: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly [x: string]: Schema.Json;
  }, {
    readonly [x: string]: Schema.Json;
  }, never, never>, never>;
  readonly train: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly seed: number;
    readonly until: {
      readonly epochs?: number;
      readonly steps?: number;
      readonly samples?: number;
      readonly minutes?: number;
    };
    readonly batchSize: number;
    readonly microbatchSize?: number;
    readonly shuffle: boolean;
    readonly dropLastBatch: boolean;
    readonly optimizer: {
      readonly _tag: "Adagrad";
      readonly learningRateDecay: number;
      readonly initialAccumulator: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    } | {
      readonly _tag: "Adam";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    } | {
      readonly _tag: "AdamW";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    } | {
      readonly _tag: "RmsProp";
      readonly alpha: number;
      readonly epsilon: number;
      readonly momentum: number;
      readonly centered: boolean;
      readonly weightDecay: number;
    } | {
      readonly _tag: "Sgd";
      readonly momentum: number;
      readonly nesterov: boolean;
      readonly dampening: number;
      readonly weightDecay: number;
    };
    readonly learningRate: import("@etude/core/LearningRate").Schedule;
    readonly groups: readonly {
      readonly name: string;
      readonly match: string | readonly string[];
      readonly optimizer?: {
        readonly _tag: "Adagrad";
        readonly learningRateDecay: number;
        readonly initialAccumulator: number;
        readonly epsilon: number;
        readonly weightDecay: number;
      } | {
        readonly _tag: "Adam";
        readonly beta1: number;
        readonly beta2: number;
        readonly epsilon: number;
        readonly weightDecay: number;
      } | {
        readonly _tag: "AdamW";
        readonly beta1: number;
        readonly beta2: number;
        readonly epsilon: number;
        readonly weightDecay: number;
      } | {
        readonly _tag: "RmsProp";
        readonly alpha: number;
        readonly epsilon: number;
        readonly momentum: number;
        readonly centered: boolean;
        readonly weightDecay: number;
      } | {
        readonly _tag: "Sgd";
        readonly momentum: number;
        readonly nesterov: boolean;
        readonly dampening: number;
        readonly weightDecay: number;
      };
      readonly learningRate?: import("@etude/core/LearningRate").Schedule;
      readonly frozen?: boolean;
    }[];
    readonly clip?: {
      readonly _tag: "GlobalNorm";
      readonly maximum: number;
    } | {
      readonly _tag: "Norm";
      readonly maximum: number;
    } | {
      readonly _tag: "Value";
      readonly limit: number;
    };
    readonly nonFinite: {
      readonly _tag: "Fail";
    } | {
      readonly _tag: "Rollback";
      readonly steps: number;
      readonly maximum: number;
    } | {
      readonly _tag: "Skip";
      readonly maximum: number;
    };
    readonly validation: {
      readonly every: import("@etude/core/Extent").Every;
      readonly batchSize?: number;
      readonly limitBatches?: number;
      readonly sanityBatches: number;
    };
    readonly endWith?: "last" | {
      readonly best: string | {
        readonly monitor: string;
        readonly better?: "higher" | "lower";
        readonly start?: {
          readonly epochs: number;
        } | {
          readonly steps: number;
        };
        readonly baseline?: number;
        readonly minimumDelta?: number;
      };
    };
    readonly limitTrainBatches?: number;
    readonly overfitBatches?: number;
    readonly fastDevRun: boolean;
    readonly logEverySteps: number;
  }, {
    readonly seed?: number;
    readonly until?: {
      readonly epochs?: number;
      readonly steps?: number;
      readonly samples?: number;
      readonly minutes?: number;
    };
    readonly batchSize?: number;
    readonly microbatchSize?: number;
    readonly shuffle?: boolean;
    readonly dropLastBatch?: boolean;
    readonly optimizer?: {
      readonly _tag: "Adagrad";
      readonly learningRateDecay?: number;
      readonly initialAccumulator?: number;
      readonly epsilon?: number;
      readonly weightDecay?: number;
    } | {
      readonly _tag: "Adam";
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      readonly weightDecay?: number;
    } | {
      readonly _tag: "AdamW";
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      readonly weightDecay?: number;
    } | {
      readonly _tag: "RmsProp";
      readonly alpha?: number;
      readonly epsilon?: number;
      readonly momentum?: number;
      readonly centered?: boolean;
      readonly weightDecay?: number;
    } | {
      readonly _tag: "Sgd";
      readonly momentum?: number;
      readonly nesterov?: boolean;
      readonly dampening?: number;
      readonly weightDecay?: number;
    };
    readonly learningRate?: import("@etude/core/LearningRate").ScheduleEncoded;
    readonly groups?: readonly {
      readonly name: string;
      readonly match: string | readonly string[];
      readonly optimizer?: {
        readonly _tag: "Adagrad";
        readonly learningRateDecay?: number;
        readonly initialAccumulator?: number;
        readonly epsilon?: number;
        readonly weightDecay?: number;
      } | {
        readonly _tag: "Adam";
        readonly beta1?: number;
        readonly beta2?: number;
        readonly epsilon?: number;
        readonly weightDecay?: number;
      } | {
        readonly _tag: "AdamW";
        readonly beta1?: number;
        readonly beta2?: number;
        readonly epsilon?: number;
        readonly weightDecay?: number;
      } | {
        readonly _tag: "RmsProp";
        readonly alpha?: number;
        readonly epsilon?: number;
        readonly momentum?: number;
        readonly centered?: boolean;
        readonly weightDecay?: number;
      } | {
        readonly _tag: "Sgd";
        readonly momentum?: number;
        readonly nesterov?: boolean;
        readonly dampening?: number;
        readonly weightDecay?: number;
      };
      readonly learningRate?: import("@etude/core/LearningRate").ScheduleEncoded;
      readonly frozen?: boolean;
    }[];
    readonly clip?: {
      readonly _tag: "GlobalNorm";
      readonly maximum: number;
    } | {
      readonly _tag: "Norm";
      readonly maximum: number;
    } | {
      readonly _tag: "Value";
      readonly limit: number;
    };
    readonly nonFinite?: {
      readonly _tag: "Fail";
    } | {
      readonly _tag: "Rollback";
      readonly steps: number;
      readonly maximum: number;
    } | {
      readonly _tag: "Skip";
      readonly maximum: number;
    };
    readonly validation?: {
      readonly every?: import("@etude/core/Extent").Every;
      readonly batchSize?: number;
      readonly limitBatches?: number;
      readonly sanityBatches?: number;
    };
    readonly endWith?: "last" | {
      readonly best: string | {
        readonly monitor: string;
        readonly better?: "higher" | "lower";
        readonly start?: {
          readonly epochs: number;
        } | {
          readonly steps: number;
        };
        readonly baseline?: number;
        readonly minimumDelta?: number;
      };
    };
    readonly limitTrainBatches?: number;
    readonly overfitBatches?: number;
    readonly fastDevRun?: boolean;
    readonly logEverySteps?: number;
  }, never, never>, never>;
  readonly backend: Schema.withDecodingDefaultKey<Schema.Codec<"auto" | "cpu" | "native" | "wasm", "auto" | "cpu" | "native" | "wasm", never, never>, never>;
  readonly executor: Schema.withDecodingDefaultKey<Schema.Codec<"auto" | "compiled" | "eager", "auto" | "compiled" | "eager", never, never>, never>;
  readonly runs: Schema.withDecodingDefaultKey<Schema.Codec<string, string, never, never>, never>;
  readonly checkpoints: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly every: import("@etude/core/Extent").Every;
    readonly onImprovement?: string;
    readonly keepLast: number;
    readonly keepBest?: {
      readonly monitor: string;
      readonly better?: "higher" | "lower";
      readonly count: number;
    };
    readonly asynchronous: boolean;
    readonly onFailedWrite: "fail" | "warn";
  }, {
    readonly every?: import("@etude/core/Extent").Every;
    readonly onImprovement?: string;
    readonly keepLast?: number;
    readonly keepBest?: {
      readonly monitor: string;
      readonly better?: "higher" | "lower";
      readonly count?: number;
    };
    readonly asynchronous?: boolean;
    readonly onFailedWrite?: "fail" | "warn";
  }, never, never>, never>;
  readonly callbacks: Schema.withDecodingDefaultKey<Schema.Codec<{
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
  }, never, never>, never>;
  readonly plugins: Schema.withDecodingDefaultKey<Schema.Codec<readonly {
    readonly [x: string]: Schema.Json;
    readonly use: string;
    readonly onFailure: "fail" | "warn";
  }[], readonly {
    readonly [x: string]: Schema.Json;
    readonly use: string;
    readonly onFailure?: "fail" | "warn";
  }[], never, never>, never>;
  readonly console: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly verbosity: "minimal" | "standard" | "verbose";
    readonly everySteps: number;
  }, {
    readonly verbosity?: "minimal" | "standard" | "verbose";
    readonly everySteps?: number;
  }, never, never>, never>;
}>;
export type RunConfig = typeof RunConfig.Type;
export type RunConfigOf<Options> = Omit<RunConfig, "options"> & {
  readonly options: Options;
};
export declare const hash: ({ use, options, train }: typeof RunConfig.Encoded, asked: ReadonlyArray<Plugins.Asked>) => Effect.Effect<string>;
export declare const settingOf: ({ use, options, checkpoints }: typeof RunConfig.Encoded, decisiveOptions: unknown, asked: ReadonlyArray<Plugins.Asked>) => Setting;

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
export declare const own: ReadonlyArray<string>;
export declare const nameOf: (experiment: string, at: Date, hash: string) => string;
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
