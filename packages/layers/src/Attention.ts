/** Attention: what a sequence takes from itself or from another one. Vaswani et al. 2017, arXiv:1706.03762. */
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as Scheduled from "@etude/core/Scheduled"
import { isTensor, sideOf, sizeOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { rotate } from "./Embedding.ts"
import * as Initializer from "./Initializer.ts"
import { isSpec } from "./internal/Trace.ts"
import * as Layer from "./Layer.ts"

export interface AttentionOptions {
  readonly heads: number
  /** Heads of keys and values, each shared by a group of heads; default: `heads`. Ainslie et al. 2023, arXiv:2305.13245. */
  readonly keyValueHeads?: number
  /** Features of a head; default: width / heads. */
  readonly headSize?: number
  /** Each time sees itself and earlier ones only. Default: false. */
  readonly causal?: boolean
  /** Rotates queries and keys by their positions, with this base (10,000 is usual). Default: none. */
  readonly rotary?: number
  /** Rate at which attention weights are dropped in training; default 0. */
  readonly dropout?: Scheduled.Scheduled
  /** Default: true. */
  readonly bias?: boolean
  /** Default: `glorotUniform`. */
  readonly kernelInitializer?: Initializer.Initializer
}

type Sequence = tf.Tensor
/** A sequence [batch, time, width]; `context` [batch, other, …] to attend to instead of itself; `mask` [batch, other]: 1 counts. */
export type AttentionInputs =
  | Sequence
  | { readonly x: Sequence; readonly mask: tf.Tensor }
  | { readonly x: Sequence; readonly context: Sequence }
  | { readonly x: Sequence; readonly context: Sequence; readonly mask: tf.Tensor }

interface Parts {
  readonly x: tf.Tensor
  readonly context: tf.Tensor
  readonly mask?: tf.Tensor
}

const partsOf = (inputs: AttentionInputs): Parts => {
  if (isTensor(inputs)) return { x: inputs, context: inputs }
  const context = "context" in inputs ? inputs.context : inputs.x
  return { x: inputs.x, context, ...("mask" in inputs && { mask: inputs.mask }) }
}

/** Sizes of one attention. */
interface Heads {
  readonly heads: number
  readonly keyValueHeads: number
  readonly size: number
}

const headsOf = ({ heads, keyValueHeads = heads, headSize }: AttentionOptions, width: number): Heads => {
  if (heads % keyValueHeads !== 0)
    throw new Error(`expected ${heads} heads to be a multiple of ${keyValueHeads} of keys and values`)
  if (headSize === undefined && width % heads !== 0) {
    throw new Error(`expected a width that is a multiple of ${heads} heads, found ${width}; or give headSize`)
  }
  return { heads, keyValueHeads, size: headSize ?? width / heads }
}

const projections = ["query", "key", "value", "output"] as const
type Projection = (typeof projections)[number]
type Parameters = { readonly [path: string]: tf.Tensor }

const init = (options: AttentionOptions, key: Rng.Key, width: number, contextWidth: number): Parameters => {
  const { heads, keyValueHeads, size } = headsOf(options, width)
  const { bias = true, kernelInitializer = Initializer.glorotUniform } = options
  const shapes: { readonly [name in Projection]: readonly [inputs: number, outputs: number] } = {
    query: [width, heads * size],
    key: [contextWidth, keyValueHeads * size],
    value: [contextWidth, keyValueHeads * size],
    output: [heads * size, width]
  }
  const parameters: Record<string, tf.Tensor> = {}
  for (const name of projections) {
    const [fanIn, fanOut] = shapes[name]
    parameters[`${name}/kernel`] = kernelInitializer(Rng.named(key, name), [fanIn, fanOut], { fanIn, fanOut })
    if (bias) parameters[`${name}/bias`] = tf.zeros([fanOut])
  }
  return parameters
}

const project = (parameters: Parameters, name: Projection, x: tf.Tensor): tf.Tensor => {
  const { [`${name}/kernel`]: kernel, [`${name}/bias`]: bias } = parameters
  if (kernel === undefined) throw new Error(`no parameter ${name}/kernel`)
  const [batch, time, width] = [sideOf(x.shape, 0), sideOf(x.shape, 1), sideOf(x.shape, 2)]
  const product = tf.matMul(tf.reshape(x, [batch * time, width]), kernel)
  return tf.reshape(bias === undefined ? product : tf.add(product, bias), [batch, time, sideOf(kernel.shape, 1)])
}

/** [batch, time, heads · size] to [batch, heads, time, size] */
const split = (x: tf.Tensor, heads: number): tf.Tensor => {
  const [batch, time, width] = [sideOf(x.shape, 0), sideOf(x.shape, 1), sideOf(x.shape, 2)]
  return tf.transpose(tf.reshape(x, [batch, time, heads, width / heads]), [0, 2, 1, 3])
}

/** Added to scores that don't count: nothing is left of them after the softmax. */
const excluded = -1e9

/** 0 where a time may see another one, {@link excluded} elsewhere: [time, other]. The last times of both are the same. */
const causalScores = (time: number, other: number): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: time * other }, (_, index) =>
      (index % other) - (other - time) <= Math.floor(index / other) ? 0 : excluded
    ),
    [time, other]
  )

