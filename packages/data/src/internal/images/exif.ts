/** The orientation in EXIF data: tag 0x0112 of the first directory (EXIF 2.32, §4.6.4 A). */
import { ascii, bigEndian, littleEndian } from "./ByteReader.ts"

const orientationTag = 0x0112

/** 1 to 8, by the TIFF structure that EXIF is; 1 where there is none, or one that can't be read. */
export const orientationOf = (tiff: Uint8Array): number => {
  const order = ascii(tiff, 0, 2)
  if (order !== "II" && order !== "MM") return 1
  const integer = order === "II" ? littleEndian : bigEndian
  const directory = integer(tiff, 4, 4)
  const entries = integer(tiff, directory, 2)
  // Beyond the end integers are NaN, with which no comparison holds.
  for (let entry = 0; entry < entries; entry++) {
    const offset = directory + 2 + 12 * entry
    if (offset + 12 > tiff.length) return 1
    if (integer(tiff, offset, 2) !== orientationTag) continue
    const orientation = integer(tiff, offset + 8, 2)
    return orientation >= 1 && orientation <= 8 ? orientation : 1
  }
  return 1
}
