import { assert, describe, it } from "@effect/vitest"
import { Trainer } from "@etude/core"
import * as Subjects from "@etude/testing/subjects/Subjects"
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { compiled, isInstalled, native } from "./support/native.ts"

const { task, config, data } = Subjects.images

/** Outputs of a trained model for data whose last batch is partial, and how it does on them. */
const used = Effect.gen(function* () {
  const { state } = yield* Trainer.train(task, { config: config!, data: { train: data.train } })
  const options = { state, data: data.train, batchSize: 4 }
  const outputs = yield* Trainer.predict(task, { ...options, use: (batch: tf.Tensor) => [...batch.dataSync()] })
  const { values } = yield* Trainer.test(task, options)
  return { outputs: outputs.flat(), values }
}).pipe(Effect.scoped)

describe.skipIf(!isInstalled)("a model that is used, compiled", () => {
  it.effect("predicts and is tested as it is eagerly, partial last batch included", () =>
    Effect.gen(function* () {
      const [found, expected] = [yield* Effect.provide(used, compiled), yield* Effect.provide(used, native)]
      assert.strictEqual(found.outputs.length, data.train.length * 3)
      for (const [at, value] of expected.outputs.entries()) assert.closeTo(found.outputs[at]!, value, 1e-4)
      for (const name in expected.values) assert.closeTo(found.values[name]!, expected.values[name]!, 1e-4)
    })
  )
})
