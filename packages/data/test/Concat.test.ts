import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Effect from "effect/Effect"
import * as Arrays from "../src/Arrays.ts"
import * as Concat from "../src/Concat.ts"
import { readAll, readAt } from "./support/read.ts"

const of = (name: string, ...rows: ReadonlyArray<ReadonlyArray<number>>) =>
  Arrays.fromArrays({
    name,
    inputs: { values: rows },
    targets: { label: { values: rows.map((row) => row[0]!), dtype: "int32" } }
  })

describe("concat", () => {
  it.effect("reads each sample from the dataset that has it, in the order asked for", () =>
    Effect.gen(function* () {
      const parts = [yield* of("a", [0, 1], [2, 3]), yield* of("b", [4, 5]), yield* of("c", [6, 7], [8, 9])]
      const all = yield* Concat.concat(parts)
      assert.deepStrictEqual([all.name, all.length], ["a + b + c", 5])
      assert.deepStrictEqual(yield* readAt(all, 4, 0, 2, 1), {
        inputs: Float32Array.of(8, 9, 0, 1, 4, 5, 2, 3),
        targets: { label: Int32Array.of(8, 0, 4, 2) }
      })
      assert.deepStrictEqual((yield* readAt(all, 3)).inputs, Float32Array.of(6, 7))
      assert.match(`${yield* Effect.flip(readAt(all, 5))}`, /in 0 … 4/)
    })
  )

  it.effect("a part that is read by an Effect makes no difference", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* of("a", [0, 1], [2, 3]), yield* of("b", [4, 5])]
      const slow: Dataset = { ...b, read: (indices) => readAt(b, ...indices) as Effect.Effect<never> }
      assert.deepStrictEqual(
        yield* readAll(yield* Concat.concat([a, slow])),
        yield* readAll(yield* Concat.concat([a, b]))
      )
    })
  )

  it.effect("parts that hold the same dtype differently meet in that dtype", () =>
    Effect.gen(function* () {
      const bytes = yield* Arrays.fromArrays({ inputs: { values: Uint8Array.of(200), dtype: "float32" } })
      const floats = yield* Arrays.fromArrays({ inputs: { values: Float32Array.of(0.5) } })
      const all = yield* Concat.concat([bytes, floats])
      assert.deepStrictEqual((yield* readAt(all, 1, 0)).inputs, Float32Array.of(0.5, 200))
    })
  )

  it.effect("bytes that mean different numbers, or numbers already, become numbers", () =>
    Effect.gen(function* () {
      const bytes = yield* Arrays.fromArrays({ inputs: { values: Uint8Array.of(2, 4), dtype: "float32" } })
      const scaled = (scale: number): Dataset => ({
        ...bytes,
        spec: { inputs: { shape: [], dtype: "float32", bytes: { scale, offset: 1 } } }
      })
      const same = yield* Concat.concat([scaled(2), scaled(2)])
      assert.deepStrictEqual((yield* readAt(same, 3, 0)).inputs, Uint8Array.of(4, 2))
      assert.deepStrictEqual(same.spec, scaled(2).spec)
      const different = yield* Concat.concat([scaled(2), scaled(3), bytes])
      assert.deepStrictEqual(different.spec, { inputs: { shape: [], dtype: "float32" } })
      assert.deepStrictEqual((yield* readAt(different, 0, 3, 4)).inputs, Float32Array.of(5, 13, 2))
      assert.deepStrictEqual((yield* readAt(different, 2)).inputs, Float32Array.of(7))
      const numbers: Dataset = { ...scaled(2), read: () => ({ inputs: Float32Array.of(0.5) }) }
      const mixed = yield* Concat.concat([scaled(2), numbers])
      assert.deepStrictEqual((yield* readAt(mixed, 1, 2)).inputs, Float32Array.of(9, 0.5))
    })
  )

  it.effect("reports every field and the class names that differ", () =>
    Effect.gen(function* () {
      const first = yield* Arrays.fromArrays({ name: "a", inputs: { values: [[1, 2]] }, targets: { values: [1] } })
      const other = yield* Arrays.fromArrays({
        name: "b",
        inputs: { values: [[1, 2, 3]] },
        weights: { values: [1] },
        classes: ["x"]
      })
      const error = yield* Effect.flip(Concat.concat([first, other]))
      assert.deepStrictEqual(
        error.problems.map(({ source, found, expected }) => [source, found, expected]),
        [
          ["b (number 2).inputs", "float32 [3]", "float32 [2], as in a"],
          ["b (number 2).targets", "no such field", "float32 [], as in a"],
          ["b (number 2).weights", "float32 []", "no such field, as in a"],
          ["b (number 2).classes", "x", "none, as in a"]
        ]
      )
      assert.match((yield* Effect.flip(Concat.concat([]))).message, /found no dataset/)
    })
  )
})
