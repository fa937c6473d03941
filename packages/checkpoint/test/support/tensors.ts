import type { TensorData } from "@etude/core/TrainState"
import * as Schema from "effect/Schema"

/** The bytes of each tensor, with its dtype and shape: what has to be equal bit for bit. */
export const bitsOf = (tensors: { readonly [name: string]: TensorData }) =>
  Object.entries(tensors)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { dtype, shape, values }]) => ({
      name,
      dtype,
      shape: [...shape],
      kind: values.constructor.name,
      bytes: Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    }))

/** A tensor whose bytes are any, from the lowest to signalling NaNs. */
export const AnyTensor = Schema.Struct({
  name: Schema.String,
  dtype: Schema.Literals(["float32", "int32", "bool"]),
  shape: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 }))).check(Schema.isMaxLength(4)),
  seed: Schema.Natural
})

const words = (length: number, seed: number): Uint32Array => {
  let state = seed >>> 0
  return Uint32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    // Every third word has all exponent bits set: infinities and NaNs with payloads.
    return state % 3 === 0 ? (state | 0x7f800000) >>> 0 : state
  })
}

export const tensorOf = ({ dtype, shape, seed }: typeof AnyTensor.Type): TensorData => {
  const length = shape.reduce((size, dimension) => size * dimension, 1)
  const { buffer } = words(length, seed)
  if (dtype === "float32") return { dtype, shape, values: new Float32Array(buffer) }
  if (dtype === "int32") return { dtype, shape, values: new Int32Array(buffer) }
  return { dtype, shape, values: Uint8Array.from({ length }, (_, at) => (seed >> (at % 8)) & 1) }
}

/** The bytes of a file with any header and data, right or wrong. */
export const fileOf = (header: unknown, dataBytes: number): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}
