import { assert, layer } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import { Trainer } from "@etude/core"
import type { Dataset } from "@etude/core/Dataset"
import * as laws from "@etude/testing/Laws"
import * as Effect from "effect/Effect"
import { experiment, task } from "../src/index.ts"

const config = { batchSize: 32, until: { epochs: 20 }, learningRate: 0.01, optimizer: { _tag: "Adam" } } as const
const make = experiment.make({ samples: 1000 }, 1, ".")

layer(Wasm.layer)("__package__", (it) => {
  it.effect("three fifths of the data train, a fifth validates, a fifth tests", () =>
    Effect.gen(function* () {
      const { data } = yield* make
      assert.deepStrictEqual(
        [data.train, data.validation as Dataset, data.test!].map(({ length }) => length),
        [600, 200, 200]
      )
    })
  )

  it.effect("learns what its data say, and not more than they can", () =>
    Effect.gen(function* () {
      const { data } = yield* make
      const { state } = yield* Trainer.train(task, { config, data: { train: data.train } })
      const { accuracy } = (yield* Trainer.test(task, { state, data: data.test! })).values
      assert.isAbove(accuracy!, 0.9)
    })
  )
})

// The laws on the paper's own task: resumed anywhere in the same bits, no tensor left, and able to overfit four samples.
laws.experiment(experiment, { samples: 1000 }, { config })
