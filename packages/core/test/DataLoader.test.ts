import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as DataLoader from "../src/DataLoader.ts"
import type { Dataset, HostBatch } from "../src/Dataset.ts"
import * as Draw from "../src/Draw.ts"

const dataset: Dataset = {
  name: "numbers",
  length: 5,
  spec: { inputs: { shape: [], dtype: "float32" }, targets: { shape: [2], dtype: "int32" } },
  read: (indices, _draw, room) => {
    const inputs = room?.(new Float32Array(0), indices.length) ?? new Float32Array(indices.length)
    inputs.set(indices)
    const targets = room?.(new Int32Array(0), 2 * indices.length) ?? new Int32Array(2 * indices.length)
    targets.fill(0)
    return { inputs, targets }
  }
}
const batches = [Int32Array.of(0, 1), Int32Array.of(2, 3), Int32Array.of(4)]

/** Each batch as it was given, and a copy of it from before the next one. */
const readAll = (reuses?: boolean) =>
  Effect.gen(function* () {
    const { next } = yield* DataLoader.direct.open(dataset, batches, Draw.fixed, reuses)
    const all: Array<{ readonly batch: HostBatch; readonly copy: HostBatch }> = []
    for (let batch = next() as HostBatch | undefined; batch !== undefined; batch = next() as HostBatch | undefined)
      all.push({ batch, copy: structuredClone(batch) })
    return all
  }).pipe(Effect.scoped)

describe("reading batch by batch", () => {
  it.effect("gives arrays of their own, which may be kept", () =>
    Effect.gen(function* () {
      const all = yield* readAll()
      assert.deepStrictEqual(
        all.map(({ batch }) => batch.inputs),
        [Float32Array.of(0, 1), Float32Array.of(2, 3), Float32Array.of(4)]
      )
    })
  )

  it.effect("uses arrays again where nobody keeps them: the same batches", () =>
    Effect.gen(function* () {
      const [all, kept] = [yield* readAll(true), yield* readAll()]
      assert.deepStrictEqual(
        all.map(({ copy }) => copy),
        kept.map(({ copy }) => copy)
      )
      const [first, second, last] = all.map(({ batch }) => batch)
      assert.strictEqual(second?.inputs, first?.inputs)
      assert.strictEqual(second?.targets, first?.targets)
      assert.notStrictEqual(last?.inputs, first?.inputs)
    })
  )
})
