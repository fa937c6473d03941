/** Lines of text and tar archives as streams: what they hold, and what is wrong with them. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gunzipSync, gzipSync } from "node:zlib"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Draw from "@etude/core/Draw"
import * as Effect from "effect/Effect"
import * as StreamFiles from "../src/StreamFiles.ts"
import * as Streams from "../src/Streams.ts"
import { temporaryFolder } from "./support/idxFile.ts"

const { write, remove } = temporaryFolder()
afterAll(remove)

const utf8 = (text: string) => new TextEncoder().encode(text)

/** All that a shard gives, as Effect, failing with its error. */
const all = <A>([shard]: ReadonlyArray<Streams.Shard<A>>) =>
  Effect.tryPromise({
    try: async () => {
      const samples: Array<A> = []
      for await (const sample of shard!.open() as AsyncIterable<A>) samples.push(sample)
      return samples
    },
    catch: (cause) => cause as Error
  })
const messageOf = <A>(shards: ReadonlyArray<Streams.Shard<A>>) =>
  Effect.map(Effect.flip(all(shards)), ({ message }) => message)

describe("lines", () => {
  it.effect("are those of the text, whatever ends them and wherever chunks are cut", () =>
    Effect.gen(function* () {
      const long = "ä".repeat(300_000)
      const text = `\uFEFFfirst\r\nsecond\n\n${long}\nlast`
      const expected = ["first", "second", long, "last"]
      assert.deepStrictEqual(yield* all(StreamFiles.lines(write("lines.txt", utf8(text)))), expected)
      assert.deepStrictEqual(yield* all(StreamFiles.lines(write("lines.txt.gz", gzipSync(utf8(text))))), expected)
      assert.deepStrictEqual(yield* all(StreamFiles.lines(write("none.txt", utf8("")))), [])
    })
  )

  it.effect("say which file can't be read and why", () =>
    Effect.gen(function* () {
      const packed = gzipSync(Buffer.from("line\n".repeat(10_000)))
      const cut = write("cut.gz", packed.subarray(0, packed.length / 2))
      assert.include(yield* messageOf(StreamFiles.lines(cut)), "compressed data that are cut off or damaged")
      const latin = write("latin.txt", Uint8Array.of(0x61, 0xe4, 0x0a))
      assert.include(yield* messageOf(StreamFiles.lines(latin)), "latin.txt: found bytes that are not UTF-8")
      assert.include(yield* messageOf(StreamFiles.lines(`${latin}.absent`)), "latin.txt.absent: found no such file")
      const endless = write("endless.gz", gzipSync(Buffer.alloc(2 ** 22, "x")))
      assert.include(
        yield* messageOf(StreamFiles.lines(endless, { longest: 2 ** 20 })),
        "endless.gz: found more than 1048576 characters in line 1, expected 1048576 at most"
      )
    })
  )
})

const fixture = fileURLToPath(new URL("../fixtures/tar/samples.tgz", import.meta.url))
const archive = gunzipSync(readFileSync(fixture))

describe("a tar archive", () => {
  it.effect("that Python wrote has its samples: files of one name, nothing hidden, no folder", () =>
    Effect.gen(function* () {
      for (const file of [fixture, write("plain.tar", archive)]) {
        const samples = yield* all(StreamFiles.tar(file))
        assert.deepStrictEqual(
          samples.map(({ key, files }) => [key, Object.keys(files)]),
          [
            ["dogs/0", ["bin", "cls", "note.txt"]],
            ["dogs/1", ["bin", "cls", "note.txt"]],
            ["dogs/2", ["bin", "cls", "note.txt"]],
            ["a".repeat(120), ["bin", "cls"]]
          ]
        )
        assert.deepStrictEqual(samples[2]!.files["bin"], Uint8Array.of(2, 3, 4, 5))
        assert.deepStrictEqual(
          samples.map((sample) => StreamFiles.integer(sample, "cls")),
          [0, 1, 0, 7]
        )
        assert.strictEqual(StreamFiles.text(samples[0]!, "note.txt"), "größer")
      }
    })
  )

  it.effect("is a dataset, and the number of its samples may be told", () =>
    Effect.gen(function* () {
      const dataset = yield* Streams.dataset({
        name: "dogs",
        spec: { inputs: { shape: [4], dtype: "float32" }, targets: { shape: [], dtype: "int32" } },
        shards: StreamFiles.tar([fixture, write("second.tar", archive)], { samples: [4, 4] }),
        decode: (sample) => ({
          inputs: StreamFiles.fileOf(sample, "bin"),
          targets: StreamFiles.integer(sample, "cls")
        })
      })
      assert.strictEqual(dataset.length, 8)
      const read = dataset.read(Int32Array.of(5, 7), Draw.fixed)
      assert.deepStrictEqual(Effect.isEffect(read) ? yield* read : read, {
        inputs: Float32Array.of(1, 2, 3, 4, 9, 8, 7, 6),
        targets: Int32Array.of(1, 7)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("that is cut off, no archive, absent, or too large says so", () =>
    Effect.gen(function* () {
      const tar = (name: string, bytes: Uint8Array, options?: StreamFiles.TarOptions) =>
        messageOf(StreamFiles.tar(write(name, bytes), options))
      assert.match(
        yield* tar("cut.tar", archive.subarray(0, 4000)),
        /cut\.tar: found no tar archive in or after dogs\/\d/
      )
      assert.include(
        yield* tar("text.tar", utf8("no archive ".repeat(100))),
        "text.tar: found no tar archive at its beginning"
      )
      const packed = readFileSync(fixture)
      assert.include(yield* tar("cut.tgz", packed.subarray(0, packed.length - 30)), "cut off or damaged")
      assert.include(yield* messageOf(StreamFiles.tar(`${fixture}.absent`)), "samples.tgz.absent: found no such file")
      assert.include(yield* tar("large.tar", archive, { largest: 3 }), "dogs/0.bin: found 4 bytes, expected 3 at most")
    })
  )

  it("says which file of a sample is not there, or is no number", () => {
    const sample = { key: "dogs/1", files: { cls: utf8("dog") } }
    const thrown = (run: () => unknown) => {
      try {
        return run()
      } catch (cause) {
        return String(cause)
      }
    }
    assert.include(
      thrown(() => StreamFiles.fileOf(sample, "jpg")),
      "dogs/1: found the files .cls, expected one that ends with .jpg"
    )
    assert.include(
      thrown(() => StreamFiles.integer(sample, "cls")),
      'dogs/1.cls: found "dog", expected a whole number'
    )
  })
})
