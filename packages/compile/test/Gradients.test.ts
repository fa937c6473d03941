/** Gradients that Etude adds to tfjs are the same compiled: each is recorded, or runs eagerly; none is wrong. */
import { assert, describe, it } from "@effect/vitest"
import { StepExecutor, type Tensors } from "@etude/core"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as GraphExecutor from "../src/GraphExecutor.ts"
import { isInstalled, native } from "./support/native.ts"

type F = (...xs: Array<tf.Tensor>) => tf.Tensor
const int = (values: tf.TensorLike) => tf.tensor(values, undefined, "int32")

const cases: ReadonlyArray<readonly [name: string, f: F, ...shapes: ReadonlyArray<ReadonlyArray<number>>]> = [
  ["where by a comparison", (x) => tf.where(tf.greater(x!, 0), x!, tf.mul(x!, 0.1)), [3, 4]],
  ["squaredDifference with broadcasting", (a, b) => tf.squaredDifference(a!, b!), [3, 4], [4]],
  ["maximum with broadcasting", (a, b) => tf.maximum(a!, b!), [3, 1], [4]],
  ["logSigmoid", (x) => tf.logSigmoid(tf.mul(x!, 2)), [3]],
  ["max", (x) => tf.max(x!, -1), [3, 4]],
  ["prod", (x) => tf.prod(x!, -1), [3, 4]],
  ["cumsum", (x) => tf.cumsum(x!, -2, true, true), [2, 3, 4]],
  ["cumprod", (x) => tf.cumprod(x!, -1), [3, 4]],
  ["topk", (x) => tf.topk(x!, 2).values, [3, 4]],
  [
    "gather by batches",
    (x) =>
      tf.gather(
        x!,
        int([
          [1, 0],
          [2, 2]
        ]) as unknown as tf.Tensor1D,
        1,
        1
      ),
    [2, 3]
  ],
  [
    "gatherND",
    (x) =>
      tf.gatherND(
        x!,
        int([
          [0, 1],
          [2, 0]
        ])
      ),
    [3, 2]
  ],
  ["scatterND", (x) => tf.scatterND(int([[1], [3]]), x!, [4, 2]), [2, 2]],
  ["tensorScatterUpdate", (x, u) => tf.tensorScatterUpdate(x!, int([[1], [3]]), u!), [4, 2], [2, 2]],
  ["stridedSlice", (x) => tf.stridedSlice(x!, [0, 1], [4, 2], [2, 1], 0, 0, 0, 0, 2), [4, 3]],
  [
    "mirrorPad",
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [1, 1],
          [0, 2]
        ],
        "reflect"
      ),
    [3, 4]
  ],
  ["tile", (x) => tf.tile(x!, [2, 3]), [2, 3]],
  ["einsum", (a, b) => tf.einsum("bij,bkj->bik", a!, b!), [2, 3, 4], [2, 2, 4]],
  ["matMul with broadcasting", (a, b) => tf.matMul(a!, b!), [1, 3, 4], [2, 4, 2]],
  [
    "dilated convolution",
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same", "NHWC", 2),
    [1, 6, 6, 2],
    [3, 3, 2, 2]
  ],
  [
    "dilated depthwise convolution",
    (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "valid", "NHWC", 2),
    [1, 6, 6, 2],
    [2, 2, 2, 1]
  ],
  ["bilinear resizing by centers", (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [5, 3], false, true), [1, 3, 4, 2]],
  ["dilation2d", (x, w) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, "valid"), [1, 4, 4, 1], [2, 2, 1]],
  ["spectrum", (x) => tf.abs(tf.rfft(x!)), [2, 6]],
  ["unsortedSegmentSum", (x) => tf.unsortedSegmentSum(x!, int([1, 0, 1]) as tf.Tensor1D, 2), [3, 2]]
]

/** The value and its gradients, of inputs x0, x1, …, and of a seed that differs from call to call. */
const programOf =
  (f: F) =>
  (inputs: Tensors.Tensors): Tensors.Tensors => {
    const xs = Object.values(inputs)
    const { value, grads } = tf.valueAndGrads((...all: Array<tf.Tensor>) => tf.sum(tf.square(f(...all))))(xs)
    return { value, ...Object.fromEntries(grads.map((gradient, place) => [`g${place}`, gradient])) }
  }

describe.skipIf(!isInstalled)("compiled gradients", () => {
  it.effect("are the eager ones", () =>
    Effect.gen(function* () {
      const executor = yield* StepExecutor.StepExecutor
      const off: Array<string> = []
      for (const [name, f, ...shapes] of cases) {
        const compiled = executor.compile(name, programOf(f))
        for (let call = 0; call < 4; call++) {
          tf.tidy(() => {
            const inputs = Object.fromEntries(
              shapes.map((shape, place) => [
                `x${place}`,
                tf.tensor(Rng.uniforms(Rng.key(10 * call + place), tf.util.sizeFromShape([...shape]), -1, 1), [
                  ...shape
                ])
              ])
            )
            const [found, expected] = [compiled(inputs), programOf(f)(inputs)]
            for (const [result, tensor] of Object.entries(expected)) {
              const [a, b] = [found[result]!.dataSync(), tensor.dataSync()]
              const scale = Math.max(1e-6, ...b.map(Math.abs))
              if (a.some((value, place) => !(Math.abs(value - b[place]!) <= 1e-5 * scale)))
                off.push(`${name}: ${result}`)
            }
          })
        }
      }
      assert.deepStrictEqual(off, [])
      assert.deepStrictEqual(executor.takeNotes?.(), [])
    }).pipe(Effect.provide(Layer.provideMerge(GraphExecutor.layer, native)))
  )
})
