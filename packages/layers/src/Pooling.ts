/** Pooling, channels last. */
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import type { Size } from "./Conv.ts"
import { bordered, borderOf, type Padding, windowOf } from "./internal/images.ts"
import * as Layer from "./Layer.ts"

export interface PoolOptions {
  /** Default: the size, so that windows don't overlap. */
  readonly strides?: Size
  /** "valid" (default): windows stay inside; "same": windows at the edge are smaller. */
  readonly padding?: "same" | "valid"
}

export interface MaxPoolOptions extends Omit<PoolOptions, "padding"> {
  /** As for {@link PoolOptions}, or a number: so many elements before and after each side, which are never the largest. Default: "valid". */
  readonly padding?: Padding
}

/** The least float32. Minus infinity could not stand in a compiled program's attributes. */
const least = -3.4028234663852886e38

type Pool = (
  x: tf.Tensor4D,
  window: [number, number],
  strides: [number, number],
  padding: "same" | "valid"
) => tf.Tensor

/** Pooling of images, or of sequences as images of one line. */
const pooling = (
  kind: string,
  pool: Pool,
  size: Size,
  { strides = size, padding = "valid" }: MaxPoolOptions
): Layer.Layer => {
  const { border, inner } = borderOf(padding)
  return Layer.make({
    kind,
    init: (_, { shape }) => {
      if (shape.length === 2 || shape.length === 3) return {}
      throw new Error(`expected samples [time, channels] or [height, width, channels], found [${shape.join(", ")}]`)
    },
    apply: (_, inputs) => {
      const x = bordered(inputs, border, least)
      if (x.rank === 4) {
        const [[wy = 1, wx = 1], [sy = 1, sx = 1]] = [windowOf(size, 2), windowOf(strides, 2)]
        return pool(x as tf.Tensor4D, [wy, wx], [sy, sx], inner)
      }
      const [[window = 1], [stride = 1]] = [windowOf(size, 1), windowOf(strides, 1)]
      return tf.squeeze(pool(tf.expandDims(x, 1) as tf.Tensor4D, [1, window], [1, stride], inner), [1])
    }
  })
}

/**
 * The largest value of each window: images [batch, height, width, channels] or sequences [batch, time, channels], to smaller ones. No
 * parameters. Throws where inputs are neither.
 *
 * ```ts
 * maxPool(2) // [28, 28, 16] → [14, 14, 16], 0 parameters
 * maxPool(3, { strides: 2, padding: 1 }) // [28, 28, 16] → [14, 14, 16], 0 parameters
 * ```
 */
export const maxPool = (size: Size, options: MaxPoolOptions = {}): Layer.Layer =>
  pooling("maxPool", (x, window, strides, padding) => tf.maxPool(x, window, strides, padding), size, options)

/**
 * The mean of each window; at edges, of what is inside: images [batch, height, width, channels] or sequences [batch, time, channels], to
 * smaller ones. No parameters. Throws where inputs are neither.
 *
 * ```ts
 * averagePool(2) // [28, 28, 16] → [14, 14, 16], 0 parameters
 * averagePool(4) // [20, 8] → [5, 8], 0 parameters
 * ```
 */
export const averagePool = (size: Size, options: PoolOptions = {}): Layer.Layer =>
  pooling("averagePool", (x, window, strides, padding) => tf.avgPool(x, window, strides, padding), size, options)

/** All axes between the batch and the channels. */
const positionsOf = ({ rank }: tf.Tensor): Array<number> => Array.from({ length: rank - 2 }, (_, index) => index + 1)

/**
 * The mean over all positions: [batch, …, channels] to [batch, channels]. No parameters. Lin, Chen and Yan 2014, arXiv:1312.4400.
 *
 * ```ts
 * globalAveragePool() // [7, 7, 32] → [32], 0 parameters
 * ```
 */
export const globalAveragePool = (): Layer.Layer =>
  Layer.make({ kind: "globalAveragePool", init: () => ({}), apply: (_, x) => tf.mean(x, positionsOf(x)) })

/**
 * The largest value over all positions: [batch, …, channels] to [batch, channels]. No parameters.
 *
 * ```ts
 * globalMaxPool() // [7, 7, 32] → [32], 0 parameters
 * ```
 */
export const globalMaxPool = (): Layer.Layer =>
  Layer.make({ kind: "globalMaxPool", init: () => ({}), apply: (_, x) => tf.max(x, positionsOf(x)) })

/**
 * All elements of a sample in one row: [batch, …] to [batch, n]. No parameters.
 *
 * ```ts
 * flatten() // [5, 5, 16] → [400], 0 parameters
 * ```
 */
export const flatten = (): Layer.Layer =>
  Layer.make({
    kind: "flatten",
    init: () => ({}),
    apply: (_, x) => tf.reshape(x, [sideOf(x.shape, 0), x.shape.slice(1).reduce((size, side) => size * side, 1)])
  })

/**
 * The same elements in another shape: [batch, …] to [batch, …shape]. No parameters. Throws where the numbers of elements differ.
 *
 * ```ts
 * reshape([7, 7, 8]) // [392] → [7, 7, 8], 0 parameters
 * ```
 */
export const reshape = (shape: ReadonlyArray<number>): Layer.Layer =>
  Layer.make({ kind: "reshape", init: () => ({}), apply: (_, x) => tf.reshape(x, [sideOf(x.shape, 0), ...shape]) })
