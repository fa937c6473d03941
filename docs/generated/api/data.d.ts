// The public interface of @etude/data. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/data
// Namespaces of modules: Arrays, Arrow, Augment, AugmentSeries, AugmentText, BrowserImages,
// Cifar10, Cifar100, Columns, Concat, Csv, Emnist, FashionMnist, Hub, Idx, ImageDecoder, Images,
// JsonLines, KuzushijiMnist, Mnist, Npy, Parquet, Prefetch, Preprocess, Sequences, Split,
// StreamFiles, Streams, Text, TextFile, Tokenizer, Workers

// @etude/data/Arrays
export type { NestedArray, NumericArray }
interface ArrayField {
  values: NumericArray | NestedArray
  shape?: ReadonlyArray<number>
  dtype?: FieldSpec["dtype"]
}
interface ArraysOptions<Field> {
  name?: string
  inputs: Fields<Field>
  targets?: Fields<Field>
  weights?: Field
  mask?: Field
  classes?: ReadonlyArray<string>
}
const fromArrays: (options: ArraysOptions<ArrayField>) => Effect<Dataset, DatasetInvalid>
const fromTensors: (options: ArraysOptions<tf.Tensor>) => Effect<Dataset, DatasetInvalid>

// @etude/data/internal/fieldRows
type NumericArray = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint8ClampedArray | Uint16Array | Uint32Array
type NestedArray = ReadonlyArray<number> | ReadonlyArray<boolean> | ReadonlyArray<NestedArray>

// @etude/data/Arrow
export type { Source, TableDataset }
interface ArrowOptions extends Selection {
  columns?: ColumnsInput
  name?: string
  memory?: number
}
const read: (source: Source, options?: ArrowOptions) => Effect<TableDataset, DatasetInvalid>

// @etude/data/internal/bytes/ByteSource
type Source = string | URL | Uint8Array | Blob

// @etude/data/internal/table/tableDataset
interface TableDataset extends Dataset {
  columns: Columns
}

// @etude/data/Augment
export type { ColourJitterOptions } from "./internal/augment/colour.ts"
export type { CutoutOptions, EraseOptions } from "./internal/augment/erase.ts"
export type { AffineOptions, CropOptions, FlipOptions, ResizedCropOptions } from "./internal/augment/geometry.ts"
export type { ImageShape, Operation, Range }
const crop: (options: Geometry.CropOptions) => Operation
const flip: (options?: Geometry.FlipOptions) => Operation
const resizedCrop: (options?: Geometry.ResizedCropOptions) => Operation
const affine: (options: Geometry.AffineOptions) => Operation
const rotate: (options: { degrees: number } & Geometry.Fill) => Operation
const shear: ({ degrees, ...fill }: { degrees: number } & Geometry.Fill) => Operation
const colourJitter: (options: Colour.ColourJitterOptions) => Operation
const cutout: (options: Erase.CutoutOptions) => Operation
const erase: (options?: Erase.EraseOptions) => Operation
const randAugment: (options?: Policies.RandAugmentOptions) => Operation
const trivialAugment: (options?: Policies.TrivialAugmentOptions) => Operation
interface PlaceOptions {
  field?: string
  name?: string
}
interface HostOptions extends PlaceOptions {
  range?: Range
}
const onHost: (dataset: Dataset, recipe: ReadonlyArray<Operation>, options?: HostOptions) => Effect<Dataset, DatasetInvalid>
const draws: (dataset: Dataset, recipe: ReadonlyArray<Operation>, options?: PlaceOptions) => Effect<Dataset, DatasetInvalid>
const rangeOf: (dataset: Dataset, field?: string) => Range
interface StepOptions {
  range: Range
  field?: string
}
const inStep: <In extends TensorOrRecord, Out extends TensorOrRecord>(model: Model<In, Out>, recipe: ReadonlyArray<Operation>, { range, field }: StepOptions) => Model<any, Out>
type MixingOptions = Mixing.MixingOptions
const mixup: (dataset: Dataset, options?: MixingOptions) => Effect<Dataset, DatasetInvalid>
const cutMix: (dataset: Dataset, options?: MixingOptions) => Effect<Dataset, DatasetInvalid>
const one: (image: TypedArray, shape: ImageShape, recipe: ReadonlyArray<Operation>, { draw, index, range }: { draw: Draw; index: number; range?: Range }) => TypedArray

