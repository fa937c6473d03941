import { assert, describe, it } from "@effect/vitest"
import { Callback, Checkpoints, Decision, Losses, Model, Task, Trainer } from "@etude/core"
import * as Events from "@etude/testing/doubles/Events"
import * as Suites from "@etude/testing/Suites"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as GraphExecutor from "../src/GraphExecutor.ts"
import { isInstalled, native } from "./support/native.ts"

const lenient = Layer.provideMerge(GraphExecutor.layer, native)

/** A line whose slope is looked at on the host in training, which no graph can do; validation compiles. */
const looking = Task.supervised({
  name: "a line that is looked at",
  model: Model.make({
    name: "line",
    init: () => ({ kernel: tf.zeros([2, 1]), bias: tf.zeros([1]) }),
    apply: ({ kernel, bias }, inputs: tf.Tensor, { training }) => {
      const outputs = tf.add(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D), bias)
      return training && kernel.dataSync()[0]! > 0.5 ? tf.mul(outputs, 1) : outputs
    }
  }),
  loss: Losses.meanSquaredError
})
const subject: Trajectory.Subject = {
  name: looking.name,
  task: looking,
  config: { until: { epochs: 2 }, batchSize: 4, optimizer: { _tag: "Adam" }, learningRate: 0.1 },
  data: { train: Tiny.regressionData(), validation: Tiny.regressionData([1, 1]) }
}

describe.skipIf(!isInstalled)("a step that can't be compiled", () => {
  it.effect("is bit for bit the eager step", () =>
    Effect.gen(function* () {
      const run = Trajectory.record(subject)
      const [compiled, eager] = [yield* Effect.provide(run, lenient), yield* Effect.provide(run, native)]
      const { tensors } = compiled.state
      for (const path in eager.state.tensors) assert.deepStrictEqual(tensors[path], eager.state.tensors[path], path)
    })
  )
  Suites.resume({ ...subject, backend: lenient })
  Suites.tensors({ ...subject, backend: lenient })

  it.effect("is told once, as a warning of the run, and named in checkpoints", () =>
    Effect.gen(function* () {
      const { events, layer } = Events.recorder()
      const descriptions: Array<Checkpoints.RunDescription> = []
      const store = Layer.mock(Checkpoints.Checkpoints, {
        save: (_state, description) =>
          Effect.sync(() => {
            descriptions.push(description)
            return { id: "one", path: "one", epoch: 0, batch: 0, step: 0, attempt: 0, values: {}, bytes: 0 }
          })
      })
      const saving = Callback.controller({ id: "saving", hooks: { epochEnd: () => Decision.saveNow } })
      yield* Trainer.train(looking, {
        config: subject.config!,
        data: subject.data as { readonly train: typeof subject.data.train },
        callbacks: saving
      }).pipe(Effect.scoped, Effect.provide(Layer.mergeAll(layer, store)), Effect.provide(lenient))
      const warnings = events.flatMap((event) => (event._tag === "Warned" ? [event.message] : []))
      assert.strictEqual(warnings.length, 1)
      assert.match(
        warnings[0]!,
        /^The program "step" runs eagerly, operation by operation, and slower: it reads a tensor's values/
      )
      assert.deepStrictEqual(
        descriptions.map(({ executor, eagerPrograms }) => [executor, eagerPrograms]),
        [
          ["compiled-1", ["step"]],
          ["compiled-1", ["step"]]
        ]
      )
    })
  )
})

describe.skipIf(!isInstalled)("a step that changes on the way", () => {
  it.effect("does not end the run: it goes on eagerly, with one warning that says since when", () =>
    Effect.gen(function* () {
      let slope = 1
      const drifting = Task.supervised({
        name: "a line that is bent from outside",
        model: Model.make({
          name: "line",
          init: () => ({ kernel: tf.zeros([2, 1]) }),
          apply: ({ kernel }, inputs: tf.Tensor) =>
            tf.mul(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D), slope)
        }),
        loss: Losses.meanSquaredError
      })
      const { events, layer } = Events.recorder()
      const bend = () => {
        slope = 0.5
      }
      const bending = Callback.observer({ id: "bending", hooks: { epochEnd: bend } })
      const { progress } = yield* Trainer.train(drifting, {
        config: { until: { epochs: 4 }, batchSize: 4, learningRate: 0.1 },
        data: { train: Tiny.regressionData() },
        callbacks: bending
      }).pipe(
        Effect.map(({ state }) => state.plain),
        Effect.scoped,
        Effect.provide(layer),
        Effect.provide(lenient)
      )
      assert.strictEqual(progress.epoch, 4)
      const warnings = events.flatMap((event) => (event._tag === "Warned" ? [event.message] : []))
      assert.strictEqual(warnings.length, 1)
      assert.match(
        warnings[0]!,
        /^The program "step" runs eagerly, .*recorded again at call \d+, a number .* is 0\.5 and was 1/
      )
    })
  )
})
