/** What a read puts in a given room is what it gives without one. */
import { assert, describe, it } from "@effect/vitest"
import type { Dataset, HostBatch, Room, TypedArray } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Effect from "effect/Effect"
import * as Arrays from "../src/Arrays.ts"
import * as Concat from "../src/Concat.ts"
import { datasetOf, ofImages, ofValues } from "../src/internal/Rows.ts"
import * as Split from "../src/Split.ts"

const counted = <Values extends TypedArray>(values: Values): Values => {
  for (let at = 0; at < values.length; at++) values[at] = (7 * at) % 251
  return values
}

/** Arrays full of what was there before, in the order in which they were asked for. */
const dirtyRoom = () => {
  const given: Array<TypedArray> = []
  const room: Room = (like, length) => {
    const Kind = like.constructor as Float32ArrayConstructor
    const array = new Kind(length).fill(99)
    given.push(array)
    return array
  }
  return { room, given }
}

const arraysOf = (batch: HostBatch): ReadonlyArray<TypedArray> =>
  [batch.inputs, batch.targets, batch.weights, batch.mask].flatMap((fields) =>
    fields === undefined ? [] : ArrayBuffer.isView(fields) ? [fields] : Object.values(fields)
  )

const padded = (background: number) =>
  datasetOf(6, {
    name: "images",
    inputs: ofImages(counted(new Uint8Array(6 * 12)), { height: 4, width: 3, channels: 1, pad: 2, background }),
    targets: ofValues(counted(new Int32Array(6)), { shape: [], dtype: "int32" })
  })

const rows = (size: number) =>
  Arrays.fromArrays({
    inputs: { values: counted(new Float32Array(6 * size)), shape: [size] },
    targets: { values: counted(new Uint8Array(6)), dtype: "int32" }
  })

const datasets: { readonly [what: string]: Effect.Effect<Dataset, unknown> } = {
  "short rows": rows(3),
  "long rows": rows(300),
  "several fields, weights and a mask": Arrays.fromArrays({
    inputs: { a: { values: counted(new Float32Array(12)), shape: [2] }, b: { values: counted(new Int32Array(6)) } },
    targets: { c: { values: counted(new Float32Array(6)) }, d: { values: counted(new Uint8Array(18)), shape: [3] } },
    weights: { values: counted(new Float32Array(6)) },
    mask: { values: Uint8Array.from({ length: 12 }, (_, at) => at % 2), shape: [2], dtype: "float32" }
  }),
  "images with a margin": Effect.succeed(padded(0)),
  "images with a bright margin": Effect.succeed(padded(5)),
  "a subset": Effect.flatMap(rows(3), (dataset) => Split.subset(dataset, [5, 0, 3, 3, 1, 2])),
  "the first": Effect.flatMap(rows(3), (dataset) => Split.take(dataset, 6)),
  "mapped rows": Effect.map(rows(3), (dataset) => Split.mapBatch(dataset, (batch) => batch)),
  "two in a row": Effect.flatMap(rows(3), (dataset) => Concat.concat([dataset, dataset]))
}

describe("a read into a room", () => {
  for (const [what, dataset] of Object.entries(datasets)) {
    it.effect(`gives what it gives without one: ${what}`, () =>
      Effect.gen(function* () {
        const made = yield* dataset
        const indices = Int32Array.of(5, 0, 2)
        const expected = made.read(indices, Draw.fixed) as HostBatch
        const { room, given } = dirtyRoom()
        const read = made.read(indices, Draw.fixed, room) as HostBatch
        assert.deepStrictEqual(read, expected)
        // All of it, or nothing where the batch is made of another one.
        if (given.length > 0) assert.deepStrictEqual(given, arraysOf(read))
        assert.strictEqual(given.length > 0, !["mapped rows", "two in a row"].includes(what))
      })
    )
  }
})
