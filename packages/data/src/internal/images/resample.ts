/**
 * Resizing with a filter whose width grows with the reduction (antialiasing), in integers: the algorithm of Pillow's `resize` for 8-bit
 * images, with the same bits. Weights are computed in float64 by + − × ÷ alone and rounded to 22 binary places; rows first, then columns,
 * each rounded to 8 bits.
 */
import { element } from "@etude/core/Lookup"

export type Filter = "bilinear" | "bicubic"

interface Kernel {
  /** Half the filter's width in pixels of the source, where nothing is reduced. */
  readonly support: number
  readonly weight: (distance: number) => number
}

const bilinear: Kernel = {
  support: 1,
  weight: (distance) => Math.max(0, 1 - Math.abs(distance))
}

/** Keys 1981, "Cubic convolution interpolation for digital image processing", with a = −0.5. */
const bicubic: Kernel = {
  support: 2,
  weight: (distance) => {
    const [a, x] = [-0.5, Math.abs(distance)]
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
  }
}

const kernels: { readonly [filter in Filter]: Kernel } = { bilinear, bicubic }

const places = 22

/** For each pixel of the result: where in the source its weights begin, how many there are, and the weights. */
interface Weights {
  readonly starts: Int32Array
  readonly counts: Int32Array
  readonly values: Int32Array
  /** Weights that are stored per pixel. */
  readonly stride: number
}

/** The weights for `size` pixels made of those from `from` to `to` of a line of `length`. */
const weightsOf = (length: number, from: number, to: number, size: number, { support, weight }: Kernel): Weights => {
  // Pillow holds the two ends in single precision.
  const [begin, end] = [Math.fround(from), Math.fround(to)]
  const scale = Math.fround(end - begin) / size
  const reduction = Math.max(1, scale)
  const reach = support * reduction
  const stride = Math.ceil(reach) * 2 + 1
  const [starts, counts] = [new Int32Array(size), new Int32Array(size)]
  const values = new Int32Array(size * stride)
  const exact = new Float64Array(stride)
  for (let pixel = 0; pixel < size; pixel++) {
    const centre = begin + (pixel + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - reach + 0.5))
    const count = Math.min(length, Math.trunc(centre + reach + 0.5)) - start
    let sum = 0
    for (let index = 0; index < count; index++) {
      const value = weight((index + start - centre + 0.5) * (1 / reduction))
      exact[index] = value
      sum += value
    }
    for (const [index, value] of exact.subarray(0, count).entries()) {
      const share = (sum === 0 ? value : value / sum) * 2 ** places
      values[pixel * stride + index] = Math.trunc(share + (share < 0 ? -0.5 : 0.5))
    }
    starts[pixel] = start
    counts[pixel] = count
  }
  return { starts, counts, values, stride }
}

/** Pixels in rows, of which some channels count: of RGBA the first three. */
export interface Raster {
  readonly width: number
  readonly height: number
  /** Channels that are stored per pixel. */
  readonly stride: number
  readonly pixels: Uint8Array | Uint8ClampedArray
}

/** A rectangle of the source, in pixels that need not be whole. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const half = 1 << (places - 1)

const clamped = (sum: number): number => {
  const value = sum >> places
  return value < 0 ? 0 : Math.min(value, 255)
}

/** The rows from `first` on, `rows` of them, with three channels each: as {@link alongRows}, with one walk for all three. */
const coloursAlongRows = (
  { width, stride, pixels }: Raster,
  { starts, counts, values, stride: weightStride }: Weights,
  first: number,
  rows: number
): Uint8Array => {
  const size = starts.length
  const out = new Uint8Array(rows * size * 3)
  let to = 0
  for (let row = first; row < first + rows; row++) {
    const line = row * width * stride
    for (let x = 0; x < size; x++) {
      const weight = x * weightStride
      const end = weight + counts[x]!
      let red = half
      let green = half
      let blue = half
      for (let index = weight, from = line + starts[x]! * stride; index < end; index++, from += stride) {
        const value = values[index]!
        red += pixels[from]! * value
        green += pixels[from + 1]! * value
        blue += pixels[from + 2]! * value
      }
      out[to] = clamped(red)
      out[to + 1] = clamped(green)
      out[to + 2] = clamped(blue)
      to += 3
    }
  }
  return out
}

