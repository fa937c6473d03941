/**
 * Tokenizers: text to ids and back, as pure functions. Characters and bytes are here; what a `tokenizer.json` describes
 * (byte-level BPE, WordPiece, Unigram) is done by the npm package `@huggingface/tokenizers`. A tokenizer is data: its
 * `data` is plain JSON that can be kept beside a model, and {@link fromData} makes the same tokenizer again. Datasets of
 * tokens are in `Text`, files in `TextFile`.
 */

import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { pieces } from "./internal/text/cuts.ts"
import * as HuggingFace from "./internal/text/huggingFace.ts"

/**
 * What to do with a character that the vocabulary lacks: `fail` with a `DataError` that names it and its position,
 * `drop` it, or `replace` it by U+FFFD (�), which is then one more character of the vocabulary.
 */
export const Unknown = Schema.Literals(["fail", "drop", "replace"])
export type Unknown = typeof Unknown.Type

/** A tokenizer as plain JSON. */
export const Data = Schema.TaggedUnion({
  Bytes: {},
  Characters: { characters: Schema.Array(Schema.String), unknown: Unknown },
  HuggingFace: { name: Schema.String, tokenizer: Schema.Json }
})
export type Data = typeof Data.Type

export interface EncodeOptions {
  /**
   * Whether to add the tokens that a `tokenizer.json` puts around a document, such as `[CLS]` and `[SEP]`. Default:
   * false. Characters and bytes have none.
   */
  readonly specials?: boolean
}

export interface DecodeOptions {
  /** Whether to write special tokens, such as `[CLS]`, into the text. Default: false. */
  readonly specials?: boolean
}

export interface Tokenizer {
  readonly name: string
  /** Ids are in 0 … size − 1: the number of classes of a model that predicts the next one. */
  readonly size: number
  /** The id of the padding token, where the vocabulary has one. */
  readonly padding?: number
  /** The ids of a text. Fails with a `DataError` where the text can't be encoded; the text is its `source`. */
  readonly encode: (text: string, options?: EncodeOptions) => Effect.Effect<Int32Array, DataError>
  /** The text of ids. Fails with a `DataError` for an id that the vocabulary lacks. */
  readonly decode: (ids: ArrayLike<number>, options?: DecodeOptions) => Effect.Effect<string, DataError>
  /** The tokenizer as plain JSON, for {@link fromData}. */
  readonly data: Data
}

const unknownId = (name: string, ids: ArrayLike<number>, index: number, size: number): DataError =>
  new DataError({
    source: name,
    found: `the id ${ids[index]} (position ${index})`,
    expected: `an id of the vocabulary, in 0 … ${size - 1}`,
    advice: "Decode with the tokenizer that encoded the text."
  })

const loneSurrogate = (name: string, text: string): DataError => {
  const index = Array.from(text).findIndex((character) => !character.isWellFormed())
  return new DataError({
    source: name,
    found: `half of a surrogate pair (character ${index})`,
    expected: "text that UTF-8 can hold",
    advice: "The text was cut inside of a character. `text.toWellFormed()` puts U+FFFD there."
  })
}

/**
 * The bytes of UTF-8 as ids 0 … 255: no vocabulary, nothing unknown. Decoding puts U+FFFD where bytes, such as those of a
 * model's samples, are not UTF-8. Text with half of a surrogate pair can't be encoded.
 */
export const bytes: Tokenizer = {
  name: "bytes",
  size: 256,
  data: Data.cases.Bytes.make({}),
  encode: (text) =>
    Effect.suspend(() =>
      text.isWellFormed()
        ? Effect.succeed(Int32Array.from(new TextEncoder().encode(text)))
        : Effect.fail(loneSurrogate("bytes", text))
    ),
  decode: (ids) =>
    Effect.suspend(() => {
      for (let index = 0; index < ids.length; index++) {
        const id = ids[index]!
        if (!(Number.isInteger(id) && id >= 0 && id < 256)) return Effect.fail(unknownId("bytes", ids, index, 256))
      }
      return Effect.succeed(new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(ids)))
    })
}

const replacement = "\ufffd"

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`

const unknownCharacter = (character: string, position: number, size: number): DataError =>
  new DataError({
    source: "characters",
    found: `the character ${JSON.stringify(character)} (${codePoint(character)}, character ${position})`,
    expected: `one of the vocabulary's ${size}`,
    advice: 'Make the vocabulary from all text, or with `unknown: "replace"` or `"drop"`.'
  })

/** The tokenizer of a vocabulary; the id of a character is its place there. */
const ofCharacters = (characters: ReadonlyArray<string>, unknown: Unknown): Tokenizer => {
  const idOf = new Map(characters.map((character, id) => [character, id]))
  const size = characters.length
  const substitute = unknown === "replace" ? idOf.get(replacement) : undefined
  return {
    name: "characters",
    size,
    data: Data.cases.Characters.make({ characters, unknown }),
    encode: (text) =>
      Effect.suspend(() => {
        const ids = new Int32Array(text.length)
        let [length, position] = [0, 0]
        for (const character of text) {
          const id = idOf.get(character) ?? substitute
          if (id !== undefined) ids[length++] = id
          else if (unknown === "fail") return Effect.fail(unknownCharacter(character, position, size))
          position++
        }
        return Effect.succeed(ids.slice(0, length))
      }),
    decode: (ids) =>
      Effect.suspend(() => {
        const text: Array<string> = []
        for (let index = 0; index < ids.length; index++) {
          const character = characters[ids[index]!]
          if (character === undefined) return Effect.fail(unknownId("characters", ids, index, size))
          text.push(character)
        }
        return Effect.succeed(text.join(""))
      })
  }
}