// @etude/data/internal/augment/colour
interface ByFactor {
  name: string
  host: Operation["host"]
  step: (inputs: StepInputs) => tf.Tensor
}
const brightness: ByFactor
const contrast: ByFactor
const saturation: ByFactor
const hue: ByFactor
interface ColourJitterOptions {
  brightness?: number
  contrast?: number
  saturation?: number
  hue?: number
}

// @etude/data/internal/augment/erase
interface CutoutOptions extends Fill {
  size: number
}
interface EraseOptions extends Fill {
  probability?: number
  area?: readonly [from: number, to: number]
  ratio?: readonly [from: number, to: number]
}

// @etude/data/internal/augment/geometry
interface Fill {
  fill?: number
}
interface CropOptions extends Fill {
  padding: number
}
interface FlipOptions {
  horizontal?: number
  vertical?: number
}
interface ResizedCropOptions {
  area?: readonly [from: number, to: number]
  ratio?: readonly [from: number, to: number]
}
interface AffineOptions extends Fill {
  degrees?: number
  shift?: number
  scale?: readonly [from: number, to: number]
  shearX?: number
  shearY?: number
}

// @etude/data/internal/augment/operation
interface ImageShape {
  height: number
  width: number
  channels: number
}
interface Range {
  low: number
  high: number
}
interface StepInputs {
  images: tf.Tensor
  parameters: tf.Tensor
  shape: ImageShape
  range: Range
}
interface Operation {
  name: string
  size: number
  neutral: ReadonlyArray<number>
  draw: (key: Rng.Key, shape: ImageShape) => ReadonlyArray<number>
  host: (source: Float32Array, target: Float32Array, parameters: Float32Array, shape: ImageShape, range: Range) => void
  step?: (inputs: StepInputs) => tf.Tensor
  problems: ReadonlyArray<string>
}

// @etude/data/AugmentSeries
type SeriesOperation = RowOperation<Float32Array>
const jitter: ({ deviation }: { deviation: number }) => SeriesOperation
const scale: ({ deviation }: { deviation: number }) => SeriesOperation
const shift: ({ steps }: { steps: number }) => SeriesOperation
const window: ({ fraction }: { fraction: number }) => SeriesOperation
interface SeriesOptions {
  field?: string
  name?: string
}
const onHost: (dataset: Dataset, recipe: ReadonlyArray<SeriesOperation>, options?: SeriesOptions) => Effect<Dataset, DatasetInvalid>

// @etude/data/AugmentText
type TextOperation = RowOperation<Int32Array>
declare interface Padded {
  padding?: number
}
const drop: ({ rate, padding }: { rate: number } & Padded) => TextOperation
const swap: ({ rate, padding }: { rate: number } & Padded) => TextOperation
const mask: ({ rate, token, padding }: { rate: number; token: number } & Padded) => TextOperation
interface TextOptions {
  field?: string
  name?: string
}
const onHost: (dataset: Dataset, recipe: ReadonlyArray<TextOperation>, options?: TextOptions) => Effect<Dataset, DatasetInvalid>

// @etude/data/BrowserImages
export type { ImageBytes, ImageDataset, ImageOptions, Label }
const platform: ImageDecoder
interface ListedImage {
  image: ImageBytes
  label?: Label
}
interface ListOptions extends ImageOptions {
  classes?: ReadonlyArray<string>
}
const list: (images: ReadonlyArray<ListedImage>, options: ListOptions) => Effect<ImageDataset, DatasetInvalid>

// @etude/data/internal/images/imageBlobs
type ImageBytes = Blob | Uint8Array | URL

// @etude/data/internal/images/imageDataset
interface ImageDataset extends Dataset {
  files: ReadonlyArray<string>
  labels: Int32Array
  skipped: ReadonlyArray<DataError>
}

