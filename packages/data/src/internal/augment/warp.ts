/**
 * Images seen through a change of coordinates: the pixel (x, y) of the result is the source at (a·x + b·y + c, d·x + e·y + f), clamped to a
 * rectangle, between four pixels in proportion (bilinear). Beyond the source is the fill. Crops, flips, rotations and shears are all of this kind; where
 * coordinates are whole, pixels are copied exactly.
 */
import * as tf from "@tensorflow/tfjs-core"
import type { ImageShape, StepInputs } from "./operation.ts"

/** a, b, c, d, e, f, and the rectangle's left, top, right and bottom. */
export const warpSize = 10
const far = 1e6
export const everywhere = [-far, -far, far, far]
export const identity: ReadonlyArray<number> = [1, 0, 0, 0, 1, 0, ...everywhere]

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** A channel of the source at whole coordinates, or the fill beyond it. */
const valueAt = (
  source: Float32Array,
  { height, width, channels }: ImageShape,
  column: number,
  row: number,
  channel: number,
  fill: number
): number =>
  column >= 0 && column < width && row >= 0 && row < height
    ? source[(row * width + column) * channels + channel]!
    : fill

/** One pixel of the result, between the four around (x, y). */
const between = (
  source: Float32Array,
  target: Float32Array,
  to: number,
  x: number,
  y: number,
  shape: ImageShape,
  fill: number
): void => {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const toRight = x - left
  const toBottom = y - top
  for (let channel = 0; channel < shape.channels; channel++) {
    const above =
      (1 - toRight) * valueAt(source, shape, left, top, channel, fill) +
      toRight * valueAt(source, shape, left + 1, top, channel, fill)
    const below =
      (1 - toRight) * valueAt(source, shape, left, top + 1, channel, fill) +
      toRight * valueAt(source, shape, left + 1, top + 1, channel, fill)
    target[to + channel] = (1 - toBottom) * above + toBottom * below
  }
}

/** Whether pixels are only moved by whole steps and mirrored, and nothing is clamped. */
const isMove = ([a = 0, b, c, d, e = 0, f, left]: Float32Array): boolean =>
  b === 0 &&
  d === 0 &&
  Math.abs(a) === 1 &&
  Math.abs(e) === 1 &&
  Number.isInteger(c) &&
  Number.isInteger(f) &&
  left === -far

/** The same for those, by copying: crops and flips are most of what is done. */
const move = (
  source: Float32Array,
  target: Float32Array,
  parameters: Float32Array,
  { height, width, channels }: ImageShape,
  fill: number
): void => {
  const [a = 1, , c = 0, , e = 1, f = 0] = parameters
  const row = width * channels
  for (let y = 0; y < height; y++) {
    const sourceY = e * y + f
    const isInside = sourceY >= 0 && sourceY < height
    if (!isInside || a === -1 || c !== 0) target.fill(fill, y * row, (y + 1) * row)
    if (!isInside) continue
    // The columns of the result whose source lies within the image.
    const first = Math.max(0, a === 1 ? -c : c - width + 1)
    const end = Math.min(width, a === 1 ? width - c : c + 1)
    if (a === 1) {
      const from = sourceY * row + (first + c) * channels
      if (end > first) target.set(source.subarray(from, from + (end - first) * channels), y * row + first * channels)
      continue
    }
    for (let x = first, to = y * row + first * channels; x < end; x++) {
      const from = sourceY * row + (c - x) * channels
      for (let channel = 0; channel < channels; channel++) target[to++] = source[from + channel]!
    }
  }
}

/** Writes the warped image to `target`. */
export const warp = (
  source: Float32Array,
  target: Float32Array,
  parameters: Float32Array,
  shape: ImageShape,
  fill: number
): void => {
  if (isMove(parameters)) {
    move(source, target, parameters, shape, fill)
    return
  }
  const { height, width, channels } = shape
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0] = parameters
  const [left = 0, top = 0, right = 0, bottom = 0] = parameters.subarray(6)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += channels) {
      const sourceX = clamp(a * x + b * y + c, left, right)
      const sourceY = clamp(d * x + e * y + f, top, bottom)
      const isCopy = Number.isInteger(sourceX) && Number.isInteger(sourceY)
      if (isCopy && sourceX >= 0 && sourceX < width && sourceY >= 0 && sourceY < height) {
        const from = (sourceY * width + sourceX) * channels
        for (let channel = 0; channel < channels; channel++) target[to + channel] = source[from + channel]!
      } else between(source, target, to, sourceX, sourceY, shape, fill)
    }
  }
}

/** Whole numbers from 0 on, as float32 along one axis. */
const indices = (length: number, shape: ReadonlyArray<number>): tf.Tensor =>
  tf.reshape(tf.tensor1d(Float32Array.from({ length }, (_, index) => index)), [...shape])

/** The same for a batch of images, by gathering the four pixels around each. */
export const warpInStep = ({ images, parameters, shape }: StepInputs, fill: number): tf.Tensor =>
  tf.tidy(() => {
    const { height, width, channels } = shape
    const [batch] = images.shape as [number]
    const column = (index: number) => tf.reshape(tf.slice(parameters, [0, index], [batch, 1]), [batch, 1, 1])
    const [x, y] = [indices(width, [1, 1, width]), indices(height, [1, height, 1])]
    const coordinate = (first: number, low: number) => {
      const linear = tf.add(tf.add(tf.mul(column(first), x), tf.mul(column(first + 1), y)), column(first + 2))
      return tf.minimum(tf.maximum(linear, column(low)), column(low + 2))
    }
    const [sourceX, sourceY] = [coordinate(0, 6), coordinate(3, 7)]
    const [left, top] = [tf.floor(sourceX), tf.floor(sourceY)]
    const [toRight, toBottom] = [tf.sub(sourceX, left), tf.sub(sourceY, top)]
    const pixels = tf.sub(tf.reshape(images, [batch * height * width, channels]), fill)
    const start = tf.tensor(
      Int32Array.from({ length: batch }, (_, index) => index * height * width),
      [batch, 1, 1],
      "int32"
    )
    const corner = (dx: number, dy: number): tf.Tensor => {
      const [column, row] = [tf.add(left, dx), tf.add(top, dy)]
      const inside = (value: tf.Tensor, length: number) =>
        tf.mul(tf.cast(tf.greaterEqual(value, 0), "float32"), tf.cast(tf.less(value, length), "float32"))
      const isInside = tf.mul(inside(column, width), inside(row, height))
      const weight = tf.mul(
        tf.mul(dx === 0 ? tf.sub(1, toRight) : toRight, dy === 0 ? tf.sub(1, toBottom) : toBottom),
        isInside
      )
      // In whole numbers: float32 has none of more than 24 bits.
      const within = (value: tf.Tensor, length: number) =>
        tf.cast(tf.minimum(tf.maximum(value, 0), length - 1), "int32")
      const line = tf.mul(within(row, height), tf.scalar(width, "int32"))
      const place = tf.add(tf.add(start, line), within(column, width))
      const flat = tf.reshape(place, [batch * height * width]) as tf.Tensor1D
      return tf.mul(tf.gather(pixels, flat), tf.reshape(weight, [batch * height * width, 1]))
    }
    const sum = tf.add(tf.add(corner(0, 0), corner(1, 0)), tf.add(corner(0, 1), corner(1, 1)))
    return tf.reshape(tf.add(sum, fill), images.shape)
  })
