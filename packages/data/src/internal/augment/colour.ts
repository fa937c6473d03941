/**
 * Changes of colour. Levels are counted from black on, and end at black and white. Brightness, contrast and saturation are blends x·factor + y·(1 − factor)
 * with black, with the mean of the image in grey, and with the image in grey; as torchvision's on images of floats.
 */
import { element } from "@etude/core/Lookup"
import type * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import { between } from "./geometry.ts"
import { type ImageShape, type Operation, problemsOf, type Range, type StepInputs } from "./operation.ts"

/** ITU-R BT.601 with four decimals, as torchvision has it. */
const [redWeight, greenWeight, blueWeight] = [0.2989, 0.587, 0.114]

/** Grey of a pixel of three channels; of one channel, itself. */
const greyAt = (image: Float32Array, index: number, channels: number): number =>
  channels === 3
    ? redWeight * image[index]! + greenWeight * image[index + 1]! + blueWeight * image[index + 2]!
    : image[index]!

const clip = (value: number, { low, high }: Range): number => (value < low ? low : Math.min(value, high))

const clipInStep = (images: tf.Tensor, { low, high }: Range): tf.Tensor => tf.clipByValue(images, low, high)

/** The number of each sample, in the rank of images. */
const perImage = ({ images, parameters }: StepInputs): tf.Tensor =>
  tf.reshape(parameters, [(images.shape as [number])[0], 1, 1, 1])

const greyInStep = ({ images, shape, range: { low } }: StepInputs): tf.Tensor => {
  if (shape.channels !== 3) return images
  const weights = tf.tensor1d([redWeight, greenWeight, blueWeight])
  // The weights add up to 0.9999, so black must be 0.
  return tf.add(tf.sum(tf.mul(tf.sub(images, low), weights), -1, true), low)
}

/** One factor per sample, 1 changing nothing. */
export interface ByFactor {
  readonly name: string
  readonly host: Operation["host"]
  readonly step: (inputs: StepInputs) => tf.Tensor
}

export const brightness: ByFactor = {
  name: "brightness",
  host: (source, target, parameters, _, range) => {
    const [factor = 1] = parameters
    let to = 0
    for (const value of source) target[to++] = clip(range.low + (value - range.low) * factor, range)
  },
  step: (inputs) => {
    const { images, range } = inputs
    return clipInStep(tf.add(tf.mul(tf.sub(images, range.low), perImage(inputs)), range.low), range)
  }
}

const greyMean = (image: Float32Array, channels: number, low: number): number => {
  let sum = 0
  for (let index = 0; index < image.length; index += channels) sum += greyFrom(image, index, channels, low)
  return low + (sum * channels) / image.length
}

const greyFrom = (image: Float32Array, index: number, channels: number, low: number): number =>
  greyAt(image, index, channels) - low * (channels === 3 ? redWeight + greenWeight + blueWeight : 1)

export const contrast: ByFactor = {
  name: "contrast",
  host: (source, target, parameters, { channels }, range) => {
    const [factor = 1] = parameters
    const rest = (1 - factor) * greyMean(source, channels, range.low)
    let to = 0
    for (const value of source) target[to++] = clip(value * factor + rest, range)
  },
  step: (inputs) => {
    const { images, range } = inputs
    const mean = tf.mean(greyInStep(inputs), [1, 2, 3], true)
    return clipInStep(tf.add(mean, tf.mul(tf.sub(images, mean), perImage(inputs))), range)
  }
}

export const saturation: ByFactor = {
  name: "saturation",
  host: (source, target, parameters, { channels }, range) => {
    if (channels !== 3) return target.set(source)
    const [factor = 1] = parameters
    for (let index = 0; index < source.length; index += 3) {
      const rest = (1 - factor) * (range.low + greyFrom(source, index, channels, range.low))
      for (let channel = 0; channel < 3; channel++) {
        target[index + channel] = clip(source[index + channel]! * factor + rest, range)
      }
    }
  },
  step: (inputs) => {
    const { images, range, shape } = inputs
    if (shape.channels !== 3) return images
    const grey = greyInStep(inputs)
    return clipInStep(tf.add(grey, tf.mul(tf.sub(images, grey), perImage(inputs))), range)
  }
}

/** A blend with the mean of the nine pixels around, the middle one counting five times; the border stays. */
export const sharpness: ByFactor = {
  name: "sharpness",
  host: (source, target, parameters, { height, width, channels }, range) => {
    target.set(source)
    const [factor = 1] = parameters
    const row = width * channels
    for (let y = 1; y < height - 1; y++) {
      for (let index = y * row + channels; index < (y + 1) * row - channels; index++) {
        let sum = 4 * source[index]!
        for (let line = index - row; line <= index + row; line += row) {
          sum += source[line - channels]! + source[line]! + source[line + channels]!
        }
        target[index] = clip(source[index]! * factor + (sum / 13) * (1 - factor), range)
      }
    }
  },
  step: (inputs) => {
    const { images, range, shape } = inputs
    const { height, width, channels } = shape
    if (height < 3 || width < 3) return images
    const [batch] = images.shape as [number]
    const part = (y: number, x: number) => tf.slice(images, [0, y, x, 0], [batch, height - 2, width - 2, channels])
    const parts = [0, 1, 2].flatMap((y) => [0, 1, 2].map((x) => part(y, x)))
    const middle = part(1, 1)
    const sum = parts.reduce((total, one) => tf.add(total, one), tf.mul(middle, 4))
    const blurred = tf.div(sum, 13)
    const blend = clipInStep(tf.add(blurred, tf.mul(tf.sub(middle, blurred), perImage(inputs))), range)
    // The difference is put in the middle: padding with zeros leaves the border.
    const change = tf.pad(tf.sub(blend, middle), [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0]
    ])
    return tf.add(images, change)
  }
}

