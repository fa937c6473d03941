/** The most that the machine gives in multiplications of large matrices, which trainings are measured by. */
import * as tf from "@tensorflow/tfjs-core"

/** The side of the square matrices by backend: the plain ones are for tests. */
const sides = { native: 2048, wasm: 256, cpu: 64 }
const attempts = 8

/** Floating-point operations a second of some multiplications, after one to warm up. */
export const measure = (backend: keyof typeof sides): ReadonlyArray<number> =>
  tf.tidy(() => {
    const side = sides[backend]
    const [a, b] = [tf.fill([side, side], 0.5), tf.fill([side, side], 0.25)]
    const multiply = () => tf.tidy(() => void tf.slice(tf.matMul(a, b), 0, 1).dataSync())
    multiply()
    return Array.from({ length: attempts }, () => {
      const begin = performance.now()
      multiply()
      return (2 * side ** 3) / ((performance.now() - begin) / 1000)
    })
  })
