/** Ids in as few bytes as the vocabulary needs. */

export type Ids = Uint8Array | Uint16Array | Uint32Array | Int32Array

/** How ids are held in files. */
export type IdDtype = "uint8" | "uint16" | "uint32"

export const bytesOf = { uint8: 1, uint16: 2, uint32: 4 } as const

/** The smallest dtype for ids in 0 … size − 1. */
export const dtypeFor = (size: number): IdDtype => (size <= 256 ? "uint8" : size <= 65_536 ? "uint16" : "uint32")

/** Zeros of a dtype. */
export const zeros = (dtype: IdDtype, length: number): Uint8Array | Uint16Array | Uint32Array => {
  if (dtype === "uint8") return new Uint8Array(length)
  return dtype === "uint16" ? new Uint16Array(length) : new Uint32Array(length)
}

/** Ids that are added one sequence after another; the room doubles as they need it. */
export const growing = (dtype: IdDtype) => {
  let ids = zeros(dtype, 1024)
  let length = 0
  return {
    add: (more: ArrayLike<number>): void => {
      if (length + more.length > ids.length) {
        const wider = zeros(dtype, Math.max(2 * ids.length, length + more.length))
        wider.set(ids.subarray(0, length))
        ids = wider
      }
      ids.set(more, length)
      length += more.length
    },
    length: () => length,
    /** All of them, as a view. */
    all: () => ids.subarray(0, length)
  }
}
