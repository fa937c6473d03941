/** Computes the same thing on another backend (WASM, where none is named) and on plain JavaScript, and compares. */

import { assert, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import { gradientCheck } from "@etude/testing/GradientCheck"
import * as tf from "@tensorflow/tfjs-core"
// Registers the gradients of all operations.
import "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as Cpu from "../../src/Cpu.ts"
import * as Wasm from "../../src/Wasm.ts"

export interface Values {
  readonly shape: ReadonlyArray<number>
  readonly dtype: string
  readonly values: ReadonlyArray<number>
}

/** float32 in [-1, 1), the same on every backend; `seed` tells tensors of one case apart. */
export const random = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> =>
  tf.tensor(Rng.uniforms(Rng.key(seed), tf.util.sizeFromShape([...shape]), -1, 1), shape)

/** float32, no two nearer than 0.2 to each other or nearer than 0.1 to 0: for functions with a kink where values meet. */
export const apart = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> => {
  const length = tf.util.sizeFromShape([...shape])
  const order = Rng.permutation(Rng.key(seed), length)
  return tf.tensor(
    Float32Array.from({ length }, (_, at) => 0.2 * (order(at) - Math.floor(length / 2)) + 0.1),
    shape
  )
}

/** Runs `compute` on a backend and disposes the tensors that it made. */
export const on = <A>(layer: typeof Wasm.layer, compute: () => A) =>
  Effect.acquireUseRelease(
    Effect.sync(() => tf.engine().startScope()),
    () => Effect.sync(compute),
    () => Effect.sync(() => tf.engine().endScope())
  ).pipe(Effect.provide(layer))

const read = (compute: () => ReadonlyArray<tf.Tensor>) => (): ReadonlyArray<Values> =>
  compute().map((tensor) => ({ shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()] }))

/** |found − expected| relative to the largest expected value, over all elements. */
export const relativeError = (found: ReadonlyArray<number>, expected: ReadonlyArray<number>): number => {
  let [difference, scale] = [0, 0]
  expected.forEach((value, at) => {
    scale = Math.max(scale, Math.abs(value))
    const off = Math.abs(found[at]! - value)
    difference = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(difference, off)
  })
  return scale === 0 ? difference : difference / scale
}

export const assertAgree = (found: ReadonlyArray<Values>, expected: ReadonlyArray<Values>, tolerance = 1e-5): void => {
  assert.deepStrictEqual(
    found.map(({ shape, dtype }) => ({ shape, dtype })),
    expected.map(({ shape, dtype }) => ({ shape, dtype }))
  )
  found.forEach(({ values }, at) => {
    assert.isAtMost(relativeError(values, expected[at]!.values), tolerance, `result ${at}`)
  })
}

/** The backend gives what cpu gives: exactly, or within `tolerance` of the largest value. */
export const agrees = (
  name: string,
  compute: () => ReadonlyArray<tf.Tensor>,
  tolerance = 1e-5,
  backend: typeof Wasm.layer = Wasm.layer
): void =>
  it.live(name, () =>
    Effect.gen(function* () {
      const expected = yield* on(Cpu.layer, read(compute))
      assertAgree(yield* on(backend, read(compute)), expected, tolerance)
    })
  )

/**
 * The value and all gradients of `f` at `xs` are the same on the backend as on cpu, and there the gradients are those of
 * finite differences.
 */
export const differentiates = (
  name: string,
  f: (...xs: Array<tf.Tensor>) => tf.Tensor,
  xs: () => Array<tf.Tensor>,
  backend: typeof Wasm.layer = Wasm.layer
): void =>
  it.live(name, () =>
    Effect.gen(function* () {
      const compute = () => {
        const inputs = xs()
        const y = f(...inputs)
        return [y, ...tf.grads((...values: Array<tf.Tensor>) => f(...values))(inputs, random(y.shape, 99))]
      }
      const expected = yield* on(Cpu.layer, read(compute))
      assertAgree(yield* on(backend, read(compute)), expected)
      const mismatches = yield* on(backend, () => gradientCheck(f, xs()))
      assert.deepStrictEqual(mismatches, [])
    })
  )
