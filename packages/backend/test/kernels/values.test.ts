/** Kernels whose values tfjs has wrong on some backend: the same known answers on all three. */
import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as Cpu from "../../src/Cpu.ts"
import * as Native from "../../src/Native.ts"
import * as Wasm from "../../src/Wasm.ts"
import { isInstalled } from "../native/Installed.ts"
import { on } from "./agreement.ts"

const { NaN: nan, NEGATIVE_INFINITY: least, POSITIVE_INFINITY: most } = Number
const hosts = { cpu: Cpu.layer, wasm: Wasm.layer }
const backends = { ...hosts, ...(isInstalled ? { native: Native.layer } : {}) }

/** `compute` gives `expected`, to `tolerance`. */
const gives = (
  name: string,
  compute: () => tf.Tensor,
  expected: ReadonlyArray<number>,
  { tolerance = 0, of = backends as Record<string, typeof Cpu.layer> } = {}
) => {
  for (const [backend, layer] of Object.entries(of)) {
    it.live(`${name}, on ${backend}`, () =>
      Effect.gen(function* () {
        const found = yield* on(layer, () => [...compute().dataSync()])
        if (tolerance === 0) return assert.deepStrictEqual(found, [...expected])
        for (const [place, value] of expected.entries()) {
          assert.approximately(found[place]!, value, tolerance * Math.abs(value))
        }
      })
    )
  }
}

const int = (values: tf.TensorLike, shape?: Array<number>) => tf.tensor(values, shape, "int32")

describe("resizing", () => {
  gives(
    "the gradient of nearest-neighbour resizing keeps the samples of a batch apart",
    () =>
      tf.grad((x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [2, 2]))(
        tf.ones([2, 1, 1, 1]),
        tf.tensor4d([1, 2, 3, 4, 10, 20, 30, 40], [2, 2, 2, 1])
      ),
    [10, 100]
  )
})

describe("windows", () => {
  gives(
    "maximum pooling in space of negative values",
    () => tf.maxPool3d(tf.fill([1, 2, 2, 2, 1], -5) as tf.Tensor5D, 2, 2, "valid"),
    [-5]
  )
  gives(
    "dilation of negative values",
    () => tf.dilation2d(tf.fill([1, 2, 2, 1], -5) as tf.Tensor4D, tf.tensor3d([-1, -2], [2, 1, 1]), 1, "valid"),
    [-6, -6]
  )
  const line = () => tf.tensor5d([0, 1, 2, 3], [1, 4, 1, 1, 1])
  gives(
    'a filter shorter than the stride begins at the first element with "same" padding',
    () => tf.conv3d(line(), tf.ones([1, 1, 1, 1, 1]), 2, "same"),
    [0, 2]
  )
  gives("so does maximum pooling", () => tf.maxPool3d(line(), 1, 2, "same"), [0, 2])
  gives("so does average pooling", () => tf.avgPool3d(line(), 1, 2, "same"), [0, 2])
  gives('depthwise convolution of tf.layers with "same" padding', () => {
    const layer = tfl.layers.depthwiseConv2d({
      kernelSize: 3,
      padding: "same",
      depthwiseInitializer: "ones",
      inputShape: [3, 3, 1]
    })
    return layer.apply(tf.ones([1, 3, 3, 1])) as tf.Tensor
  }, [4, 6, 4, 6, 9, 6, 4, 6, 4])
})

