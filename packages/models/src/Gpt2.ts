/**
 * GPT-2, a causal transformer of text. Radford et al. 2019, "Language Models are Unsupervised Multitask Learners". The architecture, and the
 * weights that it takes, are those of transformers' `GPT2LMHeadModel`. How text becomes tokens is elsewhere.
 */
import * as Model from "@etude/core/Model"
import type { Scheduled } from "@etude/core/Scheduled"
import { get, type Tensors } from "@etude/core/Tensors"
import {
  type BlockOptions,
  cachedTransformerBlock,
  dropout,
  embedding,
  geluTanh,
  Initializer,
  Layer,
  layerNorm,
  learnedPositions,
  repeat,
  Sampling,
  transformerBlock
} from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import type * as Effect from "effect/Effect"
import * as PyTorch from "./PyTorch.ts"

export interface Sizes {
  /** Default: 12. */
  readonly layers: number
  /** Default: 12. */
  readonly heads: number
  /** Features of a token; default: 768. The dense layers between have four times as many. */
  readonly width: number
  /** Of the vocabulary; default: 50,257. */
  readonly tokens: number
  /** The longest sequence; default: 1024. */
  readonly positions: number
}

export interface Options extends Partial<Sizes> {
  /** On embeddings, attention weights and outputs of each half of a block; default: 0.1. */
  readonly dropout?: Scheduled
  /** Of all kernels and tables. Default: normal, with a deviation of 0.02. */
  readonly initializer?: Initializer.Initializer
}

/** A model that can {@link generate}. */
export interface Gpt2 extends Model.Model<tf.Tensor, tf.Tensor> {
  readonly sizes: Sizes
}

const sizesOf = ({ layers = 12, heads = 12, width = 768, tokens = 50_257, positions = 1024 }: Options): Sizes => ({
  layers,
  heads,
  width,
  tokens,
  positions
})

const blockOptions = ({ heads, width }: Sizes, options: Options): BlockOptions => ({
  heads,
  width,
  hidden: 4 * width,
  causal: true,
  activation: geluTanh,
  dropout: options.dropout ?? 0.1,
  kernelInitializer: options.initializer ?? Initializer.normal(0.02)
})

/**
 * Ids, int32 [batch, time], to the logits of the next token at each time, [batch, time, tokens]. Parts: `tokens`, whose table also makes the
 * logits, `positions`, `dropout`, `blocks`, `norm`.
 */
export const layer = (options: Options = {}): Layer.Layer => {
  const sizes = sizesOf(options)
  const { initializer = Initializer.normal(0.02), dropout: rate = 0.1 } = options
  const parts = {
    tokens: embedding(sizes.tokens, sizes.width, { initializer }),
    positions: learnedPositions(sizes.positions, { initializer }),
    dropout: dropout(rate),
    blocks: repeat(sizes.layers, () => transformerBlock(blockOptions(sizes, options))),
    norm: layerNorm()
  }
  return Layer.compose(parts, ({ tokens, positions, dropout, blocks, norm }, ids: tf.Tensor) =>
    tokens({ hidden: norm(blocks(dropout(positions(tokens(ids))))) })
  )
}

/** {@link layer} as a model. It takes sequences of any length up to `positions`. */
export const model = (options: Options = {}): Gpt2 => ({
  ...Layer.model("gpt2", layer(options), { inputs: { shape: [1], dtype: "int32" } }),
  sizes: sizesOf(options)
})

/** The blocks for one time: x [batch, 1, width], the position, and `keys/0`, `values/0` and so on, to the same without position. */
const cachedBlocks = (sizes: Sizes): Layer.Layer<Tensors, Tensors> => {
  const names = Array.from({ length: sizes.layers }, (_, index) => `${index}`)
  const blocks = Object.fromEntries(
    names.map((name) => [name, cachedTransformerBlock(blockOptions(sizes, {}))] as const)
  )
  return Layer.compose(blocks, (parts, inputs: Tensors): Tensors => {
    const [position, outputs] = [get(inputs, "position"), new Map<string, tf.Tensor>()]
    let x = get(inputs, "x")
    for (const name of names) {
      const caches = { keys: get(inputs, `keys/${name}`), values: get(inputs, `values/${name}`) }
      const next = parts[name]?.({ x, position, ...caches })
      if (next === undefined) continue
      x = next.y
      outputs.set(`keys/${name}`, next.keys).set(`values/${name}`, next.values)
    }
    return { x, ...Object.fromEntries(outputs) }
  })
}

