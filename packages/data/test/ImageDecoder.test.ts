import { crc32 } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ImageDecoder from "../src/ImageDecoder.ts"
import * as Images from "../src/Images.ts"
import { bytesOf, fileBytes, fixtures, giving } from "./support/imageFixtures.ts"

const { background } = fixtures
const png = fileBytes("rgb.png")

describe("portable", () => {
  for (const [name, file] of Object.entries(fixtures.files)) {
    // The decoder for CMYK has another inverse transform and repeats chroma.
    const tolerance = name === "cmyk.jpg" ? 48 : 0
    it.effect(`${name} has Pillow's pixels, in colours and in grey`, () =>
      Effect.gen(function* () {
        const size = [file.height, file.width] as const
        for (const channels of [3, 1] as const) {
          const pixels = yield* Images.decode(bytesOf(file.bytes), { size, channels, background })
          const expected = bytesOf(channels === 3 ? file.rgb : file.grey)
          if (tolerance === 0) assert.deepStrictEqual(pixels, expected)
          else {
            const differences = Array.from(pixels, (pixel, index) => Math.abs(pixel - expected[index]!))
            assert.isAtMost(Math.max(...differences), tolerance)
            assert.isAtMost(differences.reduce((sum, one) => sum + one) / pixels.length, 6)
          }
        }
      })
    )
  }
})

describe("sharp", () => {
  it.effect("gives the same pixels where nothing is resized, and turns images upright", () =>
    Effect.gen(function* () {
      for (const name of ["rgb.png", "grey.png", "baseline.jpg", "orientation-6.jpg", "lossless.webp"]) {
        const file = fixtures.files[name]!
        const size = [file.height, file.width] as const
        const pixels = yield* Images.decode(bytesOf(file.bytes), { size, decoder: ImageDecoder.sharp })
        assert.deepStrictEqual(pixels, bytesOf(file.rgb), name)
      }
    })
  )

  it.effect("gives the size and channels that are wanted, near to the portable ones", () =>
    Effect.gen(function* () {
      for (const fit of ["cover", "contain", "stretch"] as const) {
        for (const channels of [1, 3] as const) {
          const options = { size: [9, 14], channels, fit, background } as const
          const pixels = yield* Images.decode(png, { ...options, decoder: ImageDecoder.sharp })
          const portable = yield* Images.decode(png, options)
          assert.strictEqual(pixels.length, portable.length)
          const sum = pixels.reduce((sum, pixel, index) => sum + Math.abs(pixel - portable[index]!), 0)
          assert.isAtMost(sum / pixels.length, 24, `${fit} ${channels}`)
        }
      }
    })
  )
})

describe("a decoder of one's own", () => {
  it.effect("gives pixels that are resized with Pillow's bits, for every fit and filter", () =>
    Effect.gen(function* () {
      for (const { source, width, height, filter, fit, crc } of fixtures.resized) {
        const { rgb, ...size } = fixtures.sources[source]!
        const decoder = giving({ ...size, channels: 3, pixels: bytesOf(rgb) })
        const pixels = yield* Images.decode(png, { size: [height, width], filter, fit, background, decoder })
        assert.strictEqual(crc32(pixels), crc, `source ${source} to ${width}×${height}, ${filter}, ${fit}`)
      }
    })
  )

  it.effect("fails the image, not the process", () =>
    Effect.gen(function* () {
      const failing = {
        ...giving({ width: 1, height: 1, channels: 1, pixels: Uint8Array.of(1) }),
        decode: () => Promise.reject("no")
      }
      const error = yield* Effect.flip(Images.decode(png, { size: 4, decoder: failing }))
      assert.strictEqual(
        error.message,
        "image: found PNG data that can't be decoded (no), expected a whole image. Download or copy the file again, or leave it out."
      )
    })
  )
})
