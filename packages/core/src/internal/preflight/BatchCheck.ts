/** Whether a batch matches its dataset's spec: counts, types and values, which are known at the read only. */
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { type Dataset, derive, type FieldSpec, type Fields, type HostBatch, type TypedArray } from "../../Dataset.ts"
import { DataError, GlobalRandomUsed, KernelUnsupported, reasonOf } from "../../Errors.ts"
import { element } from "../../Lookup.ts"
import { sizeOf } from "../../Tensors.ts"
import { isObject, isPromise, isTensor, nameOf } from "./Described.ts"

const isTypedArray = (value: unknown): value is TypedArray =>
  value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array

interface Found {
  readonly found: string
  readonly expected: string
  readonly advice: string
}

/** A field of a spec with what a batch holds for it. */
interface Held {
  /** Such as `targets "boxes"`. */
  readonly label: string
  readonly part: string
  /** Among several fields of the part. */
  readonly name?: string
  readonly spec: FieldSpec
  readonly values: unknown
}

const pairsOf = (part: string, specs: Fields<FieldSpec> | undefined, values: unknown): ReadonlyArray<Held> => {
  if (specs === undefined) return []
  if (Array.isArray(specs.shape)) return [{ label: part, part, spec: specs as FieldSpec, values }]
  const named = isObject(values) && !ArrayBuffer.isView(values) ? (values as { readonly [name: string]: unknown }) : {}
  return Object.entries(specs as { readonly [name: string]: FieldSpec }).map(([name, spec]) => ({
    label: `${part} ${JSON.stringify(name)}`,
    ...{ part, name, spec },
    values: named[name]
  }))
}

const plain = "a Float32Array, an Int32Array or a Uint8Array"

const notValues = ({ label, values }: Held): Found => ({
  found: values === undefined ? `no ${label} in the result of read` : `${nameOf(values)} as ${label}`,
  expected: `${plain} with the values of all samples, one sample after another`,
  advice: isPromise(values)
    ? "Return an Effect of the whole batch from read: `Effect.tryPromise(…)`."
    : isTensor(values)
      ? "Return `tensor.dataSync()`, or make the dataset with `Arrays.fromTensors`."
      : Array.isArray(values)
        ? "Return `Float32Array.from(rows.flat(Infinity))`, or make the dataset with `Arrays.fromArrays`."
        : values === undefined
          ? "Return every field of the spec, or remove it from the spec."
          : "Convert it: `new Float32Array(values)`."
})

/** The condition on values, where not every number is allowed. */
const demandOf = ({ part, spec, values }: Held): readonly [(value: number) => boolean, string, string] | undefined => {
  if (part === "weights")
    return [
      (value) => value >= 0 && value < Number.POSITIVE_INFINITY,
      "a finite number of at least 0",
      "0 excludes a sample."
    ]
  if (part === "mask") return [(value) => value === 0 || value === 1, "0 or 1", "1 counts, 0 is padding."]
  if (spec.dtype === "bool")
    return [(value) => value === 0 || value === 1, "0 or 1 for dtype bool", "Or choose float32."]
  if (spec.dtype === "int32" && values instanceof Float32Array)
    return [
      (value) => value === (value | 0),
      "a whole number of 32 bits for dtype int32",
      "Round it, or choose float32."
    ]
  return undefined
}

const wrongValue = (field: Held, indices: Int32Array): Found | undefined => {
  const demand = demandOf(field)
  if (demand === undefined) return undefined
  const [isRight, expected, advice] = demand
  const values = field.values as TypedArray
  const wrong = values.findIndex((value) => !isRight(value))
  if (wrong < 0) return undefined
  const sample = indices[Math.floor(wrong / sizeOf(field.spec.shape))]
  return { found: `${values[wrong]} in ${field.label} of sample ${sample}`, expected, advice }
}

