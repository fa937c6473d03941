import * as fs from "node:fs"
import * as path from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Text from "../src/Text.ts"
import * as TextFile from "../src/TextFile.ts"
import * as Tokenizer from "../src/Tokenizer.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { readAt } from "./support/read.ts"

const { folder, write, remove } = temporaryFolder()
afterAll(remove)

const utf8 = (text: string) => new TextEncoder().encode(text)
const cache = path.join(folder, "cache")
const cachedFiles = () => fs.readdirSync(cache).sort()

const allOf = (tokens: Text.Tokens) =>
  Effect.suspend(() => {
    const ids = tokens.read(Float64Array.of(0), tokens.length)
    return Effect.map(Effect.isEffect(ids) ? ids : Effect.succeed(ids), (all) => Array.from(all))
  })

describe("read", () => {
  it.effect("gives a UTF-8 file's text, and names the byte that is wrong", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* TextFile.read(write("a.txt", utf8("\ufeffé\r\n"))), "é\r\n")
      const latin = write("latin.txt", Uint8Array.of(0x63, 0x61, 0x66, 0xe9))
      const { message } = yield* Effect.flip(TextFile.read(latin))
      assert.strictEqual(
        message,
        `${latin} at byte 3: found the end of the file in the middle of a character, expected text in UTF-8. ` +
          "The file is truncated: make or download it again."
      )
      assert.strictEqual((yield* Effect.flip(TextFile.read(folder))).found, "a folder")
      assert.strictEqual((yield* Effect.flip(TextFile.read(path.join(folder, "none.txt")))).found, "no such file")
    })
  )
})

describe("tokens", () => {
  it.effect("of a file are those of its text, whatever of it lies across the blocks in which it is read", () =>
    Effect.gen(function* () {
      // Two bytes, three and four a character, and no line end for more than a block.
      const text = `\ufeff${"é€😀".repeat(150_000)}\r\n${"line\n".repeat(10)}last`
      const file = write("long.txt", utf8(text))
      for (const tokenizer of [Tokenizer.bytes, Tokenizer.characters(text)]) {
        const tokens = yield* TextFile.tokens(file, tokenizer, { cache })
        const expected = yield* tokenizer.encode(text.slice(1))
        assert.strictEqual(tokens.length, expected.length)
        assert.isTrue(Buffer.from(Int32Array.from(yield* allOf(tokens)).buffer).equals(Buffer.from(expected.buffer)))
      }
    })
  )

  it.effect("are kept: the same text and tokenizer are encoded once", () =>
    Effect.gen(function* () {
      const file = write("kept.txt", utf8("abcabc"))
      let encoded = 0
      const counting: Tokenizer.Tokenizer = {
        ...Tokenizer.characters("abc"),
        encode: (text) => {
          encoded++
          return Tokenizer.characters("abc").encode(text)
        }
      }
      const first = yield* TextFile.tokens(file, counting, { cache })
      const before = cachedFiles()
      const second = yield* TextFile.tokens(file, counting, { cache })
      assert.deepStrictEqual([encoded, cachedFiles()], [1, before])
      assert.deepStrictEqual(yield* allOf(second), yield* allOf(first))
      // Half of the file is lost: it is encoded again.
      const ids = cachedFiles().filter(
        (name) => name.endsWith(".ids") && fs.statSync(path.join(cache, name)).size === 6
      )
      assert.strictEqual(ids.length, 1)
      fs.truncateSync(path.join(cache, ids[0]!), 3)
      assert.deepStrictEqual(yield* allOf(yield* TextFile.tokens(file, counting, { cache })), [0, 1, 2, 0, 1, 2])
      assert.strictEqual(encoded, 2)
      write("kept.txt", utf8("cba"))
      assert.deepStrictEqual(yield* allOf(yield* TextFile.tokens(file, counting, { cache })), [2, 1, 0])
    })
  )

  it.effect(
    "of a text that is empty, not UTF-8 or unknown to the vocabulary are errors, and leave nothing behind",
    () =>
      Effect.gen(function* () {
        const place = path.join(folder, "clean")
        const problem = (name: string, content: Uint8Array) =>
          Effect.map(
            Effect.flip(TextFile.tokens(write(name, content), Tokenizer.characters("a\n"), { cache: place })),
            ({ offset, found }) => [offset, found]
          )
        assert.deepStrictEqual(yield* problem("empty.txt", utf8("")), [undefined, "a file without text"])
        assert.deepStrictEqual(yield* problem("unknown.txt", utf8("aab")), [
          undefined,
          'the character "b" (U+0062, character 2)'
        ])
        const late = new Uint8Array(3_000_000).fill(0x61)
        late[2_500_000] = 0xff
        assert.deepStrictEqual(yield* problem("late.txt", late), [2_500_000, "the bytes ff 61 61 61"])
        assert.deepStrictEqual(fs.readdirSync(place), [])
      })
  )

  it.effect("make windows that two processes and two orders of reading see alike", () =>
    Effect.gen(function* () {
      const file = write("windows.txt", utf8("abcdefghij"))
      const tokenizer = Tokenizer.characters("abcdefghij")
      const both = yield* Effect.all(
        [TextFile.tokens(file, tokenizer, { cache }), TextFile.tokens(file, tokenizer, { cache })],
        { concurrency: 2 }
      )
      const [one, other] = yield* Effect.all([
        Text.windows(both[0], { length: 3 }),
        Text.windows(both[1], { length: 3 })
      ])
      assert.strictEqual(one.name, "windows.txt")
      yield* readAt(one, 2)
      assert.deepStrictEqual(yield* readAt(one, 1, 0), yield* readAt(other, 1, 0))
      assert.deepStrictEqual((yield* readAt(one, 1)).targets, Uint8Array.of(4, 5, 6))
    })
  )
})

