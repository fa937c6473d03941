/** Bytes at any place of a file, without reading it whole. */

export interface ByteReader {
  /** Bytes in all. */
  readonly size: number
  /** The bytes from `offset` on, fewer where the file ends before. They may be overwritten by the next call. */
  readonly at: (offset: number, length: number) => Uint8Array
}

/** Bytes that are in memory. */
export const ofBytes = (bytes: Uint8Array): ByteReader => ({
  size: bytes.length,
  at: (offset, length) => bytes.subarray(offset, offset + length)
})

/** An unsigned integer of so many bytes, the most significant first; NaN beyond the end. */
export const bigEndian = (bytes: Uint8Array, offset: number, length: number): number => {
  let value = 0
  for (let index = 0; index < length; index++) value = value * 256 + (bytes[offset + index] ?? Number.NaN)
  return value
}

/** The same with the least significant byte first. */
export const littleEndian = (bytes: Uint8Array, offset: number, length: number): number => {
  let value = 0
  for (let index = length - 1; index >= 0; index--) value = value * 256 + (bytes[offset + index] ?? Number.NaN)
  return value
}

/** Text of one byte per character. */
export const ascii = (bytes: Uint8Array, offset: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + length))

const pieceSize = 64 * 1024

/** Whether the two bytes stand next to each other somewhere from `offset` on, looked for from the end. */
export const includesPair = (reader: ByteReader, offset: number, first: number, second: number): boolean => {
  for (let end = reader.size; end > offset; end -= pieceSize - 1) {
    const start = Math.max(offset, end - pieceSize)
    const piece = reader.at(start, end - start)
    for (let index = piece.lastIndexOf(first); index >= 0; index = piece.lastIndexOf(first, index - 1)) {
      if (piece[index + 1] === second) return true
      if (index === 0) break
    }
  }
  return false
}
