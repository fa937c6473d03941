/** Rectangles that are painted over. */
import type * as Rng from "@etude/core/Rng"
import { uniform } from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import { drawnBox, type Fill, wholeBetween } from "./geometry.ts"
import { type ImageShape, isInterval, isProbability, type Operation, problemsOf } from "./operation.ts"

/** Left, top, right and bottom; right and bottom are outside. */
const nothing = [0, 0, 0, 0]

const erasing = (
  name: string,
  { fill = 0 }: Fill,
  draw: Operation["draw"],
  problems: ReadonlyArray<string>
): Operation => ({
  ...{ name, draw, size: 4, neutral: nothing },
  host: (source, target, parameters, { width, channels }, { low, high }) => {
    target.set(source)
    const [left = 0, top = 0, right = 0, bottom = 0] = parameters
    const value = low + fill * (high - low)
    for (let y = top; y < bottom; y++) target.fill(value, (y * width + left) * channels, (y * width + right) * channels)
  },
  step: ({ images, parameters, shape, range }) =>
    tf.tidy(() => {
      const [batch] = images.shape as [number]
      const column = (index: number) => tf.reshape(tf.slice(parameters, [0, index], [batch, 1]), [batch, 1, 1, 1])
      const inside = (length: number, from: number, shaped: Array<number>) => {
        const place = tf.reshape(tf.tensor1d(Float32Array.from({ length }, (_, index) => index)), shaped)
        const [isAfter, isBefore] = [tf.greaterEqual(place, column(from)), tf.less(place, column(from + 2))]
        return tf.mul(tf.cast(isAfter, "float32"), tf.cast(isBefore, "float32"))
      }
      const { width, height } = shape
      const erased = tf.mul(inside(width, 0, [1, 1, width, 1]), inside(height, 1, [1, height, 1, 1]))
      const value = range.low + fill * (range.high - range.low)
      return tf.add(tf.mul(images, tf.sub(1, erased)), tf.mul(erased, value))
    }),
  problems: [...problems, ...problemsOf([isProbability(fill), "fill", fill, "a number in 0 … 1"])]
})

export interface CutoutOptions extends Fill {
  /** The side of the square in pixels. Its centre may be any pixel, so a part of it may lie outside. */
  readonly size: number
}

export const cutout = (options: CutoutOptions): Operation => {
  const { size } = options
  const draw = (key: Rng.Key, { height, width }: ImageShape) => {
    const [x, y] = [wholeBetween(key, 0, 0, width - 1), wholeBetween(key, 1, 0, height - 1)]
    const [left, top] = [x - Math.floor(size / 2), y - Math.floor(size / 2)]
    return [Math.max(0, left), Math.max(0, top), Math.min(width, left + size), Math.min(height, top + size)]
  }
  const isSize = Number.isSafeInteger(size) && size >= 1
  return erasing("cutout", options, draw, problemsOf([isSize, "size", size, "whole pixels of at least 1"]))
}

export interface EraseOptions extends Fill {
  /** Default: 0.5. */
  readonly probability?: number
  /** The range of the rectangle's area, as a fraction of the image's. Default: [0.02, 0.33]. */
  readonly area?: readonly [from: number, to: number]
  /** The range of its width by its height. Default: [0.3, 3.3]. */
  readonly ratio?: readonly [from: number, to: number]
}

/** The stream of the box; the key's own draws decide whether there is one. */
const boxPosition = 1000

export const erase = (options: EraseOptions = {}): Operation => {
  const { probability = 0.5, area = [0.02, 0.33], ratio = [0.3, 3.3] } = options
  const draw = (key: Rng.Key, shape: ImageShape) => {
    const box = uniform(key, boxPosition) < probability ? drawnBox(key, shape, area, ratio) : undefined
    if (box === undefined) return nothing
    const [left, top, across, down] = box
    return [left, top, left + across, top + down]
  }
  const problems = problemsOf(
    [isProbability(probability), "probability", probability, "a probability in 0 … 1"],
    [isInterval(area, 0, 1), "area", area, "a range within 0 … 1"],
    [ratio[0] > 0 && isInterval(ratio, 0, Number.MAX_VALUE), "ratio", ratio, "a range above 0"]
  )
  return erasing("erase", options, draw, problems)
}
