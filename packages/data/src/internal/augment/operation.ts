/** One random change of an image: what is drawn for a sample, and what is then done, on the host and in the step. */
import type * as Rng from "@etude/core/Rng"
import type * as tf from "@tensorflow/tfjs-core"

export interface ImageShape {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** The values that black and white have: 0 and 255 of bytes, and what they are after normalization in the step. */
export interface Range {
  readonly low: number
  readonly high: number
}

/** Images [batch, height, width, channels] and what was drawn for each [batch, size]. */
export interface StepInputs {
  readonly images: tf.Tensor
  readonly parameters: tf.Tensor
  readonly shape: ImageShape
  readonly range: Range
}

export interface Operation {
  readonly name: string
  /** How many numbers are drawn for a sample. */
  readonly size: number
  /** The numbers with which nothing changes. */
  readonly neutral: ReadonlyArray<number>
  /** The numbers of a sample, as many as `size`; they depend on the key and the shape alone. */
  readonly draw: (key: Rng.Key, shape: ImageShape) => ReadonlyArray<number>
  /** Writes the changed image to `target`, all of it. The numbers are in float32, as the step has them. */
  readonly host: (
    source: Float32Array,
    target: Float32Array,
    parameters: Float32Array,
    shape: ImageShape,
    range: Range
  ) => void
  /** The same for a batch, by tensors; absent where it can't be done in a step. */
  readonly step?: (inputs: StepInputs) => tf.Tensor
  /** Options that can't be, as sentences. */
  readonly problems: ReadonlyArray<string>
}

/** Whether the numbers of a sample change nothing. */
export const isNeutral = (parameters: Float32Array, neutral: ReadonlyArray<number>): boolean =>
  neutral.every((value, index) => parameters[index] === value)

/** A sentence for each option that can't be. */
export const problemsOf = (
  ...checks: ReadonlyArray<readonly [isRight: boolean, option: string, found: unknown, expected: string]>
): ReadonlyArray<string> =>
  checks.flatMap(([isRight, option, found, expected]) =>
    isRight ? [] : [`${option} is ${JSON.stringify(found)}, expected ${expected}`]
  )

export const isProbability = (value: number): boolean => value >= 0 && value <= 1
export const isInterval = ([from, to]: readonly [number, number], low: number, high: number): boolean =>
  from >= low && to <= high && from <= to
