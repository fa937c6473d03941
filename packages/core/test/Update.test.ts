import "@tensorflow/tfjs-backend-cpu"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Optimizer from "../src/Optimizer.ts"
import type * as Tensors from "../src/Tensors.ts"
import * as Update from "../src/Update.ts"
import * as Updates from "../src/Updates.ts"
import * as Cpu from "./support/cpu.ts"

beforeAll(() => tf.setBackend("cpu"))

const numbers = (tensors: Tensors.Tensors | undefined) =>
  Object.fromEntries(
    Object.entries(tensors ?? {}).map(([path, tensor]) => [
      path,
      Array.from(tensor.dataSync(), (value) => Number(value.toFixed(5)))
    ])
  )
const parameters = { w: tf.tensor1d([1, -2]), b: tf.tensor1d([4]) }
const gradients = { w: tf.tensor1d([3, 0]), b: tf.tensor1d([4]) }
/** The parameters after one step. */
const after = (update: Update.Update, options: Partial<Update.StepOptions> = {}) =>
  numbers(Update.step(update, { parameters, gradients, learningRate: 0.1, ...options }).parameters)

describe("a chain", () => {
  it("hands updates from link to link", () => {
    const chain = Update.chain(
      Updates.clipByGlobalNorm(1),
      Updates.addDecayedWeights(0.1),
      Updates.scaleByLearningRate()
    )
    // 3/5, 4/5 after clipping; + 0.1·p; times −0.1.
    assert.deepStrictEqual(after(chain), { w: [0.93, -1.98], b: [3.88] })
  })

  it("is the same in whatever way its links are grouped", () => {
    const links = [Updates.addDecayedWeights(0.1), Updates.scaleByAdam(), Updates.scaleByLearningRate()] as const
    const [a, b, c] = links
    const expected = after(Update.chain(...links))
    assert.deepStrictEqual(after(Update.chain(Update.chain(a, b), c)), expected)
    assert.deepStrictEqual(after(Update.chain(a, Update.chain(b, c))), expected)
    assert.deepStrictEqual(after(Update.chain(Update.chain(), ...links)), expected)
  })

  it("of nothing hands gradients on", () => {
    assert.deepStrictEqual(after(Update.chain()), { w: [4, -2], b: [8] })
  })

  it("keeps the names of slots, and numbers what would clash", () => {
    assert.deepStrictEqual(Optimizer.adamW().slots, ["m", "v"])
    const twice = Update.chain(
      Updates.trace({ momentum: 0.5 }),
      Updates.trace({ momentum: 0.9 }),
      Updates.scaleByLearningRate()
    )
    assert.deepStrictEqual(twice.slots, ["momentum", "momentum 2"])
    const { slots } = Update.step(twice, { parameters, gradients, learningRate: 0.1 })
    const second = Update.step(twice, { parameters, gradients, slots, step: 2, learningRate: 0.1 })
    // 3, then 0.5·3 + 3; of these 3, then 0.9·3 + 4.5.
    assert.deepStrictEqual(numbers(second.slots["momentum"]), { w: [4.5, 0], b: [6] })
    assert.deepStrictEqual(numbers(second.slots["momentum 2"]), { w: [7.2, 0], b: [9.6] })
  })

  it("is elementwise where all of its links are", () => {
    assert.isTrue(Optimizer.adamW().elementwise)
    assert.isFalse(Update.chain(Updates.clipByNorm(1), Optimizer.adam()).elementwise)
    assert.isTrue(Update.chain(Updates.clipByValue(1), Optimizer.adam()).elementwise)
  })

  it("of Adam and its rate is one formula, with whatever comes before it", () => {
    const names = (update: Update.Update) => (update.links ?? [update]).map(({ name }) => name)
    const adam = [Updates.scaleByAdam(), Updates.scaleByLearningRate()]
    assert.deepStrictEqual(names(Update.chain(Updates.clipByNorm(1), ...adam)), ["clipByNorm", "scaleByAdam"])
    const decayed = Update.chain(Updates.scaleByAdam(), Updates.addDecayedWeights(0.1), Updates.scaleByLearningRate())
    assert.deepStrictEqual(names(decayed), ["scaleByAdam", "decayScaledByRate"])
  })

  it("of fused links computes what the links compute one by one, to rounding", () => {
    const links = [Updates.scaleByAdam(), Updates.addDecayedWeights(0.1), Updates.scaleByLearningRate()]
    const apart = links.map(({ fuse: _, ...link }) => link as Update.Update)
    assert.deepStrictEqual(after(Update.chain(...links)), after(Update.chain(...apart)))
  })
})