// @etude/data/internal/images/imageOptions
interface ImageOptions {
  size: number | readonly [height: number, width: number]
  channels?: 1 | 3
  fit?: "cover" | "contain" | "stretch"
  filter?: Filter
  background?: number | readonly [red: number, green: number, blue: number]
  rotate?: boolean
  normalize?: "unit" | { mean: number | ReadonlyArray<number>; deviation: number | ReadonlyArray<number> }
  decoder?: ImageDecoder
  onBroken?: "fail" | "skip"
  check?: "headers" | "pixels" | "none"
  maximumPixels?: number
  maximumBytes?: number
  memory?: number
  concurrency?: number
  name?: string
}

// @etude/data/internal/images/labelling
type Label = string | number

// @etude/data/Cifar10
const classes: ReadonlyArray<string>
interface FolderOptions extends Idx.ImageOptions {
  verify?: boolean
}
const fromFolder: (folder: string, options?: FolderOptions) => Effect<TrainAndTest, DatasetInvalid>

// @etude/data/Cifar100
const classes: ReadonlyArray<string>
const groups: ReadonlyArray<string>
interface FolderOptions extends Idx.ImageOptions {
  labels?: "classes" | "groups"
  verify?: boolean
}
const fromFolder: (folder: string, options?: FolderOptions) => Effect<TrainAndTest, DatasetInvalid>

// @etude/data/Columns
type Missing = "error" | "mask" | { fill: number | string | boolean }
interface Check {
  expected: string
  accepts: (value: number) => boolean
}
interface NumberColumn {
  type: "number"
  missing?: Missing
  shape?: ReadonlyArray<number>
  check?: Check
}
interface IntegerColumn {
  type: "integer"
  missing?: Missing
  shape?: ReadonlyArray<number>
  check?: Check
}
interface CategoryColumn {
  type: "category"
  categories?: ReadonlyArray<string>
  other?: string
  missing?: Missing
}
interface BooleanColumn {
  type: "boolean"
  missing?: Missing
}
interface DateColumn {
  type: "date"
  unit?: "seconds" | "hours" | "days"
  since?: string
  format?: "year-month-day" | "day/month/year" | "month/day/year"
  missing?: Missing
}
interface TextColumn {
  type: "text"
}
interface IgnoredColumn {
  type: "ignore"
}
type Column = NumberColumn | IntegerColumn | CategoryColumn | BooleanColumn | DateColumn | TextColumn | IgnoredColumn
interface Columns {
  [name: string]: Column
}
type ColumnsInput = { [name: string]: Column | Column["type"] } | { fields: { [name: string]: FieldSchema } }
type Field = string | ReadonlyArray<string>
interface Selection {
  inputs?: Field | { [name: string]: Field }
  targets?: Field | { [name: string]: Field }
  weights?: string
}
const make: (input: ColumnsInput) => Effect<Columns, DatasetInvalid>
const format: (columns: Columns) => string

// @etude/data/Concat
const concat: (list: ReadonlyArray<Dataset>, options?: { name?: string }) => Effect<Dataset, DatasetInvalid>
const repeat: (dataset: Dataset, times: number) => Effect<Dataset, DatasetInvalid>
interface Share {
  dataset: Dataset
  weight?: number
}
interface InterleaveOptions {
  name?: string
  until?: "shortest" | "all"
}
const interleave: (shares: ReadonlyArray<Share>, options?: InterleaveOptions) => Effect<Dataset, DatasetInvalid>

// @etude/data/Csv
export type { Source, TableDataset }
interface CsvOptions extends Selection {
  columns?: ColumnsInput
  name?: string
  delimiter?: string
  quote?: string
  decimal?: string
  encoding?: string
  header?: boolean | ReadonlyArray<string>
  skipLines?: number
  missingTexts?: ReadonlyArray<string>
  memory?: number
  rowBytes?: number
}
const read: (source: Source, options?: CsvOptions) => Effect<TableDataset, DatasetInvalid>

// @etude/data/Emnist
type Split = "byclass" | "bymerge" | "balanced" | "letters" | "digits" | "mnist"
const classes: { readonly [split in Split]: ReadonlyArray<string> }
interface FolderOptions extends Idx.ImageOptions {
  split: Split
  verify?: boolean
}
const fromFolder: (folder: string, options: FolderOptions) => Effect<TrainAndTest, DatasetInvalid>