describe("open", () => {
  it.effect("reads files of raw ids, and sees when they change", () =>
    Effect.gen(function* () {
      const file = write("train.bin", new Uint8Array(Uint16Array.of(1, 50_256, 3, 4, 5).buffer))
      const dataset = yield* Text.windows(yield* TextFile.open(file, { dtype: "uint16" }), { length: 2 })
      assert.deepStrictEqual(yield* readAt(dataset, 1, 0), {
        inputs: Int32Array.of(3, 4, 1, 50_256),
        targets: Int32Array.of(4, 5, 50_256, 3)
      })
      fs.appendFileSync(file, "xx")
      assert.match(String(yield* Effect.flip(readAt(dataset, 0))), /a file that changed since it was opened/)
      fs.rmSync(file)
      assert.match(String(yield* Effect.flip(readAt(dataset, 0))), /an error while it was read \(ENOENT/)
    })
  )

  it.effect("refuses a size that the dtype doesn't divide", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(TextFile.open(write("odd.bin", new Uint8Array(5)), { dtype: "uint32" }))
      assert.match(message, /found 5 bytes, expected a multiple of 4, above 0, for ids of dtype uint32/)
      assert.strictEqual((yield* Effect.flip(TextFile.open(folder, { dtype: "uint8" }))).found, "a folder")
    })
  )
})

describe("tokenizers", () => {
  it.effect("in files are the same tokenizers", () =>
    Effect.gen(function* () {
      const file = path.join(folder, "vocabulary", "characters.json")
      const tokenizer = Tokenizer.characters("héllo 😀\n", { unknown: "replace" })
      yield* TextFile.saveTokenizer(file, tokenizer)
      assert.deepStrictEqual((yield* TextFile.loadTokenizer(file)).data, tokenizer.data)
      const fixture = fs.readFileSync(new URL("../fixtures/tokenizers.json", import.meta.url), "utf8")
      const json = write("tokenizer.json", utf8(JSON.stringify(JSON.parse(fixture).byteLevel.tokenizer)))
      const bpe = yield* TextFile.loadTokenizer(json)
      assert.deepStrictEqual([bpe.name, bpe.size], ["tokenizer.json", 320])
      yield* TextFile.saveTokenizer(file, bpe)
      assert.deepStrictEqual((yield* TextFile.loadTokenizer(file)).data, bpe.data)
      const cut = yield* Effect.flip(TextFile.loadTokenizer(write("cut.json", utf8('{"model":'))))
      assert.strictEqual(cut.expected, "JSON")
    })
  )
})
