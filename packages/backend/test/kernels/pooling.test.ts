import { describe } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { apart, differentiates, random } from "./agreement.ts"

type Size = number | [number, number]
type Padding = "valid" | "same" | number

const cases: ReadonlyArray<
  readonly [shape: [number, number, number, number], size: Size, strides: Size, pad: Padding]
> = [
  [[2, 4, 6, 3], 2, 2, "valid"],
  [[1, 5, 6, 2], 3, 2, "same"],
  [[1, 5, 6, 2], [3, 2], [1, 2], "valid"],
  [[2, 4, 4, 1], 3, 1, "same"],
  [[1, 9, 8, 2], 2, 3, "same"],
  [[1, 6, 6, 2], 3, 3, 1]
]

describe("gradients of pooling", () => {
  for (const [shape, size, strides, pad] of cases) {
    const title = `input ${shape}, window ${size}, strides ${strides}, padding ${pad}`
    differentiates(
      `maximum: ${title}`,
      (x) => tf.maxPool(x as tf.Tensor4D, size, strides, pad),
      () => [apart<tf.Rank.R4>(shape, 1)]
    )
    differentiates(
      `average: ${title}`,
      (x) => tf.avgPool(x as tf.Tensor4D, size, strides, pad),
      () => [random<tf.Rank.R4>(shape, 1)]
    )
  }

  for (const pad of ["valid", "same"] as const) {
    for (const strides of [1, 2]) {
      const title = `in space: window 3, strides ${strides}, padding ${pad}`
      differentiates(
        `maximum ${title}`,
        (x) => tf.maxPool3d(x as tf.Tensor5D, 3, strides, pad),
        () => [apart<tf.Rank.R5>([1, 4, 3, 5, 2], 1)]
      )
      differentiates(
        `average ${title}`,
        (x) => tf.avgPool3d(x as tf.Tensor5D, 3, strides, pad),
        () => [random<tf.Rank.R5>([1, 4, 3, 5, 2], 1)]
      )
      differentiates(
        `convolution ${title}`,
        (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, strides, pad),
        () => [random<tf.Rank.R5>([1, 4, 3, 5, 2], 1), random<tf.Rank.R5>([3, 2, 3, 2, 3], 2)]
      )
    }
  }
})
