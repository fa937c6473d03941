/** Image files and Pillow's pixels of them, which fixtures/images/make_images.py wrote. */
import { readFileSync } from "node:fs"
import { crc32 } from "node:zlib"
import type { Bitmap, ImageDecoder } from "../../src/ImageDecoder.ts"

interface FileCase {
  readonly bytes: string
  readonly width: number
  readonly height: number
  readonly rgb: string
  readonly grey: string
}

interface ResizedCase {
  readonly source: number
  readonly width: number
  readonly height: number
  readonly filter: "bilinear" | "bicubic"
  readonly fit: "cover" | "contain" | "stretch"
  readonly crc: number
}

interface Fixtures {
  readonly background: readonly [number, number, number]
  readonly files: { readonly [name: string]: FileCase }
  readonly sources: ReadonlyArray<{ readonly width: number; readonly height: number; readonly rgb: string }>
  readonly resized: ReadonlyArray<ResizedCase>
}

export const fixtures: Fixtures = JSON.parse(
  readFileSync(new URL("../../fixtures/images/images.json", import.meta.url), "utf8")
)

export const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(base64, "base64"))

export const fileBytes = (name: string): Uint8Array<ArrayBuffer> => bytesOf(fixtures.files[name]!.bytes)

/** A decoder that gives the same pixels whatever it is given. */
export const giving = (bitmap: Bitmap): ImageDecoder => ({ name: "fixed", formats: ["png"], decode: () => bitmap })

/** A PNG file by its parts; `pixels` as compressed data, right or wrong. */
export const pngFile = (width: number, height: number, pixels: Uint8Array): Buffer => {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const signature = Buffer.from("89504e470d0a1a0a", "hex")
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", new Uint8Array(0))])
}
