/** One number of each sample, read once and in parts, so that what is read with it is never in memory at once. */
import * as Effect from "effect/Effect"
import {
  type Dataset,
  type DatasetSpec,
  type FieldSpec,
  type HostBatch,
  isSpec,
  isTypedArray,
  type TypedArray
} from "../Dataset.ts"
import * as Draw from "../Draw.ts"
import { DataError } from "../Errors.ts"
import * as Bytes from "../kernels/Bytes.ts"
import { sizeOf } from "../Tensors.ts"

const parts = ["inputs", "targets", "weights", "mask"] as const
type Part = (typeof parts)[number]

interface Field {
  readonly part: Part
  /** Among several fields of the part. */
  readonly name?: string
  readonly spec: FieldSpec
}

/** Every field of a spec by the path that a config gives: `targets`, `inputs.age`. */
const fieldsOf = (spec: DatasetSpec): ReadonlyMap<string, Field> => {
  const fields = new Map<string, Field>()
  for (const part of parts) {
    const specs = spec[part]
    if (specs === undefined) continue
    if (isSpec(specs)) fields.set(part, { part, spec: specs })
    else for (const [name, spec] of Object.entries(specs)) fields.set(`${part}.${name}`, { part, name, spec })
  }
  return fields
}

const valuesOf = (batch: Partial<HostBatch>, { part, name }: Field): TypedArray | undefined => {
  const values = batch[part]
  if (values === undefined || isTypedArray(values)) return values
  return name === undefined ? undefined : values[name]
}

const readPart = Effect.fnUntraced(function* (dataset: Dataset, indices: Int32Array, field: Field) {
  if (field.part === "targets" && dataset.readTargets !== undefined)
    return valuesOf({ targets: dataset.readTargets(indices) }, field)
  const read = dataset.read(indices, Draw.fixed)
  return valuesOf(Effect.isEffect(read) ? yield* read : read, field)
})

/** Samples that are read together. */
const together = 1024

/** What becomes of a field's elements: a number of a sample. */
type Reduce = (values: TypedArray, begin: number, end: number) => number

const reduced = Effect.fnUntraced(function* (dataset: Dataset, field: Field, reduce: Reduce) {
  const { length, name } = dataset
  const size = sizeOf(field.spec.shape)
  const column = new Float64Array(length)
  for (let begin = 0; begin < length; begin += together) {
    const count = Math.min(together, length - begin)
    const indices = Int32Array.from({ length: count }, (_, index) => begin + index)
    const read = yield* readPart(dataset, indices, field)
    if (read?.length !== count * size)
      return yield* new DataError({
        source: name,
        found: `${read?.length ?? "no"} values of ${field.part} for samples ${begin} to ${begin + count - 1}`,
        expected: `${count * size}`,
        advice: "The dataset's read must return one value for each element of its spec."
      })
    const values = field.spec.bytes && read instanceof Uint8Array ? Bytes.widen(read, field.spec.bytes) : read
    for (let sample = 0; sample < count; sample++)
      column[begin + sample] = reduce(values, sample * size, (sample + 1) * size)
    yield* Effect.yieldNow
  }
  return column
})

const fieldNamed = (dataset: Dataset, path: string): Effect.Effect<Field, DataError> => {
  const fields = fieldsOf(dataset.spec)
  const field = fields.get(path)
  if (field !== undefined) return Effect.succeed(field)
  return Effect.fail(
    new DataError({
      source: dataset.name,
      found: `no field ${path}`,
      expected: `one of ${[...fields.keys()].join(", ")}`,
      advice: "Name a field of the training data in the sampler's options."
    })
  )
}

/** The number of each sample in a field of shape [], such as `targets` or `inputs.age`. */
export const column = Effect.fnUntraced(function* (dataset: Dataset, path: string) {
  const field = yield* fieldNamed(dataset, path)
  const { shape } = field.spec
  if (sizeOf(shape) === 1) return yield* reduced(dataset, field, (values, begin) => values[begin] ?? Number.NaN)
  return yield* new DataError({
    source: `${dataset.name}.${path}`,
    found: `values of shape [${shape.join(", ")}]`,
    expected: "one number a sample",
    advice: "Name a field of shape [] in the sampler's options."
  })
})

/** How many elements of each sample count: the ones of a mask, or the value of a field of one number. */
export const lengths = Effect.fnUntraced(function* (dataset: Dataset, path: string) {
  const field = yield* fieldNamed(dataset, path)
  return yield* reduced(dataset, field, (values, begin, end) => {
    let sum = 0
    for (let index = begin; index < end; index++) sum += values[index] ?? Number.NaN
    return sum
  })
})

/** The class of each sample: its only target, a whole number. */
export const labels = Effect.fnUntraced(function* (dataset: Dataset) {
  const { targets } = dataset.spec
  if (targets !== undefined && isSpec(targets) && targets.dtype === "int32" && sizeOf(targets.shape) === 1)
    return Int32Array.from(yield* column(dataset, "targets"))
  return yield* new DataError({
    source: dataset.name,
    found: targets === undefined ? "no targets" : "targets that are not one label a sample",
    expected: "targets of dtype int32 and shape []",
    advice: "Choose a sampler that needs no classes, such as Weighted with weights of your own."
  })
})