/** What counts as 1 and the rest, as what is added to scores [batch, heads, time, other]. */
const maskScores = (mask: tf.Tensor): tf.Tensor =>
  tf.mul(
    tf.sub(1, tf.reshape(tf.cast(mask, "float32"), [sideOf(mask.shape, 0), 1, 1, sideOf(mask.shape, 1)])),
    excluded
  )

/** softmax(q · kᵀ / √size + scores) · v: q [batch, heads, time, size], k and v [batch, keyValueHeads, other, size]. */
const attend = (
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  scores: ReadonlyArray<tf.Tensor>,
  drop: (weights: tf.Tensor) => tf.Tensor
): tf.Tensor => {
  const [batch, heads, time, size] = [sideOf(q.shape, 0), sideOf(q.shape, 1), sideOf(q.shape, 2), sideOf(q.shape, 3)]
  const [groups, other] = [sideOf(k.shape, 1), sideOf(k.shape, 2)]
  // The heads of a group stand one after another in the place of the time, so that keys and values are not copied.
  const rows = (heads / groups) * time
  const products = tf.matMul(
    tf.reshape(q, [batch * groups, rows, size]),
    tf.reshape(k, [batch * groups, other, size]),
    false,
    true
  )
  const scaled = tf.mul(tf.reshape(products, [batch, heads, time, other]), 1 / Math.sqrt(size))
  const weights = drop(tf.softmax(scores.reduce((sum, one) => tf.add(sum, one), scaled)))
  const values = tf.matMul(
    tf.reshape(weights, [batch * groups, rows, other]),
    tf.reshape(v, [batch * groups, other, size])
  )
  return tf.reshape(tf.transpose(tf.reshape(values, [batch, heads, time, size]), [0, 2, 1, 3]), [
    batch,
    time,
    heads * size
  ])
}

/**
 * Multi-head attention of x [batch, time, width], to itself or to a context: softmax(Q · Kᵀ / √size) · V, projected back to the width.
 *
 * Parameters: `query/kernel` [width, heads · size], `key/kernel` and `value/kernel` [width of the context, keyValueHeads · size],
 * `output/kernel` [heads · size, width], and a `bias` of each: `query/bias`, `key/bias`, `value/bias`, `output/bias`.
 *
 * Throws where inputs are no sequences, or the width no multiple of the heads (or give `headSize`), or the heads none of `keyValueHeads`.
 * Vaswani et al. 2017, arXiv:1706.03762; of groups of heads, Ainslie et al. 2023; with rotary positions, Su et al. 2021.
 *
 * ```ts
 * multiHeadAttention({ heads: 4, causal: true }) // [20, 32] → [20, 32], 4224 parameters
 * multiHeadAttention({ heads: 4, keyValueHeads: 1, rotary: 10_000, bias: false }) // [20, 32] → [20, 32], 2560 parameters
 * multiHeadAttention({ heads: 4 }) // { x: [20, 32], context: [9, 16], mask: [9] } → [20, 32], 3200 parameters
 * ```
 */
