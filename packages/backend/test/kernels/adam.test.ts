import { assert, describe, it } from "@effect/vitest"
import * as Optimizer from "@etude/core/Optimizer"
import type * as Tensors from "@etude/core/Tensors"
import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
import * as Native from "../../src/Native.ts"
import { isInstalled } from "../native/Installed.ts"
import { operationsOf } from "../native/operations.ts"
import { on, random, relativeError } from "./agreement.ts"

type Rule = Optimizer.Optimizer

/** Ten updates with gradients that change: parameter, m and v after each, by the kernel or by tfjs operations. */
const trained = (rule: Rule, shape: Array<number>, fused: boolean): ReadonlyArray<ReadonlyArray<number>> => {
  let parameters: Tensors.Tensors = { p: random(shape, 1) }
  let slots: Tensors.Owned = rule.init(parameters)
  const seen: Array<ReadonlyArray<number>> = []
  for (let step = 1; step <= 10; step++) {
    const gradient = tf.mul(random(shape, step + 1), 10 ** (step % 3))
    const inputs = { parameters, slots, gradients: { p: gradient }, step, learningRate: 0.01, fused }
    if (fused)
      assert.include(
        operationsOf(() => Update.step(rule, inputs)),
        "ResourceApplyAdam"
      )
    ;({ parameters, slots } = Update.step(rule, inputs))
    for (const tensors of [parameters, slots["m"], slots["v"]]) seen.push([...(tensors?.["p"]?.dataSync() ?? [])])
  }
  return seen
}

describe.skipIf(!isInstalled)("Adam on native, in one operation", () => {
  const rules = {
    Adam: Optimizer.adam(),
    "Adam with L2": Optimizer.adam({ weightDecay: 0.1 }),
    AdamW: Optimizer.adamW({ weightDecay: 0.1, beta1: 0.8, epsilon: 1e-4 })
  }
  for (const [name, rule] of Object.entries(rules)) {
    for (const shape of [[1], [7], [30, 50], [3, 3, 16, 32]]) {
      it.effect(`${name} of [${shape}] is ten times what tfjs operations give`, () =>
        on(Native.layer, () => {
          const [found, expected] = [trained(rule, shape, true), trained(rule, shape, false)]
          for (const [at, values] of expected.entries()) {
            assert.isBelow(
              relativeError(found[at]!, values),
              1e-6,
              `tensor ${at % 3} after step ${Math.floor(at / 3) + 1}`
            )
          }
        })
      )
    }
  }
  it.effect("leaves its inputs as they were, and nothing behind", () =>
    on(Native.layer, () => {
      const { binding } = Native.current()!
      const rule = Optimizer.adam()
      const [parameter, gradient] = [random([100], 1), random([100], 2)]
      const parameters = { p: parameter }
      const slots: Tensors.Owned = rule.init(parameters)
      const inputs = { parameters, slots, gradients: { p: gradient }, learningRate: 0.01 }
      const update = () => tf.tidy(() => Update.step(rule, inputs).parameters["p"]!.dataSync())
      const [first, before] = [update(), binding.getNumOfTensors()]
      for (let time = 0; time < 5; time++) assert.deepStrictEqual(update(), first)
      assert.strictEqual(binding.getNumOfTensors(), before)
      assert.deepStrictEqual([...parameter.dataSync()], [...random([100], 1).dataSync()])
      assert.isTrue(slots["m"]?.["p"]?.dataSync().every((value: number) => value === 0) === true)
    })
  )
  it.effect("hands NaN on", () =>
    on(Native.layer, () => {
      const rule = Optimizer.adam()
      const gradients = { p: tf.tensor1d([Number.NaN, 1]) }
      const { parameters } = Update.step(rule, { parameters: { p: tf.ones([2]) }, gradients, learningRate: 0.01 })
      const [first, second] = parameters["p"]!.dataSync()
      assert.isNaN(first)
      assert.closeTo(second!, 0.99, 1e-6)
    })
  )
})
