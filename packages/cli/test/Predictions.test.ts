/** What `etude predict` writes for a sample. */
import { assert, layer } from "@effect/vitest"
import * as Cpu from "@etude/backend/Cpu"
import * as Arrays from "@etude/data/Arrays"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { predictionsOf } from "../src/Evaluate.ts"

const labelled = Arrays.fromArrays({
  inputs: { values: new Float32Array(2), shape: [1] },
  targets: { values: Int32Array.of(0, 1), shape: [], dtype: "int32" }
})

layer(Cpu.layer)("a prediction", (it) => {
  it.effect("has the shape of the model's outputs", () =>
    Effect.gen(function* () {
      const data = yield* labelled
      const outputs = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])
      assert.deepStrictEqual(predictionsOf(outputs, 10, 2, data), [
        {
          sample: 10,
          output: [
            [1, 2],
            [3, 4]
          ]
        },
        {
          sample: 11,
          output: [
            [5, 6],
            [7, 8]
          ]
        }
      ])
    })
  )
  it.effect(
    "is a number where an output is one, a list where it is a vector of one, and a record where there are several",
    () =>
      Effect.gen(function* () {
        const data = yield* labelled
        const outputs = { score: tf.tensor1d([1, 2]), vector: tf.tensor2d([3, 4], [2, 1]) }
        assert.deepStrictEqual(predictionsOf(outputs, 0, 2, data), [
          { sample: 0, output: { score: 1, vector: [3] } },
          { sample: 1, output: { score: 2, vector: [4] } }
        ])
      })
  )
  it.effect("names the class of logits", () =>
    Effect.gen(function* () {
      const data = { ...(yield* labelled), classes: ["cat", "dog"] }
      assert.deepStrictEqual(predictionsOf(tf.tensor2d([1, 2, 4, 3], [2, 2]), 0, 2, data), [
        { sample: 0, output: [1, 2], class: 1, name: "dog" },
        { sample: 1, output: [4, 3], class: 0, name: "cat" }
      ])
    })
  )
})
