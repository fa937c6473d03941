/** Reference values, and how near tensors are to them. */
import { readFileSync } from "node:fs"
import { assert } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"

/** A tensor in a fixture, flat. */
export interface Stored {
  readonly shape: Array<number>
  readonly values: Array<number>
  readonly dtype?: "float32" | "int32"
}

export const readFixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), "utf8")) as T

export const toTensor = ({ values, shape, dtype }: Stored): tf.Tensor => tf.tensor(values, shape, dtype ?? "float32")

/** Fails unless each value is within `relative` of the expected one, or within `absolute` where that is about zero. */
export const assertNear = (
  what: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative, absolute }: { readonly relative: number; readonly absolute: number }
): void => {
  assert.strictEqual(found.length, expected.length, `${what}: number of values`)
  for (let at = 0; at < expected.length; at++) {
    const [value, wanted] = [found[at]!, expected[at]!]
    const near = Math.abs(value - wanted) <= relative * Math.abs(wanted) + absolute
    assert.isTrue(near, `${what}: value ${at} is ${value}, expected ${wanted}`)
  }
}
