/** A checkpoint is called best only for values that were measured on its own parameters. */
import "@tensorflow/tfjs-backend-cpu"
import { assert, describe, it } from "@effect/vitest"
import { Losses, Model, Task, Trainer } from "@etude/core"
import { Checkpoints } from "@etude/core/Checkpoints"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Keep from "../src/Keep.ts"
import * as MemoryStore from "../src/MemoryStore.ts"
import * as SaveWhen from "../src/SaveWhen.ts"
import * as Saving from "../src/Saving.ts"
import * as SavingConfig from "../src/SavingConfig.ts"

const task = Task.supervised({
  name: "scale",
  loss: Losses.meanSquaredError,
  model: Model.make({
    name: "w",
    init: () => ({ w: tf.scalar(0) }),
    apply: ({ w }: { readonly [path: string]: tf.Tensor }, x: tf.Tensor) => tf.mul(x, w!)
  })
})
const rows = (name: string, y: number, length: number) => ({
  name,
  length,
  spec: { inputs: { shape: [], dtype: "float32" as const }, targets: { shape: [], dtype: "float32" as const } },
  read: (indices: Int32Array) => ({
    inputs: new Float32Array(indices.length).fill(1),
    targets: new Float32Array(indices.length).fill(y)
  })
})
const data = { train: rows("train", 3, 40), validation: rows("validation", 1, 2) }
const config = {
  batchSize: 1,
  shuffle: false,
  learningRate: 0.01,
  optimizer: { _tag: "Sgd" },
  until: { epochs: 1 },
  validation: { every: { steps: 9 } }
} as const
const provided = <A, E>(effect: Effect.Effect<A, E, any>) =>
  Effect.scoped(
    Effect.provide(effect, Layer.fresh(Layer.mergeAll(CpuBackend.layer, MemoryStore.layer)))
  ) as Effect.Effect<A, E>

describe("the best checkpoint", () => {
  it.effect("is none where no value was measured at a checkpoint", () =>
    provided(
      Effect.gen(function* () {
        yield* Trainer.train(task, { config, data, callbacks: Saving.layer({ when: SaveWhen.everySteps(4) }) })
        const store = yield* Checkpoints
        const values = (yield* store.list).map(({ step, values }) => [step, Object.keys(values)] as const)
        assert.deepStrictEqual(
          values.filter(([, monitors]) => monitors.includes("validation/loss")).map(([step]) => step),
          [36]
        )
      })
    )
  )

  it.effect("is kept by the direction of its metric", () => {
    const saved = [0.5, 0.75].map((value, at) => ({ id: String(at), values: { "validation/score": value } }))
    const monitors = (better: "higher" | "lower") => ({
      "validation/score": { set: "validation", metric: "score", better }
    })
    return Effect.sync(() => {
      assert.deepStrictEqual([...Keep.best(1, "validation/score")(saved as never, monitors("higher"))], ["1"])
      assert.deepStrictEqual([...Keep.best(1, "validation/score")(saved as never, monitors("lower"))], ["0"])
    })
  })

  it.effect("is not looked for by a monitor that the run does not report, or against its metric's direction", () =>
    provided(
      Effect.gen(function* () {
        const saver = (written: object) => {
          const decoded = Schema.decodeUnknownSync(SavingConfig.SavingConfig)(written)
          return Effect.map(
            Effect.flip(Trainer.train(task, { config, data, callbacks: Saving.layer(SavingConfig.rulesOf(decoded)) })),
            ({ message }) => message
          )
        }
        assert.include(
          yield* saver({ onImprovement: "val_loss" }),
          'callbacks.checkpoints: watches "val_loss", but this run reports train/loss, validation/loss'
        )
        assert.include(
          yield* saver({ keepBest: { monitor: "validation/loss", better: "higher" } }),
          'callbacks.checkpoints: says that "validation/loss" is better higher, but its metric declares lower; omit better'
        )
      })
    )
  )
})
