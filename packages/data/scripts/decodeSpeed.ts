/**
 * Prints the processor time that one image takes, decoded and resized to 224 × 224, by decoder and beside Pillow: ratios on one core,
 * the decoders in turn, five times each.
 *
 * Run in packages/data: `node --conditions=@etude/source scripts/decodeSpeed.ts [PYTHON]` (a Python that has Pillow 12).
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"
import * as Draw from "@etude/core/Draw"
import * as Effect from "effect/Effect"
import jpeg from "jpeg-js"
import * as ImageDecoder from "../src/ImageDecoder.ts"
import * as Images from "../src/Images.ts"
import { writeJpegFolder } from "./jpegFolder.ts"

const [count, rounds] = [64, 5]
const folder = mkdtempSync(path.join(tmpdir(), "etude-jpegs-"))
writeJpegFolder(folder, { images: count, classes: 1 })

const inJavaScript: ImageDecoder.ImageDecoder = {
  name: "jpeg-js",
  formats: ["jpeg"],
  decode: (bytes) => {
    const { width, height, data } = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false })
    return { width, height, channels: 3, pixels: data }
  }
}

const program = `
import glob, sys, time
from PIL import Image, ImageOps
files = sorted(glob.glob(sys.argv[1] + "/*/*.jpg"))
start = time.process_time()
for file in files:
    ImageOps.fit(Image.open(file).convert("RGB"), (224, 224), Image.Resampling.BILINEAR)
print((time.process_time() - start) / len(files) * 1e3)
`

/** Milliseconds of processor time for one image, all threads together. */
const decoded = async (decoder: ImageDecoder.ImageDecoder): Promise<number> => {
  const dataset = await Effect.runPromise(Images.folder(folder, { size: 224, decoder }))
  const before = process.cpuUsage()
  const read = dataset.read(
    Int32Array.from({ length: count }, (_, index) => index),
    Draw.fixed
  )
  if (Effect.isEffect(read)) await Effect.runPromise(read)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e3 / count
}

const python = process.argv[2] ?? "python3"
const peers: ReadonlyArray<readonly [string, () => Promise<number>]> = [
  ["Pillow", async () => Number(execFileSync(python, ["-c", program, folder], { encoding: "utf8" }))],
  ["portable", () => decoded(ImageDecoder.portable)],
  ["sharp", () => decoded(ImageDecoder.sharp)],
  ["jpeg-js", () => decoded(inJavaScript)]
]
const times = new Map(peers.map(([name]) => [name, [] as Array<number>]))
for (let round = 0; round <= rounds; round++) {
  // The first round warms up.
  for (const [name, measure] of peers) {
    const time = await measure()
    if (round > 0) times.get(name)?.push(time)
  }
}
rmSync(folder, { recursive: true })
const median = (values: ReadonlyArray<number>) => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0
const pillow = median(times.get("Pillow") ?? [])
for (const [name, values] of times) {
  console.log(`${name}: ${median(values).toFixed(2)} ms an image, ${(median(values) / pillow).toFixed(2)} × Pillow`)
}
