import { assert, describe, it } from "@effect/vitest"
import { gradientCheck } from "@etude/testing/GradientCheck"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Wasm from "../../src/Wasm.ts"
import { on, random } from "./agreement.ts"

/** x³, whose gradient is given as 3x² times `factor`. */
const cube = (factor: number) =>
  tf.customGrad((x, save) => {
    const value = x as tf.Tensor
    ;(save as tf.GradSaveFunc)([value])
    return {
      value: tf.pow(value, 3),
      gradFunc: (dy, saved) => tf.mul(dy, tf.mul(tf.square((saved as Array<tf.Tensor>)[0]!), 3 * factor))
    }
  })

const check = (factor: number, elements?: number) =>
  on(Wasm.layer, () =>
    gradientCheck((x) => cube(factor)(x!), [random<tf.Rank.R2>([3, 4], 1)], elements === undefined ? {} : { elements })
  )

describe("gradientCheck", () => {
  it.live("accepts the right gradient", () => Effect.map(check(1), (found) => assert.deepStrictEqual(found, [])))

  it.live("names the elements whose gradient is one percent off", () =>
    Effect.map(check(1.01), (found) => {
      assert.isAbove(found.length, 0)
      for (const { gradient, difference } of found) assert.approximately(gradient / difference, 1.01, 1e-3)
    })
  )

  it.live("looks at as many elements as it is told to, evenly spread", () =>
    Effect.map(check(2, 3), (found) =>
      assert.deepStrictEqual(
        found.map(({ input, element }) => [input, element]),
        [0, 4, 8].map((element) => [0, element])
      )
    )
  )

  it.live("leaves tensors of other dtypes alone, and no tensor behind", () =>
    Effect.gen(function* () {
      const [mismatches, left] = yield* on(Wasm.layer, () => {
        const xs = [random<tf.Rank.R2>([3, 2], 1), tf.tensor1d([2, 0], "int32")]
        const before = tf.memory().numTensors
        const found = gradientCheck((x, at) => tf.gather(x!, at as tf.Tensor1D), xs)
        return [found, tf.memory().numTensors - before] as const
      })
      assert.deepStrictEqual(mismatches, [])
      assert.strictEqual(left, 0)
    })
  )
})
