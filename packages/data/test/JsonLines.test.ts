import * as fs from "node:fs"
import * as zlib from "node:zlib"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as JsonLines from "../src/JsonLines.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { readAll, readAt } from "./support/read.ts"
import { bytesOf, problemsOf } from "./support/tableFile.ts"

const { folder, write, remove } = temporaryFolder()
afterAll(remove)

const jsonl = (...rows: ReadonlyArray<unknown>) => bytesOf(...rows.map((row) => JSON.stringify(row)))

describe("read", () => {
  it.effect("keys are columns, nested ones with dots, lists have a shape", () =>
    Effect.gen(function* () {
      const file = jsonl(
        { vector: [1, 2, 3], image: [[1], [2]], meta: { id: 7, when: "1970-01-02" }, label: "cat" },
        { vector: [4, 5, 6.5], image: [[3], [4]], meta: { id: 8, when: "1970-01-03T12:00Z" }, label: "ant" }
      )
      const dataset = yield* JsonLines.read(file, {
        inputs: { vector: "vector", image: "image", meta: ["meta.id", "meta.when"] },
        targets: "label"
      })
      assert.deepStrictEqual(dataset.spec, {
        inputs: {
          vector: { shape: [3], dtype: "float32" },
          image: { shape: [2, 1], dtype: "int32" },
          meta: { shape: [2], dtype: "float32" }
        },
        targets: { shape: [], dtype: "int32" }
      })
      assert.deepStrictEqual(
        [yield* readAt(dataset, 1, 0), dataset.classes],
        [
          {
            inputs: {
              vector: Float32Array.of(4, 5, 6.5, 1, 2, 3),
              image: Int32Array.of(3, 4, 1, 2),
              meta: Float32Array.of(8, 2.5, 7, 1)
            },
            targets: Int32Array.of(0, 1)
          },
          ["ant", "cat"]
        ]
      )
    })
  )

  it.effect("null and absent keys are missing values, and so may texts be", () =>
    Effect.gen(function* () {
      const file = jsonl({ a: 1, b: "x" }, { a: null, b: "?" }, { b: "y" })
      assert.match(
        (yield* problemsOf(JsonLines.read(file))).join("\n"),
        /line 2, column "a" at byte 16: found no value, and in 1 more row, expected an integer, as in the first 3 lines/
      )
      const dataset = yield* JsonLines.read(file, {
        columns: { a: { type: "number", missing: { fill: -1 } }, b: { type: "category", missing: "mask" } },
        missingTexts: ["?"]
      })
      assert.deepStrictEqual((yield* readAll(dataset)).inputs, Float32Array.of(1, 1, 0, -1, 0, 0, -1, 0, 1))
    })
  )

  it.effect("batches are the same from the file as from memory, plain, gzipped and in any order", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 300 }, (_, row) => ({ id: row, list: [row / 2, -row], kind: `k${row % 4}` }))
      const file = write("rows.jsonl", jsonl(...rows))
      const packed = write("rows.jsonl.gz", zlib.gzipSync(fs.readFileSync(file)))
      const options: JsonLines.JsonLinesOptions = { targets: "kind" }
      const held = yield* JsonLines.read(file, options)
      const order = Rng.permutation(Rng.key(1), 300)
      const indices = Array.from({ length: 300 }, (_, position) => order(position))
      for (const source of [file, packed]) {
        const stored = yield* JsonLines.read(source, { ...options, ...(source === file && { memory: 1 }) })
        assert.deepStrictEqual(stored.columns, held.columns)
        assert.deepStrictEqual(yield* readAt(stored, ...indices), yield* readAt(held, ...indices))
      }
      const stored = yield* JsonLines.read(file, { ...options, memory: 1 })
      fs.appendFileSync(file, "{}\n")
      assert.match(String(yield* Effect.flip(readAt(stored, 0))), /a file that has changed since/)
    })
  )
})

describe("what is no table", () => {
  it.effect("lines that are no objects and values that don't fit are listed together", () =>
    Effect.gen(function* () {
      const file = bytesOf('{"a":1,"b":[1,2]}', "[1]", '{"a":"x","b":[1]}', '{"a":', "7", '{"a":true,"b":[1,"y"]}')
      const columns = { a: "number", b: { type: "number", shape: [2] } } as const
      const problems = yield* problemsOf(JsonLines.read(file, { columns }))
      assert.deepStrictEqual(
        problems.map((problem) => problem.replace(/\(.*?\)/, "(…)").split(". ")[0]),
        [
          "bytes, line 2 at byte 18: found a list, expected one JSON object a line",
          'bytes, line 3, column "a" at byte 22: found "x", expected a number',
          'bytes, line 3, column "b" at byte 22: found a list of 1 values, expected 2 values, of shape [2]',
          "bytes, line 4 at byte 40: found no JSON (…), expected one JSON object a line",
          "bytes, line 5 at byte 46: found a number, expected one JSON object a line",
          'bytes, line 6, column "a" at byte 48: found true, expected a number',
          'bytes, line 6, column "b" at byte 48: found "y", expected a number'
        ]
      )
    })
  )

  it.effect("empty files, one long line, wrong encodings and folders are refused", () =>
    Effect.gen(function* () {
      const message = (source: JsonLines.Source) => Effect.map(problemsOf(JsonLines.read(source)), (all) => all.join())
      assert.match(yield* message(bytesOf("")), /found no line/)
      assert.match(yield* message(Buffer.alloc(3_000_000, "[")), /found a line of more than 1,048,576 bytes/)
      assert.match(yield* message(Buffer.from('{"a":"é"}', "latin1")), /found bytes that are no UTF-8/)
      assert.match(yield* message(folder), /found a folder/)
      assert.match(yield* message(bytesOf("{}")), /inputs: found no column/)
      const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`
      assert.match(yield* message(bytesOf(deep)), /no JSON|found no column/)
    })
  )
})
