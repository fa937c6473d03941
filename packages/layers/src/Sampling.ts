/**
 * Continuing sequences of tokens: what a model of the next token gives is drawn from, and given to it again.
 *
 * ```ts
 * const [text] = Sampling.generate(model, state, [ids], { length: 100, temperature: 0.8, key: Rng.key(1) })
 * ```
 */
import * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import { sideOf, tidy } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"

export interface SamplingOptions {
  /** Logits are divided by it: less than 1 prefers likely tokens, 0 always takes the likeliest. Default: 1. */
  readonly temperature?: number
  /** How many of the likeliest tokens count; default: all. Fan, Lewis and Dauphin 2018, arXiv:1805.04833. */
  readonly topK?: number
  /** What is drawn. Not needed at temperature 0. */
  readonly key?: Rng.Key
}

/** Prompts or options from which nothing can be generated. */
export class GenerationInvalid extends Schema.TaggedError<GenerationInvalid>()("GenerationInvalid", {
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return `Nothing can be generated.${this.problems.map((problem) => `\n  ${problem}`).join("")}`
  }
}

/** Ids of tokens, one sequence for each sample; all have one length. */
export type Sequences = ReadonlyArray<ReadonlyArray<number>>

/** What a model takes. */
export interface Limits {
  /** Ids are below it. */
  readonly tokens: number
  /** The longest sequence. Default: any. */
  readonly positions?: number
}

/** Problems that are named; there is one for each wrong prompt. */
const most = 50

const promptProblems = ({ tokens }: Limits, ids: Sequences): ReadonlyArray<string> => {
  const expected = ids[0]?.length ?? 0
  if (expected === 0) return ["the first prompt has no tokens; give at least one, such as the one that ends a text"]
  return ids.flatMap((sequence, index) => {
    const wrong = sequence.find((id) => !(Number.isInteger(id) && id >= 0 && id < tokens))
    return [
      ...(sequence.length === expected
        ? []
        : [`prompt ${index} has ${sequence.length} tokens, the first one ${expected}; generate by length`]),
      ...(wrong === undefined ? [] : [`prompt ${index} has the token ${wrong}, expected whole numbers below ${tokens}`])
    ]
  })
}

const optionProblems = (
  { positions = Number.POSITIVE_INFINITY }: Limits,
  prompt: number,
  { length, temperature = 1, topK, key }: ContinueOptions
): ReadonlyArray<string> => [
  ...(Number.isInteger(length) && length >= 0 ? [] : [`length is ${length}, expected a whole number of at least 0`]),
  ...(prompt + length > positions
    ? [`prompts of ${prompt} tokens and ${length} more are longer than the model's ${positions} positions`]
    : []),
  ...(temperature >= 0 && temperature < Number.POSITIVE_INFINITY
    ? []
    : [`temperature is ${temperature}, expected a number of at least 0`]),
  ...(topK === undefined || (Number.isInteger(topK) && topK >= 1)
    ? []
    : [`topK is ${topK}, expected a whole number of at least 1`]),
  ...(temperature > 0 && key === undefined ? ["key is missing; give Rng.key(1), or a temperature of 0"] : [])
]

/** Throws everything that is wrong. */
const demandValid = (limits: Limits, ids: Sequences, options: ContinueOptions): void => {
  const problems = [...promptProblems(limits, ids), ...optionProblems(limits, ids[0]?.length ?? 0, options)]
  if (problems.length > 0) throw new GenerationInvalid({ problems: problems.slice(0, most) })
}

/** The likeliest tokens, in that order; of equally likely ones the first. */
const likeliest = (logits: Float32Array, count: number): ReadonlyArray<number> => {
  const logitOf = (id: number) => logits[id] ?? Number.NEGATIVE_INFINITY
  return Array.from(logits.keys())
    .sort((a, b) => logitOf(b) - logitOf(a) || a - b)
    .slice(0, count)
}

