import { assert, describe, it } from "@effect/vitest"
import { side, size } from "../browser/Digits.ts"
import { mnistOf } from "../browser/mnistOf.ts"

const width = 280

/** Ink where `isInk` says so. */
const drawing = (isInk: (x: number, y: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: width ** 2 }, (_, at) => (isInk(at % width, Math.floor(at / width)) ? 255 : 0))

const bar = (left: number, top: number) => drawing((x, y) => x >= left && x < left + 30 && y >= top && y < top + 150)

describe("a drawing as an image of MNIST", () => {
  it("has a longer side of 20 pixels, and its middle in the middle", () => {
    const image = mnistOf(bar(20, 90))!
    const rows = Array.from({ length: side }, (_, y) => image.subarray(y * side, (y + 1) * side))
    assert.deepStrictEqual(
      rows.map((row) => row.some((value) => value > 0)),
      Array.from({ length: side }, (_, y) => y >= 4 && y < 24)
    )
    assert.deepStrictEqual(Array.from(rows[14]!), [...Array(12).fill(0), 255, 255, 255, 255, ...Array(12).fill(0)])
  })

  it("is the same wherever it was drawn", () => {
    assert.deepStrictEqual(mnistOf(bar(20, 90)), mnistOf(bar(210, 10)))
  })

  it("has the weight of its ink in the middle, not its box", () => {
    const image = mnistOf(
      drawing((x, y) => (y >= 50 && y < 100 && x >= 40 && x < 240) || (x >= 40 && x < 90 && y < 250 && y >= 50))
    )!
    const weight = image.reduce((sum, value) => sum + value, 0)
    const mean = (place: (at: number) => number) =>
      image.reduce((sum, value, at) => sum + value * (place(at) + 0.5), 0) / weight
    assert.closeTo(
      mean((at) => at % side),
      side / 2,
      0.1
    )
    assert.closeTo(
      mean((at) => Math.floor(at / side)),
      side / 2,
      0.1
    )
  })

  it("is none where nothing was drawn", () => {
    assert.isUndefined(mnistOf(new Uint8Array(size)))
  })
})