describe("sums", () => {
  const tenths = (size: number) => tf.fill([size], 0.1)
  // float32 of 0.1
  const tenth = 0.10000000149011612
  const close = { tolerance: 3e-6 }
  // TensorFlow adds columns up in float32, one after the other.
  const closeOnHosts = { ...close, of: hosts }
  gives("of 3e6 elements", () => tf.sum(tenths(3e6)), [3e6 * tenth], close)
  gives("of 2e7 ones", () => tf.sum(tf.ones([2e7])), [2e7], { tolerance: 1e-7, of: { wasm: Wasm.layer } })
  gives("means of 1e6 elements", () => tf.mean(tf.square(tenths(1e6))), [tenth ** 2], close)
  gives(
    "along the first axis",
    () => tf.sum(tf.reshape(tenths(2e6), [1e6, 2]), 0),
    [1e6 * tenth, 1e6 * tenth],
    closeOnHosts
  )
  gives(
    "along axes that are no neighbours",
    () => tf.sum(tf.reshape(tenths(2e6), [1000, 2, 1000]), [0, 2]),
    [1e6 * tenth, 1e6 * tenth],
    closeOnHosts
  )
  gives("the norm of 3e6 elements", () => tf.norm(tenths(3e6)), [Math.sqrt(3e6) * tenth], close)
  gives("the product of long vectors", () => tf.dot(tenths(1e6), tf.ones([1e6])), [1e6 * tenth], {
    tolerance: 3e-5,
    of: { wasm: Wasm.layer }
  })
  gives(
    "by segment",
    () => tf.unsortedSegmentSum(tenths(1e6), tf.zeros([1e6], "int32") as tf.Tensor1D, 1),
    [1e6 * tenth],
    closeOnHosts
  )
  gives("of int32 are exact beyond 2²⁴", () => tf.sum(int([2 ** 24, 1, 1, -3])), [2 ** 24 - 1])
  gives("over no axis", () => tf.sum(tf.tensor1d([1, 2]), []), [1, 2])
  gives("over a NaN", () => tf.sum(tf.tensor2d([1, nan, 2, 3], [2, 2]), 1), [nan, 5])
})

describe("gathering and slicing", () => {
  const square = () => tf.tensor2d([1, 2, 3, 4], [2, 2])
  gives("by batches", () => tf.gather(square(), int([[1], [0]]) as unknown as tf.Tensor1D, 1, 1), [2, 3])
  gives("along an axis counted from the end", () => tf.gather(square(), int([1]) as tf.Tensor1D, -1), [2, 4])
  gives("whole numbers with strides", () => tf.stridedSlice(int([1, 2, 3, 4, 5]), [0], [5], [2]), [1, 3, 5])
  gives(
    "by an index that removes its axis",
    () => tf.stridedSlice(square(), [0, 1], [2, 2], [1, 1], 0, 0, 0, 0, 2),
    [2, 4]
  )
  for (const axis of [-1, 1] as const) {
    gives(`running sums along axis ${axis}`, () => tf.cumsum(square(), axis), [1, 3, 3, 7])
    gives(`running products along axis ${axis}`, () => tf.cumprod(square(), axis), [1, 2, 3, 12])
    gives(
      `the gradient of running sums along axis ${axis}`,
      () => tf.grad((x) => tf.cumsum(x, axis))(square(), tf.ones([2, 2])),
      [2, 1, 2, 1]
    )
  }
  gives(
    "parametric ReLU with broadcasting",
    () => tf.prelu(tf.tensor2d([-1, -2, -3, 4], [2, 2]), tf.tensor2d([10, 100], [2, 1])),
    [-10, -20, -300, 4]
  )
  gives(
    "counts in rows",
    () =>
      tf.denseBincount(
        int([
          [0, 2],
          [1, 1]
        ]) as tf.Tensor2D,
        tf.tensor2d([] as Array<number>, [0, 0]),
        3
      ),
    [1, 0, 1, 0, 2, 0]
  )
})

describe("products", () => {
  gives("of the same data in two shapes", () => {
    const weights = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])
    const first = tf.matMul(tf.ones([1, 2]), weights)
    return tf.concat([first, tf.matMul(tf.ones([1, 3]), tf.reshape(weights, [3, 2]) as tf.Tensor2D)], 1)
  }, [5, 7, 9, 9, 12])
  gives(
    "with broadcasting on both sides",
    () => tf.matMul(tf.tensor4d([1, 2], [2, 1, 1, 1]), tf.tensor4d([1, 10, 100], [1, 3, 1, 1])),
    [1, 10, 100, 2, 20, 200]
  )
  gives(
    "sums of products over axes by name",
    () => tf.einsum("ij,kl->jk", tf.tensor2d([1, 2], [1, 2]), tf.tensor2d([1, 2, 3, 4], [2, 2])),
    [3, 7, 6, 14]
  )
})