/** Filters the rows from `first` on, `rows` of them, to the width of the weights: the first channel of each pixel. */
const alongRows = (
  { width, stride, pixels }: Raster,
  { starts, counts, values, stride: weightStride }: Weights,
  first: number,
  rows: number
): Uint8Array => {
  const size = starts.length
  const out = new Uint8Array(rows * size)
  let to = 0
  for (let row = first; row < first + rows; row++) {
    const line = row * width * stride
    for (let x = 0; x < size; x++) {
      const weight = x * weightStride
      const end = weight + counts[x]!
      let sum = half
      for (let index = weight, from = line + starts[x]! * stride; index < end; index++, from += stride) {
        sum += pixels[from]! * values[index]!
      }
      out[to++] = clamped(sum)
    }
  }
  return out
}

/** Where the result is written: rows of `width` pixels, `out` being the whole image. */
export interface Place {
  readonly out: Uint8Array
  /** The first element. */
  readonly offset: number
  /** Elements from one row to the next. */
  readonly rowStride: number
}

/** Filters columns, a row of sums at a time; `shift` is the first row that the lines begin with. */
const alongColumns = (lines: Uint8Array, lineSize: number, weights: Weights, shift: number, place: Place): void => {
  const { starts, counts, values, stride } = weights
  const { out, offset, rowStride } = place
  const sums = new Int32Array(lineSize)
  for (let y = 0; y < starts.length; y++) {
    sums.fill(half)
    let from = (starts[y]! - shift) * lineSize
    for (let index = y * stride; index < y * stride + counts[y]!; index++) {
      const value = values[index]!
      for (let x = 0; x < lineSize; x++, from++) sums[x]! += lines[from]! * value
    }
    const to = offset + y * rowStride
    for (let x = 0; x < lineSize; x++) out[to + x] = clamped(sums[x]!)
  }
}

const isWhole = (length: number, from: number, to: number, size: number) =>
  length === size && from === 0 && to === length

/** The first one or three channels of a part of an image, resized to `width` × `height`. */
export const resample = (
  source: Raster,
  channels: 1 | 3,
  { left, top, right, bottom }: Box,
  size: { readonly width: number; readonly height: number },
  filter: Filter,
  place: Place
): void => {
  const kernel = kernels[filter]
  const isCopy = isWhole(source.width, left, right, size.width) && isWhole(source.height, top, bottom, size.height)
  if (isCopy) {
    copyRows(source, channels, place)
    return
  }
  const across = isWhole(source.width, left, right, size.width)
    ? unchanged(source.width)
    : weightsOf(source.width, left, right, size.width, kernel)
  const down = isWhole(source.height, top, bottom, size.height)
    ? unchanged(source.height)
    : weightsOf(source.height, top, bottom, size.height, kernel)
  const first = element(down.starts, 0)
  const last = element(down.starts, -1) + element(down.counts, -1)
  const filterRows = channels === 3 ? coloursAlongRows : alongRows
  const lines = filterRows(source, across, first, last - first)
  alongColumns(lines, size.width * channels, down, first, place)
}

const copyRows = ({ width, height, stride, pixels }: Raster, channels: number, { out, offset, rowStride }: Place) => {
  for (let y = 0, from = 0; y < height; y++) {
    const to = offset + y * rowStride
    if (stride === channels) {
      out.set(pixels.subarray(from, from + width * channels), to)
      from += width * channels
      continue
    }
    for (let x = 0; x < width; x++, from += stride) {
      for (let channel = 0; channel < channels; channel++) out[to + x * channels + channel] = pixels[from + channel]!
    }
  }
}

const unchanged = (size: number): Weights => ({
  starts: Int32Array.from({ length: size }, (_, index) => index),
  counts: new Int32Array(size).fill(1),
  values: new Int32Array(size).fill(1 << places),
  stride: 1
})
