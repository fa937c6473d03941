/** The TFRecord framing: length, its checksum, data, its checksum. */

// Castagnoli's polynomial, bits reversed.
const polynomial = 0x82f63b78
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
  return value >>> 0
})

/** CRC-32C (RFC 3720, appendix B.4). */
export const crc32c = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!
  return (crc ^ 0xffffffff) >>> 0
}

/** A checksum of data that may itself hold checksums: rotated by 15 bits, plus a constant. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0

/** One record. */
export const record = (data: Uint8Array): Uint8Array => {
  const framed = new Uint8Array(data.length + 16)
  const view = new DataView(framed.buffer)
  view.setUint32(0, data.length, true)
  view.setUint32(8, masked(crc32c(framed.subarray(0, 8))), true)
  framed.set(data, 12)
  view.setUint32(12 + data.length, masked(crc32c(data)), true)
  return framed
}
