import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Preprocess from "../src/Preprocess.ts"
import * as Text from "../src/Text.ts"
import * as Tokenizer from "../src/Tokenizer.ts"
import { readAll, readAt } from "./support/read.ts"

const numbers = (values: unknown) => Array.from(values as Int32Array)
const pair = ({ inputs, targets }: HostBatch) => [numbers(inputs), numbers(targets)]
const count = (length: number) => Int32Array.from({ length }, (_, index) => index)

describe("decode", () => {
  const problem = (...bytes: ReadonlyArray<number>) =>
    Effect.map(Effect.flip(Text.decode(Uint8Array.from(bytes), "a.txt")), ({ offset, found }) => [offset, found])

  it.effect("leaves a byte order mark out, and line ends as they are", () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode("\ufeffa\r\nb\rc\n\ufeff")
      assert.strictEqual(yield* Text.decode(bytes, "a.txt"), "a\r\nb\rc\n\ufeff")
    })
  )

  it.effect("names the first byte that is not UTF-8", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problem(0x61, 0xc3, 0xa9, 0xe9, 0x62), [3, "the bytes e9 62"])
      assert.deepStrictEqual(yield* problem(0xc0, 0x80), [0, "the bytes c0 80"]) // overlong
      assert.deepStrictEqual(yield* problem(0x61, 0xe0, 0x80, 0x80), [1, "the bytes e0 80 80"]) // overlong
      assert.deepStrictEqual(yield* problem(0xed, 0xa0, 0x80), [0, "the bytes ed a0 80"]) // a surrogate
      assert.deepStrictEqual(yield* problem(0xf4, 0x90, 0x80, 0x80), [0, "the bytes f4 90 80 80"]) // above U+10FFFF
      assert.deepStrictEqual(yield* problem(0x61, 0xf0, 0x9f, 0x98), [
        1,
        "the end of the file in the middle of a character"
      ])
    })
  )

  it.effect("agrees with the platform's decoder about which bytes are UTF-8", () =>
    Effect.gen(function* () {
      const edges = [
        0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5
      ]
      for (const first of edges) {
        for (const second of edges) {
          for (const third of [0x41, 0x80, 0xbf, 0xc0]) {
            const bytes = Uint8Array.of(first, second, third, 0x80)
            const isValid = new TextDecoder().decode(bytes).includes("\ufffd") === false
            assert.strictEqual((yield* Effect.exit(Text.decode(bytes, "a")))._tag === "Success", isValid, `${bytes}`)
          }
        }
      }
    })
  )

  it.effect("knows UTF-16 and compressed files", () =>
    Effect.gen(function* () {
      const advice = (...bytes: ReadonlyArray<number>) =>
        Effect.map(Effect.flip(Text.decode(Uint8Array.from(bytes), "a.txt")), (error) => error.advice)
      assert.match(yield* advice(0xff, 0xfe, 0x61, 0x00), /UTF-16/)
      assert.match(yield* advice(0x1f, 0x8b, 8, 0), /decompress/)
    })
  )
})

describe("windows", () => {
  it.effect("have the next token as the target of each", () =>
    Effect.gen(function* () {
      const dataset = yield* Text.windows(count(9), { length: 4 })
      assert.strictEqual(dataset.length, 2)
      assert.deepStrictEqual(dataset.spec, {
        inputs: { shape: [4], dtype: "int32" },
        targets: { shape: [4], dtype: "int32" }
      })
      assert.deepStrictEqual(pair(yield* readAt(dataset, 1, 0)), [
        [4, 5, 6, 7, 0, 1, 2, 3],
        [5, 6, 7, 8, 1, 2, 3, 4]
      ])
    })
  )

  const Small = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))
  it.effect.prop(
    "are all that fit, each `stride` after the one before",
    [Small, Small, Small],
    ([length, stride, more]) =>
      Effect.gen(function* () {
        const tokens = count(length + more)
        const dataset = yield* Text.windows(Uint16Array.from(tokens), { length, stride })
        const starts = Array.from(tokens).filter((start) => start % stride === 0 && start + length < tokens.length)
        assert.strictEqual(dataset.length, starts.length)
        const expected = starts.flatMap((start) => Array.from({ length }, (_, offset) => start + offset))
        assert.deepStrictEqual(pair(yield* readAll(dataset)), [expected, expected.map((token) => token + 1)])
      })
  )

  it.effect("of bytes are read as bytes, into the room that is given", () =>
    Effect.gen(function* () {
      const dataset = yield* Text.windows(Uint8Array.of(7, 8, 9, 10), { length: 3 })
      const rooms: Array<unknown> = []
      const batch = dataset.read(Int32Array.of(0), Draw.fixed, (like, length) => {
        const room = like instanceof Uint8Array ? new Uint8Array(length).fill(77) : new Int32Array(length)
        rooms.push(room)
        return room
      }) as HostBatch
      assert.deepStrictEqual(pair(batch), [
        [7, 8, 9],
        [8, 9, 10]
      ])
      assert.deepStrictEqual(rooms, [batch.inputs, batch.targets])
    })
  )

  it.effect("longer than the text say so", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(Text.windows(count(8), { length: 8, name: "verse" }))
      assert.include(
        message,
        "verse: found a text of 8 tokens, expected 9 or more: a window of 8, and the token after it. " +
          "Take shorter windows or more text."
      )
    })
  )

  it.effect("report a wrong length and stride together, and a wrong index", () =>
    Effect.gen(function* () {
      const { problems } = yield* Effect.flip(Text.windows(count(8), { length: 0, stride: 1.5 }))
      assert.deepStrictEqual(
        problems.map(({ source, found }) => [source, found]),
        [
          ["windows.length", "0"],
          ["windows.stride", "1.5"]
        ]
      )
      const dataset = yield* Text.windows(count(8), { length: 2 })
      assert.match(String(yield* Effect.flip(readAt(dataset, dataset.length))), /a request for sample 3/)
    })
  )
})

