/** Names that every object of JavaScript has are names like any other. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Callback from "../src/Callback.ts"
import * as Losses from "../src/Losses.ts"
import * as Metric from "../src/Metric.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Tensors from "../src/Tensors.ts"
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
        assert.include(String((error as Error).message), `${place}.__proto__: "__proto__" is reserved by JavaScript`)
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

describe("names that stand for two things", () => {
  const half = (name: string, paths: ReadonlyArray<string>, statistics: ReadonlyArray<string> = []) => {
    const zeros = (all: ReadonlyArray<string>) => Object.fromEntries(all.map((path) => [path, tf.scalar(0)]))
    return {
      name,
      init: () => ({ parameters: zeros(paths), statistics: zeros(statistics) }),
      apply: ({ parameters }: Model.Variables, inputs: tf.Tensor) => ({
        outputs: tf.mul(inputs, parameters[paths[0]!]!)
      })
    } satisfies Model.Model<tf.Tensor, tf.Tensor>
  }
  const average = (id: string) => Callback.transform({ id, evaluates: true, transform: { tensors: Tensors.retain } })
  const refusal = (
    models: { readonly [name: string]: ReturnType<typeof half> },
    callbacks = Layer.mergeAll(average("a"))
  ) =>
    Effect.gen(function* () {
      const task = Task.make({
        name: "halves",
        models,
        forward: ({ models, batch }) =>
          Object.values(models).reduce((sum, model) => tf.add(sum, model(batch.inputs)), batch.inputs as tf.Tensor),
        objectives: { loss: { values: (outputs, { targets }) => tf.squeeze(tf.square(tf.sub(outputs, targets)), [1]) } }
      })
      const run = Trainer.train(task as Task.Task, { config, data: { train: numbers(4) }, callbacks })
      return (yield* Effect.flip(run)).message
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))

  it.effect("are refused: a path that could be of either of two models", () =>
    Effect.gen(function* () {
      const message = yield* refusal({ a: half("a", ["b/w", "w"]), "a/b": half("a/b", ["w"]) })
      assert.include(message, 'models.a: b/w of the model "a" has the name of one of the model "a/b"; rename a model')
      const unnamed = yield* refusal({ "": half("whole", ["w", "c/w"]), c: half("c", ["w"]) })
      assert.include(unnamed, 'models.: c/w of the model "" has the name of one of the model "c"; rename a model')
    })
  )

  it.effect("are refused: a statistic called like a parameter, and what files of safetensors keep", () =>
    Effect.gen(function* () {
      const message = yield* refusal({ "": half("one", ["w", "__metadata__"], ["w"]) })
      assert.include(message, "statistics.w: there is a parameter of that name; rename one of them")
      assert.include(message, 'parameters.__metadata__: "__metadata__" is reserved in safetensors files')
    })
  )

  it.effect("are refused: two averages with each of which the run would be validated", () =>
    Effect.gen(function* () {
      const message = yield* refusal({ "": half("one", ["w"]) }, Layer.mergeAll(average("slow"), average("fast")))
      assert.match(
        message,
        /callbacks\.(slow|fast): .* would each validate the run with their own average; set evaluate: false in all but one/
      )
    })
  )
})
