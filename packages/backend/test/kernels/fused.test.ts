import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Cpu from "../../src/Cpu.ts"
import * as Native from "../../src/Native.ts"
import { isInstalled } from "../native/Installed.ts"
import { operationsOf } from "../native/operations.ts"
import { agrees, apart, differentiates, on, random } from "./agreement.ts"

type Unary = (x: tf.Tensor) => tf.Tensor

const native = Native.layer
const positive = (shape: Array<number>, seed: number): tf.Tensor => tf.add(tf.square(random(shape, seed)), 0.5)

describe.skipIf(!isInstalled)("activations and roots on native", () => {
  const kinked: Readonly<Record<string, Unary>> = {
    relu: tf.relu,
    relu6: (x) => tf.relu6(tf.mul(x, 2)),
    leakyRelu: (x) => tf.leakyRelu(x, 0.3),
    elu: tf.elu,
    selu: tf.selu
  }
  const smooth: Readonly<Record<string, Unary>> = { sigmoid: tf.sigmoid, tanh: tf.tanh, softplus: tf.softplus }
  const shapes = [[1], [7], [3, 4], [2, 3, 4, 5]]
  for (const shape of shapes) {
    for (const [name, f] of Object.entries({ ...kinked, ...smooth })) {
      differentiates(
        `${name} of [${shape}]`,
        (x) => f(x!),
        () => [apart(shape, 1)],
        native
      )
    }
    for (const [name, f] of Object.entries({ sqrt: tf.sqrt, rsqrt: tf.rsqrt })) {
      differentiates(
        `${name} of [${shape}]`,
        (x) => f(x!),
        () => [positive(shape, 2)],
        native
      )
    }
  }
  for (const [name, f] of Object.entries({ ...kinked, ...smooth })) {
    differentiates(
      `${name} used twice, once by way of itself`,
      (x) => tf.add(tf.mul(f(x!), x!), f(f(x!))),
      () => [apart([3, 4], 3)],
      native
    )
  }
  // The others have none in tfjs.
  for (const [name, f] of Object.entries({ relu: tf.relu, ...smooth })) {
    agrees(
      `the second derivative of ${name}`,
      () => [tf.grad((x) => tf.sum(tf.square(tf.grad((inner) => tf.mul(f(inner), inner))(x))))(apart([3, 4], 4))],
      1e-5,
      native
    )
  }
  agrees(
    "the gradients at 0, and far from it",
    () =>
      [tf.relu, tf.elu, tf.sigmoid, tf.tanh, tf.softplus].map((f) =>
        tf.grad((x) => f(x))(tf.tensor1d([0, -100, 100, -1e30, 1e30]))
      ),
    1e-6,
    native
  )
  agrees(
    "NaN is NaN in what is computed of it, and nowhere else",
    () =>
      Object.values({ ...kinked, ...smooth, sqrt: tf.sqrt, rsqrt: tf.rsqrt }).flatMap((f) => {
        const values = f(tf.tensor1d([Number.NaN, 0.5]))
        return [tf.isNaN(values), tf.slice(tf.grad((x) => f(x))(tf.tensor1d([Number.NaN, 0.5])), 1)]
      }),
    1e-5,
    native
  )
  it.live("each takes one operation in each direction", () =>
    on(native, () => {
      const x = random<tf.Rank.R2>([3, 4], 1)
      const of = (f: Unary) => operationsOf(() => tf.grad(f)(x)).join(" ")
      assert.strictEqual(of(tf.relu), "Relu ReluGrad")
      assert.strictEqual(of(tf.relu6), "Relu6 Relu6Grad")
      assert.strictEqual(of(tf.selu), "Selu SeluGrad")
      assert.strictEqual(of(tf.sigmoid), "Sigmoid SigmoidGrad")
      assert.strictEqual(of(tf.tanh), "Tanh TanhGrad")
      assert.strictEqual(of(tf.softplus), "Softplus SoftplusGrad")
    })
  )
})

describe.skipIf(!isInstalled)("sums on native", () => {
  const pairs: ReadonlyArray<readonly [Array<number>, Array<number>]> = [
    [[2, 3], [3]],
    [[3], [2, 3]],
    [[2, 4, 5, 3], [3]],
    [[2, 3, 2, 3, 2], [2]],
    [[3], [3]],
    [[1, 3], [3]],
    [
      [2, 3],
      [1, 3]
    ],
    [
      [2, 3],
      [2, 1]
    ],
    [[2, 1], [3]],
    [[2, 3], []],
    [[], []]
  ]
  for (const [left, right] of pairs) {
    const operands = () => [random(left, 1), random(right, 2)]
    differentiates(`[${left}] + [${right}]`, (a, b) => tf.add(a!, b!), operands, native)
    differentiates(`[${left}] − [${right}]`, (a, b) => tf.sub(a!, b!), operands, native)
  }
  differentiates(
    "a sum of a tensor with itself",
    (x) => tf.add(x!, x!),
    () => [random([2, 3], 1)],
    native
  )
  differentiates(
    "summands that are used again",
    (a, b) => {
      const sum = tf.add(a!, b!)
      return tf.sub(tf.add(tf.mul(sum, a!), sum), tf.add(b!, sum))
    },
    () => [random([2, 3], 1), random([2, 3], 2)],
    native
  )
  agrees(
    "integers are added as before",
    () => [tf.add(tf.tensor2d([[1, 2]], [1, 2], "int32"), tf.tensor1d([3, 4], "int32"))],
    0,
    native
  )
  for (const keepDims of [false, true]) {
    for (const axis of [undefined, 0, 1, [0, 2], -1]) {
      const reduced = (reduce: typeof tf.sum) => (x?: tf.Tensor) => reduce(x!, axis, keepDims)
      const x = () => [random([2, 3, 4], 1)]
      differentiates(`the sum over ${axis ?? "all"}${keepDims ? ", kept" : ""}`, reduced(tf.sum), x, native)
      differentiates(`the mean over ${axis ?? "all"}${keepDims ? ", kept" : ""}`, reduced(tf.mean), x, native)
    }
  }
  agrees(
    "the second derivative through sums and means",
    () => [
      tf.grad((x) => tf.sum(tf.square(tf.grad((y) => tf.mul(tf.mean(tf.square(y), 0), tf.sum(y, 0)))(x))))(
        random([3, 4], 1)
      )
    ],
    1e-5,
    native
  )
  it.live("a bias takes one operation in each direction", () =>
    on(native, () => {
      const x = random<tf.Rank.R4>([2, 3, 3, 4], 1)
      const operations = operationsOf(() => tf.grad((bias) => tf.add(x, bias))(tf.zeros([4]), x))
      assert.deepStrictEqual(operations, ["BiasAdd", "BiasAddGrad"])
    })
  )
})

