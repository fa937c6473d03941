/** Convolutions, channels last. Kernels are those of tf.js and Keras: window, input channels, output channels. */
import { sideOf, sizeOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { dilated } from "./internal/dilated.ts"
import { bordered, borderOf, type Padding, windowOf } from "./internal/images.ts"
import { finished, initialize, type KernelOptions } from "./internal/Kernel.ts"
import * as Layer from "./Layer.ts"

/** A size for all dimensions, or one for each. */
export type Size = number | ReadonlyArray<number>

export interface ConvOptions extends KernelOptions {
  /** Default: 1. */
  readonly strides?: Size
  /** The distance between the elements of the window; default: 1. Not together with strides above 1. */
  readonly dilation?: Size
  /**
   * "same" (default): as many outputs as inputs at strides of 1; "valid": the window stays inside; a number: so many zeros before and
   * after each side, as PyTorch has it. At strides above 1, "same" pads less before than after, and PyTorch's models need the number.
   */
  readonly padding?: Padding
  /** Groups of channels that don't see each other; both numbers of channels must be multiples. Default: 1. */
  readonly groups?: number
}

/** What a convolution of a rank needs. */
interface Rank {
  readonly kind: string
  readonly dimensions: number
  readonly convolve: (
    x: tf.Tensor,
    kernel: tf.Tensor,
    strides: ReadonlyArray<number>,
    padding: "same" | "valid",
    dilation: ReadonlyArray<number>
  ) => tf.Tensor
}

const channelsOf = (shape: ReadonlyArray<number>, dimensions: number, groups: number, filters: number): number => {
  if (shape.length !== dimensions + 1) {
    const names = ["length", "height, width", "depth, height, width"][dimensions - 1]
    throw new Error(`expected samples of shape [${names}, channels], found [${shape.join(", ")}]`)
  }
  const channels = sideOf(shape, -1)
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new Error(`expected ${channels} channels and ${filters} filters to be multiples of ${groups} groups`)
  }
  return channels
}

/** Strides and dilations exclude each other, as in tf.js. */
const demandOneOf = (kind: string, strides: ReadonlyArray<number>, dilation: ReadonlyArray<number>): void => {
  if (strides.every((stride) => stride === 1) || dilation.every((gap) => gap === 1)) return
  throw new Error(
    `${kind} has strides ${strides.join(", ")} and dilation ${dilation.join(", ")}; one of them must be 1`
  )
}

/** The convolution of each group, side by side. */
const grouped = (
  x: tf.Tensor,
  kernel: tf.Tensor,
  groups: number,
  convolve: (x: tf.Tensor, kernel: tf.Tensor) => tf.Tensor
): tf.Tensor => {
  if (groups === 1) return convolve(x, kernel)
  const [inputs, kernels] = [tf.split(x, groups, x.rank - 1), tf.split(kernel, groups, kernel.rank - 1)]
  return tf.concat(
    inputs.map((part, group) => convolve(part, kernels[group] ?? kernel)),
    x.rank - 1
  )
}

const convolution = (rank: Rank, filters: number, size: Size, options: ConvOptions): Layer.Layer => {
  const { dimensions, kind, convolve } = rank
  const { strides = 1, dilation = 1, padding = "same", groups = 1 } = options
  const [window, steps, gaps] = [
    windowOf(size, dimensions),
    windowOf(strides, dimensions),
    windowOf(dilation, dimensions)
  ]
  const { border, inner } = borderOf(padding)
  const sidesOf = (shape: ReadonlyArray<number>) =>
    window.map((side, axis) => outputSide(shape[axis] ?? 0, side, steps[axis] ?? 1, gaps[axis] ?? 1, padding))
  return Layer.make({
    kind,
    init: (key, { shape }) => {
      const channels = channelsOf(shape, dimensions, groups, filters) / groups
      const area = sizeOf(window)
      const fans = { fanIn: area * channels, fanOut: (area * filters) / groups }
      return initialize(key, [...window, channels, filters], fans, options, filters)
    },
    apply: ({ kernel, bias }, x) =>
      finished(
        grouped(bordered(x, border), kernel, groups, (part, kernels) => convolve(part, kernels, steps, inner, gaps)),
        bias,
        options
      ),
    outputs: ({ shape, dtype }) => ({ shape: [...sidesOf(shape), filters], dtype }),
    multiplyAdds: ({ shape }) => (sizeOf(sidesOf(shape)) * sizeOf(window) * sideOf(shape, -1) * filters) / groups
  })
}

/** Positions of a window along one side. */
const outputSide = (side: number, window: number, stride: number, dilation: number, padding: Padding): number => {
  if (padding === "same") return Math.ceil(side / stride)
  const whole = side + 2 * borderOf(padding).border
  return Math.max(0, Math.ceil((whole - (window - 1) * dilation) / stride))
}