describe("NaN stays NaN", () => {
  const x = () => tf.tensor1d([nan, -1, 7, nan])
  const image = () => tf.tensor4d([nan, -1, 7, 2], [1, 4, 1, 1])
  const one = () => tf.ones([1, 1, 1, 1]) as tf.Tensor4D
  gives("relu", () => tf.relu(x()), [nan, 0, 7, nan])
  gives("relu6", () => tf.relu6(x()), [nan, 0, 6, nan])
  gives("clipByValue", () => tf.clipByValue(x(), 0, 1), [nan, 0, 1, nan])
  gives("sign", () => tf.sign(x()), [nan, -1, 1, nan])
  gives("maximum of the first", () => tf.maximum(x(), 0), [nan, 0, 7, nan])
  gives("maximum of the second", () => tf.maximum(0, x()), [nan, 0, 7, nan])
  gives("minimum of the second, with broadcasting", () => tf.minimum(tf.zeros([2, 1]), x()), [
    nan,
    -1,
    0,
    nan,
    nan,
    -1,
    0,
    nan
  ])
  gives("true", () => tf.cast(tf.tensor1d([nan, 0.5, 256, 0, -1]), "bool"), [1, 1, 1, 0, 1])
  gives("average pooling", () => tf.avgPool(image(), [2, 1], [2, 1], "valid"), [nan, 4.5])
  // TensorFlow's own maximum pooling leaves NaN out.
  gives("maximum pooling", () => tf.maxPool(image(), [2, 1], [2, 1], "valid"), [nan, 7], { of: hosts })
  gives(
    "maximum pooling in space",
    () => tf.maxPool3d(tf.reshape(image(), [1, 4, 1, 1, 1]) as tf.Tensor5D, [2, 1, 1], [2, 1, 1], "valid"),
    [nan, 7],
    { of: hosts }
  )
  gives("convolution", () => tf.conv2d(image(), one(), 1, "valid"), [nan, -1, 7, 2])
  gives("depthwise convolution", () => tf.depthwiseConv2d(image(), one(), 1, "valid"), [nan, -1, 7, 2])
  for (const activation of ["relu", "relu6"] as const) {
    const top = activation === "relu" ? 7 : 6
    const options = { strides: 1, pad: "valid", activation } as const
    gives(`fused convolution, ${activation}`, () => tf.fused.conv2d({ ...options, x: image(), filter: one() }), [
      nan,
      0,
      top,
      2
    ])
    gives(
      `fused depthwise convolution, ${activation}`,
      () => tf.fused.depthwiseConv2d({ ...options, x: image(), filter: one() }),
      [nan, 0, top, 2]
    )
    gives(
      `fused product, ${activation}`,
      () => tf.fused.matMul({ a: tf.tensor2d([nan, -1, 7, 2], [4, 1]), b: tf.ones([1, 1]), activation }),
      [nan, 0, top, 2]
    )
  }
  gives(
    "fused convolution with bias",
    () => tf.fused.conv2d({ x: image(), filter: one(), strides: 1, pad: "valid", bias: tf.tensor1d([1]) }),
    [nan, 0, 8, 3]
  )
  gives(
    "sums by segment keep what is infinite where it belongs",
    () => tf.unsortedSegmentSum(tf.tensor1d([most, 1, nan, 2]), int([0, 1, 2, 1]) as tf.Tensor1D, 3),
    [most, 3, nan]
  )
  gives("floor division", () => tf.floorDiv(tf.tensor1d([nan, 7.5, -7.5, 1e12]), 2), [nan, 3, -4, 499999997952])
  gives("places of maxima leave NaN out", () => tf.argMax(tf.tensor2d([nan, 1, 2, 3, nan, 1], [2, 3]), 1), [2, 0])
  gives(
    "the largest are NaN first",
    () => tf.topk(tf.tensor2d([nan, 1, 2, 2, 1, nan], [2, 3]), 2).indices,
    [0, 2, 2, 0]
  )
  gives("their values are NaN", () => tf.topk(tf.tensor2d([nan, 1, 2, 2, 1, nan], [2, 3]), 2).values, [nan, 2, nan, 2])
})

describe("whole numbers and truth values", () => {
  const whole = () => int([-2, 0, 3])
  gives("are clipped", () => tf.clipByValue(whole(), -1, 1), [-1, 0, 1])
  gives("are round", () => tf.round(whole()), [-2, 0, 3])
  gives("are numbers", () => tf.isNaN(whole()), [0, 0, 0])
  gives("are finite", () => tf.isFinite(whole()), [1, 1, 1])
  gives("step", () => tf.step(whole()), [0, 0, 1])
  const bools = () => tf.tensor1d([1, 0], "bool")
  for (const [name, f] of Object.entries({ round: tf.round, abs: tf.abs, square: tf.square, relu: tf.relu })) {
    gives(`truth values are 1 and 0: ${name}`, () => f(bools()), [1, 0], { of: { wasm: Wasm.layer } })
  }
  gives("the largest of truth values", () => tf.topk(bools(), 1).values, [1], { of: hosts })
})

