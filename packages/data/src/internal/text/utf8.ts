/** UTF-8 with the offset of what isn't: the platform's decoder says only that something is wrong. */

import { DataError } from "@etude/core/Errors"
import * as Result from "effect/Result"

/** How many bytes follow the first one of a character, and the range of the second: RFC 3629, section 4. */
const sequenceOf = (first: number): readonly [following: number, from: number, to: number] | undefined => {
  if (first < 0x80) return [0, 0, 0]
  if (first < 0xc2) return undefined
  if (first < 0xe0) return [1, 0x80, 0xbf]
  if (first < 0xf0) return [2, first === 0xe0 ? 0xa0 : 0x80, first === 0xed ? 0x9f : 0xbf]
  if (first < 0xf5) return [3, first === 0xf0 ? 0x90 : 0x80, first === 0xf4 ? 0x8f : 0xbf]
  return undefined
}

/** Whether the bytes after the first, as far as they are there, are of this sequence. */
const continues = (bytes: Uint8Array, start: number, following: number, from: number, to: number): boolean => {
  for (let index = 1; index <= following && start + index < bytes.length; index++) {
    const byte = bytes[start + index]!
    if (byte < (index === 1 ? from : 0x80) || byte > (index === 1 ? to : 0xbf)) return false
  }
  return true
}

/** The beginning of the first character that is not UTF-8 or not whole; the number of bytes where there is none. */
export const validLength = (bytes: Uint8Array): { readonly length: number; readonly isCut: boolean } => {
  let position = 0
  while (position < bytes.length) {
    const sequence = sequenceOf(bytes[position]!)
    if (sequence === undefined) return { length: position, isCut: false }
    const [following, from, to] = sequence
    if (!continues(bytes, position, following, from, to)) return { length: position, isCut: false }
    if (position + following >= bytes.length) return { length: position, isCut: true }
    position += following + 1
  }
  return { length: position, isCut: false }
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")

const otherEncoding = "Convert it to UTF-8, such as by `iconv -f WINDOWS-1252 -t UTF-8`."

const adviceFor = (beginning: Uint8Array): string => {
  const [first, second] = beginning
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  if (isUtf16) return "The file is UTF-16: convert it by `iconv -f UTF-16 -t UTF-8`."
  return first === 0x1f && second === 0x8b ? "The file is compressed: decompress it." : otherEncoding
}

/** The error about the byte at `offset` of a source; `bytes` begin with it. */
export const notUtf8 = (source: string, offset: number, bytes: Uint8Array, beginning: Uint8Array, isCut: boolean) =>
  new DataError({
    source,
    offset,
    found: isCut ? "the end of the file in the middle of a character" : `the bytes ${hex(bytes.subarray(0, 4))}`,
    expected: "text in UTF-8",
    advice: isCut ? "The file is truncated: make or download it again." : adviceFor(beginning)
  })

/** The text of UTF-8 bytes, without a byte order mark; the error names the first byte that is wrong. */
export const decodeUtf8 = (bytes: Uint8Array, source: string): Result.Result<string, DataError> => {
  try {
    return Result.succeed(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch {
    const { length, isCut } = validLength(bytes)
    if (length < bytes.length) {
      return Result.fail(notUtf8(source, length, bytes.subarray(length, length + 4), bytes, isCut))
    }
    return Result.fail(
      new DataError({
        source,
        found: `${bytes.length} bytes of text`,
        expected: "a text that fits into one string, up to 512 MiB",
        advice: "Encode the file piece by piece with `TextFile.tokens`."
      })
    )
  }
}
