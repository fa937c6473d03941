/** Changes of levels: fewer of them, inverted, stretched, spread evenly. Each has one number per sample. */
import * as tf from "@tensorflow/tfjs-core"
import type { ByFactor } from "./colour.ts"
import type { Range, StepInputs } from "./operation.ts"

const perImage = ({ images, parameters }: StepInputs): tf.Tensor =>
  tf.reshape(parameters, [(images.shape as [number])[0], 1, 1, 1])

const levelOf = (value: number, { low, high }: Range): number => Math.round(((value - low) / (high - low)) * 255)

const valueOf = (level: number, { low, high }: Range): number => low + (level / 255) * (high - low)

/** Levels rounded down to multiples of a power of 2, which keeps their upper bits; 1 changes nothing. */
export const posterize: ByFactor = {
  name: "posterize",
  host: (source, target, parameters, _, range) => {
    const [unit = 1] = parameters
    let to = 0
    for (const value of source) target[to++] = valueOf(Math.floor(levelOf(value, range) / unit) * unit, range)
  },
  step: (inputs) => {
    const { images, range } = inputs
    const scale = 255 / (range.high - range.low)
    const unit = perImage(inputs)
    const level = tf.floor(tf.add(tf.mul(tf.sub(images, range.low), scale), 0.5))
    const kept = tf.mul(tf.floor(tf.div(level, unit)), unit)
    const changed = tf.add(tf.div(kept, scale), range.low)
    // What is between two levels stays there where nothing changes.
    return tf.where(tf.equal(tf.mul(unit, tf.onesLike(images)), 1), images, changed)
  }
}

/** Values from the threshold on, by their nearest level of 0 … 255, are inverted; 256 changes nothing. */
export const solarize: ByFactor = {
  name: "solarize",
  host: (source, target, parameters, _, range) => {
    const threshold = valueOf((parameters[0] ?? 256) - 0.5, range)
    let to = 0
    for (const value of source) target[to++] = value >= threshold ? range.low + range.high - value : value
  },
  step: (inputs) => {
    const { images, range } = inputs
    const threshold = tf.add(tf.mul(tf.sub(perImage(inputs), 0.5), (range.high - range.low) / 255), range.low)
    const isAbove = tf.greaterEqual(tf.sub(images, threshold), 0)
    return tf.where(isAbove, tf.sub(range.low + range.high, images), images)
  }
}

/** Each channel stretched from its lowest value to its highest, by 1; 0 changes nothing. */
export const autoContrast: ByFactor = {
  name: "autoContrast",
  host: (source, target, _, { channels }, range) => {
    for (let channel = 0; channel < channels; channel++) {
      let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      for (let index = channel; index < source.length; index += channels) {
        lowest = Math.min(lowest, source[index]!)
        highest = Math.max(highest, source[index]!)
      }
      const scale = highest > lowest ? (range.high - range.low) / (highest - lowest) : 1
      const start = highest > lowest ? lowest : range.low
      for (let index = channel; index < source.length; index += channels) {
        target[index] = range.low + (source[index]! - start) * scale
      }
    }
  },
  step: (inputs) => {
    const { images, range } = inputs
    const lowest = tf.min(images, [1, 2], true)
    const width = tf.sub(tf.max(images, [1, 2], true), lowest)
    const isFlat = tf.cast(tf.equal(width, 0), "float32")
    const scale = tf.div(range.high - range.low, tf.add(width, isFlat))
    const stretched = tf.add(tf.mul(tf.sub(images, lowest), scale), range.low)
    const isChanged = tf.mul(perImage(inputs), tf.sub(1, isFlat))
    return tf.where(tf.greater(tf.mul(isChanged, tf.onesLike(images)), 0), stretched, images)
  }
}

/** The level of each of 256, so that all are about equally frequent; `undefined` where that changes nothing. */
const evenly = (counts: Int32Array): Float32Array | undefined => {
  const total = counts.reduce((sum, count) => sum + count)
  const last = counts.findLast((count) => count > 0) ?? 0
  const step = Math.floor((total - last) / 255)
  if (step === 0) return undefined
  const levels = new Float32Array(256)
  let sum = 0
  for (const [level, count] of counts.entries()) {
    levels[level] = Math.min(255, Math.floor((sum + Math.floor(step / 2)) / step))
    sum += count
  }
  levels[0] = 0
  return levels
}

/** Each channel with its levels spread so that all are about equally frequent. On the host alone: a step has no histograms. */
export const equalize: Pick<ByFactor, "name" | "host"> = {
  name: "equalize",
  host: (source, target, _, { channels }, range) => {
    for (let channel = 0; channel < channels; channel++) {
      const counts = new Int32Array(256)
      for (let index = channel; index < source.length; index += channels) counts[levelOf(source[index]!, range)]!++
      const levels = evenly(counts)
      for (let index = channel; index < source.length; index += channels) {
        const value = source[index]!
        target[index] = levels === undefined ? value : valueOf(levels[levelOf(value, range)]!, range)
      }
    }
  }
}