describe("documents", () => {
  const tokenizer = Tokenizer.characters("abcdef")
  const fields = (batch: HostBatch) => {
    const { tokens, mask } = batch.inputs as { readonly [name: string]: Uint8Array }
    return [numbers(tokens), numbers(mask)]
  }

  it.effect("are padded and truncated to one length, with a mask", () =>
    Effect.gen(function* () {
      const dataset = yield* Text.documents(["abc", "", "fedcba", "bb"], ["pos", "neg", "neg", "pos"], {
        tokenizer,
        length: 3,
        padding: 5
      })
      assert.deepStrictEqual(dataset.spec, {
        inputs: { tokens: { shape: [3], dtype: "int32" }, mask: { shape: [3], dtype: "float32" } },
        targets: { shape: [], dtype: "int32" }
      })
      assert.deepStrictEqual(dataset.classes, ["neg", "pos"])
      const batch = yield* readAt(dataset, 3, 2, 1, 0)
      assert.deepStrictEqual(fields(batch), [
        [1, 1, 5, 5, 4, 3, 5, 5, 5, 0, 1, 2],
        [1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]
      ])
      assert.deepStrictEqual(numbers(batch.targets), [1, 0, 0, 1])
      assert.deepStrictEqual(numbers(dataset.readTargets?.(Int32Array.of(0, 1))), [1, 0])
    })
  )

  it.effect("keep the end where that is asked, and need no labels", () =>
    Effect.gen(function* () {
      const dataset = yield* Text.documents(["fedcba"], undefined, { tokenizer, length: 2, keep: "end" })
      assert.isUndefined(dataset.spec.targets)
      assert.deepStrictEqual(fields(yield* readAt(dataset, 0))[0], [1, 0])
    })
  )

  it.effect("keep the special tokens around them when they are truncated", () =>
    Effect.gen(function* () {
      const file = new URL("../fixtures/tokenizers.json", import.meta.url)
      const bert = yield* Tokenizer.fromJson(JSON.parse(readFileSync(file, "utf8")).wordPiece.tokenizer)
      const [fox, dog] = [...(yield* bert.encode("fox")), ...(yield* bert.encode("dog"))]
      const of = (length: number, keep: "start" | "end") =>
        Effect.flatMap(Text.documents(["fox fox dog dog"], [1], { tokenizer: bert, length, keep }), (dataset) =>
          Effect.map(readAt(dataset, 0), (batch) => fields(batch)[0])
        )
      assert.deepStrictEqual(yield* of(5, "start"), [2, fox, fox, dog, 3])
      assert.deepStrictEqual(yield* of(4, "end"), [2, dog, dog, 3])
      assert.deepStrictEqual(yield* of(8, "end"), [2, fox, fox, dog, dog, 3, 0, 0])
      assert.deepStrictEqual(yield* of(1, "start"), [2])
    })
  )

  it.effect("report what is wrong with texts and labels together", () =>
    Effect.gen(function* () {
      const { problems } = yield* Effect.flip(
        Text.documents(["ab", "axb", "é"], ["one", "two", "three"], {
          tokenizer,
          length: 3,
          classes: ["one", "two"],
          name: "reviews"
        })
      )
      assert.deepStrictEqual(
        problems.map(({ source, found }) => [source, found]),
        [
          ["reviews, label 2", '"three"'],
          ["reviews, text 1", 'the character "x" (U+0078, character 1)'],
          ["reviews, text 2", 'the character "é" (U+00E9, character 0)']
        ]
      )
      const many = yield* Effect.flip(
        Text.documents(Array<string>(1000).fill("é"), undefined, { tokenizer, length: 3 })
      )
      assert.strictEqual(many.problems.length, 50)
      const unequal = yield* Effect.flip(Text.documents(["a", "b"], [1], { tokenizer, length: -1 }))
      assert.deepStrictEqual(
        unequal.problems.map(({ found }) => found),
        ["-1", "1 labels"]
      )
      assert.match(
        (yield* Effect.flip(Text.documents([], [], { tokenizer, length: 2 }))).message,
        /documents: found no text, expected 1 or more/
      )
    })
  )
})

describe("a tokenizer with its model", () => {
  it.effect("goes with its variables, so that what predicts has the same one", () =>
    Effect.gen(function* () {
      const text = "to be or not to be"
      const tokenizer = Tokenizer.characters(text)
      const train = yield* Text.windows(yield* tokenizer.encode(text), { length: 4 })
      const fitted = yield* Preprocess.fit(train, {}, { encodings: { tokenizer: tokenizer.data } })
      const bigrams = Model.make({
        name: "bigrams",
        init: () => ({ table: tf.zeros([tokenizer.size, tokenizer.size]) }),
        apply: ({ table }, tokens: tf.Tensor) => tf.gather(table, tokens as tf.Tensor2D)
      })
      const variables = Preprocess.before(bigrams, fitted).init(Rng.key(1))
      const { encodings } = Preprocess.ofState(variables)!
      const again = yield* Tokenizer.fromData((encodings as { readonly tokenizer: unknown }).tokenizer)
      assert.deepStrictEqual(yield* again.encode("note"), yield* tokenizer.encode("note"))
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )
})