const wrongCount = (fields: ReadonlyArray<Held>, samples: number): ReadonlyArray<Found> => {
  const rowsOf = ({ values, spec }: Held) => (values as TypedArray).length / sizeOf(spec.shape)
  const [rows, ...others] = new Set(fields.map(rowsOf))
  if (others.length === 0 && rows !== undefined && Number.isInteger(rows)) {
    // Nothing at all is an empty batch, which is skipped and counted.
    if (rows === samples || rows === 0) return []
    return [
      {
        found: `${rows} samples where ${samples} were requested`,
        expected: "one sample for each index, in that order",
        advice: "To exclude a sample, give it the weight 0."
      }
    ]
  }
  return fields
    .filter((field) => rowsOf(field) !== samples)
    .map(({ label, spec, values }) => ({
      found: `${(values as TypedArray).length} values of ${label} in a batch of ${samples} samples`,
      expected: `${samples * sizeOf(spec.shape)}, for samples of shape [${spec.shape.join(", ")}]`,
      advice: "The dataset's read must return one value for each element of its spec."
    }))
}

/**
 * Makes the quick test of a batch of a dataset, which most batches pass: every field a typed array of the right length, whose
 * dtype takes any number. What does not pass it may still be right.
 */
const quickTest = ({ spec }: Dataset): ((batch: unknown, samples: number) => boolean) => {
  if (spec.weights !== undefined || spec.mask !== undefined) return () => false
  const columns = pairsOf("inputs", spec.inputs, {}).concat(pairsOf("targets", spec.targets, {}))
  if (columns.some((column) => column.spec.dtype === "bool")) return () => false
  const fields = columns.map(({ part, name, spec: { shape, dtype } }) => ({ part, name, size: sizeOf(shape), dtype }))
  return (batch, samples) => {
    if (!isObject(batch) || "weights" in batch || "mask" in batch) return false
    const parts = batch as { readonly [part: string]: unknown }
    for (const { part, name, size, dtype } of fields) {
      const received = parts[part]
      const values =
        name === undefined || !isObject(received) ? received : (received as { readonly [name: string]: unknown })[name]
      if (!isTypedArray(values) || values.length !== samples * size) return false
      if (dtype === "int32" && values instanceof Float32Array) return false
    }
    return true
  }
}

/** Every problem of the batch that a `read` returned for these samples. */
export const batchProblems = (
  { name, spec }: Dataset,
  batch: unknown,
  indices: Int32Array
): ReadonlyArray<DataError> => {
  const errors = (problems: ReadonlyArray<Found>) =>
    problems.map((problem) => new DataError({ source: name, ...problem }))
  if (!isObject(batch) || isPromise(batch) || isTensor(batch) || Array.isArray(batch) || ArrayBuffer.isView(batch)) {
    const expected = "typed arrays by field, { inputs, targets }, or an Effect of them"
    const advice = isPromise(batch)
      ? "Return an Effect instead: `read: (indices) => Effect.promise(async () => …)`, or `Effect.tryPromise` where it can fail."
      : "Return the values of all samples, one after another, in one typed array for each field."
    return errors([{ found: `${nameOf(batch)} from read`, expected, advice }])
  }
  const parts = batch as { readonly [part: string]: unknown }
  const fields = (["inputs", "targets", "weights", "mask"] as const).flatMap((part) =>
    pairsOf(part, spec[part], parts[part])
  )
  const unnamed = (["weights", "mask"] as const).filter((part) => parts[part] !== undefined && spec[part] === undefined)
  const extra = unnamed.map((part) => ({
    found: `${part} in the result of read`,
    expected: `none, since the spec has no ${part}`,
    advice: "Add it to the spec, so that it counts, or remove it."
  }))
  const wrong = fields.filter(({ values }) => !isTypedArray(values))
  if (wrong.length > 0) return errors([...wrong.map(notValues), ...extra])
  const counts = wrongCount(fields, indices.length)
  if (counts.length > 0) return errors([...counts, ...extra])
  return errors([...fields.flatMap((field) => wrongValue(field, indices) ?? []), ...extra])
}

