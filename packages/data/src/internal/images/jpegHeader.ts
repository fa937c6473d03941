/** The header of a JPEG file: its segments up to the first scan (ITU-T T.81, annex B). */
import type { ImageHeader } from "../../ImageDecoder.ts"
import { ascii, type ByteReader, bigEndian, includesPair } from "./ByteReader.ts"
import { orientationOf } from "./exif.ts"
import type { Fault } from "./header.ts"

const redownload = "Download or copy the file again, or leave it out."

const cut = (size: number): Fault => ({
  offset: size,
  found: "the end of the file, in the middle of the image",
  expected: "a whole JPEG file",
  advice: redownload
})

interface Frame {
  readonly width: number
  readonly height: number
  readonly components: number
  /** The letters R, G and B as the numbers of components. */
  readonly isNamedRgb: boolean
}

const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

const frameOf = (marker: number, segment: Uint8Array, offset: number): Frame | Fault => {
  const fault = (found: string, expected: string, advice: string): Fault => ({ offset, found, expected, advice })
  if (marker > 0xc2) {
    const kind = marker >= 0xc9 ? "arithmetic coding" : "lossless or hierarchical coding"
    return fault(`a JPEG with ${kind}`, "baseline or progressive with Huffman coding", "Save the image again.")
  }
  const [precision, components] = [segment[0], segment[5]]
  const [height, width] = [bigEndian(segment, 1, 2), bigEndian(segment, 3, 2)]
  if (precision !== 8) return fault(`${precision} bits per channel`, "8", "Save the image again.")
  if (components !== 1 && components !== 3 && components !== 4) {
    return fault(`${components} components`, "1 (grey), 3 (colours) or 4 (CMYK)", "Save the image again.")
  }
  if (!(height > 0 && width > 0)) return fault(`${width} × ${height} pixels`, "a size of at least 1 × 1", redownload)
  return { width, height, components, isNamedRgb: segment[6] === 0x52 && segment[9] === 0x47 && segment[12] === 0x42 }
}

/** The largest segment that is looked at: EXIF is at most that. */
const segmentSize = 64 * 1024

export const jpegHeader = (reader: ByteReader): ImageHeader | Fault => {
  const { size, at } = reader
  let orientation = 1
  let adobeTransform: number | undefined
  let frame: Frame | undefined
  let offset = 2
  while (offset + 4 <= size) {
    const start = at(offset, 4)
    const [prefix, marker = 0] = start
    if (prefix !== 0xff) {
      const found = `the byte ${(prefix ?? 0).toString(16).padStart(2, "0")}`
      return { offset, found, expected: "a JPEG marker, ff", advice: "The file is damaged. Download or copy it again." }
    }
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      // Fill bytes, and markers without a segment.
      offset += marker === 0xff ? 1 : 2
      continue
    }
    if (marker === 0xd9) break
    const length = bigEndian(start, 2, 2)
    if (marker === 0xda) {
      if (frame === undefined) break
      if (!isWhole(reader, offset)) return cut(size)
      return headerOf(frame, orientation, adobeTransform)
    }
    if (isFrame(marker)) {
      const parsed = frameOf(marker, at(offset + 4, 16), offset)
      if ("found" in parsed) return parsed
      frame = parsed
    } else if (marker === 0xe1 && orientation === 1) {
      const segment = at(offset + 4, Math.min(length, segmentSize))
      if (ascii(segment, 0, 4) === "Exif") orientation = orientationOf(segment.subarray(6))
    } else if (marker === 0xee && length >= 14) {
      const segment = at(offset + 4, 12)
      if (ascii(segment, 0, 5) === "Adobe") adobeTransform = segment[11]
    }
    offset += 2 + Math.max(2, length)
  }
  return offset + 4 > size ? cut(size) : { offset, found: "no image", expected: "one", advice: redownload }
}

const headerOf = (frame: Frame, orientation: number, adobeTransform: number | undefined): ImageHeader => {
  const { width, height, components, isNamedRgb } = frame
  const isRgb = components === 3 && (adobeTransform === undefined ? isNamedRgb : adobeTransform === 0)
  return {
    format: "jpeg",
    ...{ width, height, orientation },
    ...(components === 4 && { isCmyk: true }),
    ...(isRgb && { isRgb })
  }
}

/** Whether the end of the image comes after its first scan; some files have other data after it. */
const isWhole = (reader: ByteReader, scan: number): boolean => {
  const end = reader.at(reader.size - 2, 2)
  return (end[0] === 0xff && end[1] === 0xd9) || includesPair(reader, scan, 0xff, 0xd9)
}
