/** What a file is and how large its image, by its first bytes. */
import type { ImageFormat, ImageHeader } from "../../ImageDecoder.ts"
import { ascii, type ByteReader, littleEndian } from "./ByteReader.ts"
import { orientationOf } from "./exif.ts"
import { jpegHeader } from "./jpegHeader.ts"
import { pngHeader } from "./pngHeader.ts"

/** Why a file is no image that can be used; the rest of a `DataError`. */
export interface Fault {
  readonly offset?: number
  readonly found: string
  readonly expected: string
  readonly advice: string
}

export const isFault = (header: ImageHeader | Fault): header is Fault => "found" in header

/** The bytes at the beginning by which a format is known. */
const signatureSize = 32

const formatOf = (start: Uint8Array): ImageFormat | undefined => {
  const text = ascii(start, 0, 16)
  if (start[0] === 0xff && start[1] === 0xd8 && start[2] === 0xff) return "jpeg"
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "png"
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "webp"
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) return "gif"
  if (text.startsWith("BM") && littleEndian(start, 6, 4) === 0) return "bmp"
  if (text.startsWith("II*\0") || text.startsWith("MM\0*")) return "tiff"
  if (text.slice(4, 8) === "ftyp") {
    const brand = text.slice(8, 12)
    if (brand === "avif" || brand === "avis") return "avif"
    if (["heic", "heix", "mif1", "msf1", "hevc"].includes(brand)) return "heic"
  }
  if (/^\s*<(\?xml|svg)/.test(ascii(start, 0, signatureSize))) return "svg"
  return undefined
}

const signed = (value: number, bits: number): number => (value >= 2 ** (bits - 1) ? value - 2 ** bits : value)

/** The size of a WebP image, by the first chunk of each of its three kinds (RFC 9649, §2.5 to §2.7). */
const webpSize = (start: Uint8Array): readonly [width: number, height: number] => {
  switch (ascii(start, 12, 4)) {
    case "VP8 ":
      return [littleEndian(start, 26, 2) & 0x3fff, littleEndian(start, 28, 2) & 0x3fff]
    case "VP8L": {
      const bits = littleEndian(start, 21, 4)
      return [(bits % 2 ** 14) + 1, (Math.floor(bits / 2 ** 14) % 2 ** 14) + 1]
    }
    case "VP8X":
      return [littleEndian(start, 24, 3) + 1, littleEndian(start, 27, 3) + 1]
    default:
      return [Number.NaN, Number.NaN]
  }
}

const sizeOf = (format: ImageFormat, start: Uint8Array): readonly [width: number, height: number] | undefined => {
  switch (format) {
    case "webp":
      return webpSize(start)
    case "gif":
      return [littleEndian(start, 6, 2), littleEndian(start, 8, 2)]
    case "bmp":
      return [signed(littleEndian(start, 18, 4), 32), Math.abs(signed(littleEndian(start, 22, 4), 32))]
    default:
      return undefined
  }
}

const notAnImage = (reader: ByteReader): Fault => {
  const advice = 'Remove the file, or leave it out with `onBroken: "skip"`.'
  const expected = "an image (JPEG, PNG, WebP, …)"
  if (reader.size === 0) return { found: "an empty file", expected, advice }
  const start = reader.at(0, signatureSize)
  const text = ascii(start, 0, Math.min(16, start.length))
  const isText = /^[\t\r\n\x20-\x7e]+$/.test(text)
  const shown = isText ? `text (${JSON.stringify(text)})` : `bytes of no known format (${hex(start.subarray(0, 8))})`
  return { offset: 0, found: shown, expected, advice }
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")

/** The header of an image, or why it is none. Reads no more than a header needs, and the end of the file. */
export const readHeader = (reader: ByteReader): ImageHeader | Fault => {
  const start = reader.at(0, signatureSize).slice()
  const format = formatOf(start)
  if (format === undefined) return notAnImage(reader)
  if (format === "jpeg") return jpegHeader(reader)
  if (format === "png") return pngHeader(reader)
  const size = sizeOf(format, start)
  if (size === undefined) return { format, orientation: 1 }
  const [width, height] = size
  const isCut = format === "webp" && littleEndian(start, 4, 4) + 8 > reader.size
  if (width > 0 && height > 0 && !isCut) {
    return { format, width, height, orientation: format === "webp" ? webpOrientation(reader) : 1 }
  }
  const found =
    isCut || start.length < signatureSize
      ? "the end of the file, in the middle of the image"
      : `${width} × ${height} pixels`
  const expected = isCut ? `${littleEndian(start, 4, 4) + 8} bytes, as its header says` : "a size of at least 1 × 1"
  return { offset: reader.size, found, expected, advice: "Download or copy the file again, or leave it out." }
}

/** Chunks of a WebP file that are looked at; an animation has one for each frame. */
const mostChunks = 1000

const webpOrientation = ({ size, at }: ByteReader): number => {
  let offset = 12
  for (let chunk = 0; chunk < mostChunks && offset + 8 <= size; chunk++) {
    const start = at(offset, 8)
    const length = littleEndian(start, 4, 4)
    if (ascii(start, 0, 4) === "EXIF") return orientationOf(at(offset + 8, Math.min(length, 64 * 1024)))
    offset += 8 + length + (length % 2)
  }
  return 1
}
