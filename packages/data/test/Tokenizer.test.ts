import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Tokenizer from "../src/Tokenizer.ts"

interface Reference {
  readonly tokenizer: object
  readonly cases: ReadonlyArray<{
    readonly text: string
    readonly ids: ReadonlyArray<number>
    readonly plain: ReadonlyArray<number>
    readonly decoded: string
  }>
}
const references = JSON.parse(
  readFileSync(new URL("../fixtures/tokenizers.json", import.meta.url), "utf8")
) as Readonly<Record<string, Reference>>
const reference = (name: string): Reference => references[name]!

const throughJson = (tokenizer: Tokenizer.Tokenizer) => Tokenizer.fromData(JSON.parse(JSON.stringify(tokenizer.data)))

const texts = [
  "plain",
  "",
  "line\r\nline\n\rend",
  "e\u0301 is not \u00e9",
  "🎼 astral 😀, family 👩‍👩‍👧, flag 🇫🇷",
  "\ufeffmark \u0000 \ufffd"
]

const roundTrip = (tokenizer: Tokenizer.Tokenizer, text: string) =>
  Effect.flatMap(tokenizer.encode(text), (ids) => tokenizer.decode(ids))

describe("bytes", () => {
  it.effect("are those of UTF-8", () =>
    Effect.gen(function* () {
      const ids = yield* Tokenizer.bytes.encode("aé€😀")
      assert.deepStrictEqual([...ids], [0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80])
    })
  )

  it.effect("give every text back", () =>
    Effect.gen(function* () {
      for (const text of texts) assert.strictEqual(yield* roundTrip(Tokenizer.bytes, text), text)
    })
  )

  it.effect("that are no UTF-8 decode to U+FFFD", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Tokenizer.bytes.decode([0x61, 0xff, 0x62]), "a\ufffdb")
    })
  )

  it.effect("refuse half of a surrogate pair, and ids that are no bytes", () =>
    Effect.gen(function* () {
      const half = yield* Effect.flip(Tokenizer.bytes.encode("😀a\ud83d"))
      assert.strictEqual(
        half.message,
        "bytes: found half of a surrogate pair (character 2), expected text that UTF-8 can hold. " +
          "The text was cut inside of a character. `text.toWellFormed()` puts U+FFFD there."
      )
      for (const id of [256, -1, 0.5, Number.NaN]) {
        const { found } = yield* Effect.flip(Tokenizer.bytes.decode([1, id]))
        assert.strictEqual(found, `the id ${id} (position 1)`)
      }
    })
  )
})

describe("characters", () => {
  it.effect("are code points in their order", () =>
    Effect.gen(function* () {
      const tokenizer = Tokenizer.characters("b😀a\u0301\uffff")
      assert.deepStrictEqual(tokenizer.data, {
        _tag: "Characters",
        characters: ["a", "b", "\u0301", "\uffff", "😀"],
        unknown: "fail"
      })
      assert.strictEqual(tokenizer.size, 5)
      assert.deepStrictEqual([...(yield* tokenizer.encode("a\u0301😀b"))], [0, 2, 4, 1])
    })
  )

  it.effect("give every text of them back, also after the tokenizer went through JSON", () =>
    Effect.gen(function* () {
      for (const text of [...texts, "half \ud83d of a pair"]) {
        const tokenizer = Tokenizer.characters(text)
        assert.strictEqual(yield* roundTrip(tokenizer, text), text)
        const again = yield* throughJson(tokenizer)
        assert.deepStrictEqual(again.data, tokenizer.data)
        assert.strictEqual(yield* roundTrip(again, text), text)
      }
    })
  )

  it.effect.prop("give back any string", [Schema.String], ([text]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* roundTrip(Tokenizer.characters(text), text), text)
      const wellFormed = text.toWellFormed()
      assert.strictEqual(yield* roundTrip(Tokenizer.bytes, wellFormed), wellFormed)
    })
  )

  it.effect("that are unknown fail, are dropped or are replaced", () =>
    Effect.gen(function* () {
      const encode = (unknown: Tokenizer.Unknown) => roundTrip(Tokenizer.characters("abc", { unknown }), "aΩb😀c")
      assert.strictEqual(yield* encode("drop"), "abc")
      assert.strictEqual(yield* encode("replace"), "a\ufffdb\ufffdc")
      const error = yield* Effect.flip(encode("fail"))
      assert.strictEqual(
        error.message,
        'characters: found the character "Ω" (U+03A9, character 1), expected one of the vocabulary\'s 3. ' +
          'Make the vocabulary from all text, or with `unknown: "replace"` or `"drop"`.'
      )
    })
  )

  it.effect("refuse ids that the vocabulary lacks", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Tokenizer.characters("ab").decode([0, 1, 2]))
      assert.strictEqual(error.found, "the id 2 (position 2)")
      assert.strictEqual(error.expected, "an id of the vocabulary, in 0 … 1")
    })
  )
})

