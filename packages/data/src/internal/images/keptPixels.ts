/** Decoded pixels that are kept for later epochs, where those of all samples fit into memory. */

export interface KeptPixels {
  /** Whether the pixels of all these samples are here. */
  readonly hasAll: (positions: Int32Array) => boolean
  /** Copies the pixels of a sample to `offset` of `out`; false where they are not here. */
  readonly copy: (position: number, out: Uint8Array, offset: number) => boolean
  /** Keeps the pixels of a sample, which are at `offset` of `out`. */
  readonly keep: (position: number, out: Uint8Array, offset: number) => void
}

const nothing: KeptPixels = { hasAll: () => false, copy: () => false, keep: () => {} }

/** Room for `length` samples of `size` bytes, taken when the first comes; none where it is more than `memory`. */
export const keptPixels = (length: number, size: number, memory: number): KeptPixels => {
  if (length * size > memory) return nothing
  const isKept = new Uint8Array(length)
  let pixels: Uint8Array | undefined
  return {
    hasAll: (positions) => positions.every((position) => isKept[position] === 1),
    copy: (position, out, offset) => {
      if (pixels === undefined || isKept[position] !== 1) return false
      out.set(pixels.subarray(position * size, (position + 1) * size), offset)
      return true
    },
    keep: (position, out, offset) => {
      pixels ??= new Uint8Array(length * size)
      pixels.set(out.subarray(offset, offset + size), position * size)
      isKept[position] = 1
    }
  }
}
