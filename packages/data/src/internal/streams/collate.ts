/** Samples one by one become a batch. */
import {
  type DatasetSpec,
  type FieldSpec,
  type Fields,
  type HostBatch,
  isSpec,
  isTypedArray,
  type TypedArray,
  zerosLike
} from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import { sizeOf } from "@etude/core/Tensors"

/** The values of one field of a sample: a number where its shape is [], else its elements, row-major. */
export type Value = number | ArrayLike<number>

/** One sample, with the fields of the spec. */
export interface Sample {
  readonly inputs: Value | { readonly [name: string]: Value }
  readonly targets?: Value | { readonly [name: string]: Value }
  readonly weights?: Value
  readonly mask?: Value
}

/** A sample with what messages call it. */
export interface Named {
  readonly sample: Sample
  readonly source: string
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const

/** An array for a field: bytes stay bytes where the spec says what they mean. */
const arrayFor = (first: Value | undefined, { dtype, bytes }: FieldSpec, length: number): TypedArray =>
  bytes !== undefined && first instanceof Uint8Array ? zerosLike(first, length) : new arrays[dtype](length)

const wrong = (source: string, label: string, value: Value | undefined, { shape }: FieldSpec) => {
  const found = value === undefined ? "none" : typeof value === "number" ? "a number" : `${value.length} values`
  return new DataError({
    source,
    found: `${found} of ${label}`,
    expected: `${sizeOf(shape)}, for the shape [${shape.join(", ")}]`,
    advice: "Decode every sample to the fields of the spec."
  })
}

type ValueOf = (sample: Sample) => Value | undefined

const collateField = (samples: ReadonlyArray<Named>, label: string, spec: FieldSpec, valueOf: ValueOf): TypedArray => {
  const size = sizeOf(spec.shape)
  const [first] = samples
  const values = arrayFor(first && valueOf(first.sample), spec, samples.length * size)
  for (const [index, { sample, source }] of samples.entries()) {
    const value = valueOf(sample)
    if (typeof value === "number" && size === 1) values[index] = value
    else if (typeof value === "object" && value.length === size) values.set(value, index * size)
    else throw wrong(source, label, value, spec)
  }
  return values
}

type Part = "inputs" | "targets"
type NamedValues = { readonly [name: string]: Value }

const isNamed = (value: Sample[Part]): value is NamedValues =>
  typeof value === "object" && !isTypedArray(value as Fields<TypedArray>) && !Array.isArray(value)

const collatePart = (samples: ReadonlyArray<Named>, part: Part, specs: Fields<FieldSpec>): Fields<TypedArray> => {
  if (isSpec(specs))
    return collateField(samples, part, specs, (sample) => {
      const value = sample[part]
      return isNamed(value) ? undefined : value
    })
  const fields = Object.entries(specs).map(([name, spec]) => {
    const valueOf: ValueOf = (sample) => {
      const values = sample[part]
      return isNamed(values) ? values[name] : undefined
    }
    return [name, collateField(samples, `${part}.${name}`, spec, valueOf)] as const
  })
  return Object.fromEntries(fields)
}

/** The batch of samples. Throws a `DataError` that names the first that lacks a field, or has too many or too few values. */
export const collate = (samples: ReadonlyArray<Named>, { inputs, targets, weights, mask }: DatasetSpec): HostBatch => ({
  inputs: collatePart(samples, "inputs", inputs),
  ...(targets && { targets: collatePart(samples, "targets", targets) }),
  ...(weights && { weights: collateField(samples, "weights", weights, (sample) => sample.weights) }),
  ...(mask && { mask: collateField(samples, "mask", mask, (sample) => sample.mask) })
})
