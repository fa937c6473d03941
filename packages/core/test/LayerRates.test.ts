/** Learning rates by depth, and groups that are updated at every k-th step. */
import { assert, describe, it, layer } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as LayerRates from "../src/LayerRates.ts"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import * as Optimizer from "../src/Optimizer.ts"
import * as Task from "../src/Task.ts"
import * as Tensors from "../src/Tensors.ts"
import type { TrainConfigInput } from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Update from "../src/Update.ts"
import * as Updates from "../src/Updates.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers } from "./support/tiny.ts"

const paths = ["embedding/table", "head/kernel", "blocks/10/kernel", "blocks/2/kernel", "blocks/2/bias", "scale"]

describe("learning rates by depth", () => {
  it("fall from the last layer to the first, blocks in the order of their numbers", () => {
    const factors = LayerRates.factors(paths, { decay: 0.5, layers: ["embedding/**", "blocks/*/**", "head/**"] })
    assert.deepStrictEqual(Object.fromEntries(factors), {
      "embedding/table": 0.125,
      "blocks/2/kernel": 0.25,
      "blocks/2/bias": 0.25,
      "blocks/10/kernel": 0.5,
      "head/kernel": 1,
      scale: 1
    })
  })

  it("the first pattern that matches a path counts, and one with ** inside is one layer", () => {
    const factors = LayerRates.factors(paths, { decay: 0.5, layers: ["**/kernel", "blocks/*/**", "**"] })
    assert.deepStrictEqual(Object.fromEntries(factors), {
      "head/kernel": 0.25,
      "blocks/10/kernel": 0.25,
      "blocks/2/kernel": 0.25,
      "blocks/2/bias": 0.5,
      "embedding/table": 1,
      scale: 1
    })
  })
})

/** A loss whose slopes are −1 for both parameters. */
const task = Task.supervised({
  name: "line",
  model: Model.make({
    name: "line",
    init: () => ({ "first/bias": tf.zeros([1]), "last/bias": tf.zeros([1]) }),
    apply: (p, inputs: tf.Tensor) => tf.add(tf.mul(inputs, 0), tf.add(p["first/bias"], p["last/bias"]))
  }),
  loss: Losses.meanAbsoluteError
})
const trained = (more: TrainConfigInput) =>
  Effect.map(Trainer.train(task, { config: { ...config, ...more }, data: { train: numbers(8) } }), ({ state }) =>
    ["first/bias", "last/bias"].map((path) =>
      Number(Tensors.read(tf.sum(Tensors.get(state.parameters, path))).toFixed(6))
    )
  )

layer(Cpu.layer)("in a run", (it) => {
  it.effect("each layer has its own rate, within a group as well", () =>
    Effect.gen(function* () {
      const layerRates = { decay: 0.5, layers: ["first/**", "last/**"] }
      assert.deepStrictEqual(yield* trained({ layerRates, until: { steps: 3 } }), [0.015, 0.03])
      const groups = [{ name: "all", match: "**", learningRate: 0.1 }]
      assert.deepStrictEqual(yield* trained({ layerRates, groups, until: { steps: 3 } }), [0.15, 0.3])
    }).pipe(Effect.scoped)
  )

  it.effect("a pattern that matches nothing is reported before the first step, and so are bad options", () =>
    Effect.gen(function* () {
      const unmatched = yield* Effect.flip(trained({ layerRates: { decay: 0.5, layers: ["first/**", "lost/**"] } }))
      assert.include(unmatched.message, 'layerRates.layers.1: "lost/**" matches none of first/bias, last/bias')
      const bad = yield* Effect.flip(trained({ layerRates: { decay: 0, layers: [] } }))
      assert.include(bad.message, "layerRates.decay: expected a number in (0, 1]")
      assert.include(bad.message, "layerRates.layers: expected at least one pattern")
    }).pipe(Effect.scoped)
  )

  it.effect("a group is updated at every k-th step", () =>
    Effect.gen(function* () {
      const groups = [{ name: "last", match: "last/**", everySteps: 3 }]
      assert.deepStrictEqual(yield* trained({ groups, until: { steps: 2 } }), [0.02, 0])
      assert.deepStrictEqual(yield* trained({ groups, until: { steps: 4 } }), [0.04, 0.01])
    }).pipe(Effect.scoped)
  )

  for (const [name, inner] of [
    ["Adam", Optimizer.adam()],
    ["AdamW", Optimizer.adamW({ weightDecay: 0.1 })],
    ["momentum and Lookahead", Update.chain(Optimizer.sgd({ momentum: 0.9 }), Updates.lookahead({ every: 2 }))]
  ] as const)
    it.effect(`${name} at every third step is ${name} with a third of the gradients, bit for bit`, () =>
      Effect.sync(() => {
        const gradientOf = (step: number) => ({ w: tf.tensor1d([Math.sin(step), Math.cos(2 * step)]) })
        const walk = (rule: Update.Update, steps: ReadonlyArray<number>, fused: boolean) => {
          const parameters: Tensors.Tensors = { w: tf.tensor1d([1, -2]) }
          let state: ReturnType<typeof Update.step> = { parameters, slots: rule.init(parameters) }
          steps.forEach((step, index) => {
            const options = { gradients: gradientOf(step), step: index + 1, learningRate: 0.1, fused }
            state = Update.step(rule, { ...state, ...options })
          })
          return [state.parameters, ...Object.values(state.slots)].map((tensors) => [
            ...Tensors.get(tensors, "w").dataSync()
          ])
        }
        Tensors.tidy(() => {
          for (const fused of [true, false]) {
            const all = walk(Updates.everySteps(3, inner), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], fused)
            assert.deepStrictEqual(all, walk(inner, [3, 6, 9], fused))
          }
        })
      })
    )
})
