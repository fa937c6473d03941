// The public interface of @etude/layers. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/layers
// Namespaces of modules: Initializer, Layer, Sampling, Summary
export * from "./Attention.ts"
export * from "./Combine.ts"
export * from "./Conv.ts"
export * from "./Dense.ts"
export * from "./Dropout.ts"
export * from "./Embedding.ts"
export * from "./Normalization.ts"
export * from "./Pooling.ts"
export * from "./Recurrent.ts"
export * from "./Transformer.ts"

// @etude/layers/Attention
interface AttentionOptions {
  heads: number
  keyValueHeads?: number
  headSize?: number
  causal?: boolean
  rotary?: number
  dropout?: Scheduled
  bias?: boolean
  kernelInitializer?: Initializer
}
declare type Sequence = tf.Tensor
type AttentionInputs = Sequence | { x: Sequence; mask: tf.Tensor } | { x: Sequence; context: Sequence } | { x: Sequence; context: Sequence; mask: tf.Tensor }
const multiHeadAttention: (options: AttentionOptions) => Layer<AttentionInputs>
type AttentionCache = { keys: tf.Tensor; values: tf.Tensor; position: tf.Tensor }
declare type Cached = AttentionCache & { x: tf.Tensor }
declare type CachedOutputs = { y: tf.Tensor; keys: tf.Tensor; values: tf.Tensor }
const cachedAttention: (options: AttentionOptions) => Layer<Cached, CachedOutputs>
const emptyCache: (options: AttentionOptions, { batch, width, length }: { batch: number; width: number; length: number }) => AttentionCache

// @etude/layers/Combine
const residual: (branch: Layer.LayerLike, shortcut?: Layer.LayerLike) => Layer
const repeat: (times: number, layer: (index: number) => Layer.LayerLike) => Layer
const overTime: (layer: Layer) => Layer

// @etude/layers/Conv
type Size = number | ReadonlyArray<number>
interface ConvOptions extends KernelOptions {
  strides?: Size
  dilation?: Size
  padding?: Padding
  groups?: number
}
const conv2d: (filters: number, size: Size, options?: ConvOptions) => Layer
interface Conv1dOptions extends Omit<ConvOptions, "padding"> {
  padding?: Padding | "causal"
}
const conv1d: (filters: number, size: number, { padding, ...options }?: Conv1dOptions) => Layer
const conv3d: (filters: number, size: Size, options?: Omit<ConvOptions, "dilation">) => Layer
interface DepthwiseOptions extends Omit<ConvOptions, "groups"> {
  multiplier?: number
}
const depthwiseConv2d: (size: Size, options?: DepthwiseOptions) => Layer
const separableConv2d: (filters: number, size: Size, options?: DepthwiseOptions) => Layer
interface TransposedOptions extends KernelOptions {
  strides?: Size
  padding?: "same" | "valid"
}
const transposedConv2d: (filters: number, size: Size, options?: TransposedOptions) => Layer

// @etude/layers/Dense
export type { KernelOptions }
const dense: (units: number, options?: KernelOptions) => Layer

// @etude/layers/internal/Kernel
interface KernelOptions {
  bias?: boolean
  kernelInitializer?: Initializer
  biasInitializer?: Initializer
  activation?: (x: tf.Tensor) => tf.Tensor
}

// @etude/layers/Dropout
const dropout: (rate: Scheduled) => Layer
const dropPath: (rate: Scheduled) => Layer

// @etude/layers/Embedding
interface EmbeddingOptions {
  initializer?: Initializer
}
const embedding: (tokens: number, width: number, { initializer }?: EmbeddingOptions) => Layer<tf.Tensor | { hidden: tf.Tensor }>
type PositionInputs = tf.Tensor | { x: tf.Tensor; position: tf.Tensor }
const learnedPositions: (maximum: number, { initializer }?: EmbeddingOptions) => Layer<PositionInputs>
const sinusoidalPositions: (base?: number) => Layer
const rotate: (x: tf.Tensor, base: number, positions?: tf.Tensor) => tf.Tensor

