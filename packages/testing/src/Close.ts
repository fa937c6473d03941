/** Comparing numbers and tensors with a tolerance, or bit for bit. */
import type { TensorData } from "@etude/core/TrainState"
import type * as tf from "@tensorflow/tfjs-core"

export interface Tolerance {
  /** Allowed |found − expected|, relative to the largest |expected| of the tensor; 1e-5 when absent. */
  readonly relative?: number
  /** Allowed |found − expected|; 1e-6 when absent. */
  readonly absolute?: number
}

/** Describes the difference between two arrays of numbers, in a sentence; `undefined` when they are close. NaN is close to NaN. */
export const difference = (
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 1e-5, absolute = 1e-6 }: Tolerance = {}
): string | undefined => {
  if (found.length !== expected.length) return `has ${found.length} elements instead of ${expected.length}`
  let scale = 0
  for (let index = 0; index < expected.length; index++) {
    const size = Math.abs(expected[index]!)
    if (Number.isFinite(size) && size > scale) scale = size
  }
  const allowed = absolute + relative * scale
  for (let index = 0; index < expected.length; index++) {
    const [a, b] = [found[index]!, expected[index]!]
    if (Object.is(a, b) || Math.abs(a - b) <= allowed) continue
    return `is ${a} instead of ${b}${expected.length === 1 ? "" : ` at element ${index}`}`
  }
  return undefined
}

/** The largest distance between elements of two arrays; elements that are not finite in one of them do not count. */
export const distance = (values: ArrayLike<number>, others: ArrayLike<number>): number => {
  let largest = 0
  for (let index = 0; index < Math.min(values.length, others.length); index++) {
    const apart = Math.abs(values[index]! - others[index]!)
    if (Number.isFinite(apart) && apart > largest) largest = apart
  }
  return largest
}

const text = (value: number | undefined): string => (Object.is(value, -0) ? "-0" : String(value))

/** Bit for bit, −0 and NaN included: what is different, as a sentence, or `undefined`. */
export const bitDifference = (found: ArrayLike<number>, expected: ArrayLike<number>): string | undefined => {
  if (found.length !== expected.length) return `has ${found.length} elements instead of ${expected.length}`
  for (let index = 0; index < expected.length; index++) {
    if (Object.is(found[index], expected[index])) continue
    return `is ${text(found[index])} instead of ${text(expected[index])}${expected.length === 1 ? "" : ` at element ${index}`}`
  }
  return undefined
}

/** Describes the difference between two tensors on the host, shape and dtype included. */
export const dataDifference = (
  found: TensorData | undefined,
  expected: TensorData | undefined,
  tolerance?: Tolerance
): string | undefined => {
  if (found === undefined || expected === undefined) {
    return found === expected ? undefined : found === undefined ? "is missing" : "should not be there"
  }
  const text = ({ dtype, shape }: TensorData) => `[${shape.join(", ")}] ${dtype}`
  if (text(found) !== text(expected)) return `is ${text(found)} instead of ${text(expected)}`
  return tolerance === undefined
    ? bitDifference(found.values, expected.values)
    : difference(found.values, expected.values, tolerance)
}

/** Throws with a sentence where a tensor is not close to the expected values, given flat and row-major. */
export const assertClose = (found: tf.Tensor, expected: ArrayLike<number>, tolerance?: Tolerance): void => {
  const problem = difference(found.dataSync(), expected, tolerance)
  if (problem !== undefined) throw new Error(`the tensor [${found.shape.join(", ")}] ${problem}`)
}
