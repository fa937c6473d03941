/**
 * Compares gradients with finite differences. For authors of kernels, losses and layers: whatever tfjs differentiates can
 * be checked without knowing its derivative.
 */

import { element as elementOf } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import { dot } from "./subjects/dot.ts"

export interface GradientCheckOptions {
  /** Distance of the differences, absolute. A power of two keeps it exact in float32; default 2⁻⁵. */
  readonly step?: number
  /** Allowed |gradient − difference|, relative to the largest difference of the same input (at least 1e-2); default 2e-3. */
  readonly tolerance?: number
  /** How many elements of each input are moved, evenly spread; default 40. */
  readonly elements?: number
  /** Chooses the direction in which an output that is no scalar is measured; default 0. */
  readonly seed?: number
}

/** An element whose gradient disagrees. */
export interface GradientMismatch {
  /** Position of the input among the inputs. */
  readonly input: number
  /** Position of the element in the input, row-major. */
  readonly element: number
  readonly gradient: number
  readonly difference: number
}

/**
 * The elements of `xs` at which the gradient of `f`, as tfjs gives it, differs from finite differences; none when it is
 * right. Inputs of another dtype than float32 are not changed.
 *
 * The output is projected on fixed random weights w, and d/dx ⟨w, f(x)⟩ is compared with the five-point formula
 * (8 (F(x + h) − F(x − h)) − (F(x + 2h) − F(x − 2h))) / 12 h, whose error is O(h⁴) besides the rounding of float32;
 * ⟨w, f⟩ is summed in float64 on the host. Choose inputs that stay 2h away from kinks (of relu, max, abs).
 */
export const gradientCheck = (
  f: (...xs: Array<tf.Tensor>) => tf.Tensor,
  xs: ReadonlyArray<tf.Tensor>,
  { step = 2 ** -5, tolerance = 2e-3, elements = 40, seed = 0 }: GradientCheckOptions = {}
): ReadonlyArray<GradientMismatch> =>
  tf.tidy(() => {
    const output = f(...xs)
    const weights = Rng.uniforms(Rng.named(Rng.key(seed), "gradientCheck"), output.size, -1, 1)
    const moved = xs.map((x, input) => ({ x, input })).filter(({ x }) => x.dtype === "float32")
    const withMoved = (values: ReadonlyArray<tf.Tensor>) => {
      const all = [...xs]
      moved.forEach(({ input }, index) => {
        all[input] = elementOf(values, index)
      })
      return f(...all)
    }
    const gradients = tf.grads((...values: Array<tf.Tensor>) => withMoved(values))(
      moved.map(({ x }) => x),
      tf.tensor(weights, output.shape)
    )
    return moved.flatMap(({ x, input }, index) => {
      const values = Float32Array.from(x.dataSync())
      const gradient = elementOf(gradients, index).dataSync()
      const measured = (element: number, distance: number) => {
        const changed = Float32Array.from(values)
        changed[element] = elementOf(values, element) + distance
        return tf.tidy(() => {
          const inputs = [...xs]
          inputs[input] = tf.tensor(changed, x.shape)
          return dot(f(...inputs).dataSync(), weights)
        })
      }
      const count = Math.min(elements, values.length)
      const differences = Array.from({ length: count }, (_, n) => {
        const element = Math.floor((n * values.length) / count)
        const near = measured(element, step) - measured(element, -step)
        const far = measured(element, 2 * step) - measured(element, -2 * step)
        return { element, difference: (8 * near - far) / (12 * step) }
      })
      const scale = Math.max(1e-2, ...differences.map(({ difference }) => Math.abs(difference)))
      return differences
        .map(({ element, difference }) => ({ input, element, gradient: elementOf(gradient, element), difference }))
        .filter((pair) => !(Math.abs(pair.gradient - pair.difference) <= tolerance * scale))
    })
  })
