/** Kernels with shapes, strides, paddings and dtypes that the rows don't have. */
import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { brokenByFusion, difference, planned } from "../support/plans.ts"

type T = tf.Tensor
type F = (a: T, b: T, c: T) => T
type Case = readonly [name: string, f: F, ...inputs: ReadonlyArray<ReadonlyArray<number> | (() => T)>]

const int = (values: tf.TensorLike) => () => tf.tensor(values, undefined, "int32")
const bool = (values: tf.TensorLike) => () => tf.tensor(values, undefined, "bool")
const special = () => tf.tensor1d([Number.NaN, Infinity, -Infinity, -0, 0, 1.5, -2.5, 3])

const x4 = (x: T) => x as tf.Tensor4D
const x5 = (x: T) => x as tf.Tensor5D

/** The gradients of a function of two tensors, side by side. */
const gradients =
  (f: (a: T, b: T) => T): F =>
  (a, b) => {
    const [da, db] = tf.grads((x: T, y: T) => tf.sum(tf.sin(f(x, y))))([a, b])
    return tf.concat([tf.reshape(da!, [-1]), tf.reshape(db!, [-1])])
  }
const gradient =
  (f: (a: T) => T): F =>
  (a) =>
    tf.grad((x: T) => tf.sum(tf.sin(f(x))))(a)

const convolutions: ReadonlyArray<Case> = [1, 2, 3].flatMap((stride) =>
  (["valid", "same"] as const).flatMap((pad) =>
    [
      [5, 7, 3, 2],
      [6, 4, 2, 3],
      [4, 4, 1, 1]
    ].flatMap(([height, width, kernelHeight, kernelWidth]): ReadonlyArray<Case> => {
      const name = `stride ${stride}, ${pad}, ${height}×${width} by ${kernelHeight}×${kernelWidth}`
      const convolve = (a: T, b: T) => tf.conv2d(x4(a), x4(b), stride, pad)
      const depthwise = (a: T, b: T) => tf.depthwiseConv2d(x4(a), x4(b), stride, pad)
      const pool = (a: T) => tf.maxPool(x4(a), [kernelHeight!, kernelWidth!], stride, pad)
      const average = (a: T) => tf.avgPool(x4(a), [kernelHeight!, kernelWidth!], stride, pad)
      const image = [2, height!, width!, 2]
      return [
        [`conv2d, ${name}`, convolve, image, [kernelHeight!, kernelWidth!, 2, 3]],
        [`gradients of conv2d, ${name}`, gradients(convolve), image, [kernelHeight!, kernelWidth!, 2, 3]],
        [`depthwiseConv2d, ${name}`, depthwise, image, [kernelHeight!, kernelWidth!, 2, 2]],
        [`gradients of depthwiseConv2d, ${name}`, gradients(depthwise), image, [kernelHeight!, kernelWidth!, 2, 2]],
        [`maxPool, ${name}`, pool, image],
        [`gradient of maxPool, ${name}`, gradient(pool), image],
        [`avgPool, ${name}`, average, image],
        [`gradient of avgPool, ${name}`, gradient(average), image]
      ]
    })
  )
)

