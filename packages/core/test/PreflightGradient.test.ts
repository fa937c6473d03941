import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { Dataset } from "../src/Dataset.ts"
import * as Losses from "../src/Losses.ts"
import * as Metric from "../src/Metric.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers } from "./support/tiny.ts"

const data: Dataset = numbers(4)

type Weights = { readonly a: tf.Tensor; readonly b: tf.Tensor }

/** A task with the weights a and b, whose prediction is what `apply` makes of them and of the input. */
const taskOf = (apply: (weights: Weights, x: tf.Tensor) => tf.Tensor, more: object = {}) =>
  Task.supervised({
    name: "own",
    model: Model.make({ name: "own", init: () => ({ a: tf.ones([3]), b: tf.ones([1]) }), apply }),
    loss: Losses.meanAbsoluteError,
    ...more
  })

/** The problems of a task that cannot be run; no tensor is left of looking for them. */
const problemsOf = (task: Task.Task, options: object = {}) =>
  Effect.gen(function* () {
    const before = tf.memory().numTensors
    const error = yield* Effect.flip(Effect.scoped(Trainer.train(task, { config, data: { train: data }, ...options })))
    assert.strictEqual(error._tag, "PreflightFailed")
    assert.strictEqual(tf.memory().numTensors, before, "tensors are left")
    return error.message.split("\n").slice(1)
  })

describe("before the first step, a gradient is tried", () => {
  it.effect("and operations without one are named, all of them, with the parameters behind them", () =>
    Effect.gen(function* () {
      const task = taskOf(({ a, b }, x) =>
        tf.add(tf.mul(x, tf.sum(tf.topk(a, 2).values)), tf.sum(tf.einsum("i,j->ij", a, b)))
      )
      assert.deepStrictEqual(yield* problemsOf(task), [
        "  model: the loss cannot be differentiated by a: the operation TopK has no gradient. Write it with operations that " +
          "have one (such as tf.matMul, tf.gather, tf.where), or compute it in the dataset.",
        "  model: the loss cannot be differentiated by a, b: the operation Einsum has no gradient. Write it with operations " +
          "that have one (such as tf.matMul, tf.gather, tf.where), or compute it in the dataset."
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("and says what to use instead where that is known", () =>
    Effect.gen(function* () {
      const task = taskOf(({ b }, x) => tf.mul(x, tf.sum(tf.real(tf.complex(b, b)))))
      const problems = yield* problemsOf(task)
      assert.strictEqual(problems.length, 2)
      for (const problem of problems) assert.include(problem, "Keep real and imaginary parts in two float32 tensors.")
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("and an operation whose gradient fails is named with the reason", () =>
    Effect.gen(function* () {
      const task = taskOf(({ a }, x) => {
        const image = tf.reshape(tf.tile(a, [8]), [1, 4, 6, 1]) as tf.Tensor4D
        return tf.mul(x, tf.mean(tf.conv2d(image, tf.ones([2, 2, 1, 1]), 1, "valid", "NHWC", 2)))
      })
      const [problem] = yield* problemsOf(task)
      assert.include(problem, "the loss cannot be differentiated by a: the gradient of the operation Conv2D failed: ")
      assert.include(problem, "dilation rates greater than 1")
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("and a loss that no parameter can move is found", () =>
    Effect.gen(function* () {
      const [problem, ...others] = yield* problemsOf(taskOf((_, x) => x))
      assert.deepStrictEqual(others, [])
      assert.include(problem, "the loss does not depend on any trained parameter (a, b) in a differentiable way")
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("and a forward pass that only fails in training is found", () =>
    Effect.gen(function* () {
      const task = Task.supervised({
        name: "own",
        model: {
          name: "own",
          init: () => ({ parameters: { w: tf.ones([1]) }, statistics: {} }),
          apply: ({ parameters }, x: tf.Tensor, { training }: Model.ForwardContext) => {
            if (training) throw new Error("no noise today")
            return { outputs: tf.mul(x, parameters["w"]!) }
          }
        },
        loss: Losses.meanAbsoluteError
      })
      assert.deepStrictEqual(yield* problemsOf(task), ["  model: the forward pass in training failed: no noise today"])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("beside the other problems", () =>
    Effect.gen(function* () {
      const task = taskOf(({ a }, x) => tf.mul(x, tf.sum(tf.topk(a, 1).values)))
      const problems = yield* problemsOf(task, {
        config: { ...config, groups: [{ name: "typo", match: "c", learningRate: 0.1 }] }
      })
      assert.deepStrictEqual(
        problems.map((problem) => problem.trim().split(":")[0]),
        ["groups.typo", "model"]
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of what is trained alone: frozen parameters and metrics may do anything", () =>
    Effect.gen(function* () {
      const task = taskOf(({ a, b }, x) => tf.add(tf.mul(x, b), tf.mul(0, tf.sum(tf.topk(a, 1).values))), {
        metrics: {
          largest: Metric.mean({
            name: "largest",
            better: "higher",
            values: (outputs: tf.Tensor) => tf.topk(tf.squeeze(outputs, [1]), 1).values
          })
        }
      })
      const frozen = { ...config, groups: [{ name: "frozen", match: "a", frozen: true }] }
      const { history } = yield* Effect.scoped(Trainer.train(task, { config: frozen, data: { train: data } }))
      assert.isAbove(history.length, 0)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("and a model without parameters is told where they come from", () =>
    Effect.gen(function* () {
      const variable = tf.variable(tf.ones([1]))
      const closing = Task.supervised({
        name: "own",
        model: Model.make({ name: "own", init: () => ({}), apply: (_, x: tf.Tensor) => tf.mul(x, variable) }),
        loss: Losses.meanAbsoluteError
      })
      assert.deepStrictEqual(yield* problemsOf(closing), [
        "  groups: no parameter is trainable: the model's init returns none, or marks none. Variables (tf.variable) in a model's " +
          "closure are not trained: return their values from init, and read them from the first argument of apply"
      ])
      variable.dispose()
    }).pipe(Effect.provide(Cpu.layer))
  )
})
