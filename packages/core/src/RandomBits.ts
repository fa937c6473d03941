/**
 * Random tensors inside a step. One kernel, `RandomBits(key int32[2], shape) → int32`, which every Etude backend
 * registers with the same bits; masks and noise are derived from it by ordinary operations. The key enters the step
 * as a tensor, so a recorded step draws new numbers for each key that it is fed.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Rng from "./Rng.ts"

/** The name under which backends register the kernel. */
export const kernelName = "RandomBits"

/** The kernel's inputs and attributes, for those who register it. */
export type RandomBitsInputs = { readonly key: tf.TensorInfo }
export type RandomBitsAttributes = { readonly shape: Array<number> }

/** 32 random bits in each element of an int32 tensor. Fails where the running backend has no `RandomBits` kernel. */
export const randomBits = (key: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor =>
  tf.engine().runKernel(kernelName, { key }, { shape: [...shape] })

/** Draws of one step. Each has its own path (usually a layer's); a draw at one path never changes another. */
export interface StepRandom {
  /**
   * Random bits, int32, of `shape`, whose first dimension is the batch. Keyed by (step, path, sample): a microbatch draws
   * what its samples would draw in the whole batch.
   */
  readonly bits: (path: string, shape: ReadonlyArray<number>) => tf.Tensor
}

/** What a step needs to draw: the step's key, and, inside a microbatch, which samples of the batch it holds. */
export interface StepRandomOptions {
  /** int32[2] */
  readonly key: tf.Tensor
  /** int32[microbatch]: positions within the batch. Absent when the batch is whole. */
  readonly samples?: tf.Tensor | undefined
  /** The maximum number of samples in a batch. */
  readonly batchSize: number
}

/** The draws of the step that `key` belongs to. */
export const make = ({ key, samples, batchSize }: StepRandomOptions): StepRandom => ({
  bits: (path, shape) => {
    const pathStream = Rng.named({ hi: 0, lo: 0 }, path)
    // Seeds are scrambled by the kernel, so a sum keeps streams apart; tfjs has no xor.
    const pathKey = tf.add(key, tf.tensor1d([pathStream.hi, pathStream.lo], "int32"))
    if (samples === undefined) return randomBits(pathKey, shape)
    return tf.gather(randomBits(pathKey, [batchSize, ...shape.slice(1)]), samples as tf.Tensor1D)
  }
})

/** Draws whose paths begin with `prefix`: those of one part of a step, which no other part draws. */
export const within = (random: StepRandom, prefix: string): StepRandom => ({
  bits: (path, shape) => random.bits(prefix + path, shape)
})

/** Float32 in [0, 1), with 24 bits each. */
export const uniform = (random: StepRandom, path: string, shape: ReadonlyArray<number>): tf.Tensor =>
  tf.tidy(() =>
    tf.add(tf.div(tf.cast(tf.floorDiv(random.bits(path, shape), tf.scalar(256, "int32")), "float32"), 2 ** 24), 0.5)
  )

/** Standard normal float32, by the Box–Muller transform. */
export const normal = (random: StepRandom, path: string, shape: ReadonlyArray<number>): tf.Tensor =>
  tf.tidy(() => {
    const radius = tf.sqrt(tf.mul(tf.log(tf.sub(1, uniform(random, `${path}/radius`, shape))), -2))
    return tf.mul(radius, tf.cos(tf.mul(uniform(random, `${path}/angle`, shape), 2 * Math.PI)))
  })

/** The least bits, as a signed number, that are kept. */
const thresholdOf = (rate: number | tf.Tensor): tf.Tensor =>
  typeof rate === "number"
    ? tf.scalar(Math.min(2 ** 31 - 1, Math.round((rate - 0.5) * 2 ** 32)), "int32")
    : tf.cast(tf.mul(tf.sub(rate, 0.5), 2 ** 32), "int32")

/**
 * A float32 mask: 1 with probability 1 − `rate`, else 0. Compared as integers, so every backend gives the same mask. A rate that is
 * scheduled is a float32 scalar, with 24 bits.
 */
export const keepMask = (
  random: StepRandom,
  path: string,
  shape: ReadonlyArray<number>,
  rate: number | tf.Tensor
): tf.Tensor => tf.tidy(() => tf.cast(tf.greaterEqual(random.bits(path, shape), thresholdOf(rate)), "float32"))

/**
 * Inverted dropout: zeroes elements with probability `rate` and scales the rest by 1 / (1 − rate). Srivastava et al. 2014.
 * @param rate in [0, 1): a number, or the scalar of one that is scheduled
 */
export const dropout = (random: StepRandom, path: string, x: tf.Tensor, rate: number | tf.Tensor): tf.Tensor =>
  rate === 0
    ? x
    : tf.div(tf.mul(x, keepMask(random, path, x.shape, rate)), typeof rate === "number" ? 1 - rate : tf.sub(1, rate))