/**
 * {@link layer} in evaluation for one time after another, with the same parameters: `ids`, int32 [batch, 1], `position`, int32 [1], and the
 * keys and values of earlier times, {@link emptyCaches}; to `logits` [batch, 1, tokens] and the keys and values with this time.
 */
export const step = (sizes: Sizes): Layer.Layer<Tensors, Tensors> => {
  const parts = {
    tokens: embedding(sizes.tokens, sizes.width),
    positions: learnedPositions(sizes.positions),
    blocks: cachedBlocks(sizes),
    norm: layerNorm()
  }
  return Layer.compose(parts, ({ tokens, positions, blocks, norm }, { ids, position, ...caches }: Tensors): Tensors => {
    if (ids === undefined || position === undefined) throw new Error("expected ids and position")
    const { x, ...next } = blocks({ ...caches, position, x: positions({ x: tokens(ids), position }) })
    if (x === undefined) throw new Error("expected at least one block")
    return { logits: tokens({ hidden: norm(x) }), ...next }
  })
}

/** `keys/0`, `values/0` and so on for sequences of up to `length`: [batch, heads, length, width / heads]. The caller owns them. */
export const emptyCaches = (
  { layers, heads, width }: Sizes,
  { batch, length }: { readonly batch: number; readonly length: number }
): Tensors => {
  const empty = () => tf.zeros([batch, heads, length, width / heads])
  return Object.fromEntries(
    Array.from({ length: layers }, (_, index) => [
      [`keys/${index}`, empty()] as const,
      [`values/${index}`, empty()] as const
    ]).flat()
  )
}

export interface GenerateOptions extends Sampling.ContinueOptions {
  /** Keeps keys and values of earlier times, which takes memory and saves most of the work. Default: true. */
  readonly cache?: boolean
}

/** Gives the logits [batch, tokens] after the sequences so far, one time after another. */
interface Reader {
  readonly read: (sequences: Sampling.Sequences) => Float32Array
  readonly close: () => void
}

const idsOf = (sequences: ReadonlyArray<ReadonlyArray<number>>, times: number): tf.Tensor =>
  tf.tensor2d(
    sequences.map((ids) => [...ids.slice(-times)]),
    [sequences.length, times],
    "int32"
  )

const valuesOf = (logits: tf.Tensor): Float32Array => Float32Array.from(logits.dataSync())

/** Reads what is new in the sequences only. */
const cachedReader = (
  { sizes }: Gpt2,
  variables: Model.Variables,
  space: { readonly batch: number; readonly length: number }
): Reader => {
  const next = Layer.model("gpt2", step(sizes), { inputs: {} })
  let caches = emptyCaches(sizes, space)
  let position = 0
  const advance = (sequences: ReadonlyArray<ReadonlyArray<number>>): Float32Array => {
    const times = sequences.map((ids) => ids.slice(0, position + 1))
    const inputs = { ids: idsOf(times, 1), position: tf.tensor1d([position], "int32"), ...caches }
    const { logits, ...changed } = Model.predict<Tensors, Tensors>(next, variables, inputs)
    tf.dispose(inputs)
    caches = changed
    position++
    const values = logits === undefined ? new Float32Array() : valuesOf(logits)
    logits?.dispose()
    return values
  }
  const read = (sequences: ReadonlyArray<ReadonlyArray<number>>): Float32Array => {
    let values: Float32Array = new Float32Array()
    while (position < (sequences[0]?.length ?? 0)) values = advance(sequences)
    return values
  }
  return { read, close: () => tf.dispose(caches) }
}

/**
 * Continues sequences of tokens: each next one is drawn from the softmax of the logits / `temperature`, of the `topK` most likely tokens.
 * The draws go by the key, the position and the sample, so that the same key gives the same text, with the cache or without. Needs a
 * backend to be open.
 *
 * ```ts
 * const [text] = Gpt2.generate(model, state, [[464, 3290]], { length: 20, temperature: 0.8, topK: 40, key: Rng.key(1) })
 * ```
 *
 * @param variables the state of a run, or weights by path
 * @param ids prompts of one length, at least one token each
 * @returns the prompts with what follows them
 * @throws Sampling.GenerationInvalid with everything that is wrong with prompts and options
 */
