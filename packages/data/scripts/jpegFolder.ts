/**
 * Writes a folder of synthetic JPEG files, one subfolder per class, for measurements: the same files on every machine.
 *
 * Run in packages/data: `node --conditions=@etude/source scripts/jpegFolder.ts FOLDER [IMAGES]`
 */
import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import * as Rng from "@etude/core/Rng"
import jpeg from "jpeg-js"

export interface JpegFolder {
  /** Default: 2,000. */
  readonly images?: number
  /** Default: 10. */
  readonly classes?: number
  /** Default: 500 × 375, as most photographs of ImageNet. */
  readonly width?: number
  readonly height?: number
  /** 1 … 100. Default: 90. */
  readonly quality?: number
}

/** Waves of drawn lengths with noise, whose files are about as large as photographs of ImageNet: 130 KB at the defaults. */
const pixelsOf = (key: Rng.Key, width: number, height: number): Uint8Array => {
  const pixels = new Uint8Array(width * height * 4)
  const noise = Rng.uniforms(Rng.fold(key, 1), 4096, -18, 18)
  const [x, y, phase] = [0, 1, 2].map((index) => 20 + 60 * Rng.uniform(key, index)) as [number, number, number]
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 4) {
      for (let channel = 0; channel < 3; channel++) {
        const wave = Math.sin(column / (x + 9 * channel) + row / (y - 5 * channel) + phase)
        pixels[to + channel] = 128 + 90 * wave + noise[(to * 7 + row * 31 + channel) % 4096]!
      }
      pixels[to + 3] = 255
    }
  }
  return pixels
}

/** Drawn pictures are encoded once each and written under several names: decoding doesn't know that they are alike. */
const distinct = 64

/** Writes `class-<n>/<number>.jpg` below `folder`; the total of bytes is the result. */
export const writeJpegFolder = (folder: string, options: JpegFolder = {}): number => {
  const { images = 2000, classes = 10, width = 500, height = 375, quality = 90 } = options
  const files = Array.from({ length: Math.min(distinct, images) }, (_, index) =>
    jpeg.encode({ width, height, data: pixelsOf(Rng.key(index), width, height) }, quality)
  )
  let bytes = 0
  for (let label = 0; label < classes; label++) mkdirSync(path.join(folder, `class-${label}`), { recursive: true })
  for (let image = 0; image < images; image++) {
    const { data } = files[image % files.length]!
    writeFileSync(path.join(folder, `class-${image % classes}`, `${String(image).padStart(6, "0")}.jpg`), data)
    bytes += data.length
  }
  return bytes
}

if (import.meta.main) {
  const [folder, images = "2000"] = process.argv.slice(2)
  if (folder === undefined) console.error("node --conditions=@etude/source scripts/jpegFolder.ts FOLDER [IMAGES]")
  else console.log(`${writeJpegFolder(folder, { images: Number(images) })} bytes`)
}
