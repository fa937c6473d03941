/**
 * Gradients of pooling, on the host. tfjs's own are wrong in two ways: on every backend of its own, an average over a window
 * at a padded border is divided by the size of the whole window although the forward pass counts the elements that exist;
 * and on WASM, a maximum over negative values only is looked for among values above zero.
 */
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"

interface Inputs {
  readonly dy: tf.Tensor
  readonly input: tf.Tensor
}

interface Attributes {
  /** [depth,] height and width, or one number for all; `strides` alike. */
  readonly filterSize: number | [number, number] | [number, number, number]
  readonly strides: number | [number, number] | [number, number, number]
  readonly pad: "valid" | "same" | number
  readonly dimRoundingMode?: "floor" | "round" | "ceil"
}

type Plane = number | [number, number]
type Space = number | [number, number, number]
type Info = tf.backend_util.Conv3DInfo
/** The sizes of a pooling that are read, in two or three dimensions. */
interface Sizes
  extends Readonly<Pick<Info, "batchSize" | "inDepth" | "inHeight" | "inWidth" | "inChannels">>,
    Readonly<Pick<Info, "outDepth" | "outHeight" | "outWidth" | "strideDepth" | "strideHeight" | "strideWidth">>,
    Readonly<Pick<Info, "effectiveFilterDepth" | "effectiveFilterHeight" | "effectiveFilterWidth">> {
  readonly outShape: Array<number>
  readonly padInfo: Readonly<Pick<Info["padInfo"], "front" | "top" | "left">>
}

/** Sizes of the pooling of `shape`; pooling in a plane is pooling in space of depth 1. */
const sizesOf = (shape: ReadonlyArray<number>, { filterSize, strides, pad, dimRoundingMode }: Attributes): Sizes => {
  if (shape.length === 5) {
    const [window, steps] = [filterSize, strides] as [Space, Space]
    return tf.backend_util.computePool3DInfo(shape as Info["inShape"], window, steps, 1, pad, dimRoundingMode)
  }
  const [window, steps] = [filterSize, strides] as [Plane, Plane]
  const images = shape as [number, number, number, number]
  const plane = tf.backend_util.computePool2DInfo(images, window, steps, 1, pad, dimRoundingMode)
  const flat = { inDepth: 1, outDepth: 1, strideDepth: 1, effectiveFilterDepth: 1 }
  return { ...plane, ...flat, padInfo: { ...plane.padInfo, front: 0 } }
}

/** The part of the window from `start` that lies within an axis of length `length`. */
const within = (start: number, window: number, length: number): readonly [first: number, end: number] => [
  Math.max(0, start),
  Math.min(length, start + window)
]

/**
 * Calls `at` for each window: its elements' offsets (each of the first of `inChannels` channels) and that of its output. The
 * list is reused for the next window.
 */
const forEachWindow = (sizes: Sizes, visit: (elements: ReadonlyArray<number>, output: number) => void): void => {
  const { inDepth, inHeight, inWidth, inChannels, padInfo } = sizes
  const elements: Array<number> = []
  let output = 0
  for (let sample = 0; sample < sizes.batchSize; sample++) {
    for (let outDepth = 0; outDepth < sizes.outDepth; outDepth++) {
      const depths = within(outDepth * sizes.strideDepth - padInfo.front, sizes.effectiveFilterDepth, inDepth)
      for (let outRow = 0; outRow < sizes.outHeight; outRow++) {
        const rows = within(outRow * sizes.strideHeight - padInfo.top, sizes.effectiveFilterHeight, inHeight)
        for (let outColumn = 0; outColumn < sizes.outWidth; outColumn++) {
          const columns = within(outColumn * sizes.strideWidth - padInfo.left, sizes.effectiveFilterWidth, inWidth)
          elements.length = 0
          for (let depth = depths[0]; depth < depths[1]; depth++) {
            for (let row = rows[0]; row < rows[1]; row++) {
              for (let column = columns[0]; column < columns[1]; column++) {
                elements.push((((sample * inDepth + depth) * inHeight + row) * inWidth + column) * inChannels)
              }
            }
          }
          visit(elements, output)
          output += inChannels
        }
      }
    }
  }
}

const averageGradient = (name: string): Kernel =>
  kernel<Inputs, Attributes>(name, ({ inputs: { dy, input }, attributes }) => {
    const sizes = sizesOf(input.shape, attributes)
    const [gradient, result] = [dy.dataSync(), new Float32Array(input.size)]
    forEachWindow(sizes, (elements, output) => {
      const weight = 1 / elements.length
      for (const element of elements) {
        for (let channel = 0; channel < sizes.inChannels; channel++) {
          result[element + channel]! += gradient[output + channel]! * weight
        }
      }
    })
    return tf.tensor(result, input.shape)
  })

/** Of equal maxima the first gets the gradient, as in TensorFlow. */
const maximumGradient = (name: string): Kernel =>
  kernel<Inputs, Attributes>(name, ({ inputs: { dy, input }, attributes }) => {
    const sizes = sizesOf(input.shape, attributes)
    const [gradient, values, result] = [dy.dataSync(), input.dataSync(), new Float32Array(input.size)]
    forEachWindow(sizes, (elements, output) => {
      for (let channel = 0; channel < sizes.inChannels; channel++) {
        let best = elements[0]! + channel
        for (const element of elements) if (values[element + channel]! > values[best]!) best = element + channel
        result[best]! += gradient[output + channel]!
      }
    })
    return tf.tensor(result, input.shape)
  })

/** The largest of each window; NaN where it holds one. */
const maximum = (name: string): Kernel =>
  kernel<{ readonly x: tf.Tensor }, Attributes>(name, ({ inputs: { x }, attributes }) => {
    const sizes = sizesOf(x.shape, attributes)
    const values = x.dataSync()
    const maxima = new Float32Array(tf.util.sizeFromShape([...sizes.outShape]))
    forEachWindow(sizes, (elements, output) => {
      for (let channel = 0; channel < sizes.inChannels; channel++) {
        let best = Number.NEGATIVE_INFINITY
        for (const element of elements) best = Math.max(best, values[element + channel]!)
        maxima[output + channel] = best
      }
    })
    return tf.tensor(maxima, sizes.outShape, x.dtype as "float32")
  })

/** `MaxPool` and `MaxPool3D`, where the backend's own lose NaN or values below 0. */
export const maximumPool: Kernel = maximum("MaxPool")
export const maximumPool3D: Kernel = maximum("MaxPool3D")

/** `AvgPoolGrad` and `AvgPool3DGrad`. */
export const averagePoolGradients: ReadonlyArray<Kernel> = ["AvgPoolGrad", "AvgPool3DGrad"].map(averageGradient)

/** `MaxPoolGrad` and `MaxPool3DGrad`. */
export const maximumPoolGradients: ReadonlyArray<Kernel> = ["MaxPoolGrad", "MaxPool3DGrad"].map(maximumGradient)