// @etude/data/FashionMnist
const classes: ReadonlyArray<string>
interface FolderOptions extends Idx.ImageOptions {
  verify?: boolean
}
const fromFolder: (folder: string, options?: FolderOptions) => Effect<TrainAndTest, DatasetInvalid>

// @etude/data/Hub
export { HubError, type HubOptions, Reason }
type Entry = Client.Entry
interface HubFile extends Entry {
  file: string
}
const commit: (options: HubOptions) => Effect<string, HubError>
const list: (options: HubOptions) => Effect<ReadonlyArray<Entry>, HubError>
interface FileOptions extends HubOptions {
  path: string
}
const file: (options: FileOptions) => Effect<string, HubError>
interface FilesOptions extends HubOptions {
  patterns: string | ReadonlyArray<string>
}
const files: (options: FilesOptions) => Effect<ReadonlyArray<HubFile>, HubError>

// @etude/data/internal/hub/HubError
const Reason: Schema.Literals<readonly [
  "invalid",
  "missing",
  "unauthorized",
  "forbidden",
  "limited",
  "server",
  "unreachable",
  "incomplete",
  "checksum",
  "offline",
  "storage",
  "package"
]>
type Reason = typeof Reason.Type
class HubError extends Schema.TaggedError<{
  reason: Schema.Literals<readonly [
    "invalid",
    "missing",
    "unauthorized",
    "forbidden",
    "limited",
    "server",
    "unreachable",
    "incomplete",
    "checksum",
    "offline",
    "storage",
    "package"
  ]>
  source: Schema.String
  found: Schema.String
  advice: Schema.String
  status: Schema.optionalKey<Schema.Int>
  retryAfterSeconds: Schema.optionalKey<Schema.Finite>
  cause: Schema.optionalKey<Schema.Defect>
}> {}

// @etude/data/internal/hub/Place
interface HubOptions {
  repo: string
  revision: string
  endpoint?: string
  token?: string
  cache?: string
  offline?: boolean
  tries?: number
  waitSeconds?: number
  timeoutSeconds?: number
}

// @etude/data/Idx
export { type Checksum, decode, type IdxArray, type IdxDtype, type ImageOptions, type Normalize }
const read: (file: string) => Effect<IdxArray, DataError>
interface IdxOptions extends ImageOptions {
  images: string
  labels?: string
  classes?: ReadonlyArray<string>
  firstLabel?: number
  transposed?: boolean
  checksums?: { images?: Checksum; labels?: Checksum }
  name?: string
}
const images: (options: IdxOptions) => Effect<Dataset, DatasetInvalid>

// @etude/data/internal/idxFormat
const dtypes: {
  8: { name: "ubyte"; bytes: 1 }
  9: { name: "byte"; bytes: 1 }
  11: { name: "short"; bytes: 2 }
  12: { name: "int"; bytes: 4 }
  13: { name: "float"; bytes: 4 }
  14: { name: "double"; bytes: 8 }
}
type IdxDtype = (typeof dtypes)[keyof typeof dtypes]["name"]
interface IdxArray {
  dtype: IdxDtype
  shape: ReadonlyArray<number>
  values: TypedArray
}
const decode: (bytes: Uint8Array, source: string) => Result<IdxArray, DataError>

// @etude/data/internal/pixels
type Normalize = "unit" | { mean: number; deviation: number }
interface ImageOptions {
  normalize?: Normalize
  pad?: number
}

// @etude/data/internal/sets/checksum
interface Checksum {
  gzip?: string
  plain?: string
}

