/** Several datasets in a row, as one. */
import {
  type Dataset,
  type DatasetSpec,
  derive,
  type FieldSpec,
  type Fields,
  type HostBatch,
  isSpec,
  isTypedArray,
  type TypedArray,
  zerosLike
} from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { element, mapEntry } from "@etude/core/Lookup"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import { guarded } from "./internal/Rows.ts"
import { numbersOf, withSameBytes } from "./internal/sameBytes.ts"

/** The parts of a spec or a batch as one flat record, such as `inputs`, `targets.boxes`, `mask`. */
const flatten = <A extends object>(
  parts: { readonly [part: string]: Fields<A> | undefined },
  isOne: (value: Fields<A>) => value is A
): Map<string, A> => {
  const flat = new Map<string, A>()
  for (const part in parts) {
    const fields = parts[part]
    if (fields === undefined) continue
    if (isOne(fields)) flat.set(part, fields)
    else for (const [name, field] of Object.entries<A>(fields)) flat.set(`${part}.${name}`, field)
  }
  return flat
}

const fieldsOf = ({ inputs, targets, weights, mask }: DatasetSpec) =>
  flatten<FieldSpec>({ inputs, targets, weights, mask }, isSpec)

const valuesOf = ({ inputs, targets, weights, mask }: HostBatch) =>
  flatten<TypedArray>({ inputs, targets, weights, mask }, isTypedArray)

const show = (spec: FieldSpec | undefined) => (spec === undefined ? "no such field" : `${spec.dtype} [${spec.shape}]`)

const differences = (first: Dataset, other: Dataset, source: string): ReadonlyArray<DataError> => {
  const [fieldsOfFirst, fieldsOfOther] = [fieldsOf(first.spec), fieldsOf(other.spec)]
  const fields = [...new Set([...fieldsOfFirst.keys(), ...fieldsOfOther.keys()])]
  const advice = "Concatenated datasets must have the same fields: map one of them to match the other."
  const problems = fields
    .filter((field) => show(fieldsOfFirst.get(field)) !== show(fieldsOfOther.get(field)))
    .map((field) => {
      const expected = `${show(fieldsOfFirst.get(field))}, as in ${first.name}`
      return new DataError({ source: `${source}.${field}`, found: show(fieldsOfOther.get(field)), expected, advice })
    })
  const names = (dataset: Dataset) => dataset.classes?.join(", ") ?? "none"
  if (names(first) !== names(other)) {
    const expected = `${names(first)}, as in ${first.name}`
    problems.push(new DataError({ source: `${source}.classes`, found: names(other), expected, advice }))
  }
  return problems
}

/** Where the values of each dtype go when the datasets hold them differently (uint8 in one, float32 in another). */
const common = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const

/**
 * All samples of the first dataset, then all of the second, and so on. Fails with `DatasetInvalid`, which lists every
 * field whose shape or dtype, and every dataset whose class names, differ from the first one's; and if none is given.
 */