export interface CharactersOptions {
  /** Default: `fail`. */
  readonly unknown?: Unknown
}

/**
 * A vocabulary of the characters of a text, ordered by code point. A character is a code point: one outside of the basic
 * plane has one id, a combining mark has its own, and nothing is normalized, so that decoding gives the same text back.
 *
 * ```ts
 * const tokenizer = Tokenizer.characters("hello")
 * Effect.runSync(tokenizer.encode("hole")) // => Int32Array [ 1, 3, 2, 0 ]
 * ```
 */
export const characters = (text: string, options: CharactersOptions = {}): Tokenizer => {
  const { unknown = "fail" } = options
  const known = new Set(text)
  if (unknown === "replace") known.add(replacement)
  const order = (one: string, other: string) => (one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0)
  return ofCharacters([...known].sort(order), unknown)
}

/** Code units that are encoded at once: the package spreads the tokens of a word as arguments, of which there may be so many. */
const longestPiece = 65_536

/** All pieces' ids; tokens without an id, where the vocabulary has no unknown token, are left out as Python's library does. */
const encodePieces = (loaded: HuggingFace.Loaded, text: string, specials: boolean): Int32Array => {
  if (text.length <= longestPiece) return Int32Array.from(loaded.encode(text, specials).filter(Number.isInteger))
  const all = [...pieces(text, longestPiece)].map((piece) => Int32Array.from(loaded.encode(piece, false)))
  const [before, after] = specials ? around(loaded) : [[], []]
  const ids = new Int32Array(all.reduce((sum, { length }) => sum + length, before.length + after.length))
  let position = 0
  for (const part of [before, ...all, after]) {
    ids.set(part, position)
    position += part.length
  }
  return ids
}

/** The special tokens before and after a document. */
const around = (loaded: HuggingFace.Loaded): readonly [before: Array<number>, after: Array<number>] => {
  const [plain, whole] = [loaded.encode("a", false), loaded.encode("a", true)]
  const begin = whole.findIndex((_, index) => plain.every((id, offset) => whole[index + offset] === id))
  return begin < 0 ? [[], []] : [whole.slice(0, begin), whole.slice(begin + plain.length)]
}

/**
 * The tokenizer that the content of a `tokenizer.json` (parsed) describes, as Python's `tokenizers` and `transformers` save
 * it; run by `@huggingface/tokenizers`, an optional peer. Tokens are those of Python's library. A text of more than
 * 65,536 code units is encoded in pieces that end at line ends. Fails with a `DataError` where the package is missing or
 * the content is not what it reads.
 */
export const fromJson = (tokenizer: unknown, name = "tokenizer.json"): Effect.Effect<Tokenizer, DataError> =>
  Effect.gen(function* () {
    const loaded = yield* HuggingFace.load(tokenizer, name)
    const { size, padding } = loaded
    const attempt = <A>(what: string, run: () => A): Effect.Effect<A, DataError> =>
      Effect.try({
        try: run,
        catch: (cause) =>
          new DataError({
            source: name,
            found: `an error of @huggingface/tokenizers (${cause})`,
            expected: `${what} without one`,
            advice: "Look whether the package supports what the tokenizer.json asks for.",
            cause
          })
      })
    return {
      name,
      size,
      ...(padding !== undefined && { padding }),
      data: Data.cases.HuggingFace.make({ name, tokenizer: tokenizer as Schema.Json }),
      encode: (text, { specials = false } = {}) => attempt("encoding", () => encodePieces(loaded, text, specials)),
      decode: (ids, { specials = false } = {}) =>
        Effect.suspend(() => {
          const all = Array.from(ids)
          const index = all.findIndex((id) => !loaded.has(id))
          if (index >= 0) return Effect.fail(unknownId(name, ids, index, size))
          return attempt("decoding", () => loaded.decode(all, specials))
        })
    }
  })

const isCharacter = (text: string): boolean => text.length > 0 && [...text].length === 1

/**
 * The tokenizer of what another one's `data` was. Fails with a `DataError` for anything else: an unknown `_tag`, a
 * vocabulary with an entry that is no character or is there twice.
 */
export const fromData = (data: unknown, name = "a tokenizer's data"): Effect.Effect<Tokenizer, DataError> =>
  Effect.gen(function* () {
    const fail = (found: string) =>
      new DataError({
        source: name,
        found,
        expected: "what `data` of a tokenizer is",
        advice: "Save it again, or give a tokenizer.json to `Tokenizer.fromJson`."
      })
    const decoded = Schema.decodeUnknownResult(Data, { onExcessProperty: "error" })(data)
    if (Result.isFailure(decoded)) return yield* fail(decoded.failure.message.replaceAll(/\s+/g, " "))
    const tokenizer = decoded.success
    if (tokenizer._tag === "Bytes") return bytes
    if (tokenizer._tag === "HuggingFace") return yield* fromJson(tokenizer.tokenizer, tokenizer.name)
    const { characters: known, unknown } = tokenizer
    const seen = new Set<string>()
    const wrong = known.findIndex((text) => !isCharacter(text) || seen.size === seen.add(text).size)
    if (wrong >= 0)
      return yield* fail(`the entry ${JSON.stringify(known[wrong])} (id ${wrong}), no character or there twice`)
    if (unknown === "replace" && !known.includes(replacement)) return yield* fail("no U+FFFD to replace others by")
    return ofCharacters(known, unknown)
  })
