import { assert, describe, it } from "@effect/vitest"
import * as Optimizer from "@etude/core/Optimizer"
import * as tf from "@tensorflow/tfjs-core"
import * as Native from "../../src/Native.ts"
import { isInstalled } from "../native/Installed.ts"
import { on, random, relativeError } from "./agreement.ts"

type Rule = Optimizer.Optimizer

const hyperOf = (rule: Rule, step: number) => {
  const tensors: Record<string, tf.Tensor> = {}
  for (const [name, value] of Object.entries(rule.hyper(step, 0.01))) tensors[name] = tf.scalar(value)
  return tensors
}

/** Ten updates with gradients that change: parameter, m and v after each, by the kernel or by tfjs operations. */
const trained = (rule: Rule, shape: Array<number>, fused: boolean): ReadonlyArray<ReadonlyArray<number>> => {
  let parameter: tf.Tensor = random(shape, 1)
  let slots: { readonly [name: string]: tf.Tensor } = rule.init(shape)
  const seen: Array<ReadonlyArray<number>> = []
  for (let step = 1; step <= 10; step++) {
    const gradient = tf.mul(random(shape, step + 1), 10 ** (step % 3))
    const hyper = hyperOf(rule, step)
    if (fused) {
      const applied = rule.apply!(gradient, slots, parameter, hyper)
      assert.isDefined(applied)
      ;[parameter, slots] = applied!
    } else {
      const [change, next] = rule.update(gradient, slots, parameter, hyper)
      ;[parameter, slots] = [tf.add(parameter, change), next]
    }
    for (const tensor of [parameter, slots["m"]!, slots["v"]!]) seen.push([...tensor.dataSync()])
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
      const slots = rule.init([100])
      const hyper = hyperOf(rule, 1)
      const update = () => tf.tidy(() => rule.apply!(gradient, slots, parameter, hyper)![0].dataSync())
      const [first, before] = [update(), binding.getNumOfTensors()]
      for (let time = 0; time < 5; time++) assert.deepStrictEqual(update(), first)
      assert.strictEqual(binding.getNumOfTensors(), before)
      assert.deepStrictEqual([...parameter.dataSync()], [...random([100], 1).dataSync()])
      assert.isTrue(slots["m"]!.dataSync().every((value: number) => value === 0))
    })
  )
  it.effect("hands NaN on", () =>
    on(Native.layer, () => {
      const rule = Optimizer.adam()
      const [parameter] = rule.apply!(tf.tensor1d([Number.NaN, 1]), rule.init([2]), tf.ones([2]), hyperOf(rule, 1))!
      assert.isTrue(Number.isNaN(parameter.dataSync()[0]))
      assert.closeTo(parameter.dataSync()[1]!, 0.99, 1e-6)
    })
  )
})