const conv2dOf: Rank["convolve"] = (x, kernel, [sy = 1, sx = 1], padding, [dy = 1, dx = 1]) => {
  const convolve = (images: tf.Tensor, how: "same" | "valid") =>
    tf.conv2d(images as tf.Tensor4D, kernel as tf.Tensor4D, [sy, sx], how)
  if (dy === 1 && dx === 1) return convolve(x, padding)
  const window = [sideOf(kernel.shape, 0), sideOf(kernel.shape, 1)] as const
  return dilated(x, window, [dy, dx], padding, (images) => convolve(images, "valid"))
}

/**
 * Convolution of images [batch, height, width, channels] to [batch, height, width, filters]; sides become smaller by strides and, with
 * "valid", by the window. LeCun et al. 1998.
 *
 * Parameters: `kernel` [size, size, channels / groups, filters], `bias` [filters].
 *
 * Throws where inputs are no images, or channels or filters no multiple of the groups.
 *
 * ```ts
 * conv2d(16, 3) // [28, 28, 3] → [28, 28, 16], 448 parameters
 * conv2d(16, 5, { padding: "valid", activation: tf.relu }) // [28, 28, 1] → [24, 24, 16], 416 parameters
 * conv2d(16, 3, { strides: 2, groups: 4 }) // [28, 28, 8] → [14, 14, 16], 304 parameters
 * ```
 */
export const conv2d = (filters: number, size: Size, options: ConvOptions = {}): Layer.Layer =>
  convolution({ kind: "conv2d", dimensions: 2, convolve: conv2dOf }, filters, size, options)

export interface Conv1dOptions extends Omit<ConvOptions, "padding"> {
  /** As for images, or "causal": an output sees its own time and earlier ones only. Default: "same". */
  readonly padding?: Padding | "causal"
}

/** As a convolution of images that are one line high. */
const conv1dOf: Rank["convolve"] = (x, kernel, [stride = 1], padding, [dilation = 1]) =>
  tf.squeeze(conv2dOf(tf.expandDims(x, 1), tf.expandDims(kernel, 0), [1, stride], padding, [1, dilation]), [1])

/** Zeros before the first time, as far as the window looks back. */
const causally =
  (convolve: Rank["convolve"]): Rank["convolve"] =>
  (x, kernel, strides, _, dilation) => {
    const before = (sideOf(kernel.shape, 0) - 1) * (dilation[0] ?? 1)
    const padded = tf.pad(x, [
      [0, 0],
      [before, 0],
      [0, 0]
    ])
    return convolve(padded, kernel, strides, "valid", dilation)
  }

/**
 * Convolution of sequences [batch, time, channels] to [batch, time, filters]. Causal ones with dilation: van den Oord et al. 2016,
 * arXiv:1609.03499.
 *
 * Parameters: `kernel` [size, channels / groups, filters], `bias` [filters].
 *
 * Throws where inputs are no sequences, or channels or filters no multiple of the groups.
 *
 * ```ts
 * conv1d(32, 3, { padding: "causal", dilation: 2 }) // [100, 8] → [100, 32], 800 parameters
 * ```
 */
export const conv1d = (
  filters: number,
  size: number,
  { padding = "same", ...options }: Conv1dOptions = {}
): Layer.Layer =>
  padding === "causal"
    ? convolution({ kind: "conv1d", dimensions: 1, convolve: causally(conv1dOf) }, filters, size, options)
    : convolution({ kind: "conv1d", dimensions: 1, convolve: conv1dOf }, filters, size, { ...options, padding })

/**
 * Convolution of volumes [batch, depth, height, width, channels] to [batch, depth, height, width, filters]. Dilation is not supported. Ji
 * et al. 2013.
 *
 * Parameters: `kernel` [size, size, size, channels / groups, filters], `bias` [filters].
 *
 * Throws where inputs are no volumes, or channels or filters no multiple of the groups.
 *
 * ```ts
 * conv3d(4, 3) // [8, 8, 8, 2] → [8, 8, 8, 4], 220 parameters
 * ```
 */
export const conv3d = (filters: number, size: Size, options: Omit<ConvOptions, "dilation"> = {}): Layer.Layer =>
  convolution(
    {
      kind: "conv3d",
      dimensions: 3,
      convolve: (x, kernel, [sz = 1, sy = 1, sx = 1], padding) =>
        tf.conv3d(x as tf.Tensor5D, kernel as tf.Tensor5D, [sz, sy, sx], padding)
    },
    filters,
    size,
    options
  )

export interface DepthwiseOptions extends Omit<ConvOptions, "groups"> {
  /** Outputs of each channel; default: 1. */
  readonly multiplier?: number
}

/**
 * A convolution of each channel by itself: images [batch, height, width, channels] to
 * [batch, height, width, channels · multiplier]. Sifre 2014; Howard et al. 2017, arXiv:1704.04861.
 *
 * Parameters: `kernel` [size, size, channels, multiplier], `bias` [channels · multiplier].
 *
 * Throws where inputs are no images, and where both strides and dilation are above 1.
 *
 * ```ts
 * depthwiseConv2d(3, { multiplier: 2 }) // [16, 16, 4] → [16, 16, 8], 80 parameters
 * ```
 */
