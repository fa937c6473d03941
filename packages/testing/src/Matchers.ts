/**
 * Matchers for tensors, for Vitest's `expect`. Nothing is done by importing them:
 *
 * ```ts
 * import { matchers } from "@etude/testing/Matchers"
 *
 * expect.extend(matchers)
 * expect(tensor).toBeCloseToTensor([1, 2, 3])
 * ```
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Close from "./Close.ts"

interface Result {
  readonly pass: boolean
  readonly message: () => string
}

type Expected = tf.Tensor | ArrayLike<number>

const shapeText = (shape: ReadonlyArray<number>): string => `[${shape.join(", ")}]`

const compare = (
  found: unknown,
  expected: Expected,
  label: string,
  differ: (found: ArrayLike<number>, expected: ArrayLike<number>) => string | undefined
): Result => {
  if (!(found instanceof tf.Tensor)) {
    return { pass: false, message: () => `expected a tensor ${label}, but found ${String(found)}` }
  }
  const expectedTensor = expected instanceof tf.Tensor ? expected : undefined
  const form = (tensor: tf.Tensor) => `${shapeText(tensor.shape)} ${tensor.dtype}`
  const name = `the tensor ${form(found)}`
  if (expectedTensor !== undefined && form(found) !== form(expectedTensor)) {
    return { pass: false, message: () => `expected ${name} to be ${form(expectedTensor)}` }
  }
  const problem = differ(
    found.dataSync(),
    expectedTensor === undefined ? (expected as ArrayLike<number>) : expectedTensor.dataSync()
  )
  return {
    pass: problem === undefined,
    message: () =>
      problem === undefined
        ? `expected ${name} not to be ${label}`
        : `expected ${name} to be ${label}, but it ${problem}`
  }
}

export const matchers = {
  /** Within a tolerance (1e-5 of the largest element and 1e-6); shape and dtype too, where a tensor is expected. */
  toBeCloseToTensor: (found: unknown, expected: Expected, tolerance?: Close.Tolerance): Result =>
    compare(found, expected, "close to what is expected", (a, b) => Close.difference(a, b, tolerance)),
  /** Bit for bit: −0 is not 0, and NaN is NaN. */
  toEqualTensor: (found: unknown, expected: Expected): Result =>
    compare(found, expected, "equal to what is expected", Close.bitDifference),
  toHaveShape: (found: unknown, shape: ReadonlyArray<number>): Result => {
    const actual = found instanceof tf.Tensor ? shapeText(found.shape) : String(found)
    const pass = actual === shapeText(shape)
    return { pass, message: () => `expected the shape ${pass ? "not " : ""}to be ${shapeText(shape)}, found ${actual}` }
  }
}

interface TensorMatchers<R = unknown> {
  toBeCloseToTensor: (expected: Expected, tolerance?: Close.Tolerance) => R
  toEqualTensor: (expected: Expected) => R
  toHaveShape: (shape: ReadonlyArray<number>) => R
}

declare module "vitest" {
  // The parameters are Vitest's own: declarations of one interface must agree in them.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends TensorMatchers<R> {}
}
