import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Wasm from "../../src/Wasm.ts"
import { agrees, differentiates, on, random } from "./agreement.ts"

const ids = (...values: Array<number>) => tf.tensor1d(values, "int32")

describe("UnsortedSegmentSum", () => {
  it.live("adds the rows of each segment and leaves out rows of no segment", () =>
    Effect.gen(function* () {
      const sums = yield* on(Wasm.layer, () =>
        tf
          .unsortedSegmentSum(
            tf.tensor2d([
              [1, 2],
              [3, 4],
              [5, 6],
              [7, 8]
            ]),
            ids(2, 0, 2, -1),
            4
          )
          .arraySync()
      )
      assert.deepStrictEqual(sums, [
        [3, 4],
        [0, 0],
        [6, 8],
        [0, 0]
      ])
    })
  )

  agrees("rows of every rank, float32 and int32", () => [
    tf.unsortedSegmentSum(random<tf.Rank.R1>([5], 1), ids(1, 1, 0, 3, 1), 4),
    tf.unsortedSegmentSum(random<tf.Rank.R2>([5, 3], 2), ids(1, 1, 0, 3, 1), 5),
    tf.unsortedSegmentSum(random<tf.Rank.R4>([3, 2, 2, 2], 3), ids(0, 0, 1), 2),
    tf.cast(
      tf.unsortedSegmentSum(
        tf.tensor2d(
          [
            [1, 2],
            [3, 4]
          ],
          [2, 2],
          "int32"
        ),
        ids(1, 1),
        2
      ),
      "float32"
    )
  ])

  differentiates(
    "its own gradient",
    (x) => tf.unsortedSegmentSum(x as tf.Tensor2D, ids(1, 1, 0, 3, 1), 4),
    () => [random<tf.Rank.R2>([5, 3], 1)]
  )

  for (const axis of [0, 1, 2]) {
    differentiates(
      `the gradient of gather along axis ${axis}, with repeated indices`,
      (x) =>
        tf.gather(
          x,
          tf.tensor2d(
            [
              [1, 0, 1],
              [2, 1, 1]
            ],
            [2, 3],
            "int32"
          ),
          axis
        ),
      () => [random<tf.Rank.R3>([3, 4, 3], 1)]
    )
  }
})