export const generate = (
  self: Gpt2,
  variables: Model.Variables,
  ids: ReadonlyArray<ReadonlyArray<number>>,
  { length, cache = true, ...options }: GenerateOptions
): ReadonlyArray<ReadonlyArray<number>> => {
  const { sizes } = self
  if (!cache) return Sampling.continued(Sampling.reading(self, variables), sizes, ids, { length, ...options })
  let reader: Reader | undefined
  const read = (sequences: Sampling.Sequences) => {
    reader ??= cachedReader(self, variables, { batch: ids.length, length: (ids[0]?.length ?? 0) + length })
    return reader.read(sequences)
  }
  try {
    return Sampling.continued(read, sizes, ids, { length, ...options })
  } finally {
    reader?.close()
  }
}

/** The names of transformers' tensors, and our paths. */
export const renames = (options: Options = {}): ReadonlyArray<PyTorch.Rename> => {
  // Their "Conv1D" has the layout of a dense layer here.
  const conv1d = (from: string, to: string | ReadonlyArray<string>): ReadonlyArray<PyTorch.Rename> => {
    const paths = (part: string) =>
      typeof to === "string" ? `parameters/${to}/${part}` : to.map((path) => `parameters/${path}/${part}`)
    return [
      { from: `${from}.weight`, to: paths("kernel") },
      { from: `${from}.bias`, to: paths("bias") }
    ]
  }
  const ofBlock = (index: number): ReadonlyArray<PyTorch.Rename> => {
    const [from, to] = [`transformer.h.${index}`, `blocks/${index}`]
    return [
      ...PyTorch.norm(`${from}.ln_1`, `${to}/attentionNorm`),
      ...conv1d(
        `${from}.attn.c_attn`,
        ["query", "key", "value"].map((name) => `${to}/attention/${name}`)
      ),
      ...conv1d(`${from}.attn.c_proj`, `${to}/attention/output`),
      ...PyTorch.norm(`${from}.ln_2`, `${to}/denseNorm`),
      ...conv1d(`${from}.mlp.c_fc`, `${to}/expand`),
      ...conv1d(`${from}.mlp.c_proj`, `${to}/contract`)
    ]
  }
  return [
    { from: "transformer.wte.weight", to: "parameters/tokens/table" },
    { from: "transformer.wpe.weight", to: "parameters/positions/table" },
    ...Array.from({ length: sizesOf(options).layers }, (_, index) => ofBlock(index)).flat(),
    ...PyTorch.norm("transformer.ln_f", "norm")
  ]
}

/** The same values. */
const areEqual = (a: PyTorch.Weights[string] | undefined, b: PyTorch.Weights[string] | undefined): boolean =>
  a !== undefined && b?.values.length === a.values.length && a.values.every((value, index) => b.values[index] === value)

/**
 * The tensors of a `state_dict` of transformers' GPT2LMHeadModel of these sizes, or of the published files of GPT-2, whose names lack
 * `transformer.`, as weights for `WarmStart.model`. `lm_head.weight` is left out where it is the table of tokens, as it should be; another
 * one is an error, since this model has one table for both.
 */
export const fromPyTorch = (
  tensors: PyTorch.Weights,
  options: Options = {}
): Effect.Effect<PyTorch.Weights, PyTorch.PyTorchWeightsUnfit> => {
  const isBare = Object.hasOwn(tensors, "wte.weight")
  const head = tensors["lm_head.weight"]
  const isTied = head === undefined || areEqual(head, tensors["transformer.wte.weight"] ?? tensors["wte.weight"])
  return PyTorch.convert(tensors, {
    model: "transformers' GPT-2",
    renames: renames(options).map((rename) =>
      isBare ? { ...rename, from: rename.from.replace(/^transformer\./, "") } : rename
    ),
    // Masks of the attention, which older files hold.
    ignores: (name) => /\.attn\.(masked_)?bias$/.test(name) || (name === "lm_head.weight" && isTied)
  })
}
