/** Sizes of windows. */
import type { Size } from "../Conv.ts"

/** A size for each dimension. */
export const windowOf = (size: Size, dimensions: number): ReadonlyArray<number> => {
  const sizes = typeof size === "number" ? Array.from({ length: dimensions }, () => size) : size
  const isRight = sizes.length === dimensions && sizes.every((side) => Number.isInteger(side) && side >= 1)
  if (isRight) return sizes
  throw new Error(
    `expected a whole number of at least 1, or ${dimensions} of them, found ${JSON.stringify(size)}; sizes, strides and dilations are ` +
      "counted in elements"
  )
}
