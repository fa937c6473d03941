/**
 * The gradients of resizing images, on the host. tfjs's own ignore `halfPixelCenters`; tfjs-backend-cpu's mix up
 * samples of a batch (nearest) and height with width (bilinear).
 */
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"

interface Inputs {
  readonly images: tf.Tensor4D
  readonly dy: tf.Tensor4D
}
type Attributes = Pick<tf.ResizeBilinearAttrs, "alignCorners" | "halfPixelCenters">

/** Along one axis, the two elements of the input that an element of the output was mixed of, and the second one's part. */
interface Mix {
  readonly first: number
  readonly second: number
  readonly part: number
}

const scaleOf = (input: number, output: number, alignCorners: boolean): number =>
  alignCorners && output > 1 ? (input - 1) / (output - 1) : input / output

const nearest = (input: number, output: number, { alignCorners, halfPixelCenters }: Attributes): Array<Mix> =>
  Array.from({ length: output }, (_, place) => {
    const position = scaleOf(input, output, alignCorners) * (halfPixelCenters ? place + 0.5 : place)
    const source = Math.min(input - 1, alignCorners ? Math.round(position) : Math.floor(position))
    return { first: source, second: source, part: 0 }
  })

const bilinear = (input: number, output: number, { alignCorners, halfPixelCenters }: Attributes): Array<Mix> =>
  Array.from({ length: output }, (_, place) => {
    const scale = scaleOf(input, output, alignCorners)
    const position = halfPixelCenters ? scale * (place + 0.5) - 0.5 : scale * place
    const first = Math.max(0, Math.floor(position))
    const second = Math.max(0, Math.min(input - 1, Math.ceil(position)))
    return { first, second, part: first === second ? 0 : position - first }
  })

/** Each element of the input gets its part of every element that was mixed of it. */
const gradient = (name: string, mixes: typeof nearest): Kernel =>
  kernel<Inputs, Attributes>(name, ({ inputs: { images, dy }, attributes }) => {
    const [batch, height, width, channels] = images.shape
    const rows = mixes(height, dy.shape[1], attributes)
    const columns = mixes(width, dy.shape[2], attributes)
    const [values, sums] = [dy.dataSync(), new Float64Array(images.size)]
    let from = 0
    const add = (sample: number, row: number, column: number, part: number) => {
      if (part === 0) return
      const to = ((sample * height + row) * width + column) * channels
      for (let channel = 0; channel < channels; channel++) sums[to + channel]! += part * values[from + channel]!
    }
    for (let sample = 0; sample < batch; sample++) {
      for (const row of rows) {
        for (const column of columns) {
          add(sample, row.first, column.first, (1 - row.part) * (1 - column.part))
          add(sample, row.first, column.second, (1 - row.part) * column.part)
          add(sample, row.second, column.first, row.part * (1 - column.part))
          add(sample, row.second, column.second, row.part * column.part)
          from += channels
        }
      }
    }
    return tf.tensor(Float32Array.from(sums), images.shape)
  })

/** `ResizeNearestNeighborGrad` and `ResizeBilinearGrad`. */
export const resizeGradients: ReadonlyArray<Kernel> = [
  gradient("ResizeNearestNeighborGrad", nearest),
  gradient("ResizeBilinearGrad", bilinear)
]
