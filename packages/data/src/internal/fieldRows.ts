/** Turns one given field (typed array or nested arrays) into rows, or reports its problem. */
import type { FieldSpec, TypedArray } from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import { sizeOf } from "@etude/core/Tensors"
import { ofValues, type Rows } from "./Rows.ts"

/** Any typed array of numbers. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array

/** Numbers or booleans, nested to any depth. */
export type NestedArray = ReadonlyArray<number> | ReadonlyArray<boolean> | ReadonlyArray<NestedArray>

interface FieldValues {
  readonly values: NumericArray | NestedArray
  readonly shape?: ReadonlyArray<number>
  readonly dtype?: FieldSpec["dtype"]
}

interface Flat {
  readonly values: NumericArray
  /** Without the samples' dimension; `undefined` where the caller must say it. */
  readonly shape: ReadonlyArray<number> | undefined
  readonly dtype: FieldSpec["dtype"]
}

const show = (shape: ReadonlyArray<number>) => `[${shape.join(", ")}]`

const describe = (value: unknown): string =>
  Array.isArray(value)
    ? `${value.length} values`
    : typeof value === "string"
      ? `the text ${JSON.stringify(value)}`
      : `${value}`

/** Flattens nested arrays; the first place where the nesting is uneven or no number stands goes to `uneven`. */
const flatten = (nested: NestedArray, uneven: (path: string, found: string, expected: string) => void): Flat => {
  const shape: Array<number> = []
  let inner: unknown = nested
  for (; Array.isArray(inner); inner = inner[0]) {
    shape.push(inner.length)
    if (inner.length === 0) break
  }
  const leaf = typeof inner === "boolean" ? "boolean" : "number"
  const values = new Float64Array(sizeOf(shape))
  let offset = 0
  const fill = (value: unknown, depth: number, path: string): boolean => {
    if (depth === shape.length) {
      if (typeof value === leaf) values[offset++] = Number(value)
      else uneven(path, describe(value), `a ${leaf}`)
      return typeof value === leaf
    }
    if (!Array.isArray(value) || value.length !== shape[depth]) {
      uneven(path, describe(value), `${shape[depth]} values, as in the first sample`)
      return false
    }
    for (let index = 0; index < value.length; index++) {
      if (!fill(value[index], depth + 1, `${path}[${index}]`)) return false
    }
    return true
  }
  fill(nested, 0, "")
  return { values, shape: shape.slice(1), dtype: leaf === "boolean" ? "bool" : "float32" }
}

const isFloat = (values: NumericArray) => values instanceof Float32Array || values instanceof Float64Array

/** The condition of a dtype on values, where not every number is allowed. */
const demands = {
  float32: undefined,
  int32: [(value: number) => value === (value | 0), "integers of 32 bits"],
  bool: [(value: number) => value === 0 || value === 1, "0 or 1"]
} as const

const converted = (values: NumericArray, dtype: FieldSpec["dtype"]): TypedArray => {
  if (values instanceof Uint8Array) return values
  if (values instanceof Uint8ClampedArray) return new Uint8Array(values.buffer, values.byteOffset, values.length)
  if (dtype === "float32") return values instanceof Float32Array ? values : new Float32Array(values)
  if (dtype === "int32") return values instanceof Int32Array ? values : new Int32Array(values)
  return new Uint8Array(values)
}

/** The rows of a field, or `undefined` after adding to `problems`. `part` is inputs, targets, weights or mask. */
export const fieldRows = (
  source: string,
  field: FieldValues,
  part: string,
  problems: Array<DataError>
): Rows | undefined => {
  const before = problems.length
  const problem = (found: string, expected: string, advice: string, place = source): undefined => {
    problems.push(new DataError({ source: place, found, expected, advice }))
  }
  const flat: Flat = ArrayBuffer.isView(field.values)
    ? { values: field.values, shape: undefined, dtype: isFloat(field.values) ? "float32" : "int32" }
    : flatten(field.values, (path, found, expected) =>
        problem(found, expected, "Give every sample the same shape.", `${source}.values${path}`)
      )
  if (problems.length > before) return undefined
  const { values } = flat
  const shape = field.shape ?? flat.shape ?? []
  const dtype = field.dtype ?? flat.dtype
  const size = sizeOf(shape)
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent > 0)) {
    return problem(
      `the shape ${show(shape)}`,
      "whole numbers of at least 1",
      "A sample without values can't be learned from."
    )
  }
  if (values.length === 0) return problem("no samples", "one or more", "A dataset can't be empty.")
  if (flat.shape !== undefined && field.shape !== undefined && show(flat.shape) !== show(field.shape)) {
    problem(
      `nesting of shape ${show(flat.shape)}`,
      `the given shape ${show(shape)}`,
      "Omit the shape, or nest the arrays to match."
    )
  }
  if (values.length % size !== 0) {
    problem(
      `${values.length} values`,
      `a multiple of ${size}, for samples of shape ${show(shape)}`,
      "The shape is that of one sample, without the batch dimension."
    )
  }
  const [isRight, demanded] = (part === "mask" ? demands.bool : demands[dtype]) ?? [() => true, "a number"]
  const wrong = values.findIndex((value) => !isRight(value))
  if (wrong >= 0) {
    const what = part === "mask" ? "a mask" : `dtype ${dtype}`
    problem(
      `${values[wrong]} (sample ${Math.floor(wrong / size)})`,
      `${demanded} for ${what}`,
      part === "mask" ? "1 counts, 0 is padding." : "Round or rescale the values, or choose float32."
    )
  }
  const bad = part === "weights" ? values.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY)) : -1
  if (bad >= 0) {
    problem(
      `the weight ${values[bad]} (sample ${Math.floor(bad / size)})`,
      "a finite number of at least 0",
      "0 excludes it."
    )
  }
  return problems.length > before ? undefined : ofValues(converted(values, dtype), { shape, dtype })
}
