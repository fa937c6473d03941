/** Drawing tokens from logits. */
import * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"

export interface Options {
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

type Sequences = ReadonlyArray<ReadonlyArray<number>>
interface Limits {
  readonly tokens: number
  readonly positions: number
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
  { positions }: Limits,
  prompt: number,
  { length, temperature = 1, topK, key }: Options & { readonly length: number }
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
export const demandValid = (limits: Limits, ids: Sequences, options: Options & { readonly length: number }): void => {
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
export const pick = (logits: Float32Array, draw: number, { temperature = 1, topK }: Options): number => {
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
export const next = (logits: Float32Array, sequences: Sequences, options: Options): ReadonlyArray<number> => {
  const tokens = logits.length / sequences.length
  const stream = Rng.fold(options.key ?? Rng.key(0), sequences[0]?.length ?? 0)
  return sequences.map((_, sample) =>
    pick(logits.subarray(sample * tokens, (sample + 1) * tokens), Rng.uniform(stream, sample), options)
  )
}
