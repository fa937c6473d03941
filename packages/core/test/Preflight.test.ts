import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Callback from "../src/Callback.ts"
import type { Dataset } from "../src/Dataset.ts"
import * as Losses from "../src/Losses.ts"
import * as Metric from "../src/Metric.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, scaling, task } from "./support/tiny.ts"

const dense = (inputs: number, outputs: number) =>
  Model.make({
    name: "dense",
    init: () => ({ kernel: tf.zeros([inputs, outputs]) }),
    apply: ({ kernel }, x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D)
  })
const classifier = (inputs: number, outputs: number) =>
  Task.supervised({
    name: "digits",
    model: dense(inputs, outputs),
    loss: Losses.softmaxCrossEntropy(),
    metrics: { accuracy: Metric.accuracy }
  })
const labelled = (labels: ReadonlyArray<number>, dtype: "int32" | "float32" = "int32"): Dataset => ({
  name: "labelled",
  length: labels.length,
  spec: { inputs: { shape: [4], dtype: "float32" }, targets: { shape: [], dtype } },
  read: (indices) => ({
    inputs: new Float32Array(indices.length * 4),
    targets:
      dtype === "int32"
        ? Int32Array.from(indices, (index) => labels[index]!)
        : Float32Array.from(indices, (index) => labels[index]!)
  })
})

/** Why a task cannot be run. */
const whyNot = (own: Task.Task, train: Dataset, options: object = {}) =>
  Effect.gen(function* () {
    const before = tf.memory().numTensors
    const error = yield* Effect.flip(Effect.scoped(Trainer.train(own, { config, data: { train }, ...options })))
    assert.strictEqual(error._tag, "PreflightFailed")
    assert.strictEqual(tf.memory().numTensors, before, "tensors are left")
    return error.message.split("\n").slice(1)
  })

