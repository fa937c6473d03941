// The public interface of @etude/models. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/models
// Namespaces of modules: Gpt2, Lora, MobileNet, Pruning, PyTorch, ResNet, VisionTransformer

// @etude/models/Gpt2
interface Sizes {
  layers: number
  heads: number
  width: number
  tokens: number
  positions: number
}
interface Options extends Partial<Sizes> {
  dropout?: Scheduled
  initializer?: Initializer
}
interface Gpt2 extends Model<tf.Tensor, tf.Tensor> {
  sizes: Sizes
}
const layer: (options?: Options) => Layer
const model: (options?: Options) => Gpt2
const step: (sizes: Sizes) => Layer<Tensors, Tensors>
const emptyCaches: ({ layers, heads, width }: Sizes, { batch, length }: { batch: number; length: number }) => Tensors
interface GenerateOptions extends Sampling.ContinueOptions {
  cache?: boolean
}
const generate: (self: Gpt2, variables: Model.Variables, ids: ReadonlyArray<ReadonlyArray<number>>, { length, cache, ...options }: GenerateOptions) => ReadonlyArray<ReadonlyArray<number>>
const renames: (options?: Options) => ReadonlyArray<PyTorch.Rename>
const fromPyTorch: (tensors: PyTorch.Weights, options?: Options) => Effect<PyTorch.Weights, PyTorch.PyTorchWeightsUnfit>

// @etude/models/Lora
interface Options {
  match?: string | ReadonlyArray<string>
  rank?: number
  alpha?: number
  train?: string | ReadonlyArray<string>
}
interface Adapted<In extends TensorOrRecord, Out extends TensorOrRecord> extends Model<In, Out> {
  base: Model<In, Out>
  scale: number
}
const isFactor: (path: string) => boolean
const apply: <In extends TensorOrRecord, Out extends TensorOrRecord>(base: Model<In, Out>, { match, rank, alpha, train }?: Options) => Adapted<In, Out>
const merge: <In extends TensorOrRecord, Out extends TensorOrRecord>({ scale }: Adapted<In, Out>, { parameters, statistics }: Variables) => Variables

// @etude/models/MobileNet
interface Stage {
  expansion: number
  channels: number
  blocks: number
  strides: number
}
interface Options {
  stages?: ReadonlyArray<Stage>
  width?: number
  classes?: number
  dropout?: Scheduled
  initializer?: Initializer
}
const parts: (options?: Options) => { [name: string]: Layer.LayerLike }
const layer: (options?: Options) => Layer
const model: ({ size, ...options }?: Options & { size?: number }) => Model<tf.Tensor, tf.Tensor>
const renames: (options?: Options) => ReadonlyArray<PyTorch.Rename>
const fromPyTorch: (tensors: PyTorch.Weights, options?: Options) => Effect<PyTorch.Weights, PyTorch.PyTorchWeightsUnfit>

// @etude/models/Pruning
interface Mask {
  shape: ReadonlyArray<number>
  kept: Uint8Array
}
type Masks = { [path: string]: Mask }
interface Options {
  fraction: number | { [pattern: string]: number }
  scope?: "each" | "all"
  masks?: Masks
}
const byMagnitude: (parameters: Tensors, { fraction, scope, masks }: Options) => Masks
const kept: (masks: Masks) => number
const apply: <In extends TensorOrRecord, Out extends TensorOrRecord>(base: Model<In, Out>, masks: Masks) => Model<In, Out>

// @etude/models/PyTorch
type Weights = { [name: string]: TensorData }
type Layout = keyof typeof layouts
declare const layouts: {
  same: undefined
  linear: readonly [1, 0]
  convolution: readonly [2, 3, 1, 0]
  depthwise: readonly [2, 3, 0, 1]
  token: readonly [2]
  positions: readonly [1, 2]
}
interface Rename {
  from: string
  to: string | ReadonlyArray<string>
  layout?: Layout
}
class PyTorchWeightsUnfit extends Schema.TaggedError<{
  model: Schema.String
  missing: Schema.$Array<Schema.String>
  unknown: Schema.$Array<Schema.String>
  misshapen: Schema.$Array<Schema.Struct<{ name: Schema.String; found: Schema.$Array<Schema.Number>; axes: Schema.Number }>>
}> {}
interface ConvertOptions {
  model: string
  renames: ReadonlyArray<Rename>
  ignores?: (name: string) => boolean
}
const convert: (tensors: Weights, { model, renames, ignores }: ConvertOptions) => Effect<Weights, PyTorchWeightsUnfit>
const linear: (from: string, to: string) => ReadonlyArray<Rename>
const convolution: (from: string, to: string, layout?: "convolution" | "depthwise") => Rename
const norm: (from: string, to: string) => ReadonlyArray<Rename>
const batchNorm: (from: string, to: string) => ReadonlyArray<Rename>

// @etude/models/ResNet
interface Options {
  blocks?: ReadonlyArray<number>
  width?: number
  classes?: number
  initializer?: Initializer
}
const parts: (options?: Options) => { [name: string]: Layer.LayerLike }
const layer: (options?: Options) => Layer
const model: ({ size, ...options }?: Options & { size?: number }) => Model<tf.Tensor, tf.Tensor>
const renames: (options?: Options) => ReadonlyArray<PyTorch.Rename>
const fromPyTorch: (tensors: PyTorch.Weights, options?: Options) => Effect<PyTorch.Weights, PyTorch.PyTorchWeightsUnfit>

// @etude/models/VisionTransformer
interface Options {
  size?: number
  patch?: number
  layers?: number
  heads?: number
  width?: number
  hidden?: number
  classes?: number
  dropout?: Scheduled
  initializer?: Initializer
}
const parts: (options?: Options) => { [name: string]: Layer.LayerLike }
const layer: (options?: Options) => Layer
const model: (options?: Options) => Model<tf.Tensor, tf.Tensor>
const renames: (options?: Options) => ReadonlyArray<PyTorch.Rename>
const fromPyTorch: (tensors: PyTorch.Weights, options?: Options) => Effect<PyTorch.Weights, PyTorch.PyTorchWeightsUnfit>
