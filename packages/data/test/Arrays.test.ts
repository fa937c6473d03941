import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import "@tensorflow/tfjs-backend-cpu"
import * as Effect from "effect/Effect"
import * as Arrays from "../src/Arrays.ts"
import { readAll, readAt } from "./support/read.ts"

const messages = (effect: ReturnType<typeof Arrays.fromArrays>) =>
  Effect.map(Effect.flip(effect), (error) => error.problems.map(({ message }) => message))

describe("fromArrays", () => {
  it.effect("gives the rows of a typed array in the order of the indices, repeats included", () =>
    Effect.gen(function* () {
      const dataset = yield* Arrays.fromArrays({
        inputs: { values: Float32Array.of(0, 1, 10, 11, 20, 21), shape: [2] },
        targets: { values: Int32Array.of(5, 6, 7) }
      })
      assert.strictEqual(dataset.length, 3)
      assert.deepStrictEqual(dataset.spec, {
        inputs: { shape: [2], dtype: "float32" },
        targets: { shape: [], dtype: "int32" }
      })
      assert.deepStrictEqual(yield* readAt(dataset, 2, 0, 2), {
        inputs: Float32Array.of(20, 21, 0, 1, 20, 21),
        targets: Int32Array.of(7, 5, 7)
      })
    })
  )

  it.effect("takes the shape of nested arrays from their nesting", () =>
    Effect.gen(function* () {
      const dataset = yield* Arrays.fromArrays({
        inputs: {
          values: [
            [
              [1, 2, 3],
              [4, 5, 6]
            ],
            [
              [7, 8, 9],
              [10, 11, 12]
            ]
          ]
        },
        targets: { values: [1, 0], dtype: "int32" },
        mask: {
          values: [
            [true, true],
            [true, false]
          ]
        }
      })
      assert.deepStrictEqual(dataset.spec, {
        inputs: { shape: [2, 3], dtype: "float32" },
        targets: { shape: [], dtype: "int32" },
        mask: { shape: [2], dtype: "bool" }
      })
      assert.deepStrictEqual(yield* readAt(dataset, 1), {
        inputs: Float32Array.of(7, 8, 9, 10, 11, 12),
        targets: Int32Array.of(0),
        mask: Uint8Array.of(1, 0)
      })
    })
  )

  it.effect("holds several inputs and targets by name, weights and class names", () =>
    Effect.gen(function* () {
      const dataset = yield* Arrays.fromArrays({
        name: "pairs",
        inputs: {
          left: {
            values: [
              [1, 2],
              [3, 4]
            ]
          },
          right: { values: [5, 6] }
        },
        targets: { label: { values: Uint8Array.of(1, 0) }, height: { values: Float64Array.of(0.5, 0.25) } },
        weights: { values: [2, 0] },
        classes: ["no", "yes"]
      })
      assert.strictEqual(dataset.name, "pairs")
      assert.deepStrictEqual(dataset.classes, ["no", "yes"])
      assert.deepStrictEqual(yield* readAt(dataset, 1, 0), {
        inputs: { left: Float32Array.of(3, 4, 1, 2), right: Float32Array.of(6, 5) },
        targets: { label: Uint8Array.of(0, 1), height: Float32Array.of(0.25, 0.5) },
        weights: Float32Array.of(0, 2)
      })
    })
  )

  it.effect("an input may be called values or shape", () =>
    Effect.gen(function* () {
      const dataset = yield* Arrays.fromArrays({ inputs: { values: { values: [1] }, shape: { values: [2] } } })
      assert.deepStrictEqual((yield* readAll(dataset)).inputs, {
        values: Float32Array.of(1),
        shape: Float32Array.of(2)
      })
    })
  )

  it.effect("uint8 stays uint8, whatever dtype its tensors will have", () =>
    Effect.gen(function* () {
      const values = Uint8Array.of(0, 128, 255)
      const dataset = yield* Arrays.fromArrays({ inputs: { values, dtype: "float32" } })
      assert.deepStrictEqual(dataset.spec.inputs, { shape: [], dtype: "float32" })
      assert.deepStrictEqual((yield* readAll(dataset)).inputs, values)
    })
  )

  it.effect("reports all problems of all fields at once", () =>
    Effect.gen(function* () {
      const problems = yield* messages(
        Arrays.fromArrays({
          name: "toy",
          inputs: {
            a: { values: new Float32Array(12), shape: [3] },
            b: { values: new Float32Array(7), shape: [2] },
            c: { values: [[1, 2], [3]] },
            d: { values: new Float32Array(0), shape: [2] },
            e: { values: new Float32Array(4), shape: [0] }
          },
          targets: { values: [0, 1.5, 1, 0], dtype: "int32" },
          weights: { values: [1, -1, 1, 1] },
          mask: { values: [1, 0, 1] }
        })
      )
      assert.deepStrictEqual(problems, [
        "toy.inputs.b: found 7 values, expected a multiple of 2, for samples of shape [2]. The shape is that of one sample, without the batch dimension.",
        "toy.inputs.c.values[1]: found 1 values, expected 2 values, as in the first sample. Give every sample the same shape.",
        "toy.inputs.d: found no samples, expected one or more. A dataset can't be empty.",
        "toy.inputs.e: found the shape [0], expected whole numbers of at least 1. A sample without values can't be learned from.",
        "toy.targets: found 1.5 (sample 1), expected integers of 32 bits for dtype int32. Round or rescale the values, or choose float32.",
        "toy.weights: found the weight -1 (sample 1), expected a finite number of at least 0. 0 excludes it.",
        "toy.mask: found 3 samples, expected 4, as in toy.inputs.a. Each field must hold every sample once, in the same order."
      ])
    })
  )

  it.effect("refuses a shape that the nesting contradicts, and what is no number", () =>
    Effect.gen(function* () {
      const shape = yield* messages(
        Arrays.fromArrays({
          inputs: {
            values: [
              [1, 2],
              [3, 4]
            ],
            shape: [1, 2]
          }
        })
      )
      assert.match(shape[0]!, /found nesting of shape \[2\], expected the given shape \[1, 2\]/)
      // Not typeable; what a JSON file may hold.
      const text = yield* messages(Arrays.fromArrays({ inputs: { values: [[1], ["2"]] as never } }))
      assert.match(text[0]!, /^arrays\.inputs\.values\[1\]\[0\]: found the text "2", expected a number/)
    })
  )

  it.effect("refuses a label without a name", () =>
    Effect.gen(function* () {
      const fields = { inputs: { values: [1, 2, 3] }, targets: { values: Int32Array.of(0, 3, 1) } }
      const problems = yield* messages(Arrays.fromArrays({ ...fields, classes: ["a", "b", "c"] }))
      assert.deepStrictEqual(problems, [
        "arrays.targets: found the label 3 (sample 1), expected labels in 0 … 2, for 3 named classes. Count labels from 0 and name every class."
      ])
    })
  )

  it.effect("refuses a record without fields", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* messages(Arrays.fromArrays({ inputs: {} })), [
        "arrays.inputs: found no field, expected one or more. Give an input."
      ])
    })
  )

  it.effect("an index that the dataset doesn't have fails the read", () =>
    Effect.gen(function* () {
      const dataset = yield* Arrays.fromArrays({ inputs: { values: [1, 2, 3] } })
      for (const index of [3, -1]) {
        const error = yield* Effect.flip(readAt(dataset, 0, index))
        assert.match(`${error}`, new RegExp(`found a request for sample ${index}, expected an index in 0 … 2`))
      }
    })
  )
})