describe("before the first step", () => {
  it.effect("a model whose inputs are not the data's is found", () =>
    Effect.gen(function* () {
      const [problem, ...others] = yield* whyNot(classifier(5, 3), labelled([0, 1, 2]))
      assert.deepStrictEqual(others, [])
      assert.match(problem!, /^ {2}model: the forward pass on inputs \[batch, 4\] float32 failed: .*matMul.*$/)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("models that can't be initialized are found, all together, with the rest", () =>
    Effect.gen(function* () {
      const picky = (name: string, reason: string) =>
        Model.make({
          name,
          init: () => {
            throw new Error(reason)
          },
          apply: (_, x: tf.Tensor) => x
        })
      const models = {
        encoder: picky("encoder", "expected images"),
        fine: dense(4, 3),
        decoder: picky("decoder", "expected codes")
      }
      const several = Task.make({
        name: "several",
        models,
        forward: ({ models, batch }) => models.fine(batch.inputs),
        objectives: { loss: { values: (outputs: tf.Tensor) => tf.mean(outputs, 1) } }
      })
      assert.deepStrictEqual(yield* whyNot(several, labelled([0, 1, 2])), [
        "  models.encoder: encoder can't be initialized: expected images",
        "  models.decoder: decoder can't be initialized: expected codes"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("a model whose outputs don't fit the loss is found", () =>
    Effect.gen(function* () {
      const wrong = Task.supervised({ name: "wrong", model: dense(4, 3), loss: Losses.meanSquaredError })
      assert.deepStrictEqual(yield* whyNot(wrong, labelled([0, 1, 2], "float32")), [
        "  loss: meanSquaredError compares outputs with targets of the same shape, but outputs are [batch, 3] float32 " +
          "and targets [batch] float32"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("labels of another dtype, or out of range, are found", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* whyNot(classifier(4, 3), labelled([0, 1], "float32")), [
        "  loss: softmaxCrossEntropy compares logits [batch, …, classes] with labels [batch, …] int32, or with one-hot targets " +
          "or probabilities [batch, …, classes] float32, but outputs are [batch, 3] float32 and targets [batch] float32; " +
          "labels must be int32: set the dtype of the dataset's targets"
      ])
      assert.deepStrictEqual(yield* whyNot(classifier(4, 3), labelled([0, 3])), [
        "  data.train: label 3 at sample 1, but the model gives 3 classes: labels must be 0 … 2"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("data that cannot be read is found, whether it throws or fails", () =>
    Effect.gen(function* () {
      const thrower = numbers(2, () => {
        throw new Error("the file is gone")
      })
      assert.deepStrictEqual(yield* whyNot(task, thrower), [
        "  data.train: numbers: found an error from read (the file is gone), expected a batch. Read samples 0, 1 separately to see more."
      ])
      const short = numbers(2, (batch) => ({ ...batch, targets: new Float32Array(3) }))
      assert.deepStrictEqual(yield* whyNot(task, short), [
        "  data.train: numbers: found 3 values of targets in a batch of 2 samples, expected 2, for samples of " +
          "shape [1]. The dataset's read must return one value for each element of its spec."
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("a validation set that holds something else than the training data is found", () =>
    Effect.gen(function* () {
      const data = { train: numbers(2), validation: { near: numbers(2), far: labelled([0, 1]) } }
      assert.deepStrictEqual(yield* whyNot(task, numbers(2), { data }), [
        "  data.far: inputs are [batch, 4] float32, but those of the training data are [batch, 1] float32",
        "  data.far: targets are [batch] int32, but those of the training data are [batch, 1] float32"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("a validation set that would be called train is found", () =>
    Effect.gen(function* () {
      const data = { train: numbers(2), validation: { train: numbers(2) } }
      assert.deepStrictEqual(yield* whyNot(task, numbers(2), { data }), [
        '  data.train: a validation set cannot have the name "train": its monitors would have the names of those of training'
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("a metric that cannot be measured is found", () =>
    Effect.gen(function* () {
      const wrong = Task.supervised({
        name: "wrong",
        model: scaling,
        loss: Losses.meanAbsoluteError,
        metrics: {
          torn: Metric.mean({
            name: "torn",
            better: "lower",
            values: () => {
              throw new Error("torn")
            }
          })
        }
      })
      assert.deepStrictEqual(yield* whyNot(wrong, numbers(2)), [
        "  model: the metric torn on outputs [batch, 1] float32 and targets [batch, 1] float32 failed: torn"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("a state of another task is found", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(classifier(4, 3), { config, data: { train: labelled([0, 1]) } })
      assert.deepStrictEqual(
        yield* whyNot(classifier(4, 5), labelled([0, 1]), {
          state,
          config: { ...config, optimizer: { _tag: "Adam" } }
        }),
        [
          "  state.parameters: kernel is [4, 3] float32 in the state and [4, 5] float32 in the task",
          "  state.slots: m/kernel is not there in the state and [4, 5] float32 in the task",
          "  state.slots: v/kernel is not there in the state and [4, 5] float32 in the task"
        ]
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("a transform that cannot change these batches is found, and so is a loss that cannot take them", () =>
    Effect.gen(function* () {
      const changing = (batch: NonNullable<Callback.Transform["batch"]>) =>
        Callback.transform({ id: "changing", transform: { hyper: (step) => ({ step }), batch } })
      const throwing = changing(() => {
        throw new Error("these are no images")
      })
      assert.deepStrictEqual(yield* whyNot(classifier(4, 3), labelled([0, 1]), { callbacks: throwing }), [
        "  callbacks.changing: cannot change batches of this data: these are no images"
      ])
      const spoiling = changing((batch, { hyper }) => ({
        ...batch,
        targets: tf.mul(tf.ones([2, 5]), hyper["step"]!)
      }))
      const [problem, ...others] = yield* whyNot(classifier(4, 3), labelled([0, 1]), { callbacks: spoiling })
      assert.deepStrictEqual(others, [])
      assert.match(problem!, /^ {2}model: the loss on batches as changing leaves them failed: /)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("many problems are reported at once", () =>
    Effect.gen(function* () {
      const data = { train: labelled([0, 7]), validation: numbers(0) }
      const options = { data, config: { ...config, groups: [{ name: "biases", match: "**/bias" }] } }
      assert.deepStrictEqual(yield* whyNot(classifier(4, 3), data.train, options), [
        "  data.validation: numbers is empty; at least one sample is needed",
        "  data.validation: inputs are [batch, 1] float32, but those of the training data are [batch, 4] float32",
        "  data.validation: targets are [batch, 1] float32, but those of the training data are [batch] int32",
        '  groups.biases: "**/bias" matches none of kernel',
        "  data.train: label 7 at sample 1, but the model gives 3 classes: labels must be 0 … 2"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("during training", () => {
  it.effect("labels out of range name their batch and source", () =>
    Effect.gen(function* () {
      const train = labelled([0, 1, 2, 0, 9])
      const error = yield* Effect.flip(Trainer.train(classifier(4, 3), { config, data: { train } }))
      assert.strictEqual(error._tag, "DataError")
      assert.strictEqual(
        error.message,
        "labelled, batch 3 of epoch 1: found label 9 at sample 4, but the model gives 3 classes: labels must " +
          "be 0 … 2, expected targets that the loss can compare with the model's outputs. Correct the dataset's targets or " +
          "the number of the model's outputs; the parameters are those of the last good step."
      )
    }).pipe(Effect.provide(Cpu.layer))
  )
})