describe("links", () => {
  it("masked leave other parameters as they are, and keep no memory of them", () => {
    const link = Update.masked((path) => path === "w", Updates.trace({ momentum: 0.5 }))
    const chain = Update.chain(link, Updates.scaleByLearningRate())
    const { slots } = Update.step(chain, { parameters, gradients, learningRate: 0.1 })
    assert.deepStrictEqual(numbers(slots["momentum"]), { w: [3, 0] })
    assert.deepStrictEqual(after(chain, { slots, step: 2 }), { w: [0.55, -2], b: [3.6] })
  })

  it("lookahead meets slow weights every k-th step", () => {
    const chain = Update.chain(Updates.scaleByLearningRate(), Updates.lookahead({ every: 2, fraction: 0.5 }))
    const first = Update.step(chain, { parameters, gradients, learningRate: 0.1 })
    assert.deepStrictEqual(numbers(first.parameters), { w: [0.7, -2], b: [3.6] })
    const second = Update.step(chain, { ...first, gradients, step: 2, learningRate: 0.1 })
    // Fast 0.4, slow 1: both meet at 0.7; fast 3.2, slow 4: at 3.6.
    assert.deepStrictEqual(numbers(second.parameters), { w: [0.7, -2], b: [3.6] })
    assert.deepStrictEqual(numbers(second.slots["slow"]), { w: [0.7, -2], b: [3.6] })
  })

  it("adaptive clipping limits each unit beside its weights", () => {
    const chain = Update.chain(Updates.adaptiveClip({ clipping: 0.1 }), Updates.scaleByLearningRate())
    // ‖w‖ = √5: the gradient of norm 3 becomes 0.1·√5; b: 4 becomes 0.4.
    assert.deepStrictEqual(after(chain), { w: [0.97764, -2], b: [3.96] })
  })

  it.effect("noise falls with the steps, and is another one for each parameter and key", () =>
    Effect.sync(() => {
      const noise = Update.chain(Updates.addNoise({ eta: 1, gamma: 1 }), Updates.scaleByLearningRate())
      const drawn = (step: number, key: number) => {
        const many = { v: tf.zeros([1000]), w: tf.zeros([1000]) }
        const options = {
          parameters: many,
          gradients: many,
          step,
          learningRate: 1,
          key: tf.tensor1d([1, key], "int32")
        }
        return Update.step(noise, options).parameters
      }
      const spread = (step: number) => Math.sqrt(tf.mean(tf.square(drawn(step, 2)["w"]!)).dataSync()[0]!)
      assert.closeTo(spread(1), 1, 0.1)
      assert.closeTo(spread(100), 0.1, 0.01)
      const draws = [drawn(1, 2)["v"], drawn(1, 2)["w"], drawn(1, 3)["w"]].map((tensor) => `${tensor?.dataSync()}`)
      assert.strictEqual(new Set(draws).size, 3)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it("sharpness-aware minimization takes the gradient where the loss rises", () => {
    const chain = Update.chain(Updates.sharpnessAware(0.5), Updates.scaleByLearningRate())
    // The loss ½‖p‖² has gradient p: ‖g‖ = 5; p + 0.5·g/5.
    const gradient = (elsewhere: Tensors.Tensors) => elsewhere
    assert.deepStrictEqual(after(chain, { gradient }), { w: [0.87, -1.8], b: [3.56] })
  })
})