describe("fromTensors", () => {
  it.effect("reads the values once and leaves the tensors to the caller", () =>
    Effect.gen(function* () {
      const before = tf.memory().numTensors
      const inputs = tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6]
      ])
      const targets = { label: tf.tensor1d([0, 1, 2], "int32"), seen: tf.tensor1d([true, false, true], "bool") }
      const dataset = yield* Arrays.fromTensors({ inputs, targets })
      assert.strictEqual(tf.memory().numTensors, before + 3)
      tf.dispose([inputs, targets.label, targets.seen])
      assert.deepStrictEqual(dataset.spec, {
        inputs: { shape: [2], dtype: "float32" },
        targets: { label: { shape: [], dtype: "int32" }, seen: { shape: [], dtype: "bool" } }
      })
      assert.deepStrictEqual(yield* readAt(dataset, 2, 0), {
        inputs: Float32Array.of(5, 6, 1, 2),
        targets: { label: Int32Array.of(2, 0), seen: Uint8Array.of(1, 1) }
      })
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )

  it.effect("reports disposed tensors, scalars and other dtypes together", () =>
    Effect.gen(function* () {
      const gone = tf.tensor1d([1])
      gone.dispose()
      const [scalar, text] = [tf.scalar(1), tf.tensor1d(["a"], "string")]
      const problems = yield* messages(Arrays.fromTensors({ inputs: { gone, scalar }, targets: text }))
      tf.dispose([scalar, text])
      assert.deepStrictEqual(problems, [
        "tensors.inputs.gone: found a disposed tensor, expected a live one. Dispose it only after the dataset is made.",
        "tensors.inputs.scalar: found a tensor of shape [], expected the samples along the first dimension. Give one row per sample.",
        "tensors.targets: found dtype string, expected float32, int32 or bool. Cast the tensor first."
      ])
    })
  )
})
