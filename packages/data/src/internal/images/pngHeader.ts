/** The header of a PNG file: its chunks up to the pixels (ISO/IEC 15948, §11.2 and §5.3). */
import type { ImageHeader } from "../../ImageDecoder.ts"
import { ascii, type ByteReader, bigEndian } from "./ByteReader.ts"
import { orientationOf } from "./exif.ts"
import type { Fault } from "./header.ts"

const redownload = "Download or copy the file again, or leave it out."

/** The bit depths of each colour type. */
const depths: { readonly [colour: number]: ReadonlyArray<number> } = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16]
}

const headerFault = (header: Uint8Array): Fault | undefined => {
  const fault = (offset: number, found: string, expected: string): Fault => ({
    ...{ offset, found, expected },
    advice: redownload
  })
  if (ascii(header, 4, 4) !== "IHDR") return fault(12, `"${ascii(header, 4, 4)}"`, "the chunk IHDR")
  const [width, height] = [bigEndian(header, 8, 4), bigEndian(header, 12, 4)]
  if (!(width > 0 && height > 0)) return fault(16, `${width} × ${height} pixels`, "a size of at least 1 × 1")
  const [depth = -1, colour = -1] = header.subarray(16)
  if (depths[colour]?.includes(depth) !== true)
    return fault(24, `colour type ${colour} with ${depth} bits`, "a combination of the PNG standard")
  return undefined
}

/** Chunks that are looked at for EXIF data before the pixels; files have a dozen. */
const mostChunks = 1000
const largestExif = 64 * 1024

/** The orientation, and where the pixels begin; `undefined` where the file ends before. */
const beforePixels = ({ size, at }: ByteReader): { readonly orientation: number } | undefined => {
  let orientation = 1
  let offset = 33
  for (let chunk = 0; chunk < mostChunks && offset + 12 <= size; chunk++) {
    const start = at(offset, 8)
    const [length, type] = [bigEndian(start, 0, 4), ascii(start, 4, 4)]
    if (type === "IDAT") return { orientation }
    if (type === "eXIf") orientation = orientationOf(at(offset + 8, Math.min(length, largestExif)))
    offset += 12 + length
  }
  return undefined
}

export const pngHeader = (reader: ByteReader): ImageHeader | Fault => {
  const { size, at } = reader
  const header = at(8, 25)
  const cut: Fault = {
    offset: size,
    found: "the end of the file, in the middle of the image",
    expected: "a whole PNG file",
    advice: redownload
  }
  if (header.length < 25) return cut
  const fault = headerFault(header)
  if (fault !== undefined) return fault
  const [width, height] = [bigEndian(header, 8, 4), bigEndian(header, 12, 4)]
  const before = beforePixels(reader)
  if (before === undefined || !isWhole(reader)) return cut
  return { format: "png", width, height, orientation: before.orientation }
}

/** Whether the last chunk is there; a walk over all finds it where other data come after it. */
const isWhole = ({ size, at }: ByteReader): boolean => {
  if (ascii(at(size - 8, 4), 0, 4) === "IEND") return true
  for (let offset = 8; offset + 12 <= size; ) {
    const start = at(offset, 8)
    if (ascii(start, 4, 4) === "IEND") return true
    offset += 12 + bigEndian(start, 0, 4)
  }
  return false
}