/** The first field of a batch in which some number is NaN or infinite, the samples that have one, and which number it is. */
export const nonFiniteData = (
  { spec }: Dataset,
  batch: HostBatch,
  indices: Int32Array
): { readonly field: string; readonly found: string; readonly samples: ReadonlyArray<number> } | undefined => {
  // A sample that does not count may have no target.
  const counts = (index: number) => batch.weights?.length !== indices.length || batch.weights[index] !== 0
  for (const part of ["inputs", "targets"] as const) {
    for (const { label, values, spec: field } of pairsOf(part, spec[part], batch[part])) {
      if (!(values instanceof Float32Array)) continue
      const size = sizeOf(field.shape)
      const spoiled = (index: number) =>
        values.subarray(index * size, (index + 1) * size).find((value) => !Number.isFinite(value))
      const positions = Array.from(indices.keys()).filter((index) => counts(index) && spoiled(index) !== undefined)
      if (positions.length === 0) continue
      const samples = positions.map((index) => element(indices, index))
      return { field: label, found: String(spoiled(element(positions, 0))), samples }
    }
  }
  return undefined
}

// A loop that calls `read` knows these.
const passedOn = [KernelUnsupported, GlobalRandomUsed]

const failed = (source: string, cause: unknown, indices: Int32Array): DataError => {
  const reason = reasonOf(cause)
  const shown = [...indices.slice(0, 4)].join(", ") + (indices.length > 4 ? ", …" : "")
  const isDisposed = /disposed/.test(reason)
  return new DataError({
    source,
    found: `an error from read (${reason})`,
    expected: "a batch",
    advice: isDisposed
      ? "Tensors that read makes are disposed when it returns; keep tensors that live longer with `tf.keep`."
      : `Read samples ${shown} separately to see more.`,
    cause
  })
}

/** The error of an Effect that a dataset's read gave: what is not a `DataError` becomes one. */
const causeOf = (source: string, cause: Cause.Cause<unknown>, indices: Int32Array): Effect.Effect<never, DataError> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause as Cause.Cause<never>)
  const error = Cause.squash(cause)
  return Effect.fail(error instanceof DataError ? error : failed(source, error, indices))
}

/**
 * A dataset that was not checked when it was made, with a `read` that fails with a `DataError` where what was read is not what the spec says, whatever the
 * dataset does instead. Tensors that a synchronous read makes are disposed.
 */
export const checked = (source: Dataset): Dataset => {
  if (source.isChecked === true) return source
  const dataset = derive(source)
  const { name, readTargets } = dataset
  const isRight = quickTest(dataset)
  const checked = (batch: unknown, indices: Int32Array): HostBatch | DataError =>
    (isRight(batch, indices.length) ? undefined : batchProblems(dataset, batch, indices)[0]) ?? (batch as HostBatch)
  return derive(dataset, {
    readTargets,
    read: (indices, draw, room) => {
      let read: unknown
      try {
        // Not given to `tidy` itself, which would look for tensors in every element of the arrays.
        tf.tidy(() => {
          read = dataset.read(indices, draw, room)
        })
      } catch (cause) {
        if (passedOn.some((error) => cause instanceof error)) throw cause
        return Effect.fail(cause instanceof DataError ? cause : failed(name, cause, indices))
      }
      if (!Effect.isEffect(read)) {
        const batch = checked(read, indices)
        return batch instanceof DataError ? Effect.fail(batch) : batch
      }
      return (read as Effect.Effect<unknown, unknown>).pipe(
        Effect.catchCause((cause) => causeOf(name, cause, indices)),
        Effect.flatMap((value) => {
          const batch = checked(value, indices)
          return batch instanceof DataError ? Effect.fail(batch) : Effect.succeed(batch)
        })
      )
    }
  })
}
