// The public interface of @etude/callbacks. Made by `npm run generate`.

// @etude/callbacks
export * as AdaptiveClipping from "./AdaptiveClipping.ts";
export * as CallbacksConfig from "./CallbacksConfig.ts";
export * as EarlyStopping from "./EarlyStopping.ts";
export * as ExponentialMovingAverage from "./ExponentialMovingAverage.ts";
export * as GradientNoise from "./GradientNoise.ts";
export * as LabelSmoothing from "./LabelSmoothing.ts";
export * as MaxTime from "./MaxTime.ts";
export * as Mixup from "./Mixup.ts";
export * as Plateau from "./Plateau.ts";
export * as ReduceOnPlateau from "./ReduceOnPlateau.ts";
export * as TerminateOnNonFinite from "./TerminateOnNonFinite.ts";
export * as WeightConstraints from "./WeightConstraints.ts";

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
export declare const clipGradient: typeof clipUnits;
export declare const layer: (config?: {
  readonly clipping?: number;
  readonly epsilon?: number;
  readonly except?: string | readonly string[];
  readonly id?: string;
} | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
  readonly clipping: number;
  readonly epsilon: number;
  readonly except: string | readonly string[];
  readonly id?: string;
}, {
  readonly clipping?: number;
  readonly epsilon?: number;
  readonly except?: string | readonly string[];
  readonly id?: string;
}, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
  }, {
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
  }, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