describe("tokenizer.json", () => {
  for (const name of Object.keys(references)) {
    it.effect(`${name} gives the ids and texts of Python's library`, () =>
      Effect.gen(function* () {
        const { tokenizer, cases } = reference(name)
        const loaded = yield* Tokenizer.fromJson(tokenizer)
        const again = yield* throughJson(loaded)
        for (const { text, ids, plain, decoded } of cases) {
          assert.deepStrictEqual([...(yield* loaded.encode(text, { specials: true }))], ids, text)
          assert.deepStrictEqual([...(yield* loaded.encode(text))], plain, text)
          assert.deepStrictEqual([...(yield* again.encode(text))], plain, text)
          assert.strictEqual(yield* loaded.decode(ids), decoded)
        }
      })
    )
  }

  it.effect("knows its size, its padding and its special tokens", () =>
    Effect.gen(function* () {
      const bert = yield* Tokenizer.fromJson(reference("wordPiece").tokenizer, "bert")
      assert.deepStrictEqual([bert.name, bert.size, bert.padding], ["bert", 120, 0])
      const ids = yield* bert.encode("fox", { specials: true })
      assert.strictEqual(yield* bert.decode(ids, { specials: true }), "[CLS] fox [SEP]")
      const gpt = yield* Tokenizer.fromJson(reference("byteLevel").tokenizer)
      assert.deepStrictEqual([gpt.size, gpt.padding], [320, undefined])
    })
  )

  it.effect("encodes a long text, with or without places to cut it", () =>
    Effect.gen(function* () {
      const gpt = yield* Tokenizer.fromJson(reference("byteLevel").tokenizer)
      for (const text of ["The quick brown fox 😀\r\n".repeat(3000), "🎼".repeat(33_000)]) {
        assert.strictEqual(yield* roundTrip(gpt, text), text)
      }
      const bert = yield* Tokenizer.fromJson(reference("wordPiece").tokenizer)
      const ids = yield* bert.encode("fox ".repeat(20_000), { specials: true })
      assert.deepStrictEqual([ids.length, ids[0], ids.at(-1)], [20_002, 2, 3])
    })
  )

  it.effect("says what is wrong with something else", () =>
    Effect.gen(function* () {
      const foundIn = (json: unknown) => Effect.map(Effect.flip(Tokenizer.fromJson(json)), ({ found }) => found)
      assert.strictEqual(yield* foundIn({ vocab: {} }), "a value without a model")
      assert.strictEqual(yield* foundIn([1]), "a value without a model")
      assert.strictEqual(yield* foundIn({ model: { type: "BPE", vocab: {}, merges: [] } }), "an empty vocabulary")
      const wordLevel = { model: { type: "WordLevel", vocab: { a: 0 } } }
      assert.match(yield* foundIn(wordLevel), /^a model of type "WordLevel", which is none of BPE, WordPiece, Unigram$/)
      const unknown = { ...reference("byteLevel").tokenizer, normalizer: { type: "Other" } }
      assert.match(yield* foundIn(unknown), /^a tokenizer that can't be made \(Unknown Normalizer type: Other\)$/)
      const { message } = yield* Effect.flip(
        Effect.flatMap(Tokenizer.fromJson(reference("unigram").tokenizer), ({ decode }) => decode([1, 9999]))
      )
      assert.match(message, /found the id 9999 \(position 1\), expected an id of the vocabulary, in 0 … 60/)
    })
  )
})

it("where the package is not installed, says how to install it", async () => {
  const module = (name: string) => JSON.stringify(import.meta.resolve(name))
  const program = `
    import { registerHooks } from "node:module"
    registerHooks({ resolve: (name, context, next) => next(name.replace("@huggingface/tokenizers", "no-such-package"), context) })
    const Effect = await import(${module("effect/Effect")})
    const Tokenizer = await import(${JSON.stringify(new URL("../src/Tokenizer.ts", import.meta.url))})
    const error = await Effect.runPromise(Effect.flip(Tokenizer.fromJson({ model: { type: "BPE", vocab: { a: 0 } } })))
    console.log(error.message)`
  const flags = ["--conditions=@etude/source", "--input-type=module", "--eval", program]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  assert.match(stdout, /tokenizers: found no such package.*`npm install @huggingface\/tokenizers`/)
})

describe("fromData", () => {
  it.effect("refuses what no tokenizer's data is", () =>
    Effect.gen(function* () {
      const foundIn = (data: unknown) => Effect.map(Effect.flip(Tokenizer.fromData(data)), ({ found }) => found)
      const of = (...characters: ReadonlyArray<string>) => ({ _tag: "Characters", characters, unknown: "fail" })
      assert.include(yield* foundIn({ _tag: "Words" }), "_tag")
      assert.strictEqual(yield* foundIn(of("a", "bc")), 'the entry "bc" (id 1), no character or there twice')
      assert.strictEqual(yield* foundIn(of("a", "b", "a")), 'the entry "a" (id 2), no character or there twice')
      assert.strictEqual(yield* foundIn({ ...of("a"), unknown: "replace" }), "no U+FFFD to replace others by")
    })
  )
})
