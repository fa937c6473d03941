import { assert, describe, it } from "@effect/vitest"
import * as Losses from "@etude/core/Losses"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Native from "../../src/Native.ts"
import { isInstalled } from "../native/Installed.ts"
import { operationsOf } from "../native/operations.ts"
import { agrees, differentiates, on, random } from "./agreement.ts"

const native = Native.layer
const labels = (values: Array<number>, shape: Array<number> = [values.length]) => tf.tensor(values, shape, "int32")

describe.skipIf(!isInstalled)("softmax cross-entropy on native", () => {
  for (const labelSmoothing of [0, 0.1, 0.9]) {
    const loss = Losses.softmaxCrossEntropy({ labelSmoothing })
    const cases = [
      { logits: [1, 2], targets: [1], shape: [1] },
      { logits: [4, 3], targets: [0, 2, 2, 1], shape: [4] },
      { logits: [2, 3, 5], targets: [4, 0, 1, 1, 2, 3], shape: [2, 3] }
    ]
    for (const { logits, targets, shape } of cases) {
      differentiates(
        `of logits [${logits}] with labels, smoothed by ${labelSmoothing}`,
        (x) => loss.values(x!, labels(targets, shape)),
        () => [random(logits, 1)],
        native
      )
    }
    differentiates(
      `with probabilities, smoothed by ${labelSmoothing}`,
      (x, weights) => loss.values(x!, tf.softmax(weights!)),
      () => [random([3, 4], 1), random([3, 4], 2)],
      native
    )
    agrees(
      `of logits of any finite size, smoothed by ${labelSmoothing}`,
      () => {
        const logits = tf.tensor2d([
          [1e4, -1e4, 0],
          [-1e9, 1, 2],
          [3e38, 3e38, 3e38],
          [0, 0, 0]
        ])
        const values = (x: tf.Tensor) => loss.values(x, labels([0, 2, 1, 0]))
        return [...(labelSmoothing === 0 ? [values(logits)] : []), tf.grad(values)(logits)]
      },
      1e-6,
      native
    )
  }

  differentiates(
    "the Kullback–Leibler divergence",
    (x, weights) => Losses.klDivergence.values(x!, tf.softmax(weights!)),
    () => [random([3, 4], 1), random([3, 4], 2)],
    native
  )

  it.live("of NaN is NaN, in its row only", () =>
    on(native, () => {
      const logits = tf.tensor2d([
        [Number.NaN, 1],
        [0, 0]
      ])
      const [first, second] = Losses.softmaxCrossEntropy()
        .values(logits, labels([0, 1]))
        .dataSync()
      assert.isNaN(first)
      assert.approximately(second!, Math.LN2, 1e-6)
    })
  )

  it.live("with labels takes one operation, and two for its gradient", () =>
    on(native, () => {
      const [logits, targets, dy] = [random<tf.Rank.R2>([4, 3], 1), labels([0, 2, 2, 1]), tf.ones([4])]
      const values = (x: tf.Tensor) => Losses.softmaxCrossEntropy().values(x, targets)
      assert.deepStrictEqual(
        operationsOf(() => tf.grad(values)(logits, dy)),
        ["SparseSoftmaxCrossEntropyWithLogits", "Reshape", "Mul"]
      )
    })
  )

  it.live("a label that is none is an error", () =>
    Effect.gen(function* () {
      const found = yield* on(native, () => {
        try {
          return String(
            Losses.softmaxCrossEntropy()
              .values(tf.zeros([1, 3]), labels([3]))
              .dataSync()
          )
        } catch (cause) {
          return String(cause)
        }
      })
      assert.match(found, /label value of 3 which is outside the valid range/)
    })
  )
})
