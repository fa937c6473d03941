import { assert, layer } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import { Trainer } from "@etude/core"
import type { Dataset } from "@etude/core/Dataset"
import * as laws from "@etude/testing/Laws"
import * as Effect from "effect/Effect"
import { experiment } from "../src/index.ts"

const config = { batchSize: 32, until: { epochs: 12 }, learningRate: 0.01, optimizer: { _tag: "Adam" } } as const
const options = { file: "data/poem.txt", length: 16, width: 32, blocks: 1 }
const make = experiment.make(options, 1, ".")

layer(Wasm.layer)("__package__", (it) => {
  it.effect("what trains, validates and tests is there", () =>
    Effect.gen(function* () {
      const { data } = yield* make
      assert.deepStrictEqual(
        [data.train, data.validation as Dataset, data.test!].map(({ length }) => length),
        [236, 7, 7]
      )
    })
  )

  it.effect("learns what its data say", () =>
    Effect.gen(function* () {
      const { task, data } = yield* make
      const { state } = yield* Trainer.train(task, { config, data: { train: data.train } })
      const { accuracy } = (yield* Trainer.test(task, { state, data: data.test! })).values
      assert.isAbove(accuracy!, 0.8)
    })
  )
})

// The laws on the paper's own task: resumed anywhere in the same bits, no tensor left, and able to overfit four samples.
laws.experiment(experiment, options, { config })
