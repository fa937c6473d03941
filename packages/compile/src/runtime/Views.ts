/** Typed arrays over a memory, recreated after it has grown. */
import type { DType } from "../record/Recording.ts"
import type * as WebAssembly from "./WebAssembly.ts"

export interface Views {
  /** The whole memory: don't keep the array across an allocation. Booleans are int32. */
  readonly of: (dtype: DType) => Float32Array | Int32Array | Uint8Array
  /** The position of an address in that array. */
  readonly index: (dtype: DType, address: number) => number
  readonly words: () => Uint32Array
}

interface Arrays {
  readonly buffer: ArrayBufferLike
  readonly floats: Float32Array
  readonly integers: Int32Array
  readonly words: Uint32Array
  readonly bytes: Uint8Array
}

const arraysOf = (buffer: ArrayBufferLike): Arrays => ({
  buffer,
  floats: new Float32Array(buffer),
  integers: new Int32Array(buffer),
  words: new Uint32Array(buffer),
  bytes: new Uint8Array(buffer)
})

export const make = (memory: WebAssembly.Memory): Views => {
  let arrays = arraysOf(memory.buffer)
  const current = (): Arrays => {
    const { buffer } = memory
    if (buffer !== arrays.buffer) arrays = arraysOf(buffer)
    return arrays
  }
  return {
    of: (dtype) => {
      const { bytes, floats, integers } = current()
      if (dtype === "float32") return floats
      return dtype === "uint8" ? bytes : integers
    },
    // Unsigned shift: memories go up to 4 GiB.
    index: (dtype, address) => (dtype === "uint8" ? address : address >>> 2),
    words: () => current().words
  }
}