// @etude/data/ImageDecoder
type ImageFormat = "jpeg" | "png" | "webp" | "gif" | "bmp" | "tiff" | "avif" | "heic" | "svg"
interface ImageHeader {
  format: ImageFormat
  width?: number
  height?: number
  orientation: number
  isCmyk?: boolean
  isRgb?: boolean
}
interface Bitmap {
  width: number
  height: number
  channels: 1 | 2 | 3 | 4
  pixels: Uint8Array | Uint8ClampedArray
  isUpright?: boolean
  isOpaque?: boolean
}
interface ImageTarget {
  height: number
  width: number
  channels: 1 | 3
  fit: "cover" | "contain" | "stretch"
  background: readonly [red: number, green: number, blue: number]
}
interface ImageDecoder {
  name: string
  formats: ReadonlyArray<ImageFormat>
  ahead?: number
  decode: (bytes: Uint8Array<ArrayBuffer>, header: ImageHeader, target: ImageTarget, maximumPixels: number) => Bitmap | Promise<Bitmap>
}
const portable: ImageDecoder
const sharp: ImageDecoder

// @etude/data/Images
export type { ImageDataset, ImageOptions, Label }
interface FolderOptions extends ImageOptions {
  classes?: ReadonlyArray<string>
}
const folder: (place: string, options: FolderOptions) => Effect<ImageDataset, DatasetInvalid>
interface ListedImage {
  file: string
  label?: Label
}
interface ListOptions extends ImageOptions {
  root?: string
  classes?: ReadonlyArray<string>
}
const list: (images: ReadonlyArray<ListedImage>, options: ListOptions) => Effect<ImageDataset, DatasetInvalid>
const decode: (bytes: Uint8Array<ArrayBuffer>, options: ImageOptions) => Effect<Uint8Array, DataError>

// @etude/data/JsonLines
export type { Source, TableDataset }
interface JsonLinesOptions extends Selection {
  columns?: ColumnsInput
  name?: string
  missingTexts?: ReadonlyArray<string>
  memory?: number
  rowBytes?: number
}
const read: (source: Source, options?: JsonLinesOptions) => Effect<TableDataset, DatasetInvalid>

// @etude/data/KuzushijiMnist
const classes: ReadonlyArray<string>
interface FolderOptions extends Idx.ImageOptions {
  verify?: boolean
}
const fromFolder: (folder: string, options?: FolderOptions) => Effect<TrainAndTest, DatasetInvalid>

// @etude/data/Mnist
export type { TrainAndTest }
const moments: { mean: 0.1307; deviation: 0.3081 }
const digits: ReadonlyArray<string>
interface PackageOptions extends Idx.ImageOptions {
  from?: string
}
const fromPackage: (options?: PackageOptions) => Effect<TrainAndTest, DatasetInvalid>
interface FolderOptions extends Idx.ImageOptions {
  classes?: ReadonlyArray<string>
  name?: string
  verify?: boolean
}
const fromFolder: (folder: string, options?: FolderOptions) => Effect<TrainAndTest, DatasetInvalid>

// @etude/data/internal/sets/idxSet
interface TrainAndTest {
  train: Dataset
  test: Dataset
}

// @etude/data/Npy
export type { Source }
interface NpyArray {
  shape: ReadonlyArray<number>
  dtype: FieldSpec["dtype"]
  values: TypedArray
}
const read: (source: Source) => Effect<NpyArray, DataError>
const readArchive: (source: Source, limit?: number) => Effect<{ [name: string]: NpyArray }, DataError>
const encode: ({ values, shape }: Pick<NpyArray, "values" | "shape">) => Uint8Array
interface NpyOptions {
  archive?: Source
  inputs: Fields<Source>
  targets?: Fields<Source>
  weights?: Source
  mask?: Source
  classes?: ReadonlyArray<string>
  name?: string
  memory?: number
}
const dataset: (options: NpyOptions) => Effect<Dataset, DatasetInvalid>

// @etude/data/Parquet
export type { Source }
interface ParquetOptions extends Selection {
  columns?: ColumnsInput
  name?: string
  memory?: number
  cache?: number
  check?: boolean
}
interface ParquetDataset extends TableDataset {
  rowGroups: ReadonlyArray<number>
}
const read: (source: Source, options?: ParquetOptions) => Effect<ParquetDataset, DatasetInvalid>
interface SamplerOptions {
  groups?: number
}
const sampler: ({ rowGroups }: Pick<ParquetDataset, "rowGroups">, { groups }?: SamplerOptions) => Sampler

