/**
 * How safetensors files write numbers, and what they are here: float32, int32 and bool, which is all that tfjs has.
 *
 * | In the file                              | Here                                                                     |
 * | ---------------------------------------- | ------------------------------------------------------------------------ |
 * | `F32`, `F16`, `BF16`                     | float32, exact                                                           |
 * | `F64`                                    | float32, rounded to nearest; a finite value beyond float32 is a problem  |
 * | `I32`, `I16`, `I8`, `U16`, `U8`          | int32, exact                                                             |
 * | `I64`, `U32`, `U64`                      | int32; a value outside of int32 is a problem                             |
 * | `BOOL`                                   | bool                                                                     |
 */
import type { TensorData } from "@etude/core/TrainState"
import * as HalfFloat from "./HalfFloat.ts"

/** Values, or the first of them that can't be held here, as text. */
type Read = TensorData["values"] | { readonly index: number; readonly value: string }

interface EncodingOf {
  readonly bytes: number
  readonly dtype: TensorData["dtype"]
  /** From bytes that begin at the start of their buffer; may use the buffer. */
  readonly read: (buffer: ArrayBuffer) => Read
}

const widened = (buffer: ArrayBuffer, toFloat32: (half: number) => number): Float32Array<ArrayBuffer> => {
  const halves = new Uint16Array(buffer)
  const bits = new Uint32Array(halves.length)
  for (let index = 0; index < halves.length; index++) bits[index] = toFloat32(halves[index] as number)
  return new Float32Array(bits.buffer)
}

const fromFloat64 = (buffer: ArrayBuffer): Read => {
  const doubles = new Float64Array(buffer)
  const values = new Float32Array(doubles)
  const index = values.findIndex((value, at) => Math.abs(value) === Infinity && Number.isFinite(doubles[at]))
  return index < 0 ? values : { index, value: String(doubles[index]) }
}

/** From integers of 8 bytes: the upper half of one that fits into int32 only repeats the sign. */
const fromInteger64 =
  (isSigned: boolean) =>
  (buffer: ArrayBuffer): Read => {
    const halves = new Int32Array(buffer)
    const values = new Int32Array(halves.length / 2)
    for (let index = 0; index < values.length; index++) {
      const [low, high] = [halves[2 * index] as number, halves[2 * index + 1] as number]
      const fits = isSigned ? high === low >> 31 : high === 0 && low >= 0
      if (!fits) {
        const value = isSigned ? new BigInt64Array(buffer)[index] : new BigUint64Array(buffer)[index]
        return { index, value: String(value) }
      }
      values[index] = low
    }
    return values
  }

const fromUnsigned32 = (buffer: ArrayBuffer): Read => {
  const values = new Int32Array(buffer)
  const index = values.findIndex((value) => value < 0)
  return index < 0 ? values : { index, value: String((values[index] as number) >>> 0) }
}

const int32 = (bytes: number, read: EncodingOf["read"]): EncodingOf => ({ bytes, dtype: "int32", read })
const float32 = (bytes: number, read: EncodingOf["read"]): EncodingOf => ({ bytes, dtype: "float32", read })

const table = {
  F32: float32(4, (buffer) => new Float32Array(buffer)),
  I32: int32(4, (buffer) => new Int32Array(buffer)),
  BOOL: { bytes: 1, dtype: "bool", read: (buffer) => new Uint8Array(buffer) },
  F16: float32(2, (buffer) => widened(buffer, HalfFloat.float16To32)),
  BF16: float32(2, (buffer) => widened(buffer, HalfFloat.bfloat16To32)),
  F64: float32(8, fromFloat64),
  I64: int32(8, fromInteger64(true)),
  I16: int32(2, (buffer) => Int32Array.from(new Int16Array(buffer))),
  I8: int32(1, (buffer) => Int32Array.from(new Int8Array(buffer))),
  U64: int32(8, fromInteger64(false)),
  U32: int32(4, fromUnsigned32),
  U16: int32(2, (buffer) => Int32Array.from(new Uint16Array(buffer))),
  U8: int32(1, (buffer) => Int32Array.from(new Uint8Array(buffer)))
} satisfies { readonly [name: string]: EncodingOf }

/** A number format of a file. */
export type Encoding = keyof typeof table
export const encodings: { readonly [name in Encoding]: EncodingOf } = table
export const names: ReadonlyArray<string> = Object.keys(table)
export const isEncoding = (name: unknown): name is Encoding => typeof name === "string" && Object.hasOwn(table, name)

/** How float32 can be written: as it is, or rounded to 16 bits. */
export type Floats = "F32" | "F16" | "BF16"

/** How tensors of a dtype are written, with floats in the given format. */
export const ofDtype = (dtype: TensorData["dtype"], floats: Floats): Encoding =>
  dtype === "float32" ? floats : dtype === "int32" ? "I32" : "BOOL"

/** The values in bytes of a file, as a copy: the bytes need not be aligned. */
export const read = (encoding: Encoding, bytes: Uint8Array): Read => {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return encodings[encoding].read(copy.buffer)
}

/** Float32 rounded to 16 bits; `overflow` is the first finite value that became infinite. */
export interface Narrowed {
  readonly halves: Uint16Array<ArrayBuffer>
  readonly overflow?: { readonly index: number; readonly value: number }
}
export const narrow = (values: Float32Array, floats: "F16" | "BF16"): Narrowed => {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const toHalf = floats === "F16" ? HalfFloat.float32To16 : HalfFloat.float32ToBfloat16
  const infinity = floats === "F16" ? 0x7c00 : 0x7f80
  const halves = new Uint16Array(values.length)
  let overflow: Narrowed["overflow"]
  for (let index = 0; index < values.length; index++) {
    const half = toHalf(bits[index] as number)
    halves[index] = half
    const value = values[index] as number
    if ((half & 0x7fff) === infinity && Number.isFinite(value)) overflow ??= { index, value }
  }
  return overflow === undefined ? { halves } : { halves, overflow }
}