export const concat = (
  list: ReadonlyArray<Dataset>,
  options: { readonly name?: string } = {}
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const datasets = withSameBytes(list)
    const name = options.name ?? datasets.map((dataset) => dataset.name).join(" + ")
    const [first, ...others] = datasets
    if (first === undefined) {
      const none = { source: "concat", found: "no dataset", expected: "one or more", advice: "Give a dataset." }
      return Effect.fail(new DatasetInvalid({ dataset: "concat", problems: [new DataError(none)] }))
    }
    const problems = others.flatMap((other, index) => differences(first, other, `${other.name} (number ${index + 2})`))
    if (problems.length > 0) return Effect.fail(new DatasetInvalid({ dataset: name, problems }))
    let length = 0
    const placed = datasets.map((dataset) => {
      const start = length
      length += dataset.length
      return { dataset, start, end: length }
    })
    /** The result of each dataset for its part of the samples, with their positions among all requested samples. */
    const fromEach = <A>(indices: Int32Array, read: (dataset: Dataset, local: Int32Array, part: number) => A) =>
      placed.flatMap(({ dataset, start, end }, part) => {
        const isOwn = (index: number) => index >= start && index < end
        const positions: Array<number> = []
        indices.forEach((index, position) => {
          if (isOwn(index)) positions.push(position)
        })
        if (positions.length === 0) return []
        const local = indices.filter(isOwn).map((index) => index - start)
        return [[positions, read(dataset, local, part)] as const]
      })
    const read: Dataset["read"] = (indices, draw) => {
      // Samples of the same index in two datasets draw independently of each other.
      const reads = fromEach(indices, (dataset, local, index) => dataset.read(local, Draw.named(draw, `part ${index}`)))
      if (reads.length === 1) return element(reads, 0)[1]
      if (reads.some(([, batch]) => Effect.isEffect(batch))) {
        const effects = reads.map(([positions, batch]) =>
          Effect.map(Effect.isEffect(batch) ? batch : Effect.succeed(batch), (value) => [positions, value] as const)
        )
        return Effect.map(Effect.all(effects), (parts) => merge(first.spec, indices.length, parts))
      }
      return merge(first.spec, indices.length, reads as ReadonlyArray<Part>)
    }
    const { targets } = first.spec
    const readTargets =
      (specs: Fields<FieldSpec>) =>
      (indices: Int32Array): Fields<TypedArray> => {
        const reads = fromEach(indices, targetsOf)
        if (reads.length === 1) return element(reads, 0)[1]
        const parts = reads.map(([positions, targets]) => [positions, { inputs: {}, targets: targets }] as const)
        return fieldsAt("targets", specs, valuesAt({ inputs: {}, targets: specs }, indices.length, parts))
      }
    const haveTargets = datasets.every((dataset) => dataset.readTargets !== undefined)
    return Effect.succeed(
      derive(first, {
        name,
        length,
        read: guarded(name, length, read),
        readTargets: haveTargets && targets !== undefined ? readTargets(targets) : undefined
      })
    )
  })

type Part = readonly [positions: ReadonlyArray<number>, batch: HostBatch]

const targetsOf = (dataset: Dataset, indices: Int32Array): Fields<TypedArray> => {
  const targets = dataset.readTargets?.(indices)
  if (targets === undefined) throw new Error(`${dataset.name} does not read targets alone`)
  return targets
}

/** The values of each field, with the samples of each part at their positions in the batch. */
const valuesAt = (spec: DatasetSpec, samples: number, parts: ReadonlyArray<Part>): Map<string, TypedArray> => {
  const batches = parts.map(([positions, batch]) => [positions, valuesOf(batch)] as const)
  const merged = new Map<string, TypedArray>()
  for (const [field, fieldSpec] of fieldsOf(spec)) {
    const { dtype } = fieldSpec
    const size = sizeOf(fieldSpec.shape)
    const read = batches.map(([positions, values]) => [positions, mapEntry(values, field)] as const)
    const isOneKind = new Set(read.map(([, rows]) => rows.constructor)).size === 1
    const values = isOneKind ? zerosLike(element(read, 0)[1], samples * size) : new common[dtype](samples * size)
    for (const [positions, given] of read) {
      const rows = isOneKind ? given : numbersOf(given, fieldSpec)
      positions.forEach((position, index) => {
        values.set(rows.subarray(index * size, (index + 1) * size), position * size)
      })
    }
    merged.set(field, values)
  }
  return merged
}

const fieldsAt = (
  part: string,
  fields: Fields<FieldSpec>,
  values: ReadonlyMap<string, TypedArray>
): Fields<TypedArray> =>
  isSpec(fields)
    ? mapEntry(values, part)
    : Object.fromEntries(Object.keys(fields).map((key) => [key, mapEntry(values, `${part}.${key}`)]))

/** Puts the samples of each part at their positions in the batch. */
const merge = (spec: DatasetSpec, samples: number, parts: ReadonlyArray<Part>): HostBatch => {
  const values = valuesAt(spec, samples, parts)
  return {
    inputs: fieldsAt("inputs", spec.inputs, values),
    ...(spec.targets && { targets: fieldsAt("targets", spec.targets, values) }),
    ...(spec.weights && { weights: mapEntry(values, "weights") }),
    ...(spec.mask && { mask: mapEntry(values, "mask") })
  }
}
