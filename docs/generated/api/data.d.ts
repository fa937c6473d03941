// The public interface of @etude/data. Made by `npm run generate`.

// @etude/data
export * as Arrays from "./Arrays.ts";
export * as Concat from "./Concat.ts";
export * as Idx from "./Idx.ts";
export * as Mnist from "./Mnist.ts";
export * as Prefetch from "./Prefetch.ts";
export * as Split from "./Split.ts";

// @etude/data/Arrays
export type { NestedArray, NumericArray };
export interface ArrayField {
  readonly values: NumericArray | NestedArray;
  readonly shape?: ReadonlyArray<number>;
  readonly dtype?: FieldSpec["dtype"];
}
export interface ArraysOptions<Field> {
  readonly name?: string;
  readonly inputs: Fields<Field>;
  readonly targets?: Fields<Field>;
  readonly weights?: Field;
  readonly mask?: Field;
  readonly classes?: ReadonlyArray<string>;
}
export declare const fromArrays: (options: ArraysOptions<ArrayField>) => Effect.Effect<Dataset, DatasetInvalid>;
export declare const fromTensors: (options: ArraysOptions<tf.Tensor>) => Effect.Effect<Dataset, DatasetInvalid>;

// @etude/data/internal/fieldRows
export type NumericArray = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint8ClampedArray | Uint16Array | Uint32Array;
export type NestedArray = ReadonlyArray<number> | ReadonlyArray<boolean> | ReadonlyArray<NestedArray>;
interface FieldValues {
  readonly values: NumericArray | NestedArray;
  readonly shape?: ReadonlyArray<number>;
  readonly dtype?: FieldSpec["dtype"];
}
export declare const fieldRows: (source: string, field: FieldValues, part: string, problems: Array<DataError>) => Rows | undefined;

// @etude/data/Concat
export declare const concat: (list: ReadonlyArray<Dataset>, options?: {
  readonly name?: string;
}) => Effect.Effect<Dataset, DatasetInvalid>;

// @etude/data/Idx
export { decode, type IdxArray, type IdxDtype };
export declare const read: (file: string) => Effect.Effect<IdxArray, DataError>;
export type Normalize = "unit" | {
  readonly mean: number;
  readonly deviation: number;
};
export interface ImageOptions {
  readonly normalize?: Normalize;
  readonly pad?: number;
}
export interface IdxOptions extends ImageOptions {
  readonly images: string;
  readonly labels?: string;
  readonly classes?: ReadonlyArray<string>;
  readonly name?: string;
}
export declare const images: (options: IdxOptions) => Effect.Effect<Dataset, DatasetInvalid>;

// @etude/data/internal/idxFormat
export declare const dtypes: {
  readonly 8: {
    readonly name: "ubyte";
    readonly bytes: 1;
  };
  readonly 9: {
    readonly name: "byte";
    readonly bytes: 1;
  };
  readonly 11: {
    readonly name: "short";
    readonly bytes: 2;
  };
  readonly 12: {
    readonly name: "int";
    readonly bytes: 4;
  };
  readonly 13: {
    readonly name: "float";
    readonly bytes: 4;
  };
  readonly 14: {
    readonly name: "double";
    readonly bytes: 8;
  };
};
export type IdxDtype = (typeof dtypes)[keyof typeof dtypes]["name"];
export interface IdxArray {
  readonly dtype: IdxDtype;
  readonly shape: ReadonlyArray<number>;
  readonly values: TypedArray;
}
export declare const sizeOf: (beginning: Uint8Array) => number | undefined;
export declare const decode: (bytes: Uint8Array, source: string) => Result.Result<IdxArray, DataError>;

// @etude/data/Mnist
export interface TrainAndTest {
  readonly train: Dataset;
  readonly test: Dataset;
}
export declare const moments: {
  readonly mean: 0.1307;
  readonly deviation: 0.3081;
};
export declare const digits: ReadonlyArray<string>;
export interface PackageOptions extends Idx.ImageOptions {
  readonly from?: string;
}
export declare const fromPackage: (options?: PackageOptions) => Effect.Effect<TrainAndTest, DatasetInvalid>;
export interface FolderOptions extends Idx.ImageOptions {
  readonly classes?: ReadonlyArray<string>;
  readonly name?: string;
}
export declare const fromFolder: (folder: string, options?: FolderOptions) => Effect.Effect<TrainAndTest, DatasetInvalid>;

// @etude/data/Prefetch
export declare const make: (ahead: number) => DataLoaderService;
export declare const layer: (options: {
  readonly ahead: number;
}) => Layer.Layer<never, ConfigInvalid>;

// @etude/data/Split
export declare const subset: (dataset: Dataset, indices: Int32Array | ReadonlyArray<number>) => Effect.Effect<Dataset, DatasetInvalid>;
export declare const take: (dataset: Dataset, count: number) => Effect.Effect<Dataset, DatasetInvalid>;
export type SplitOptions = {
  readonly key: Rng.Key | number;
  readonly stratify?: boolean;
} & ({
  readonly fraction: number;
} | {
  readonly count: number;
});
export declare const split: (dataset: Dataset, options: SplitOptions) => Effect.Effect<{
  readonly rest: Dataset;
  readonly heldOut: Dataset;
}, DatasetInvalid>;
export declare const mapBatch: (source: Dataset, f: (batch: HostBatch, indices: Int32Array, draw: Draw.Draw) => HostBatch, options?: {
  readonly spec?: Dataset["spec"];
  readonly name?: string;
}) => Dataset;
