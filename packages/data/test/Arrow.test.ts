import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
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
