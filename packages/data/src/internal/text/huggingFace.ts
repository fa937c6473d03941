/** Tokenizers described by a `tokenizer.json`, run by `@huggingface/tokenizers`, which is loaded when one is made. */

import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"

/** What is used of the package: its own declarations don't resolve under Node's rules. */
interface Encoder {
  readonly encode: (text: string, options: { readonly add_special_tokens: boolean }) => { readonly ids: Array<number> }
  readonly decode: (ids: Array<number>, options: DecodeOptions) => string
  readonly token_to_id: (token: string) => number | undefined
  readonly get_vocab: (withAdded: boolean) => ReadonlyMap<string, number>
}

interface DecodeOptions {
  readonly skip_special_tokens: boolean
  readonly clean_up_tokenization_spaces: boolean
}

interface Library {
  readonly Tokenizer: new (tokenizer: object, config: object) => Encoder
}

const missing = (cause: unknown) =>
  new DataError({
    source: "@huggingface/tokenizers",
    found: "no such package",
    expected: "the npm package @huggingface/tokenizers, which reads tokenizer.json",
    advice: "Install it with `npm install @huggingface/tokenizers`.",
    cause
  })

// By the `catch`, bundlers know that the package may be missing.
const library: Effect.Effect<Library | DataError> = Effect.promise(() =>
  import("@huggingface/tokenizers").then((module) => module as Library).catch(missing)
)

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** What a tokenizer of the package does, with its exceptions as errors. */
export interface Loaded {
  readonly size: number
  readonly padding: number | undefined
  readonly encode: (text: string, specials: boolean) => Array<number>
  readonly decode: (ids: Array<number>, specials: boolean) => string
  readonly has: (id: number) => boolean
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const paddingOf = (encoder: Encoder, tokenizer: Readonly<Record<string, unknown>>): number | undefined => {
  const { padding } = tokenizer
  if (isObject(padding) && typeof padding["pad_id"] === "number") return padding["pad_id"]
  return ["[PAD]", "<pad>", "<|padding|>", "<PAD>"].map((token) => encoder.token_to_id(token)).find((id) => id != null)
}

/** A missing part means the same as `null`, but the package wants to see it. */
const parts = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] }

/** Others, such as WordLevel, the package takes for something else without a word. */
const models = ["BPE", "WordPiece", "Unigram"]

/** Makes the tokenizer; fails where the package is missing or the description is not one that it reads. */
export const load = (tokenizer: unknown, source: string): Effect.Effect<Loaded, DataError> =>
  Effect.gen(function* () {
    const fail = (found: string, cause?: unknown) =>
      new DataError({
        source,
        found,
        expected: "the content of a tokenizer.json of the Hugging Face tokenizers",
        advice: "Save it with `tokenizer.save` of Python's tokenizers 0.13 or later.",
        ...(cause !== undefined && { cause })
      })
    if (!isObject(tokenizer) || !isObject(tokenizer["model"])) return yield* fail("a value without a model")
    const { type } = tokenizer["model"]
    if (!models.some((known) => known === type)) {
      return yield* fail(
        `a model of type ${JSON.stringify(type) ?? "undefined"}, which is none of ${models.join(", ")}`
      )
    }
    const loaded = yield* library
    if (loaded instanceof DataError) return yield* loaded
    const encoder = yield* Effect.try({
      try: () => new loaded.Tokenizer({ ...parts, ...tokenizer }, {}),
      catch: (cause) => fail(`a tokenizer that can't be made (${reason(cause)})`, cause)
    })
    const known = new Set(encoder.get_vocab(true).values())
    if (known.size === 0) return yield* fail("an empty vocabulary")
    let size = 0
    for (const id of known) size = Math.max(size, id + 1)
    return {
      size,
      padding: paddingOf(encoder, tokenizer),
      encode: (text, specials) => encoder.encode(text, { add_special_tokens: specials }).ids,
      decode: (ids, specials) =>
        ids.length === 0
          ? ""
          : encoder.decode(ids, { skip_special_tokens: !specials, clean_up_tokenization_spaces: false }),
      has: (id) => known.has(id)
    }
  })