export const depthwiseConv2d = (size: Size, options: DepthwiseOptions = {}): Layer.Layer => {
  const { strides = 1, dilation = 1, padding = "same", multiplier = 1 } = options
  const [window, [sy = 1, sx = 1], [dy = 1, dx = 1]] = [windowOf(size, 2), windowOf(strides, 2), windowOf(dilation, 2)]
  demandOneOf("depthwiseConv2d", [sy, sx], [dy, dx])
  const { border, inner } = borderOf(padding)
  const sidesOf = (shape: ReadonlyArray<number>) =>
    [sy, sx].map((stride, axis) =>
      outputSide(shape[axis] ?? 0, window[axis] ?? 1, stride, [dy, dx][axis] ?? 1, padding)
    )
  return Layer.make({
    kind: "depthwiseConv2d",
    init: (key, { shape }) => {
      const channels = channelsOf(shape, 2, 1, 1)
      const fans = { fanIn: sizeOf(window), fanOut: sizeOf(window) * multiplier }
      return initialize(key, [...window, channels, multiplier], fans, options, channels * multiplier)
    },
    apply: ({ kernel, bias }, x) => {
      const convolve = (images: tf.Tensor, how: "same" | "valid") =>
        tf.depthwiseConv2d(images as tf.Tensor4D, kernel as tf.Tensor4D, [sy, sx], how)
      const isDense = dy === 1 && dx === 1
      const [height = 1, width = 1] = window
      const images = bordered(x, border)
      const outputs = isDense
        ? convolve(images, inner)
        : dilated(images, [height, width], [dy, dx], inner, (part) => convolve(part, "valid"))
      return finished(outputs, bias, options)
    },
    outputs: ({ shape, dtype }) => ({ shape: [...sidesOf(shape), sideOf(shape, -1) * multiplier], dtype }),
    multiplyAdds: ({ shape }) => sizeOf(sidesOf(shape)) * sizeOf(window) * sideOf(shape, -1) * multiplier
  })
}

/**
 * A depthwise convolution, then one of size 1 over the channels: images [batch, height, width, channels] to
 * [batch, height, width, filters]. Bias and activation belong to the second. Chollet 2017, arXiv:1610.02357.
 *
 * Parts: `depthwise` (without bias), `pointwise`. Parameters: `depthwise/kernel` [size, size, channels, multiplier], `pointwise/kernel`
 * [1, 1, channels · multiplier, filters], `pointwise/bias` [filters].
 *
 * ```ts
 * separableConv2d(8, 3) // [16, 16, 4] → [16, 16, 8], 76 parameters
 * ```
 */
export const separableConv2d = (filters: number, size: Size, options: DepthwiseOptions = {}): Layer.Layer => {
  const { strides = 1, dilation = 1, padding = "same", multiplier = 1, bias, activation, ...kernels } = options
  return Layer.sequential({
    depthwise: depthwiseConv2d(size, { ...kernels, strides, dilation, padding, multiplier, bias: false }),
    pointwise: conv2d(filters, 1, {
      ...kernels,
      ...(bias === undefined ? {} : { bias }),
      ...(activation === undefined ? {} : { activation })
    })
  })
}

export interface TransposedOptions extends KernelOptions {
  /** How far apart the inputs are put; default: 1. */
  readonly strides?: Size
  /** "same" (default): sides are multiplied by the strides; "valid": every window is whole. */
  readonly padding?: "same" | "valid"
}

/**
 * The transposed convolution, which makes images larger: [batch, height, width, channels] to
 * [batch, height · strides, width · strides, filters] ("same"). Zeiler et al. 2010.
 *
 * Parameters: `kernel` [size, size, filters, channels], `bias` [filters].
 *
 * Throws where inputs are no images.
 *
 * ```ts
 * transposedConv2d(8, 3, { strides: 2 }) // [7, 7, 16] → [14, 14, 8], 1160 parameters
 * ```
 */
export const transposedConv2d = (filters: number, size: Size, options: TransposedOptions = {}): Layer.Layer => {
  const { strides = 1, padding = "same" } = options
  const [window, steps] = [windowOf(size, 2), windowOf(strides, 2)]
  const side = (input: number, axis: number) => {
    const stride = steps[axis] ?? 1
    return padding === "same" ? input * stride : (input - 1) * stride + Math.max(stride, window[axis] ?? 1)
  }
  return Layer.make({
    kind: "transposedConv2d",
    init: (key, { shape }) => {
      const channels = channelsOf(shape, 2, 1, 1)
      const fans = { fanIn: sizeOf(window) * channels, fanOut: sizeOf(window) * filters }
      return initialize(key, [...window, filters, channels], fans, options, filters)
    },
    apply: ({ kernel, bias }, x) => {
      const [batch = 0, height = 0, width = 0] = x.shape
      const shape: [number, number, number, number] = [batch, side(height, 0), side(width, 1), filters]
      const [sy = 1, sx = 1] = steps
      const images = tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, shape, [sy, sx], padding)
      return finished(images, bias, options)
    },
    multiplyAdds: ({ shape }) => sizeOf(shape) * sizeOf(window) * filters
  })
}