/** Hue, saturation and value, from the unit scale on; and the channel n of RGB from them, n being 5 for red, 3 for green, 1 for blue. */
const rotateHue = (target: Float32Array, index: number, source: Float32Array, turn: number, { low, high }: Range) => {
  const scale = high - low
  const channelAt = (channel: number) => (element(source, index + channel) - low) / scale
  const [red, green, blue] = [channelAt(0), channelAt(1), channelAt(2)]
  const value = Math.max(red, green, blue)
  const chroma = value - Math.min(red, green, blue)
  const sector =
    chroma === 0
      ? 0
      : value === red
        ? (green - blue) / chroma
        : value === green
          ? 2 + (blue - red) / chroma
          : 4 + (red - green) / chroma
  for (let channel = 0; channel < 3; channel++) {
    const place = modulo(5 - 2 * channel + sector + 6 * turn, 6)
    const lack = Math.max(0, Math.min(place, 4 - place, 1))
    target[index + channel] = low + scale * (value - chroma * lack)
  }
}

const modulo = (value: number, by: number): number => value - by * Math.floor(value / by)

/** The hue turned by a fraction of the circle of colours; 0 changes nothing. */
export const hue: ByFactor = {
  name: "hue",
  host: (source, target, parameters, { channels }, range) => {
    if (channels !== 3) return target.set(source)
    const [turn = 0] = parameters
    for (let index = 0; index < source.length; index += 3) rotateHue(target, index, source, turn, range)
  },
  step: (inputs) => {
    const { images, range, shape } = inputs
    if (shape.channels !== 3) return images
    const scale = range.high - range.low
    const unit = tf.div(tf.sub(images, range.low), scale)
    const channel = (index: number) => tf.slice(unit, [0, 0, 0, index], [-1, -1, -1, 1])
    const [red, green, blue] = [channel(0), channel(1), channel(2)]
    const value = tf.max(unit, -1, true)
    const chroma = tf.sub(value, tf.min(unit, -1, true))
    const divisor = tf.add(chroma, tf.cast(tf.equal(chroma, 0), "float32"))
    const sector = (offset: number, x: tf.Tensor, y: tf.Tensor) => tf.add(tf.div(tf.sub(x, y), divisor), offset)
    const otherwise = tf.where(tf.equal(value, green), sector(2, blue, red), sector(4, red, green))
    const coloured = tf.where(tf.equal(value, red), sector(0, green, blue), otherwise)
    const turned = tf.add(coloured, tf.mul(perImage(inputs), 6))
    const result = [5, 3, 1].map((start) => {
      const place = tf.add(turned, start)
      const within = tf.sub(place, tf.mul(tf.floor(tf.div(place, 6)), 6))
      const lack = tf.clipByValue(tf.minimum(within, tf.sub(4, within)), 0, 1)
      return tf.sub(value, tf.mul(chroma, lack))
    })
    return tf.add(tf.mul(tf.concat(result, -1), scale), range.low)
  }
}

export interface ColourJitterOptions {
  /** Factors of brightness are drawn from 1 ± this, at least 0. Default: 0, unchanged. */
  readonly brightness?: number
  /** The same for contrast. Default: 0. */
  readonly contrast?: number
  /** The same for saturation; grey images have none. Default: 0. */
  readonly saturation?: number
  /** Hues are turned by up to this fraction of the circle, either way; at most 0.5. Default: 0. */
  readonly hue?: number
}

/** Several changes of one number each, in a row. */
export const inRow = (
  name: string,
  parts: ReadonlyArray<ByFactor>,
  neutral: ReadonlyArray<number>,
  draw: Operation["draw"],
  problems: ReadonlyArray<string>
): Operation => ({
  ...{ name, size: parts.length, neutral, draw, problems },
  host: (source, target, parameters, shape, range) => {
    let from = source
    for (const [index, part] of parts.entries()) {
      if (parameters[index] === neutral[index]) continue
      part.host(from === target ? target.slice() : from, target, parameters.subarray(index, index + 1), shape, range)
      from = target
    }
    if (from === source) target.set(source)
  },
  step: (inputs) => {
    const [batch] = inputs.images.shape as [number]
    return parts.reduce((images, part, index) => {
      const parameters = tf.slice(inputs.parameters, [0, index], [batch, 1])
      return part.step({ ...inputs, images, parameters })
    }, inputs.images)
  }
})

export const colourJitter = (options: ColourJitterOptions): Operation => {
  const { brightness: b = 0, contrast: c = 0, saturation: s = 0, hue: h = 0 } = options
  const draw = (key: Rng.Key, _: ImageShape) => {
    const factor = (position: number, most: number) => between(key, position, Math.max(0, 1 - most), 1 + most)
    return [factor(0, b), factor(1, c), factor(2, s), between(key, 3, -h, h)]
  }
  const isSpread = (value: number) => value >= 0 && value < Number.POSITIVE_INFINITY
  const problems = problemsOf(
    [isSpread(b), "brightness", b, "a number of at least 0"],
    [isSpread(c), "contrast", c, "a number of at least 0"],
    [isSpread(s), "saturation", s, "a number of at least 0"],
    [h >= 0 && h <= 0.5, "hue", h, "a fraction in 0 … 0.5"]
  )
  return inRow("colourJitter", [brightness, contrast, saturation, hue], [1, 1, 1, 0], draw, problems)
}