// @etude/layers/Initializer
interface Fans {
  fanIn: number
  fanOut: number
}
type Initializer = (key: Rng.Key, shape: ReadonlyArray<number>, fans: Fans) => tf.Tensor
type Unscaled = (key: Rng.Key, shape: ReadonlyArray<number>) => tf.Tensor
const constant: (value: number) => Unscaled
const zeros: Unscaled
const ones: Unscaled
const uniform: (limit: number) => Unscaled
const normal: (deviation: number) => Unscaled
const truncatedNormal: (deviation: number) => Unscaled
const glorotUniform: Initializer
const glorotNormal: Initializer
const heUniform: Initializer
const heNormal: Initializer
const lecunNormal: Initializer
const lecunUniform: Initializer

// @etude/layers/Layer
interface Spec {
  shape: ReadonlyArray<number>
  dtype: "float32" | "int32" | "bool"
}
type Specs = Spec | { [name: string]: Spec }
type SpecOf<A> = A extends tf.Tensor ? Spec : { readonly [name in keyof A]: Spec }
interface Row {
  path: string
  kind: string
  outputs: Specs
  parameters: number
  multiplyAdds: number
}
interface Initialized {
  variables: Variables
  outputs: Specs
  rows: ReadonlyArray<Row>
}
interface Layer<in In extends TensorOrRecord = tf.Tensor, out Out extends TensorOrRecord = tf.Tensor> {
  kind: string
  initialize: (key: Key, inputs: Specs) => Initialized
  apply: (variables: Variables, inputs: In, context: ForwardContext) => Forward<Out>
  trainable?: (path: string) => boolean
  crossSample?: boolean
  scheduled?: ChangingNumbers
}
type LayerLike<In extends TensorOrRecord = tf.Tensor, Out extends TensorOrRecord = tf.Tensor> = Layer<In, Out> | ((inputs: In) => Out)
interface StatefulOptions<V extends Variables, In extends TensorOrRecord, Out extends TensorOrRecord> {
  kind: string
  init: (key: Key, inputs: SpecOf<In>) => V
  apply: (variables: V, inputs: In, context: ForwardContext) => Forward<Out>
  outputs?: (inputs: SpecOf<In>) => SpecOf<Out>
  multiplyAdds?: (inputs: SpecOf<In>) => number
  trainable?: (path: string) => boolean
  crossSample?: boolean
  scheduled?: ChangingNumbers
}
const stateful: <V extends Variables, In extends TensorOrRecord = tf.Tensor, Out extends TensorOrRecord = tf.Tensor>(options: StatefulOptions<V, In, Out>) => Layer<In, Out>
interface LayerOptions<P extends Tensors, In extends TensorOrRecord, Out extends TensorOrRecord> extends Omit<StatefulOptions<Variables, In, Out>, "init" | "apply"> {
  init: (key: Key, inputs: SpecOf<In>) => P
  apply: (parameters: P, inputs: In, context: ForwardContext) => Out
}
const make: <P extends Tensors, In extends TensorOrRecord = tf.Tensor, Out extends TensorOrRecord = tf.Tensor>({ init, apply, ...options }: LayerOptions<P, In, Out>) => Layer<In, Out>
const fromFunction: <In extends TensorOrRecord, Out extends TensorOrRecord>(f: (inputs: In) => Out) => Layer<In, Out>
type Functions<Parts> = {
  readonly [name in keyof Parts]: Parts[name] extends LayerLike<infer In, infer Out> ? (inputs: In) => Out : never
}
const compose: <const Parts extends { [name: string]: LayerLike<any, any> }, In extends TensorOrRecord, Out extends TensorOrRecord>(parts: Parts, apply: (parts: Functions<Parts>, inputs: In, context: ForwardContext) => Out) => Layer<In, Out>
const sequential: (layers: ReadonlyArray<LayerLike> | { [name: string]: LayerLike }) => Layer<tf.Tensor, tf.Tensor>
type Input = ReadonlyArray<number> | Spec
type Inputs = Input | { [name: string]: Input }
const specsOf: (inputs: Inputs) => Specs
interface ModelOptions {
  inputs: Inputs
  initial?: Initial
}
const model: <In extends TensorOrRecord, Out extends TensorOrRecord>(name: string, layer: Layer<In, Out>, { inputs, initial }: ModelOptions) => Model<In, Out>

