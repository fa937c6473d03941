import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Arrow from "../src/Arrow.ts"
import { readAll } from "./support/read.ts"
import { expectedOf, fixture, problemsOf } from "./support/tableFile.ts"

const expected = expectedOf<{ readonly [name: string]: Array<number> }>("table.json")

const options: Arrow.ArrowOptions = {
  inputs: { id: "id", small: "small", x: "x", half: "half", on: "on", day: "day", time: "time", vector: "vector" },
  targets: "kind",
  columns: { half: { type: "number", missing: { fill: -1 } } }
}

describe("read", () => {
  for (const file of ["table.arrow", "table.arrows", "table.feather"]) {
    it.effect(`reads what pyarrow wrote (${file})`, () =>
      Effect.gen(function* () {
        const dataset = yield* Arrow.read(fixture(file), options)
        assert.deepStrictEqual(yield* readAll(dataset), {
          inputs: {
            id: Int32Array.from(expected["id"]!),
            small: Int32Array.from(expected["small"]!),
            x: Float32Array.from(expected["x"]!),
            half: Float32Array.from(expected["half"]!),
            on: Uint8Array.from(expected["on"]!),
            day: Float32Array.from(expected["day"]!),
            time: Float32Array.from(expected["time"]!),
            vector: Float32Array.from(expected["vector"]!)
          },
          targets: Int32Array.from(expected["kind"]!)
        })
        assert.deepStrictEqual(dataset.classes, ["ant", "bee", "çat"])
      })
    )
  }

  it.effect("missing and wrong values are listed with their rows", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(
        Arrow.read(fixture("table.feather"), { inputs: ["half", "kind"], columns: { kind: "number" } })
      )
      assert.strictEqual(problems.length, 50)
      assert.match(problems[0]!, /table\.feather, row 1, column "kind": found "ant", expected a number/)
    })
  )
})

/** Where a file's footer keeps the place of its first record batch: in the vector of slot 3 (`File.fbs` of Arrow). */
const blockOfBatch = (file: Uint8Array): number => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const footer = view.byteLength - 10 - view.getInt32(view.byteLength - 10, true)
  const root = footer + view.getUint32(footer, true)
  const slot = root + view.getUint16(root - view.getInt32(root, true) + 4 + 2 * 3, true)
  return slot + view.getUint32(slot, true) + 4
}

describe("what is no Arrow file", () => {
  const bytes = fs.readFileSync(fixture("table.arrow"))
  const message = (file: Arrow.Source, more: Arrow.ArrowOptions = {}) =>
    Effect.map(problemsOf(Arrow.read(file, more)), (problems) => problems[0]!)

  it.effect("empty, cut, large and other files are refused", () =>
    Effect.gen(function* () {
      assert.match(yield* message(new Uint8Array(0)), /found an empty file/)
      assert.match(yield* message(Buffer.from("a,b\n1,2\n")), /can't be decoded|no row/)
      assert.match(yield* message(bytes.subarray(0, 500)), /can't be decoded|no row/)
      assert.match(yield* message(bytes, { memory: 100 }), /Write it as Parquet/)
    })
  )

  it.effect("bytes that are altered anywhere are read or refused with where it is, soon", () =>
    Effect.gen(function* () {
      for (const file of ["table.arrow", "table.arrows", "table.feather"]) {
        const whole = fs.readFileSync(fixture(file))
        for (let number = 0; number < 120; number++) {
          const altered = Uint8Array.from(whole)
          const drawn = Rng.uniforms(Rng.key(number), 6)
          for (let change = 0; change <= number % 3; change++) {
            const value = number % 2 === 0 ? 255 : Math.floor(256 * drawn[2 * change + 1]!)
            altered[Math.floor(drawn[2 * change]! * altered.length)] = value
          }
          const result = yield* Effect.result(Arrow.read(altered, options))
          if (Result.isFailure(result)) assert.strictEqual(result.failure._tag, "DatasetInvalid")
        }
      }
    })
  )

  it.effect(
    "parts that the end of a file lists as another kind, and lengths beyond it, are found before they are read",
    () =>
      Effect.gen(function* () {
        const view = (altered: Uint8Array) => new DataView(altered.buffer, altered.byteOffset)
        // The first message is the schema's: a list of record batches that names it would be read for ever.
        const looped = Uint8Array.from(bytes)
        const batch = view(looped)
        const place = blockOfBatch(looped)
        batch.setBigInt64(place, 8n, true)
        assert.match(yield* message(looped, options), /at byte 8: found what can't be decoded \(a part of another kind/)
        const long = Uint8Array.from(bytes)
        view(long).setInt32(long.length - 10, 2 ** 31 - 1, true)
        assert.match(yield* message(long, options), /found what can't be decoded \(a part that ends outside/)
        const stream = Uint8Array.from(fs.readFileSync(fixture("table.arrows")))
        view(stream).setInt32(4, -8, true)
        assert.match(
          yield* message(stream, options),
          /at byte 0: found what can't be decoded \(a part that ends outside/
        )
      })
  )

  it.effect("a file that is cut anywhere is read or refused, never thrown", () =>
    Effect.gen(function* () {
      const stream = fs.readFileSync(fixture("table.arrows"))
      for (let size = 1; size < bytes.length; size += 97) {
        assert.isNotEmpty(yield* message(bytes.subarray(0, size), options))
        yield* Effect.result(Arrow.read(stream.subarray(0, size), options))
      }
    })
  )
})