// @etude/callbacks/CallbacksConfig
export declare const entries: {
  earlyStopping: CallbackEntry.CallbackEntry<{
    readonly monitor: string;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, {
    readonly monitor: string;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  reduceOnPlateau: CallbackEntry.CallbackEntry<{
    readonly monitor: string;
    readonly factor: number;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
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
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  maxTime: CallbackEntry.CallbackEntry<{
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
  }, {
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  terminateOnNonFinite: CallbackEntry.CallbackEntry<{
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, {
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  exponentialMovingAverage: CallbackEntry.CallbackEntry<{
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
  }, {
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  labelSmoothing: CallbackEntry.CallbackEntry<{
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  mixup: CallbackEntry.CallbackEntry<{
    readonly alpha: number;
    readonly per: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly alpha?: number;
    readonly per?: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  gradientNoise: CallbackEntry.CallbackEntry<{
    readonly eta: number;
    readonly gamma: number;
    readonly id?: string;
  }, {
    readonly eta?: number;
    readonly gamma?: number;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  adaptiveClipping: CallbackEntry.CallbackEntry<{
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
  }, {
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  weightConstraints: CallbackEntry.CallbackEntry<{
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
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
};
export type CallbacksConfig = CallbackEntry.Section<typeof entries>;
export type CallbacksInput = CallbackEntry.SectionInput<typeof entries>;
export declare const CallbacksConfig: import("effect/Schema").Codec<CallbackEntry.Section<{
  earlyStopping: CallbackEntry.CallbackEntry<{
    readonly monitor: string;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, {
    readonly monitor: string;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  reduceOnPlateau: CallbackEntry.CallbackEntry<{
    readonly monitor: string;
    readonly factor: number;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
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
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  maxTime: CallbackEntry.CallbackEntry<{
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
  }, {
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  terminateOnNonFinite: CallbackEntry.CallbackEntry<{
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, {
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  exponentialMovingAverage: CallbackEntry.CallbackEntry<{
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
  }, {
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  labelSmoothing: CallbackEntry.CallbackEntry<{
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  mixup: CallbackEntry.CallbackEntry<{
    readonly alpha: number;
    readonly per: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly alpha?: number;
    readonly per?: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  gradientNoise: CallbackEntry.CallbackEntry<{
    readonly eta: number;
    readonly gamma: number;
    readonly id?: string;
  }, {
    readonly eta?: number;
    readonly gamma?: number;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  adaptiveClipping: CallbackEntry.CallbackEntry<{
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
  }, {
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  weightConstraints: CallbackEntry.CallbackEntry<{
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
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
}>, CallbackEntry.SectionInput<{
  earlyStopping: CallbackEntry.CallbackEntry<{
    readonly monitor: string;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, {
    readonly monitor: string;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  reduceOnPlateau: CallbackEntry.CallbackEntry<{
    readonly monitor: string;
    readonly factor: number;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
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
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  maxTime: CallbackEntry.CallbackEntry<{
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
  }, {
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  terminateOnNonFinite: CallbackEntry.CallbackEntry<{
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, {
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  exponentialMovingAverage: CallbackEntry.CallbackEntry<{
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
  }, {
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  labelSmoothing: CallbackEntry.CallbackEntry<{
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  mixup: CallbackEntry.CallbackEntry<{
    readonly alpha: number;
    readonly per: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly alpha?: number;
    readonly per?: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  gradientNoise: CallbackEntry.CallbackEntry<{
    readonly eta: number;
    readonly gamma: number;
    readonly id?: string;
  }, {
    readonly eta?: number;
    readonly gamma?: number;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  adaptiveClipping: CallbackEntry.CallbackEntry<{
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
  }, {
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  weightConstraints: CallbackEntry.CallbackEntry<{
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
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
}>, never, never>;
export declare const decisive: (config: object) => {
  readonly [name: string]: unknown;
};
export declare const layerOf: (config: CallbacksConfig, place: Plugin.Place) => import("effect/Layer").Layer<import("@etude/core/Callback").CallbackOf<never, string> | import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, import("@etude/core/Callback").CallbackRegistry>;
export declare const plugin: Plugin.PluginOf<{
  earlyStopping: CallbackEntry.CallbackEntry<{
    readonly monitor: string;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, {
    readonly monitor: string;
    readonly patience?: import("@etude/core/Extent").Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  reduceOnPlateau: CallbackEntry.CallbackEntry<{
    readonly monitor: string;
    readonly factor: number;
    readonly patience: import("@etude/core/Extent").Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: import("@etude/core/Extent").Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
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
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  maxTime: CallbackEntry.CallbackEntry<{
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
  }, {
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  terminateOnNonFinite: CallbackEntry.CallbackEntry<{
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, {
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, string>, import("@etude/core/Callback").CallbackRegistry>;
  exponentialMovingAverage: CallbackEntry.CallbackEntry<{
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
  }, {
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  labelSmoothing: CallbackEntry.CallbackEntry<{
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  mixup: CallbackEntry.CallbackEntry<{
    readonly alpha: number;
    readonly per: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly alpha?: number;
    readonly per?: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  gradientNoise: CallbackEntry.CallbackEntry<{
    readonly eta: number;
    readonly gamma: number;
    readonly id?: string;
  }, {
    readonly eta?: number;
    readonly gamma?: number;
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  adaptiveClipping: CallbackEntry.CallbackEntry<{
    readonly clipping: number;
    readonly epsilon: number;
    readonly except: string | readonly string[];
    readonly id?: string;
  }, {
    readonly clipping?: number;
    readonly epsilon?: number;
    readonly except?: string | readonly string[];
    readonly id?: string;
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
  weightConstraints: CallbackEntry.CallbackEntry<{
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
  }, import("@etude/core/Callback").CallbackOf<never, never>, import("@etude/core/Callback").CallbackRegistry>;
}>;

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
export declare const layer: <const Monitor extends string>(config: Omit<{
  readonly monitor: string;
  readonly patience?: Extent.Patience;
  readonly minimumDelta?: number;
  readonly baseline?: number;
  readonly start?: Extent.Position;
  readonly restoreBest?: boolean;
  readonly better?: "higher" | "lower";
  readonly id?: string;
}, "monitor"> & {
  readonly monitor: Monitor;
}, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, Monitor>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
  readonly monitor: string;
  readonly patience: Extent.Patience;
  readonly minimumDelta: number;
  readonly baseline?: number;
  readonly start?: Extent.Position;
  readonly restoreBest: boolean;
  readonly better?: "higher" | "lower";
  readonly id?: string;
}, {
  readonly monitor: string;
  readonly patience?: Extent.Patience;
  readonly minimumDelta?: number;
  readonly baseline?: number;
  readonly start?: Extent.Position;
  readonly restoreBest?: boolean;
  readonly better?: "higher" | "lower";
  readonly id?: string;
}, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
    readonly monitor: string;
    readonly patience: Extent.Patience;
    readonly minimumDelta: number;
    readonly baseline?: number;
    readonly start?: Extent.Position;
    readonly restoreBest: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, {
    readonly monitor: string;
    readonly patience?: Extent.Patience;
    readonly minimumDelta?: number;
    readonly baseline?: number;
    readonly start?: Extent.Position;
    readonly restoreBest?: boolean;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>;
}>;

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
export declare const layer: (config?: {
  readonly decay?: number;
  readonly warmup?: boolean;
  readonly match?: string | readonly string[];
  readonly evaluate?: boolean;
  readonly id?: string;
} | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
  readonly decay: number;
  readonly warmup: boolean;
  readonly match: string | readonly string[];
  readonly evaluate: boolean;
  readonly id?: string;
}, {
  readonly decay?: number;
  readonly warmup?: boolean;
  readonly match?: string | readonly string[];
  readonly evaluate?: boolean;
  readonly id?: string;
}, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
    readonly decay: number;
    readonly warmup: boolean;
    readonly match: string | readonly string[];
    readonly evaluate: boolean;
    readonly id?: string;
  }, {
    readonly decay?: number;
    readonly warmup?: boolean;
    readonly match?: string | readonly string[];
    readonly evaluate?: boolean;
    readonly id?: string;
  }, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

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
export declare const addNoise: typeof withNoise;
export declare const layer: (config?: {
  readonly eta?: number;
  readonly gamma?: number;
  readonly id?: string;
} | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
  readonly eta: number;
  readonly gamma: number;
  readonly id?: string;
}, {
  readonly eta?: number;
  readonly gamma?: number;
  readonly id?: string;
}, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
    readonly eta: number;
    readonly gamma: number;
    readonly id?: string;
  }, {
    readonly eta?: number;
    readonly gamma?: number;
    readonly id?: string;
  }, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

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
export declare const layer: (config?: {
  readonly smoothing?: number;
  readonly classes?: number;
  readonly target?: string;
  readonly id?: string;
} | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
  readonly smoothing: number;
  readonly classes?: number;
  readonly target?: string;
  readonly id?: string;
}, {
  readonly smoothing?: number;
  readonly classes?: number;
  readonly target?: string;
  readonly id?: string;
}, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
    readonly smoothing: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly smoothing?: number;
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

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
export declare const layer: (config: {
  readonly minutes: number;
  readonly of?: "attempt" | "run";
  readonly save?: boolean;
  readonly id?: string;
}, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
  readonly minutes: number;
  readonly of: "attempt" | "run";
  readonly save: boolean;
  readonly id?: string;
}, {
  readonly minutes: number;
  readonly of?: "attempt" | "run";
  readonly save?: boolean;
  readonly id?: string;
}, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
    readonly minutes: number;
    readonly of: "attempt" | "run";
    readonly save: boolean;
    readonly id?: string;
  }, {
    readonly minutes: number;
    readonly of?: "attempt" | "run";
    readonly save?: boolean;
    readonly id?: string;
  }, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

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
export declare const layer: (config?: {
  readonly alpha?: number;
  readonly per?: "batch" | "sample";
  readonly classes?: number;
  readonly target?: string;
  readonly id?: string;
} | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
  readonly alpha: number;
  readonly per: "batch" | "sample";
  readonly classes?: number;
  readonly target?: string;
  readonly id?: string;
}, {
  readonly alpha?: number;
  readonly per?: "batch" | "sample";
  readonly classes?: number;
  readonly target?: string;
  readonly id?: string;
}, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
    readonly alpha: number;
    readonly per: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, {
    readonly alpha?: number;
    readonly per?: "batch" | "sample";
    readonly classes?: number;
    readonly target?: string;
    readonly id?: string;
  }, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;

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
export declare const layer: <const Monitor extends string>(config: Omit<{
  readonly monitor: string;
  readonly factor?: number;
  readonly patience?: Extent.Patience;
  readonly minimumDelta?: number;
  readonly cooldown?: number;
  readonly minimumScale?: number;
  readonly start?: Extent.Position;
  readonly better?: "higher" | "lower";
  readonly id?: string;
}, "monitor"> & {
  readonly monitor: Monitor;
}, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, Monitor>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
  readonly monitor: string;
  readonly factor: number;
  readonly patience: Extent.Patience;
  readonly minimumDelta: number;
  readonly cooldown: number;
  readonly minimumScale: number;
  readonly start?: Extent.Position;
  readonly better?: "higher" | "lower";
  readonly id?: string;
}, {
  readonly monitor: string;
  readonly factor?: number;
  readonly patience?: Extent.Patience;
  readonly minimumDelta?: number;
  readonly cooldown?: number;
  readonly minimumScale?: number;
  readonly start?: Extent.Position;
  readonly better?: "higher" | "lower";
  readonly id?: string;
}, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
    readonly monitor: string;
    readonly factor: number;
    readonly patience: Extent.Patience;
    readonly minimumDelta: number;
    readonly cooldown: number;
    readonly minimumScale: number;
    readonly start?: Extent.Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, {
    readonly monitor: string;
    readonly factor?: number;
    readonly patience?: Extent.Patience;
    readonly minimumDelta?: number;
    readonly cooldown?: number;
    readonly minimumScale?: number;
    readonly start?: Extent.Position;
    readonly better?: "higher" | "lower";
    readonly id?: string;
  }, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>;
}>;

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
export declare const layer: <const Monitor extends string = never>(config?: (Omit<{
  readonly monitors?: readonly string[];
  readonly id?: string;
}, "monitors"> & {
  readonly monitors?: readonly Monitor[];
}) | undefined, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, Monitor>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
  readonly monitors?: readonly string[];
  readonly id?: string;
}, {
  readonly monitors?: readonly string[];
  readonly id?: string;
}, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, {
    readonly monitors?: readonly string[];
    readonly id?: string;
  }, Callback.CallbackOf<never, string>, Callback.CallbackRegistry>;
}>;

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
export declare const layer: (config: {
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
}, place?: Plugin.Place) => import("effect/Layer").Layer<Callback.CallbackOf<never, never>, import("@etude/core/Errors").ConfigInvalid, Callback.CallbackRegistry>, entry: import("@etude/core/CallbackEntry").CallbackEntry<{
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
}, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>, plugin: Plugin.PluginOf<{
  readonly [name: string]: import("@etude/core/CallbackEntry").CallbackEntry<{
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
  }, Callback.CallbackOf<never, never>, Callback.CallbackRegistry>;
}>;