describe.skipIf(!isInstalled)("products of matrices on native", () => {
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true]
  ] as const) {
    differentiates(
      `matMul ${transposeA} ${transposeB}`,
      (a, b) => tf.matMul(a!, b!, transposeA, transposeB),
      () => [random(transposeA ? [3, 2] : [2, 3], 1), random(transposeB ? [4, 3] : [3, 4], 2)],
      native
    )
  }
  differentiates(
    "of batches",
    (a, b) => tf.matMul(a!, b!),
    () => [random([2, 2, 3], 1), random([2, 3, 4], 2)],
    native
  )
  agrees("with nothing to sum over", () => [tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3]))], 0, native)
})

describe.skipIf(!isInstalled)("maximum pooling on native", () => {
  const cases: ReadonlyArray<readonly [[number, number, number, number], number, number, "valid" | "same"]> = [
    [[2, 4, 4, 1], 2, 2, "valid"],
    [[2, 6, 8, 6], 2, 2, "valid"],
    [[1, 5, 5, 3], 2, 2, "same"],
    [[2, 7, 5, 16], 3, 2, "same"],
    [[1, 6, 6, 2], 3, 1, "valid"],
    [[1, 5, 4, 17], 3, 1, "same"]
  ]
  for (const [shape, size, stride, pad] of cases) {
    const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, size, stride, pad)
    differentiates(
      `${size}×${size} of [${shape}] by ${stride}, ${pad}`,
      (x) => pool(x!),
      () => [apart(shape, 1)],
      native
    )
    agrees(
      `the first of equal maxima gets the gradient: ${size}×${size} of [${shape}] by ${stride}, ${pad}`,
      () => [tf.grad((x) => tf.mul(pool(x), pool(x)))(tf.ones(shape)), tf.grad(pool)(tf.zeros(shape))],
      1e-6,
      native
    )
  }
  agrees(
    "infinities beside numbers",
    () => {
      const x = tf.tensor4d([-Infinity, 1, -Infinity, -5, Infinity, 2, -Infinity, -7], [1, 2, 4, 1])
      const pooled = tf.maxPool(x, 2, 2, "valid")
      return [tf.isInf(pooled), tf.grad((y) => tf.maxPool(y as tf.Tensor4D, 2, 2, "valid"))(x)]
    },
    0,
    native
  )
  it.live("an empty batch stays empty", () =>
    on(native, () =>
      assert.deepStrictEqual(tf.maxPool(tf.zeros([0, 4, 4, 2]) as tf.Tensor4D, 2, 2, "valid").shape, [0, 2, 2, 2])
    )
  )
})

describe.skipIf(!isInstalled)("a tensor that has the wanted shape or dtype", () => {
  it.live("is shared, without an operation, and lives as long as either handle", () =>
    on(native, () => {
      const x = tf.relu(tf.tensor2d([[1, -2]]))
      let [shaped, typed] = [x, x]
      const operations = operationsOf(() => {
        shaped = tf.reshape(x, [1, 2])
        typed = tf.cast(x, "float32")
      })
      assert.deepStrictEqual(operations, [])
      x.dispose()
      assert.deepStrictEqual([...shaped.dataSync()], [1, 0])
      shaped.dispose()
      assert.deepStrictEqual([...typed.dataSync()], [1, 0])
    })
  )
})

describe.skipIf(!isInstalled)("gradients of one backend", () => {
  it.live("are put back when its scope closes", () =>
    Effect.gen(function* () {
      const before = ["Relu", "Add", "Mean"].map((name) => tf.getGradient(name))
      yield* on(native, () => assert.notStrictEqual(tf.getGradient("Relu"), before[0]))
      assert.deepStrictEqual(
        ["Relu", "Add", "Mean"].map((name) => tf.getGradient(name)),
        before
      )
    })
  )

  it.live("leave other backends alone", () =>
    Effect.gen(function* () {
      // So that cpu is registered.
      yield* on(Cpu.layer, () => undefined)
      yield* on(native, () => {
        const operations = operationsOf(() => {
          tf.setBackend("cpu")
          const gradient = tf.grad((x) => tf.selu(tf.add(tf.relu(x), 1)))(tf.tensor1d([-1, 2]))
          assert.deepStrictEqual(
            [...gradient.dataSync()].map((value) => value.toFixed(4)),
            ["0.0000", "1.0507"]
          )
          tf.setBackend("tensorflow")
        })
        assert.deepStrictEqual(operations, [])
      })
    })
  )
})