// @etude/data/Prefetch
const make: (ahead: number) => DataLoaderService
const layer: (options: { ahead: number }) => Layer<never, ConfigInvalid>

// @etude/data/Preprocess
type Rule = Fit.Rule
type FittedRule = RuleData
type Fitted = FittedData
const FittedSchema: Schema.Codec<Fitted, Schema.Json>
type Missing = "mean" | "fail"
const standardize: (options?: { missing?: Missing }) => Rule
const minMax: (options?: { missing?: Missing }) => Rule
const categories: (options?: { maximum?: number }) => Rule
const fit: (train: Dataset, rules: Rule | { [field: string]: Rule }, options?: { encodings?: Schema.Json }) => Effect<Fitted, DatasetInvalid | DataError>
const ofState: ({ statistics }: Pick<Variables, "statistics">) => Fitted | undefined
interface BeforeOptions {
  join?: boolean
}
const before: {
  <Out extends TensorOrRecord>(model: Model<tf.Tensor, Out>, fitted: Fitted, options: BeforeOptions & { join: true }): Model<any, Out>
  <In extends TensorOrRecord, Out extends TensorOrRecord>(model: Model<In, Out>, fitted: Fitted): Model<In, Out>
}

// @etude/data/Sequences
interface SequenceField {
  sequences: ReadonlyArray<ArrayLike<number>>
  shape?: ReadonlyArray<number>
  dtype?: "float32" | "int32"
}
interface SequencesOptions extends SequenceField {
  name?: string
  length?: number
  truncate?: "start" | "end"
  padding?: number
  targets?: ArrayField | SequenceField
  classes?: ReadonlyArray<string>
}
const fromArrays: (options: SequencesOptions) => Effect<Dataset, DatasetInvalid>

// @etude/data/Split
const subset: (dataset: Dataset, indices: Int32Array | ReadonlyArray<number>) => Effect<Dataset, DatasetInvalid>
const take: (dataset: Dataset, count: number) => Effect<Dataset, DatasetInvalid>
type SplitOptions = { key: Rng.Key | number; stratify?: boolean } & ({ fraction: number } | { count: number })
const split: (dataset: Dataset, options: SplitOptions) => Effect<{ rest: Dataset; heldOut: Dataset }, DatasetInvalid>
interface FoldOptions {
  folds: number
  fold: number
  key: Rng.Key | number
  stratify?: boolean
}
const kFold: (dataset: Dataset, options: FoldOptions) => Effect<{ rest: Dataset; heldOut: Dataset }, DatasetInvalid>
export type { Sample } from "./internal/kept.ts"
const filter: (dataset: Dataset, keep: (sample: Kept.Sample, index: number) => boolean, options?: { reads?: "targets" | "all" }) => Effect<Dataset, DatasetInvalid>
const mapBatch: (source: Dataset, f: (batch: HostBatch, indices: Int32Array, draw: Draw) => HostBatch, options?: { spec?: Dataset["spec"]; name?: string }) => Dataset

// @etude/data/internal/kept
interface Sample {
  label: number
  inputs: Fields<TypedArray>
  targets: Fields<TypedArray>
  weights: TypedArray
  mask: TypedArray
}

// @etude/data/StreamFiles
export type { TarSample }
interface LinesOptions {
  longest?: number
  samples?: ReadonlyArray<number>
}
const lines: (files: string | ReadonlyArray<string>, { longest, samples }?: LinesOptions) => ReadonlyArray<Shards.Shard<string>>
interface TarOptions {
  largest?: number
  samples?: ReadonlyArray<number>
}
const tar: (files: string | ReadonlyArray<string>, { largest, samples }?: TarOptions) => ReadonlyArray<Shards.Shard<TarSample>>
const text: (sample: TarSample, extension: string) => string
const integer: (sample: TarSample, extension: string) => number
const fileOf: ({ key, files }: TarSample, extension: string) => Uint8Array

// @etude/data/internal/streams/tar
interface TarSample {
  key: string
  files: { [extension: string]: Uint8Array }
}

