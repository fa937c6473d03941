/** PNG files of 8-bit grey or RGB pixels (W3C PNG, third edition), compressed by zlib. */
import { crc32, deflateSync } from "node:zlib"

export interface Picture {
  readonly height: number
  readonly width: number
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3
  /** Rows from the top, [height, width, channels]. */
  readonly pixels: Uint8Array
}

const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(new TextEncoder().encode(type), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

const header = ({ width, height, channels }: Picture): Uint8Array => {
  const data = new Uint8Array(13)
  const view = new DataView(data.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  data[8] = 8
  data[9] = channels === 1 ? 0 : 2
  return data
}

/** The file; each row has the filter type 0 (none). */
export const encode = (picture: Picture): Uint8Array => {
  const { height, width, channels, pixels } = picture
  const line = width * channels
  const rows = new Uint8Array(height * (line + 1))
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * line, (y + 1) * line), y * (line + 1) + 1)
  const parts = [
    signature,
    chunk("IHDR", header(picture)),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array())
  ]
  return Buffer.concat(parts)
}
