/** Datasets whose bytes mean different numbers, made alike. */

import {
  type Dataset,
  type DatasetSpec,
  derive,
  type FieldSpec,
  type Fields,
  type HostBatch,
  isSpec,
  isTypedArray,
  type TypedArray
} from "@etude/core/Dataset"
import * as Bytes from "@etude/core/kernels/Bytes"
import { entry } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"

const scalings = ({ inputs, targets, weights, mask }: DatasetSpec): string =>
  JSON.stringify(
    [inputs, targets, weights, mask].map((fields) => {
      if (fields === undefined) return undefined
      const each = isSpec(fields) ? [["", fields] as const] : Object.entries(fields)
      return each.map(([name, { bytes }]) => [name, bytes ?? Bytes.unscaled])
    })
  )

const without = ({ bytes: _, ...spec }: FieldSpec): FieldSpec => spec

const mapSpecs = (specs: Fields<FieldSpec>): Fields<FieldSpec> =>
  isSpec(specs)
    ? without(specs)
    : Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, without(spec)]))

/** Bytes of a float32 field as the numbers that they mean; other values unchanged. */
export const numbersOf = (values: TypedArray, { dtype, bytes }: FieldSpec): TypedArray =>
  dtype === "float32" && values instanceof Uint8Array ? Bytes.widen(values, bytes) : values

const mapValues = (values: Fields<TypedArray>, specs: Fields<FieldSpec>): Fields<TypedArray> =>
  isSpec(specs) || isTypedArray(values)
    ? numbersOf(values as TypedArray, specs as FieldSpec)
    : Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, numbersOf(entry(values, name), spec)]))

/** The same dataset, which reads numbers where it read bytes. */
const widened = (dataset: Dataset): Dataset => {
  const { inputs, targets, weights, mask } = dataset.spec
  const spec: DatasetSpec = {
    inputs: mapSpecs(inputs),
    ...(targets && { targets: mapSpecs(targets) }),
    ...(weights && { weights: without(weights) }),
    ...(mask && { mask: without(mask) })
  }
  const numbers = (batch: HostBatch): HostBatch => ({
    inputs: mapValues(batch.inputs, inputs),
    ...(targets && batch.targets && { targets: mapValues(batch.targets, targets) }),
    ...(weights && batch.weights && { weights: numbersOf(batch.weights, weights) }),
    ...(mask && batch.mask && { mask: numbersOf(batch.mask, mask) })
  })
  const { readTargets } = dataset
  return derive(dataset, {
    spec,
    read: (indices, draw) => {
      const batch = dataset.read(indices, draw)
      return Effect.isEffect(batch) ? Effect.map(batch, numbers) : numbers(batch)
    },
    readTargets: targets && readTargets && ((indices) => mapValues(readTargets.call(dataset, indices), targets))
  })
}

/** The same dataset; where its bytes stand for other numbers than their levels, it reads those numbers. */
export const withNumbers = (dataset: Dataset): Dataset =>
  scalings(dataset.spec) === scalings(widened(dataset).spec) ? dataset : widened(dataset)

/** The datasets unchanged if their bytes mean the same, else all of them with numbers. */
export const withSameBytes = (datasets: ReadonlyArray<Dataset>): ReadonlyArray<Dataset> =>
  new Set(datasets.map(({ spec }) => scalings(spec))).size <= 1 ? datasets : datasets.map(widened)