// @etude/data/Streams
export type { Sample, Value }
type Shard<A> = Shards.Shard<A>
interface Scene {
  key: Rng.Key
  epoch: number
  training: boolean
}
interface Shuffle {
  key?: Rng.Key | number
  buffer?: number
}
interface StreamOptions<A> {
  name: string
  spec: DatasetSpec
  classes?: ReadonlyArray<string>
  shards: ReadonlyArray<Shard<A>>
  decode: (sample: A, scene: Scene) => Sample | Effect<Sample, DataError>
  samples?: number
  shuffle?: Shuffle
  interleave?: number
  ahead?: number
}
const dataset: <A>(options: StreamOptions<A>) => Effect<Dataset, DatasetInvalid, Scope>
const shard: <A>(name: string, open: Shard<A>["open"]) => ReadonlyArray<Shard<A>>

// @etude/data/internal/streams/collate
type Value = number | ArrayLike<number>
interface Sample {
  inputs: Value | { [name: string]: Value }
  targets?: Value | { [name: string]: Value }
  weights?: Value
  mask?: Value
}

// @etude/data/Text
const decode: (utf8: Uint8Array, source: string) => Effect<string, DataError>
interface Tokens {
  name: string
  length: number
  areBytes: boolean
  read: (starts: Float64Array, length: number) => Ids | Effect<Ids, DataError>
}
interface WindowsOptions {
  length: number
  stride?: number
  name?: string
}
const windows: (source: Ids | Tokens, options: WindowsOptions) => Effect<Dataset, DatasetInvalid>
interface DocumentsOptions {
  tokenizer: Tokenizer
  length: number
  keep?: "start" | "end"
  padding?: number
  classes?: ReadonlyArray<string>
  name?: string
}
declare type Labels = ReadonlyArray<string> | ReadonlyArray<number> | Int32Array
const documents: (texts: ReadonlyArray<string>, labels: Labels | undefined, options: DocumentsOptions) => Effect<Dataset, DatasetInvalid>

// @etude/data/TextFile
const read: (file: string) => Effect<string, DataError>
interface TokensOptions {
  cache?: string
}
const tokens: (file: string, tokenizer: Tokenizer, options?: TokensOptions) => Effect<Text.Tokens, DataError>
interface OpenOptions {
  dtype: IdDtype
}
const open: (file: string, { dtype }: OpenOptions) => Effect<Text.Tokens, DataError>
const saveTokenizer: (file: string, tokenizer: Tokenizer) => Effect<void, DataError>
const loadTokenizer: (file: string) => Effect<Tokenizer, DataError>

// @etude/data/Tokenizer
const Unknown: Schema.Literals<readonly ["fail", "drop", "replace"]>
type Unknown = typeof Unknown.Type
const Data: Schema.TaggedUnion<{
  Bytes: Schema.TaggedStruct<"Bytes", {}>
  Characters: Schema.TaggedStruct<"Characters", {
    characters: Schema.$Array<Schema.String>
    unknown: Schema.Literals<readonly ["fail", "drop", "replace"]>
  }>
  HuggingFace: Schema.TaggedStruct<"HuggingFace", { name: Schema.String; tokenizer: Schema.Codec<Schema.Json> }>
}>
type Data = typeof Data.Type
interface EncodeOptions {
  specials?: boolean
}
interface DecodeOptions {
  specials?: boolean
}
interface Tokenizer {
  name: string
  size: number
  padding?: number
  encode: (text: string, options?: EncodeOptions) => Effect<Int32Array, DataError>
  decode: (ids: ArrayLike<number>, options?: DecodeOptions) => Effect<string, DataError>
  data: Data
}
const bytes: Tokenizer
interface CharactersOptions {
  unknown?: Unknown
}
const characters: (text: string, options?: CharactersOptions) => Tokenizer
const fromJson: (tokenizer: unknown, name?: string) => Effect<Tokenizer, DataError>
const fromData: (data: unknown, name?: string) => Effect<Tokenizer, DataError>

// @etude/data/Workers
interface WorkersOptions {
  export: string
  options?: unknown
  workers?: number
  ahead?: number
  restarts?: number
}
const dataset: (module: URL | string, options: WorkersOptions) => Effect<Dataset, DatasetInvalid, Scope>
