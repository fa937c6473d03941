/** A run whose trained parameters change at a boundary: steps are compiled anew there, on WebAssembly and as native code. */
import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import { Callback, Decision, Trainer, type TrainState } from "@etude/core"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PlanExecutor from "../src/PlanExecutor.ts"

const task = Tiny.perceptron({ dropout: 0.2 })
const data = { train: Tiny.vectors(14) }
const config = { batchSize: 5, learningRate: 0.05, optimizer: { _tag: "AdamW" }, until: { epochs: 3 } } as const
const thaw = Callback.controller({
  id: "thaw",
  freezes: ["hidden/**"],
  hooks: { epochEnd: ({ progress }) => (progress.epoch === 1 ? Decision.thaw("hidden/**") : undefined) }
})

const bitsOf = ({ parameters, slots }: TrainState.TrainState) =>
  [parameters, ...Object.values(slots)].map((tensors) =>
    Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [path, [...tensor.dataSync()]]))
  )

describe("a thaw in compiled steps", () => {
  for (const native of ["off", "required"] as const) {
    const executor = PlanExecutor.layerWith({ onNotCompilable: "fail", native, threads: 1 })
    it.live(`is the two runs by hand, with native code ${native}`, () =>
      Effect.gen(function* () {
        const groups = [{ name: "body", match: "hidden/**", frozen: true }]
        const first = yield* Trainer.train(task, { config: { ...config, until: { epochs: 1 }, groups }, data })
        const second = yield* Trainer.train(task, { config, data, state: first.state })
        const { state } = yield* Trainer.train(task, { config, data, callbacks: thaw })
        assert.deepStrictEqual(bitsOf(state), bitsOf(second.state))
      }).pipe(Effect.scoped, Effect.provide(Layer.provideMerge(executor, Wasm.layer)))
    )
  }
})