// @etude/layers/Normalization
interface ScaleOptions {
  epsilon?: number
  scale?: boolean
  offset?: boolean
}
interface BatchNormOptions extends ScaleOptions {
  momentum?: number
  frozen?: boolean
}
const batchNorm: (options?: BatchNormOptions) => Layer
const layerNorm: (options?: ScaleOptions) => Layer
const rmsNorm: ({ epsilon, scale }?: Omit<ScaleOptions, "offset">) => Layer
const groupNorm: (groups: number, options?: ScaleOptions) => Layer

// @etude/layers/Pooling
interface PoolOptions {
  strides?: Size
  padding?: "same" | "valid"
}
interface MaxPoolOptions extends Omit<PoolOptions, "padding"> {
  padding?: Padding
}
const maxPool: (size: Size, options?: MaxPoolOptions) => Layer
const averagePool: (size: Size, options?: PoolOptions) => Layer
const globalAveragePool: () => Layer
const globalMaxPool: () => Layer
const flatten: () => Layer
const reshape: (shape: ReadonlyArray<number>) => Layer

// @etude/layers/Recurrent
interface RecurrentOptions {
  outputs?: "all" | "last"
  reverse?: boolean
  kernelInitializer?: Initializer
}
type SequenceInputs = tf.Tensor | { x: tf.Tensor; mask: tf.Tensor }
const lstm: (units: number, options?: RecurrentOptions) => Layer<SequenceInputs>
const gru: (units: number, options?: RecurrentOptions) => Layer<SequenceInputs>
const bidirectional: (make: (options: { reverse: boolean }) => Layer<SequenceInputs>) => Layer<SequenceInputs>

// @etude/layers/Sampling
interface SamplingOptions {
  temperature?: number
  topK?: number
  key?: Rng.Key
}
class GenerationInvalid extends Schema.TaggedError<{ problems: Schema.$Array<Schema.String> }> {}
type Sequences = ReadonlyArray<ReadonlyArray<number>>
interface Limits {
  tokens: number
  positions?: number
}
const pick: (logits: Float32Array, draw: number, { temperature, topK }: SamplingOptions) => number
interface ContinueOptions extends SamplingOptions {
  length: number
}
const continued: (logitsOf: (sequences: Sequences) => Float32Array, limits: Limits, ids: Sequences, { length, ...options }: ContinueOptions) => Sequences
interface GenerateOptions extends ContinueOptions {
  window?: number
}
type LanguageModel = Model<tf.Tensor, tf.Tensor>
const reading: (self: LanguageModel, variables: Model.Variables, window?: number) => (sequences: Sequences) => Float32Array
const generate: (self: LanguageModel, variables: Model.Variables, ids: ReadonlyArray<ArrayLike<number>>, { window, ...options }: GenerateOptions) => Sequences

// @etude/layers/Summary
const rows: (layer: Layer<any, any>, inputs: Layer.Inputs) => ReadonlyArray<Layer.Row>
const text: (layer: Layer<any, any>, inputs: Layer.Inputs) => string

// @etude/layers/Transformer
const gelu: (x: tf.Tensor) => tf.Tensor
const geluTanh: (x: tf.Tensor) => tf.Tensor
const silu: (x: tf.Tensor) => tf.Tensor
interface BlockOptions extends AttentionOptions {
  hidden: number
  activation?: (x: tf.Tensor) => tf.Tensor
  norm?: () => Layer
  width: number
}
const transformerBlock: (options: BlockOptions) => Layer
type CachedBlockInputs = AttentionCache & { x: tf.Tensor }
type CachedBlockOutputs = { y: tf.Tensor; keys: tf.Tensor; values: tf.Tensor }
const cachedTransformerBlock: (options: BlockOptions) => Layer<CachedBlockInputs, CachedBlockOutputs>
