/** Sizes of windows, and what stands around images. */
import * as tf from "@tensorflow/tfjs-core"
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

/** What stands around images: nothing, as much as a window of stride 1 needs, or so many elements before and after each side. */
export type Padding = "same" | "valid" | number

/** A number of elements around each side, and what is left for tf.js, whose gradients know nothing else. */
export const borderOf = (padding: Padding): { readonly border: number; readonly inner: "same" | "valid" } => {
  if (typeof padding !== "number") return { border: 0, inner: padding }
  if (Number.isInteger(padding) && padding >= 0) return { border: padding, inner: "valid" }
  throw new Error(`expected padding of "same", "valid" or a whole number of at least 0, found ${padding}`)
}

/** x [batch, …sides, channels] with so many elements of that value before and after each side. */
export const bordered = (x: tf.Tensor, border: number, value = 0): tf.Tensor => {
  if (border === 0) return x
  const widths = x.shape.map((_, axis): [number, number] =>
    axis === 0 || axis === x.rank - 1 ? [0, 0] : [border, border]
  )
  return tf.pad(x, widths, value)
}
