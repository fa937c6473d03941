import { assert, describe, it } from "@effect/vitest"
import * as Optimizer from "@etude/core/Optimizer"
import * as Tensors from "@etude/core/Tensors"
import * as Update from "@etude/core/Update"
import * as Updates from "@etude/core/Updates"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Cpu from "../src/doubles/CpuBackend.ts"
import * as laws from "../src/Laws.ts"
import * as OptimizerLaw from "../src/laws/OptimizerLaw.ts"

laws.optimizer(Optimizer.sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }))
laws.optimizer(Optimizer.adam())
laws.optimizer(Optimizer.adamW())
laws.optimizer(Optimizer.rmsProp({ centered: true, momentum: 0.5 }))
laws.optimizer(Optimizer.adagrad(), { learningRate: 0.1 })
const everything = [
  Updates.clipByGlobalNorm(1),
  Updates.adaptiveClip({ clipping: 0.1 }),
  Update.masked((path) => path.endsWith("b"), Updates.trace({ momentum: 0.5 })),
  Updates.scaleByAdam(),
  Updates.scaleByLearningRate(),
  Updates.lookahead()
]
laws.optimizer(Update.chain(...everything), { name: "a chain of everything" })
laws.optimizer(Update.chain(Updates.sharpnessAware(), Updates.scaleByLearningRate()), { name: "SAM" })

const caught = (name: string, optimizer: Optimizer.Optimizer, messages: ReadonlyArray<string>) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const found: Array<string> = []
      for (const { check } of OptimizerLaw.of(optimizer).slice(0, 5)) {
        const exit = yield* Effect.result(check)
        if (exit._tag === "Failure") found.push(exit.failure.message)
      }
      assert.deepStrictEqual(found, messages)
    }).pipe(Effect.provide(Cpu.layer))
  )
const rate = Updates.scaleByLearningRate()

describe("the laws of optimizers catch", () => {
  let calls = 0
  caught(
    "a step that counts by itself",
    Update.each({
      name: "Counter",
      elementwise: false,
      update: (update, slots) => [tf.mul(update, -1 / (++calls + 2)), slots]
    }),
    [
      'Counter breaks the law "optimizer": of the same step, the second time parameter a[0] is 1.2047109603881836 instead of 1.231563925743103. To reproduce: take step 4 twice, from the same state.'
    ]
  )

  caught("a slot that is not declared", { ...Optimizer.sgd({ momentum: 0.5 }), slots: [] }, [
    'Sgd breaks the law "optimizer": init gives the slots momentum, and slots says . To reproduce: call init.'
  ])

  caught(
    "a rule over whole tensors that says that it is elementwise",
    Update.chain(
      Update.stateless("unit", (updates) => Tensors.map(updates, (one) => tf.div(one, tf.norm(one))), {
        elementwise: true
      }),
      rate
    ),
    [
      'unit, scaleByLearningRate breaks the law "optimizer": it declares elementwise: true, but of two concatenated parameters, parameter all[0] is 0.57719486951828 instead of 0.5723698735237122. To reproduce: update a vector of 3 and a matrix of 2 × 2 apart, and as one vector of 7.'
    ]
  )

  caught(
    "numbers that come and go",
    Update.each<"first" | "rate", never>({
      name: "Warm",
      numbers: (step, learningRate) => ({ rate: -learningRate, ...(step === 1 ? { first: 1 } : {}) }) as never,
      update: (update, slots, { numbers }) => [tf.mul(update, numbers.rate), slots]
    }),
    [
      'Warm breaks the law "optimizer": its numbers are rate, first at step 1 and rate at step 2. To reproduce: call numbers(1, 0.01) and numbers(2, 0).'
    ]
  )

  caught("one that climbs", Update.each({ name: "Climber", update: (update, slots) => [update, slots] }), [
    'Climber breaks the law "optimizer": ½‖p‖² is 2.7571455240249634 at first and Infinity at last. To reproduce: take 500 steps with the gradient p and rate 0.01.'
  ])
})