describe("reductions over no elements", () => {
  const none = () => {
    // Memory that held something.
    tf.fill([3], 777).dispose()
    return tf.zeros([0, 3])
  }
  const bools = () => tf.zeros([0, 3], "bool")
  gives("sum to 0", () => tf.sum(none(), 0), [0, 0, 0])
  gives("have no mean", () => tf.mean(none(), 0), [nan, nan, nan])
  gives("have the product 1", () => tf.prod(none(), 0), [1, 1, 1])
  gives("have the maximum −∞", () => tf.max(none(), 0), [least, least, least])
  gives("have the minimum ∞", () => tf.min(none(), 0, true), [most, most, most])
  gives("have the least int32 as maximum", () => tf.max(tf.zeros([2, 0], "int32"), 1), [-(2 ** 31), -(2 ** 31)])
  gives("are all true", () => tf.all(bools(), 0), [1, 1, 1])
  gives("are none true", () => tf.any(bools(), 0), [0, 0, 0])
  gives("sum to 0 in int32", () => tf.sum(tf.zeros([2, 0], "int32"), 1), [0, 0])
  gives("of [0, 3] along axis 1 are none", () => tf.sum(none(), 1), [])
})

describe("gradients where tfjs takes another one", () => {
  const at = (f: (x: tf.Tensor) => tf.Tensor, ...values: ReadonlyArray<number>) =>
    tf.grad((x) => tf.sum(f(x)))(tf.tensor1d([...values]))
  gives("of |x| at 0", () => at(tf.abs, -2, 0, 3), [-1, 0, 1])
  gives("of the maximum of equals", () => at((x) => tf.max(x), 2, 1, 2), [0.5, 0, 0.5])
  gives("of a cast to whole numbers", () => at((x) => tf.add(x, tf.cast(tf.cast(x, "int32"), "float32")), 1.5), [1])
  gives("of floor division", () => at((x) => tf.add(x, tf.floorDiv(x, 2)), 5), [1])
  gives("of 0⁰", () => at((x) => tf.pow(x, 0), 0, 2), [0, 0])
  gives("of comparisons alone", () => at((x) => tf.cast(tf.greater(x, 0), "float32"), 1, 2), [0, 0])
  gives(
    "through a comparison of what has no finite gradient",
    () => at((x) => tf.where(tf.greater(tf.sqrt(x), 0.5), tf.mul(x, 2), x), 0, 4),
    [1, 2]
  )
  gives(
    "of a mirrored border",
    () => tf.grad((x) => tf.mirrorPad(x, [[1, 1]], "reflect"))(tf.tensor1d([1, 2, 3]), tf.ones([5])),
    [1, 3, 1]
  )
})

describe("reductions", () => {
  it.live("agree over drawn shapes and axes, empty ones too, and axes counted from the end", () =>
    Effect.gen(function* () {
      const integers = (seed: number, count: number, below: number) =>
        Array.from(Rng.uniforms(Rng.key(seed), count, 0, below), Math.floor)
      const compute = () =>
        Array.from({ length: 40 }, (_, seed) => {
          const rank = 1 + (seed % 4)
          const shape = integers(seed, rank, 4)
          const axes = [...new Set(integers(seed + 100, 2, rank))].map((axis) => (seed % 3 === 0 ? axis - rank : axis))
          const x = tf.tensor(Rng.uniforms(Rng.key(seed), tf.util.sizeFromShape(shape), -1, 1), shape)
          const all = [tf.sum, tf.mean, tf.prod, tf.max, tf.min, tf.logSumExp] as const
          return all.map((reduce) => {
            const y = reduce(x, axes, seed % 2 === 0)
            return {
              shape: y.shape,
              values: [...y.dataSync()].map((value) => (Number.isFinite(value) ? Number(value.toFixed(5)) + 0 : value))
            }
          })
        })
      const expected = yield* on(Cpu.layer, compute)
      for (const layer of Object.values(backends)) assert.deepStrictEqual(yield* on(layer, compute), expected)
    })
  )
})