/** One token: `draw` in [0, 1) falls into its share of the probabilities. */
export const pick = (logits: Float32Array, draw: number, { temperature = 1, topK }: SamplingOptions): number => {
  const candidates = likeliest(logits, temperature === 0 ? 1 : (topK ?? logits.length))
  const [best = 0] = candidates
  if (temperature === 0) return best
  const largest = logits[best] ?? 0
  const shares = candidates.map((id) => Math.exp(((logits[id] ?? 0) - largest) / temperature))
  let rest = draw * shares.reduce((sum, share) => sum + share, 0)
  for (const [index, share] of shares.entries()) {
    rest -= share
    if (rest < 0) return candidates[index] ?? best
  }
  return best
}

/** The next token of each sequence, of logits [batch, tokens]. */
const next = (logits: Float32Array, sequences: Sequences, options: SamplingOptions): ReadonlyArray<number> => {
  const tokens = logits.length / sequences.length
  const stream = Rng.fold(options.key ?? Rng.key(0), sequences[0]?.length ?? 0)
  return sequences.map((_, sample) =>
    pick(logits.subarray(sample * tokens, (sample + 1) * tokens), Rng.uniform(stream, sample), options)
  )
}

export interface ContinueOptions extends SamplingOptions {
  /** How many tokens are added. */
  readonly length: number
}

/**
 * Continues sequences by whatever gives the logits of the next token, [batch · tokens], after the sequences so far: a model with a cache, or
 * several models. The draws go by the key, the position and the sample.
 *
 * @param ids prompts of one length, at least one token each
 * @returns the prompts with what follows them
 * @throws GenerationInvalid with everything that is wrong with prompts and options
 */
export const continued = (
  logitsOf: (sequences: Sequences) => Float32Array,
  limits: Limits,
  ids: Sequences,
  { length, ...options }: ContinueOptions
): Sequences => {
  demandValid(limits, ids, { length, ...options })
  let sequences = ids
  for (let count = 0; count < length; count++) {
    const tokens = next(logitsOf(sequences), sequences, options)
    sequences = sequences.map((sequence, index) => [...sequence, tokens[index] ?? 0])
  }
  return sequences
}

export interface GenerateOptions extends ContinueOptions {
  /** How many of the last tokens the model reads: its longest sequence. Default: all. */
  readonly window?: number
}

/** The last ids of each sequence, int32 [batch, time]. */
const lastOf = (sequences: Sequences, window: number): tf.Tensor => {
  const last = sequences.map((ids) => ids.slice(-window))
  return tf.tensor2d(last, [last.length, last[0]?.length ?? 0], "int32")
}

/** A model from ids, int32 [batch, time], to the logits of the next token at each time, [batch, time, tokens]. */
export type LanguageModel = Model.Model<tf.Tensor, tf.Tensor>

/**
 * What {@link continued} asks for, by a model that reads the last `window` tokens anew each time: the logits after the last one.
 * Default: all tokens.
 */
export const reading =
  (self: LanguageModel, variables: Model.Variables, window = Number.POSITIVE_INFINITY) =>
  (sequences: Sequences): Float32Array => {
    let values = new Float32Array()
    tidy(() => {
      const logits = Model.predict(self, variables, lastOf(sequences, window))
      const [batch, time, tokens] = [sideOf(logits.shape, 0), sideOf(logits.shape, 1), sideOf(logits.shape, 2)]
      values = Float32Array.from(tf.slice(logits, [0, time - 1, 0], [batch, 1, tokens]).dataSync())
    })
    return values
  }

/**
 * Continues sequences of tokens by any model of the next token: each is drawn from the softmax of the logits / `temperature`, of the `topK`
 * most likely ones. The same key gives the same text. The model reads the last `window` tokens anew for each one; a cache that avoids
 * that is `cachedTransformerBlock`, with {@link continued}. Needs a backend to be open.
 *
 * @param variables the state of a run, or weights by path
 * @param ids prompts of one length, at least one token each
 * @returns the prompts with what follows them
 * @throws GenerationInvalid with everything that is wrong with prompts and options
 */
export const generate = (
  self: LanguageModel,
  variables: Model.Variables,
  ids: ReadonlyArray<ArrayLike<number>>,
  { window, ...options }: GenerateOptions
): Sequences => {
  const logitsOf = reading(self, variables, window)
  const tokens = logitsOf([[0]]).length
  const prompts = ids.map((one) => Array.from(one))
  return continued(logitsOf, { tokens }, prompts, options)
}