export const multiHeadAttention = (options: AttentionOptions): Layer.Layer<AttentionInputs> => {
  const { causal = false, rotary, dropout = 0 } = options
  return Layer.make<Parameters, AttentionInputs>({
    kind: "multiHeadAttention",
    init: (key, specs) => {
      const x = isSpec(specs) ? specs : (specs as { readonly x: Layer.Spec }).x
      const context = "context" in specs ? (specs.context as Layer.Spec) : x
      if (x.shape.length !== 2) throw new Error(`expected sequences [time, width], found [${x.shape.join(", ")}]`)
      return init(options, key, sideOf(x.shape, 1), sideOf(context.shape, 1))
    },
    outputs: (specs) => (isSpec(specs) ? specs : (specs as { readonly x: Layer.Spec }).x),
    multiplyAdds: (specs) => {
      const x = isSpec(specs) ? specs : (specs as { readonly x: Layer.Spec }).x
      const context = "context" in specs ? (specs.context as Layer.Spec) : x
      const { heads, keyValueHeads, size } = headsOf(options, sideOf(x.shape, 1))
      const [time, other] = [sideOf(x.shape, 0), sideOf(context.shape, 0)]
      return (
        2 * sizeOf(x.shape) * heads * size +
        2 * sizeOf(context.shape) * keyValueHeads * size +
        2 * time * other * heads * size
      )
    },
    scheduled: Scheduled.changing({ dropout }, Scheduled.fraction),
    apply: (parameters, inputs, { training, random, scheduled }) => {
      const { x, context, mask } = partsOf(inputs)
      const { heads, keyValueHeads } = headsOf(options, sideOf(x.shape, 2))
      const turn = (tensor: tf.Tensor) => (rotary === undefined ? tensor : rotate(tensor, rotary))
      const q = turn(split(project(parameters, "query", x), heads))
      const k = turn(split(project(parameters, "key", context), keyValueHeads))
      const v = split(project(parameters, "value", context), keyValueHeads)
      const scores = [
        ...(causal ? [causalScores(sideOf(x.shape, 1), sideOf(context.shape, 1))] : []),
        ...(mask === undefined ? [] : [maskScores(mask)])
      ]
      const drop = (weights: tf.Tensor) =>
        training
          ? RandomBits.dropout(random, "weights", weights, Scheduled.factor(dropout, scheduled, "dropout"))
          : weights
      return project(parameters, "output", attend(q, k, v, scores, drop))
    }
  })
}

/** The keys and values of earlier times, [batch, keyValueHeads, length, size], and the position of the next one, int32 [1]. */
export type AttentionCache = {
  readonly keys: tf.Tensor
  readonly values: tf.Tensor
  readonly position: tf.Tensor
}

type Cached = AttentionCache & { readonly x: tf.Tensor }
type CachedOutputs = { readonly y: tf.Tensor; readonly keys: tf.Tensor; readonly values: tf.Tensor }

/** `next` [batch, heads, 1, size] in the place of what stands at a position. */
const written = (cache: tf.Tensor, next: tf.Tensor, isHere: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(cache, tf.sub(1, isHere)), tf.mul(next, isHere))

/**
 * {@link multiHeadAttention} (causal) for one time after another, with the same parameters: x [batch, 1, width] and the cache of earlier
 * times, to y [batch, 1, width] and the cache with this one: keys and values [batch, keyValueHeads, length, size]. A sequence is written so
 * in time that grows with its length, not its square. Vaswani et al. 2017, arXiv:1706.03762.
 *
 * Parameters: those of {@link multiHeadAttention}: `query/kernel`, `key/kernel`, `value/kernel`, `output/kernel` and their `bias`:
 * `query/bias` [heads · size], `key/bias`, `value/bias`, `output/bias`.
 *
 * ```ts
 * cachedAttention({ heads: 4 }) // { x: [1, 32], keys: [4, 9, 8], values: [4, 9, 8], position: int32 [1] } → { y: [1, 32], keys: [4, 9, 8], values: [4, 9, 8] }, 4224 parameters
 * ```
 */
export const cachedAttention = (options: AttentionOptions): Layer.Layer<Cached, CachedOutputs> => {
  const { rotary } = options
  return Layer.make<Parameters, Cached, CachedOutputs>({
    kind: "cachedAttention",
    init: (key, { x }) => init(options, key, sideOf(x.shape, 1), sideOf(x.shape, 1)),
    apply: (parameters, { x, keys, values, position }) => {
      const { heads, keyValueHeads } = headsOf(options, sideOf(x.shape, 2))
      const length = sideOf(keys.shape, 2)
      const turn = (tensor: tf.Tensor) =>
        rotary === undefined ? tensor : rotate(tensor, rotary, tf.cast(position, "float32"))
      const times = tf.range(0, length, 1, "int32")
      const isHere = tf.reshape(tf.cast(tf.equal(times, position), "float32"), [1, 1, length, 1])
      const q = turn(split(project(parameters, "query", x), heads))
      const k = written(keys, turn(split(project(parameters, "key", x), keyValueHeads)), isHere)
      const v = written(values, split(project(parameters, "value", x), keyValueHeads), isHere)
      const later = tf.reshape(tf.cast(tf.greater(times, position), "float32"), [1, 1, 1, length])
      const y = attend(q, k, v, [tf.mul(later, excluded)], (weights) => weights)
      return { y: project(parameters, "output", y), keys: k, values: v }
    }
  })
}

/** An empty cache for sequences of up to `length`; the caller owns its tensors. */
export const emptyCache = (
  options: AttentionOptions,
  { batch, width, length }: { readonly batch: number; readonly width: number; readonly length: number }
): AttentionCache => {
  const { keyValueHeads, size } = headsOf(options, width)
  const shape = [batch, keyValueHeads, length, size]
  return { keys: tf.zeros(shape), values: tf.zeros(shape), position: tf.tensor1d([0], "int32") }
}
