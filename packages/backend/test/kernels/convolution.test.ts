import { assert, describe, it } from "@effect/vitest"
import { gradientCheck } from "@etude/testing/GradientCheck"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Wasm from "../../src/Wasm.ts"
import { agrees, differentiates, on, random } from "./agreement.ts"

type Padding = Parameters<typeof tf.conv2d>[3]

interface Case {
  readonly input: [number, number, number, number]
  readonly filter: [number, number, number, number]
  readonly strides: [number, number]
  readonly pad: Padding
}

const cases: ReadonlyArray<Case> = [
  { input: [2, 5, 6, 3], filter: [3, 3, 3, 4], strides: [1, 1], pad: "same" },
  { input: [2, 5, 6, 3], filter: [3, 2, 3, 4], strides: [1, 1], pad: "valid" },
  { input: [1, 7, 6, 1], filter: [5, 5, 1, 6], strides: [1, 1], pad: "same" },
  { input: [3, 4, 4, 5], filter: [1, 1, 5, 2], strides: [1, 1], pad: "valid" },
  { input: [3, 6, 4, 5], filter: [1, 1, 5, 2], strides: [2, 2], pad: "same" },
  { input: [2, 7, 8, 2], filter: [3, 3, 2, 3], strides: [2, 2], pad: "same" },
  { input: [2, 8, 7, 2], filter: [3, 3, 2, 3], strides: [2, 2], pad: "valid" },
  { input: [2, 9, 8, 2], filter: [2, 3, 2, 3], strides: [3, 2], pad: "valid" },
  { input: [1, 6, 9, 2], filter: [2, 2, 2, 1], strides: [1, 3], pad: "same" },
  { input: [2, 5, 5, 2], filter: [3, 3, 2, 2], strides: [1, 1], pad: 2 },
  {
    input: [2, 5, 6, 2],
    filter: [2, 2, 2, 2],
    strides: [2, 2],
    pad: [
      [0, 0],
      [1, 2],
      [3, 0],
      [0, 0]
    ]
  }
]

const title = ({ input, filter, strides, pad }: Case) =>
  `input ${input}, filter ${filter}, strides ${strides}, padding ${Array.isArray(pad) ? pad.slice(1, 3).join(" ") : pad}`

describe("Conv2DBackpropFilter and Conv2DBackpropInput", () => {
  for (const one of cases) {
    differentiates(
      title(one),
      (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, one.strides, one.pad),
      () => [random<tf.Rank.R4>(one.input, 1), random<tf.Rank.R4>(one.filter, 2)]
    )
  }

  differentiates(
    "conv1d",
    (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, "same"),
    () => [random<tf.Rank.R3>([2, 9, 3], 1), random<tf.Rank.R3>([4, 3, 2], 2)]
  )

  differentiates(
    "a transposed convolution, whose forward pass is the gradient with respect to the input",
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 9, 8, 3], 2, "same"),
    () => [random<tf.Rank.R4>([2, 5, 4, 2], 1), random<tf.Rank.R4>([3, 3, 3, 2], 2)]
  )

  agrees("sums over many elements stay accurate", () =>
    tf.grads((x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"))(
      [random<tf.Rank.R4>([64, 28, 28, 1], 1), random<tf.Rank.R4>([5, 5, 1, 2], 2)],
      random<tf.Rank.R4>([64, 28, 28, 2], 3)
    )
  )
})

describe("DepthwiseConv2dNativeBackpropFilter and DepthwiseConv2dNativeBackpropInput", () => {
  for (const multiplier of [1, 3]) {
    for (const one of cases) {
      const filter: Case["filter"] = [one.filter[0], one.filter[1], one.input[3], multiplier]
      differentiates(
        title({ ...one, filter }),
        (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, one.strides, one.pad),
        () => [random<tf.Rank.R4>(one.input, 1), random<tf.Rank.R4>(filter, 2)]
      )
    }
  }

  differentiates(
    "a separable convolution",
    (x, depthwise, pointwise) =>
      tf.separableConv2d(x as tf.Tensor4D, depthwise as tf.Tensor4D, pointwise as tf.Tensor4D, 1, "same"),
    () => [
      random<tf.Rank.R4>([2, 5, 5, 2], 1),
      random<tf.Rank.R4>([3, 3, 2, 2], 2),
      random<tf.Rank.R4>([1, 1, 4, 3], 3)
    ]
  )
})

/** tfjs itself refuses gradients of dilated convolutions, though the kernels take dilations. */
const dilated = (strides: [number, number], dilations: [number, number], pad: "same" | "valid") =>
  tf.customGrad((...args) => {
    const [x, filter] = args as unknown as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc]
    const attributes = { strides, dilations, pad }
    return {
      value: tf.engine().runKernel("DepthwiseConv2dNative", { x, filter }, attributes) as tf.Tensor,
      gradFunc: (dy) => [
        tf
          .engine()
          .runKernel(
            "DepthwiseConv2dNativeBackpropInput",
            { dy, filter },
            { ...attributes, inputShape: x.shape }
          ) as tf.Tensor,
        tf
          .engine()
          .runKernel(
            "DepthwiseConv2dNativeBackpropFilter",
            { x, dy },
            { ...attributes, filterShape: filter.shape }
          ) as tf.Tensor
      ]
    }
  })

describe("dilated depthwise convolutions: gradients against finite differences", () => {
  for (const [strides, dilations, pad] of [
    [[1, 1], [2, 3], "valid"],
    [[1, 1], [2, 2], "same"],
    [[2, 1], [1, 2], "same"],
    [[2, 3], [3, 2], "valid"]
  ] as const) {
    it.live(`strides ${strides}, dilations ${dilations}, padding ${pad}`, () =>
      Effect.gen(function* () {
        const mismatches = yield* on(Wasm.layer, () =>
          gradientCheck(
            (x, w) => dilated([...strides], [...dilations], pad)(x!, w!),
            [random<tf.Rank.R4>([2, 9, 8, 2], 1), random<tf.Rank.R4>([3, 2, 2, 2], 2)]
          )
        )
        assert.deepStrictEqual(mismatches, [])
      })
    )
  }
})
