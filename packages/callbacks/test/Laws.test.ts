import { assert, describe, it } from "@effect/vitest"
import * as Trainer from "@etude/core/Trainer"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as laws from "@etude/testing/Laws"
import * as Suites from "@etude/testing/Suites"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ExponentialMovingAverage from "../src/ExponentialMovingAverage.ts"
import * as WeightConstraints from "../src/WeightConstraints.ts"
import { changing } from "./support/changing.ts"

const cpu = CpuBackend.layer
const subject = {
  name: "callbacks",
  task: Tiny.perceptron({ dropout: 0.2 }),
  config: {
    until: { epochs: 5 },
    batchSize: 5,
    learningRate: 0.05,
    logEverySteps: 2,
    validation: { every: { steps: 2 } }
  },
  data: { train: Tiny.vectors(14), validation: Tiny.vectors(6, 2) }
} as const

for (const [id, layer] of Object.entries(changing)) {
  // The longer runs are those of all together, below, and in @etude/reports beside those that look on.
  laws.callback(layer, { name: id, backend: cpu, subject: { config: { until: { epochs: 1 } } } })
}

describe("callbacks keep the laws together", () => {
  const short = { ...subject, config: { ...subject.config, until: { epochs: 2 } } }
  const callbacks = Layer.mergeAll(Layer.empty, ...Object.values(changing))
  Suites.resume({ ...short, callbacks, backend: cpu })
  Suites.tensors({ ...short, callbacks, backend: cpu })
})

it.layer(cpu)("averages and constraints", (it) => {
  it.effect("averages see constrained parameters, in whatever order they are listed", () =>
    Effect.gen(function* () {
      const average = ExponentialMovingAverage.layer({ decay: 0, warmup: false })
      const constraint = WeightConstraints.layer({
        constraints: [{ match: "**", constraint: { _tag: "NonNegative" } }]
      })
      for (const callbacks of [Layer.mergeAll(average, constraint), Layer.mergeAll(constraint, average)]) {
        const { state } = yield* Trainer.train(subject.task, { config: subject.config, data: subject.data, callbacks })
        for (const path in state.parameters) {
          const own = state.callbacks[ExponentialMovingAverage.id]![path]!
          assert.deepStrictEqual(own.dataSync(), state.parameters[path]!.dataSync())
        }
      }
    }).pipe(Effect.scoped)
  )
})
