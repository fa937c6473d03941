/** Which samples of a dataset a predicate keeps. */
import { type Dataset, type Fields, type HostBatch, isSpec, isTypedArray, type TypedArray } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import { mapFields } from "./Rows.ts"

/** One sample: the values of each field as the dataset holds them; a field that was not read is empty. */
export interface Sample {
  /** The first number of the target, where there is one target: the class of a labelled sample; else NaN. */
  readonly label: number
  readonly inputs: Fields<TypedArray>
  readonly targets: Fields<TypedArray>
  readonly weights: TypedArray
  readonly mask: TypedArray
}

/** Samples that are read together. */
const together = 1024

const none = new Float32Array(0)

/** The part of each field that belongs to a sample of a batch of so many. */
const sampleOf = (
  { inputs, targets = none, weights = none, mask = none }: HostBatch,
  place: number,
  samples: number
) => {
  const rowOf = (values: TypedArray): TypedArray => {
    const size = values.length / samples
    return values.subarray(place * size, (place + 1) * size)
  }
  return {
    label: isTypedArray(targets) ? (rowOf(targets)[0] ?? Number.NaN) : Number.NaN,
    inputs: mapFields(inputs, isTypedArray, rowOf),
    targets: mapFields(targets, isTypedArray, rowOf),
    weights: rowOf(weights),
    mask: rowOf(mask)
  }
}

const readAll = Effect.fnUntraced(function* (dataset: Dataset, indices: Int32Array) {
  const read = dataset.read(indices, Draw.fixed)
  return Effect.isEffect(read) ? yield* read : read
})

const readTargets = Effect.fnUntraced(function* (dataset: Dataset, indices: Int32Array) {
  const targets = dataset.readTargets?.(indices)
  const { inputs } = dataset.spec
  if (targets === undefined) return yield* readAll(dataset, indices)
  return { inputs: isSpec(inputs) ? none : {}, targets } satisfies HostBatch
})

const failed = (source: string, index: number, cause: unknown) =>
  new DataError({
    source,
    found: `sample ${index}, on which the predicate fails (${cause})`,
    expected: "true or false",
    advice: "See its cause.",
    cause
  })

/** The samples that `keep` is true of, in order. */
export const indicesOf = Effect.fnUntraced(function* (
  dataset: Dataset,
  keep: (sample: Sample, index: number) => boolean,
  reads: "targets" | "all"
) {
  const { length, name } = dataset
  const kept: Array<number> = []
  for (let begin = 0; begin < length; begin += together) {
    const indices = Int32Array.from({ length: Math.min(together, length - begin) }, (_, index) => begin + index)
    const batch = yield* (reads === "targets" ? readTargets : readAll)(dataset, indices)
    for (const [place, index] of indices.entries()) {
      const isKept = yield* Effect.try({
        try: () => keep(sampleOf(batch, place, indices.length), index),
        catch: (cause) => failed(name, index, cause)
      })
      if (isKept) kept.push(index)
    }
    yield* Effect.yieldNow
  }
  return Int32Array.from(kept)
})
