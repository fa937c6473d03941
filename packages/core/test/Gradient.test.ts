import "@tensorflow/tfjs-backend-cpu"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Configs from "../src/Config.ts"
import * as Gradient from "../src/Gradient.ts"
import type { Tensors } from "../src/Tensors.ts"
import { assertNear, readFixture } from "./support/fixtures.ts"

type Flat = { readonly [parameter: string]: Array<number> }
interface Fixture {
  readonly shapes: Flat
  readonly gradients: Flat
  readonly norm: number
  readonly cases: Array<{ readonly clip: Gradient.Clip; readonly clipped: Flat }>
}
const fixture = readFixture<Fixture>("gradients.json")
const given = (): Tensors =>
  Object.fromEntries(
    Object.entries(fixture.gradients).map(([name, values]) => [name, tf.tensor(values, fixture.shapes[name])])
  )
const flat = (tensors: Tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, [...tensor.dataSync()]]))
// Equal but for the sign of zero, which JSON does not keep.
const same = Schema.toEquivalence(Gradient.Clip)
const decode = (input: unknown) => Configs.decode(Gradient.Clip, input, "config")
const clips = [Gradient.clipByGlobalNorm, Gradient.clipByNorm, Gradient.clipByValue] as const

beforeAll(() => tf.setBackend("cpu"))

describe("clipping gives what torch.nn.utils gives", () => {
  for (const { clip, clipped } of fixture.cases) {
    it(JSON.stringify(clip), () => {
      const found = Gradient.fromConfig(clip)(given())
      for (const name in clipped) {
        assert.deepStrictEqual(found[name]!.shape, fixture.shapes[name])
        // PyTorch adds 1e-6 to the norm that it divides by.
        assertNear(name, found[name]!.dataSync(), clipped[name]!, { relative: 2e-6, absolute: 0 })
      }
    })
  }

  it("the norm over all tensors", () => {
    assertNear("norm", Gradient.globalNorm(given()).dataSync(), [fixture.norm], { relative: 1e-6, absolute: 0 })
  })
})

describe("known answers", () => {
  it("with a maximum of 1, [3, 4] becomes [0.6, 0.8]", () => {
    const near = { relative: 1e-6, absolute: 0 }
    assertNear("one", Gradient.clipByNorm(1)({ a: tf.tensor1d([3, 4]) })["a"]!.dataSync(), [0.6, 0.8], near)
    const both = flat(Gradient.clipByGlobalNorm(1)({ a: tf.tensor1d([3]), b: tf.tensor1d([4]) }))
    assertNear("a", both["a"]!, [0.6], near)
    assertNear("b", both["b"]!, [0.8], near)
  })

  it("by value, each element is limited on its own", () => {
    assert.deepStrictEqual(flat(Gradient.clipByValue(1)({ a: tf.tensor1d([-3, 0.5, 4]) })), { a: [-1, 0.5, 1] })
  })

  it("each tensor's own norm leaves small tensors as they are", () => {
    const clipped = flat(Gradient.clipByNorm(1)({ small: tf.tensor1d([0.3]), large: tf.tensor1d([5]) }))
    assertNear("small", clipped["small"]!, [0.3], { relative: 1e-7, absolute: 0 })
    assert.deepStrictEqual(clipped["large"], [1])
  })

  it("gradients within the limit are unchanged, bit for bit", () => {
    for (const clip of clips) assert.deepStrictEqual(flat(clip(1e3)(given())), flat(given()))
  })

  it("zero stays zero", () => {
    for (const clip of clips) assert.deepStrictEqual(flat(clip(1)({ a: tf.zeros([2]) })), { a: [0, 0] })
  })

  it("NaN stays NaN", () => {
    for (const clip of clips) {
      const { a } = flat(clip(1)({ a: tf.tensor1d([Number.NaN, 5]), b: tf.tensor1d([1]) }))
      assert.isTrue(Number.isNaN(a![0]))
    }
  })

  it("an infinite gradient does not become a finite one by its norm", () => {
    for (const clip of [Gradient.clipByGlobalNorm, Gradient.clipByNorm]) {
      const { a } = flat(clip(1)({ a: tf.tensor1d([Number.POSITIVE_INFINITY, 5]) }))
      assert.isFalse(Number.isFinite(a![0]))
    }
  })

  it("no tensors have a norm of 0", () => {
    assert.strictEqual(Gradient.globalNorm({}).dataSync()[0], 0)
    for (const clip of clips) assert.deepStrictEqual(clip(1)({}), {})
  })
})

describe("configs", () => {
  it.effect("limits must be above 0", () =>
    Effect.gen(function* () {
      for (const [clip, message] of [
        [{ _tag: "GlobalNorm", maximum: 0 }, "maximum: expected a number above 0"],
        [{ _tag: "Norm", maximum: -1 }, "maximum: expected a number above 0"],
        [{ _tag: "Value", limit: 0 }, "limit: expected a number above 0"]
      ] as const) {
        assert.include((yield* Effect.flip(decode(clip))).message, message)
      }
      assert.include((yield* Effect.flip(decode(5))).message, "expected { _tag: GlobalNorm, maximum }")
    })
  )

  it.effect.prop("a config written to JSON and read again is the same", [Gradient.Clip], ([clip]) =>
    Effect.gen(function* () {
      const text = JSON.stringify(yield* Schema.encodeEffect(Gradient.Clip)(clip))
      assert.isTrue(same(yield* decode(JSON.parse(text)), clip), text)
    })
  )
})
