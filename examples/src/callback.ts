/** A custom callback: a controller that lowers the learning rate when validation no longer improves. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Callback, Decision, Losses, Rng, Task, Trainer } from "@etude/core"
import { Arrays, Split } from "@etude/data"
import { dense, Layer } from "@etude/layers"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Its state is part of the run: it is saved with a checkpoint, and a resumed run continues with it. */
const onPlateau = Callback.controller({
  id: "onPlateau",
  monitors: ["validation/loss"],
  state: {
    schema: Schema.Struct({ best: Schema.Number, waited: Schema.Natural }),
    initial: { best: Number.POSITIVE_INFINITY, waited: 0 }
  },
  hooks: {
    validationEnd: ({ values }, { best, waited }) => {
      const loss = values["validation/loss"]!
      if (loss < best) return [{ best: loss, waited: 0 }]
      if (waited < 1) return [{ best, waited: waited + 1 }]
      return [{ best, waited: 0 }, Decision.scaleLearningRate(0.3)]
    }
  }
})

const task = Task.supervised({
  name: "noisy regression",
  model: Layer.model("linear", dense(1), { inputs: [8] }),
  loss: Losses.meanSquaredError
})

const program = Effect.gen(function* () {
  const x = Rng.normals(Rng.key(1), 8 * 1000)
  const y = Rng.normals(Rng.key(2), 1000).map((noise, at) => noise + x[8 * at]! - x[8 * at + 7]!)
  const all = yield* Arrays.fromArrays({ inputs: { values: x, shape: [8] }, targets: { values: y, shape: [1] } })
  const { rest: train, heldOut: validation } = yield* Split.split(all, { key: 1, fraction: 0.5 })
  const options = {
    config: { batchSize: 8, until: { epochs: 15 }, optimizer: { _tag: "Sgd" as const }, learningRate: 0.1 },
    data: { train, validation }
  }
  const constant = yield* Trainer.train(task, options)
  const lowered = yield* Trainer.train(task, { ...options, callbacks: onPlateau })
  return [constant, lowered].map(({ history }) => history.at(-1)!)
})

const [constant, lowered] = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
const [high, low] = [constant!.values["validation/loss"]!, lowered!.values["validation/loss"]!]
console.log(`validation loss ${high.toFixed(2)} at a constant rate, ${low.toFixed(2)} after lowering it on plateaus`)
// The targets' noise has variance 1, which no model gets below by much.
assert.ok(lowered!.learningRate < 0.05 && low < 0.95 * high && low > 0.9, `${low} against ${high}`)
