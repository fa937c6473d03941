import { assert, describe, it } from "@effect/vitest"
import { type Dataset, derive } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError } from "@etude/core/Errors"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Cpu from "../src/doubles/CpuBackend.ts"
import * as laws from "../src/Laws.ts"
import * as DatasetLaw from "../src/laws/DatasetLaw.ts"

const length = 20

/** Samples of two numbers, the second of them drawn, with a label. */
const drawing: Dataset = {
  name: "drawing",
  length,
  spec: { inputs: { shape: [2], dtype: "float32" }, targets: { label: { shape: [], dtype: "int32" } } },
  read: (indices, draw, room) => {
    if (indices.some((index) => index < 0 || index >= length))
      return Effect.fail(new DataError({ source: "drawing", found: "an index", expected: "another", advice: "None." }))
    const inputs = room?.(new Float32Array(0), 2 * indices.length) ?? new Float32Array(2 * indices.length)
    for (const [place, index] of indices.entries())
      inputs.set([index, Rng.uniform(Draw.ofSample(draw, index), 0)], 2 * place)
    return { inputs, targets: { label: indices.map((index) => index % 3) } }
  },
  readTargets: (indices) => ({ label: indices.map((index) => index % 3) })
}

laws.dataset(drawing)
laws.dataset(Effect.succeed(derive(drawing)), { name: "an Effect of a dataset", samples: 5 })

type Read = Dataset["read"]
const caught = (name: string, statement: number, changes: Partial<Dataset>, message: RegExp) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const { check } = DatasetLaw.of({ ...drawing, ...changes })[statement]!
      assert.match((yield* Effect.flip(check)).message, message)
    }).pipe(Effect.provide(Cpu.layer))
  )
/** The dataset's own read with its inputs changed. */
const changed =
  (change: (inputs: Float32Array, indices: Int32Array) => Float32Array): Read =>
  (indices, draw) => {
    const batch = drawing.read(indices, draw)
    return Effect.isEffect(batch) ? batch : { ...batch, inputs: change(batch.inputs as Float32Array, indices) }
  }

describe("the laws of datasets catch", () => {
  caught(
    "a value too few",
    0,
    { read: changed((inputs) => inputs.subarray(1)) },
    /: 31 values of inputs in a batch of 16 samples/
  )

  caught(
    "a draw by the place in the batch",
    1,
    { read: changed((inputs) => inputs.map((value, place) => value + place)) },
    /in epoch 1, read in order with 2 others, sample 1 is inputs 3,/
  )

  let calls = 0
  caught(
    "a count of reads",
    1,
    { read: changed((inputs) => inputs.map((value) => value + calls++)) },
    /sample 0 is inputs/
  )

  const shared = new Float32Array(2 * length)
  caught(
    "one array for all batches",
    2,
    {
      read: changed((inputs) => {
        shared.set(inputs)
        return shared.subarray(0, inputs.length)
      })
    },
    /of reads at the same time, sample 0 is inputs/
  )

  caught(
    "what was in an array before",
    3,
    {
      read: (indices, _draw, room) => {
        const inputs = room?.(new Float32Array(0), 2 * indices.length) ?? new Float32Array(2 * indices.length)
        for (const [place, index] of indices.entries()) inputs[2 * place] = index
        return { inputs, targets: { label: indices.slice() } }
      }
    },
    /in arrays that held another batch before, sample 0 is inputs 0,7/
  )

  caught(
    "other targets",
    4,
    { readTargets: (indices) => ({ label: indices.slice() }) },
    /by readTargets sample 3 is targets.label 3/
  )

  caught(
    "samples that are none",
    5,
    { read: (indices) => ({ inputs: new Float32Array(2 * indices.length), targets: { label: indices } }) },
    /it gives a sample -1, of 20, and no DataError/
  )
})