const others: ReadonlyArray<Case> = [
  ["conv2d, dilated", (a, b) => tf.conv2d(x4(a), x4(b), 1, "same", "NHWC", 2), [1, 6, 7, 2], [3, 2, 2, 3]],
  ["conv2d, padded by numbers", (a, b) => tf.conv2d(x4(a), x4(b), 2, 1), [1, 6, 7, 2], [3, 3, 2, 3]],
  ["conv3d", gradients((a, b) => tf.conv3d(x5(a), x5(b), 1, "same")), [1, 3, 4, 3, 2], [2, 2, 2, 2, 2]],
  [
    "conv2dTranspose",
    gradients((a, b) => tf.conv2dTranspose(x4(a), x4(b), [1, 6, 8, 3], 2, "same")),
    [1, 3, 4, 2],
    [3, 3, 3, 2]
  ],
  ["maxPool3d", gradient((a) => tf.maxPool3d(x5(a), 2, 2, "same")), [1, 3, 4, 3, 2]],
  ["avgPool3d", gradient((a) => tf.avgPool3d(x5(a), 2, 1, "same")), [1, 3, 4, 3, 2]],
  ["matMul, both transposed, batches broadcast", (a, b) => tf.matMul(a, b, true, true), [3, 1, 4, 2], [5, 3, 4]],
  ["fused matMul", (a, b, c) => tf.fused.matMul({ a, b, bias: c, activation: "relu" }), [3, 4], [4, 5], [5]],
  [
    "fused conv2d",
    (a, b, c) => tf.fused.conv2d({ x: x4(a), filter: x4(b), strides: 1, pad: "same", bias: c, activation: "relu6" }),
    [1, 4, 4, 2],
    [3, 3, 2, 3],
    [3]
  ],
  ["einsum, a batch of products", (a, b) => tf.einsum("bij,bjk->bki", a, b), [2, 3, 4], [2, 4, 5]],
  ["einsum, sums on either side", (a, b) => tf.einsum("ijk,jl->il", a, b), [2, 3, 4], [3, 5]],
  ["einsum, an outer product", (a, b) => tf.einsum("i,j->ji", a, b), [3], [4]],
  ["depthToSpace", (a) => tf.depthToSpace(x4(a), 2), [1, 2, 3, 8]],
  ["flipLeftRight", (a) => tf.image.flipLeftRight(x4(a)), [1, 2, 3, 2]],
  [
    "mirrorPad, reflect",
    (a) =>
      tf.mirrorPad(
        a,
        [
          [1, 2],
          [2, 0]
        ],
        "reflect"
      ),
    [4, 3]
  ],
  [
    "mirrorPad, symmetric",
    (a) =>
      tf.mirrorPad(
        a,
        [
          [1, 2],
          [2, 0]
        ],
        "symmetric"
      ),
    [4, 3]
  ],
  ["stridedSlice", (a) => tf.stridedSlice(a, [1, 4], [4, 0], [2, -2]), [5, 6]],
  ["gather along the middle", (a, b) => tf.gather(a, b as tf.Tensor1D, 1), [2, 5, 3], int([4, 0, 4])],
  [
    "gather with batches",
    (a, b) => tf.gather(a, b as tf.Tensor2D, 1, 1),
    [2, 5, 3],
    int([
      [4, 0],
      [1, 1]
    ])
  ],
  [
    "gradient of gather",
    (a, b) => tf.grad((x: T) => tf.sum(tf.sin(tf.gather(x, b as tf.Tensor1D))))(a),
    [5, 3],
    int([4, 0, 4])
  ],
  [
    "gatherND",
    (a, b) => tf.gatherND(a, b),
    [3, 4, 2],
    int([
      [0, 1],
      [2, 3]
    ])
  ],
  ["scatterND", (a, b) => tf.scatterND(b, a, [4, 3]), [3, 3], int([[1], [3], [1]])],
  ["oneHot, out of range", (a) => tf.oneHot(a as tf.Tensor1D, 3, 2, -1), int([0, 2, 5, -1])],
  ["resizeBilinear, half pixels", (a) => tf.image.resizeBilinear(x4(a), [5, 3], false, true), [2, 3, 4, 2]],
  ["resizeBilinear, corners", gradient((a) => tf.image.resizeBilinear(x4(a), [5, 7], true)), [2, 3, 4, 2]],
  ["resizeNearestNeighbor, corners", (a) => tf.image.resizeNearestNeighbor(x4(a), [5, 7], true), [2, 3, 4, 2]],
  ["cumprod, reverse, exclusive", (a) => tf.cumprod(a, 0, true, true), [4, 3]],
  ["a long sum", (a) => tf.sum(a), [300, 101]],
  ["a long sum of columns", (a) => tf.sum(a, 0), [2055, 3]],
  [
    "all and any",
    (a) => tf.add(tf.cast(tf.all(a, 0), "int32"), tf.cast(tf.any(a, 0), "int32")),
    bool([
      [1, 0, 1],
      [1, 0, 0]
    ])
  ],
  ["argMin", (a) => tf.argMin(a, 1), [3, 5]],
  [
    "sum of whole numbers",
    (a) => tf.sum(a, 1),
    int([
      [1, 2],
      [3, 4]
    ])
  ],
  ["sum of truth values", (a) => tf.sum(a), bool([1, 0, 1])],
  ["division of whole numbers", (a, b) => tf.floorDiv(a, b), int([7, -7, 7, -7]), int([2, 2, -2, -2])],
  ["remainder of whole numbers", (a, b) => tf.mod(a, b), int([7, -7, 7, -7]), int([2, 2, -2, -2])],
  ["remainder", (a, b) => tf.mod(a, b), [3, 4], [4]],
  ["special values: relu", (a) => tf.relu(a), special],
  ["special values: step", (a) => tf.step(a, 0.5), special],
  ["special values: sign", (a) => tf.sign(a), special],
  ["special values: round", (a) => tf.round(a), special],
  ["special values: clip", (a) => tf.clipByValue(a, -1, 1), special],
  ["special values: maximum", (a) => tf.maximum(a, tf.reverse(a)), special],
  ["special values: comparisons", (a) => tf.logicalOr(tf.less(a, tf.reverse(a)), tf.notEqual(a, a)), special],
  ["special values: isFinite", (a) => tf.logicalAnd(tf.isFinite(a), tf.logicalNot(tf.isNaN(a))), special],
  ["special values: cast to bool", (a) => tf.cast(tf.cast(a, "bool"), "float32"), special],
  ["special values: max", (a) => tf.max(a), special],
  ["where by rows", (a, b, c) => tf.where(c, a, b), [2, 3], [2, 3], bool([[1], [0]])],
  ["no elements", (a) => tf.sum(tf.relu(tf.add(a, 1)), 0), [0, 3]],
  ["mean of no elements", (a) => tf.mean(a, 0), [0, 3]],
  ["random bits", (a) => RandomBits.randomBits(a, [3, 7]), int([5, -9])],
  ["random bits, few", (a) => RandomBits.randomBits(a, [3]), int([-5, 9])]
]

const seeded = (shape: ReadonlyArray<number>, seed: number): T =>
  tf.tensor(Rng.uniforms(Rng.key(seed), tf.util.sizeFromShape([...shape]), -1, 1), [...shape])

describe("lowered kernels", () => {
  for (const [name, f, ...inputs] of [...convolutions, ...others]) {
    it.effect(`${name}: give what eager gives`, () =>
      Effect.acquireUseRelease(
        Effect.sync(() => tf.engine().startScope()),
        () =>
          Effect.sync(() => {
            const given = Object.fromEntries(
              inputs.map((make, at) => ["abc"[at]!, typeof make === "function" ? make() : seeded(make, at + 1)])
            )
            const made = planned(
              (all: { readonly [name: string]: T }) => ({ y: f(all["a"]!, all["b"]!, all["c"]!) }),
              given
            )
            assert.isUndefined(difference(made.plan, made))
            assert.isUndefined(brokenByFusion(made.plan, made.inputs), "fused")
            const foreign = made.plan.nodes.flatMap((node) => (node._tag === "Foreign" ? [node.kernel] : []))
            assert.deepStrictEqual(foreign, [])
          }),
        () => Effect.sync(() => tf.engine().endScope())
      ).pipe(Effect.provide(Wasm.layer))
    )
  }
})
