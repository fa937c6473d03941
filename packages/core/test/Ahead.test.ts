/** Optimizers whose parameters are ahead of those that are evaluated. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Tensors from "../src/Tensors.ts"
import type { TrainConfigInput } from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import * as TrainState from "../src/TrainState.ts"
import * as Update from "../src/Update.ts"
import * as Updates from "../src/Updates.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task } from "./support/tiny.ts"

/** Gradient descent whose evaluated weights are 0.02 behind. */
const optimizer = Update.chain(
  Update.each({ name: "behind", slots: [Update.ahead], initial: 0.02, update: (gradient, slots) => [gradient, slots] }),
  Updates.scaleByLearningRate()
)
const data = { train: numbers(4), validation: numbers(4) }
const train = (more: TrainConfigInput, state?: TrainState.TrainState) =>
  Trainer.train(task, { config: { ...config, optimizer, ...more }, data, ...(state === undefined ? {} : { state }) })

const weight = ({ w }: Partial<Tensors.Tensors>) => Number((w === undefined ? Number.NaN : Tensors.read(w)).toFixed(5))
/** The mean of |w·x − 2·x| over x = 1, …, 4. */
const lossAt = (w: number) => (2 - w) * 2.5
const near = (found: number | undefined, expected: number) => assert.approximately(found ?? Number.NaN, expected, 1e-5)

describe("parameters that are ahead of those to evaluate", () => {
  it.effect("validation measures those behind, and the run ends with them", () =>
    Effect.gen(function* () {
      const { state, history } = yield* train({ until: { epochs: 2 } })
      near(history[0]?.values["validation/loss"], lossAt(0.05 - 0.02))
      near(history[1]?.values["validation/loss"], lossAt(0.1 - 0.02))
      assert.deepStrictEqual([weight(state.parameters), weight(state.last.parameters ?? {})], [0.08, 0.1])
      near((yield* Trainer.test(task, { state, data: numbers(4) })).values["loss"], lossAt(0.08))
      const outputs = yield* Trainer.predict(task, {
        ...{ state, data: numbers(4) },
        use: (tensor) => tf.mean(tensor).dataSync()[0]
      })
      near(outputs[0], 0.08 * 2.5)
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("a resumed run continues with those that are trained", () =>
    Effect.gen(function* () {
      const first = yield* train({ until: { epochs: 1 } })
      const resumed = yield* train({ until: { epochs: 2 } }, first.state)
      const unbroken = yield* train({ until: { epochs: 2 } })
      assert.deepStrictEqual(TrainState.toData(resumed.state).tensors, TrainState.toData(unbroken.state).tensors)
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("the best weights are kept as they were measured", () =>
    Effect.gen(function* () {
      const { state } = yield* train({ until: { epochs: 3 }, endWith: { best: "validation/loss" } })
      assert.deepStrictEqual([weight(state.parameters), weight(state.last.parameters ?? {})], [0.13, 0.15])
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
