/**
 * A drawing as an image of MNIST: its ink in a box of 20×20, in its own proportions, and the centre of mass of the ink in the middle
 * of 28×28 (LeCun et al. 1998, §III.A).
 */
import { side, size } from "./Digits.ts"

const box = 20
/** Points in each direction whose mean is a pixel. */
const samples = 5

interface Extent {
  readonly longest: number
  readonly x: number
  readonly y: number
}

/** The longer side of the ink's bounding box, and the ink's centre of mass. */
const extentOf = (ink: ArrayLike<number>, width: number): Extent | undefined => {
  let [left, right, top, bottom] = [width, -1, width, -1]
  let [mass, alongX, alongY] = [0, 0, 0]
  for (let at = 0; at < ink.length; at++) {
    const value = ink[at] ?? 0
    if (value === 0) continue
    const [x, y] = [at % width, Math.floor(at / width)]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
    mass += value
    alongX += value * (x + 0.5)
    alongY += value * (y + 0.5)
  }
  if (mass === 0) return undefined
  return { longest: Math.max(right - left, bottom - top) + 1, x: alongX / mass, y: alongY / mass }
}

/** @param ink a square of values from 0 (paper) to 255 (ink), row by row; `undefined` where all of it is paper */
export const mnistOf = (ink: ArrayLike<number>): Uint8Array | undefined => {
  const width = Math.sqrt(ink.length)
  const extent = extentOf(ink, width)
  if (extent === undefined) return undefined
  const pixel = extent.longest / box
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= width ? 0 : (ink[Math.floor(y) * width + Math.floor(x)] ?? 0)
  const from = (centre: number, place: number, sample: number): number =>
    centre + (place - side / 2 + (sample + 0.5) / samples) * pixel
  return Uint8Array.from({ length: size }, (_, index) => {
    let sum = 0
    for (let j = 0; j < samples; j++)
      for (let i = 0; i < samples; i++)
        sum += at(from(extent.x, index % side, i), from(extent.y, Math.floor(index / side), j))
    return Math.round(sum / samples ** 2)
  })
}
