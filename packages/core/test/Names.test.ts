/** Names that every object of JavaScript has are names like any other. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Callback from "../src/Callback.ts"
import * as Losses from "../src/Losses.ts"
import * as Metric from "../src/Metric.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as TrainState from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers } from "./support/tiny.ts"

const names = ["constructor", "toString", "hasOwnProperty", "valueOf"]

const taskWith = (name: string) =>
  Task.supervised({
    name,
    model: Model.make({
      name,
      init: () => ({ [name]: tf.scalar(0) }),
      apply: (parameters, inputs: tf.Tensor) => tf.add(tf.mul(inputs, parameters[name]!), 0)
    }),
    loss: Losses.meanSquaredError,
    metrics: {
      [name]: Metric.mean({ name, better: "lower", values: (outputs: tf.Tensor) => tf.abs(outputs) })
    }
  })

describe("a name that every object has", () => {
  it.effect("and that no record can have is refused before the first step, wherever it is given", () =>
    Effect.gen(function* () {
      const { task } = { task: taskWith("plain") }
      const error = yield* Effect.flip(
        Trainer.train(
          { ...task, metrics: { ["__proto__"]: task.metrics["plain"]! } } as never,
          {
            config: { ...config, optimizer: { _tag: "Sgd" } },
            data: { train: numbers(5), validation: { ["__proto__"]: numbers(3) } },
            callbacks: Callback.observer({ id: "__proto__", hooks: {} })
          } as never
        )
      )
      for (const place of ["metrics", "data.validation", "callbacks"]) {
        assert.include(String((error as Error).message), `${place}.__proto__: JavaScript keeps "__proto__" for itself`)
      }
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  for (const name of names) {
    it.effect(`(${name}) may be that of a parameter, metric, validation set and callback`, () =>
      Effect.gen(function* () {
        const task = taskWith(name)
        const counting = Callback.observer({ id: name, hooks: {} })
        const options = {
          config: { ...config, until: { epochs: 2 }, optimizer: { _tag: "Adam" } as const },
          data: { train: numbers(5), validation: { [name]: numbers(3) } },
          callbacks: counting
        }
        const { state, history, best } = yield* Trainer.train(task as never, options as never)
        assert.strictEqual(history.length, 2)
        for (const { values } of history) {
          for (const part of ["train", name]) assert.isTrue(Number.isFinite(values[`${part}/${name}`]), part)
        }
        assert.isTrue(Object.keys(best).every((key) => typeof key === "string"))
        const data = TrainState.toData(state)
        const { state: resumed } = yield* Trainer.train(
          task as never,
          {
            ...options,
            config: { ...options.config, until: { epochs: 3 } },
            state: TrainState.fromData(data)
          } as never
        )
        assert.strictEqual(resumed.plain.progress.epoch, 3)
      }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
    )
  }
})
