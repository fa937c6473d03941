/** What a run is warned of: it may be meant, but seldom is. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import type { Dataset } from "../src/Dataset.ts"
import * as Divergence from "../src/internal/loop/Divergence.ts"
import * as LayersModel from "../src/LayersModel.ts"
import type { Loss } from "../src/Loss.ts"
import * as Losses from "../src/Losses.ts"
import * as Metric from "../src/Metric.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, recorder, task } from "./support/tiny.ts"

const warningsOf = (run: Effect.Effect<unknown, unknown, any>) =>
  Effect.gen(function* () {
    const { events, layer } = recorder()
    yield* Effect.scoped(Effect.provide(run as Effect.Effect<unknown, unknown>, layer))
    return events.flatMap((event) => (event._tag === "Warned" ? [event.message] : []))
  })

const data = (targets: Dataset["spec"]["targets"] & object): Dataset => ({
  name: "rows",
  length: 4,
  spec: { inputs: { shape: [3], dtype: "float32" }, targets },
  read: (indices) => ({
    inputs: Float32Array.from({ length: 3 * indices.length }, (_, at) => at),
    targets: targets.dtype === "int32" ? new Int32Array(indices.length) : new Float32Array(2 * indices.length)
  })
})
const labels = data({ shape: [], dtype: "int32" })
const questions = data({ shape: [2], dtype: "float32" })

const { dense, activation } = tfl.layers
const layered = (...layers: ReadonlyArray<() => tfl.layers.Layer>) =>
  LayersModel.adapt(() => tfl.sequential({ layers: layers.map((layer) => layer()) }))
const input = { inputShape: [3], units: 2 }

/** x·w + b, w normal and b constant at first, and something after that. */
const plainly = (deviation: number, bias: number, last: (outputs: tf.Tensor) => tf.Tensor) =>
  Model.make({
    name: "plain",
    init: () => ({ w: tf.randomNormal([3, 2], 0, deviation, "float32", 1), b: tf.fill([2], bias) }),
    apply: ({ w, b }, x: tf.Tensor) => last(tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b))
  })

describe("an activation that the loss applies again", () => {
  const cases = [
    [
      "softmax of a layer",
      layered(() => dense({ ...input, activation: "softmax" })),
      Losses.softmaxCrossEntropy(),
      labels,
      "softmax"
    ],
    [
      "softmax as a layer",
      layered(
        () => dense(input),
        () => tfl.layers.softmax()
      ),
      Losses.softmaxCrossEntropy(),
      labels,
      "softmax"
    ],
    [
      "an activation layer",
      layered(
        () => dense(input),
        () => activation({ activation: "softmax" })
      ),
      Losses.softmaxCrossEntropy(),
      labels,
      "softmax"
    ],
    [
      "sigmoid of a layer",
      layered(() => dense({ ...input, activation: "sigmoid" })),
      Losses.binaryCrossEntropy(),
      questions,
      "sigmoid"
    ],
    [
      "softmax before a sigmoid",
      layered(() => dense({ ...input, activation: "softmax" })),
      Losses.binaryCrossEntropy(),
      questions,
      "softmax"
    ],
    [
      "sigmoid of a functional model",
      LayersModel.adapt(() => {
        const x = tfl.input({ shape: [3] })
        const y = dense({ units: 2, activation: "sigmoid" }).apply(x) as tfl.SymbolicTensor
        return tfl.model({ inputs: x, outputs: y })
      }),
      Losses.binaryCrossEntropy(),
      questions,
      "sigmoid"
    ],
    [
      "softmax of a nested model",
      layered(
        () => dense(input),
        () => tfl.sequential({ layers: [dense({ inputShape: [2], units: 2, activation: "softmax" })] })
      ),
      Losses.softmaxCrossEntropy(),
      labels,
      "softmax"
    ],
    [
      "softmax of plain functions",
      Effect.succeed(
        Model.make({
          name: "plain",
          init: () => ({ w: tf.randomNormal([3, 2], 0, 1, "float32", 1) }),
          apply: ({ w }, x: tf.Tensor) => tf.softmax(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D))
        })
      ),
      Losses.softmaxCrossEntropy(),
      labels,
      "softmax"
    ],
    ...([0, 0.01, 1] as const).map(
      (deviation) =>
        [
          `sigmoid of plain functions that begin with weights of deviation ${deviation}`,
          Effect.succeed(plainly(deviation, 0, tf.sigmoid)),
          Losses.binaryCrossEntropy(),
          questions,
          "sigmoid"
        ] as const
    )
  ] as const
  for (const [what, adapted, loss, train, applied] of cases) {
    it.effect(`${what} is told before the first step`, () =>
      Effect.gen(function* () {
        const model: Model.Model<tf.Tensor, tf.Tensor> = yield* adapted
        const own = Task.supervised({ name: "twice", model, loss: loss as Loss })
        const warnings = yield* warningsOf(Trainer.train(own, { config, data: { train } }))
        assert.lengthOf(warnings, 1)
        assert.include(warnings[0], `The model's outputs already pass through a ${applied}, but the loss takes logits`)
      }).pipe(Effect.provide(Cpu.layer))
    )
  }

  it.effect("is not told of logits, nor of losses that take probabilities", () =>
    Effect.gen(function* () {
      const logits: Model.Model<tf.Tensor, tf.Tensor> = yield* layered(() => dense(input))
      const one = Task.supervised({ name: "once", model: logits, loss: Losses.softmaxCrossEntropy() })
      assert.deepStrictEqual(yield* warningsOf(Trainer.train(one, { config, data: { train: labels } })), [])
      const squashed: Model.Model<tf.Tensor, tf.Tensor> = yield* layered(() =>
        dense({ ...input, activation: "sigmoid" })
      )
      const other = Task.supervised({ name: "squares", model: squashed, loss: Losses.meanSquaredError })
      assert.deepStrictEqual(yield* warningsOf(Trainer.train(other, { config, data: { train: questions } })), [])
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("microbatches of samples that influence each other", () => {
  const model = plainly(1, 0, tf.clone)
  const { meanSquaredError } = Losses
  const contrastive: Loss = {
    ...meanSquaredError,
    crossSample: true,
    values: (outputs, targets) => meanSquaredError.values(tf.sub(outputs, tf.mean(outputs, 0)), targets)
  }
  const warned = (loss: Loss, of: Model.Model<tf.Tensor, tf.Tensor>, microbatchSize?: number) => {
    const own = Task.supervised({ name: "mixed", model: of, loss })
    const changed = microbatchSize === undefined ? config : { ...config, microbatchSize }
    return warningsOf(Trainer.train(own, { config: changed, data: { train: questions } }))
  }

  it.effect("are warned of, in a loss as in a model", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* warned(contrastive, model), [])
      assert.deepStrictEqual(yield* warned(meanSquaredError, model, 1), [])
      assert.deepStrictEqual(yield* warned(contrastive, model, 1), [
        "microbatchSize is set, but samples of a batch are compared with each other in loss: each is compared with those of its " +
          "microbatch of 1 only, so the result differs from that of the whole batch."
      ])
      assert.deepStrictEqual(yield* warned(meanSquaredError, { ...model, crossSample: true }, 1), [
        "microbatchSize is set, but samples of a batch influence each other in plain (batch normalization): its statistics are those " +
          "of each microbatch of 1, so the result differs from that of the whole batch."
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("logits that happen to be between 0 and 1 at first", () => {
  for (const [what, model] of [
    ["all zero", plainly(0, 0, tf.clone)],
    ["one half", plainly(0, 0.5, tf.clone)],
    ["close to one half", plainly(0.001, 0.5, tf.clone)],
    ["after a tanh", plainly(0, 0.5, tf.tanh)]
  ] as const) {
    it.effect(`are not taken for probabilities: ${what}`, () =>
      Effect.gen(function* () {
        const own = Task.supervised({ name: "once", model, loss: Losses.binaryCrossEntropy() })
        assert.deepStrictEqual(yield* warningsOf(Trainer.train(own, { config, data: { train: questions } })), [])
      }).pipe(Effect.provide(Cpu.layer))
    )
  }
})

describe("a loss that grows to more than ten times its first value", () => {
  const squares = Task.supervised({
    ...task,
    model: task.models[""]!,
    loss: Losses.meanSquaredError
  } as never) as Task.Task
  const trained = (learningRate: number, until: object) =>
    warningsOf(Trainer.train(squares, { config: { ...config, learningRate, until }, data: { train: numbers(4) } }))

  it.effect("is told once, in a run of epochs and in one that ends within its first", () =>
    Effect.gen(function* () {
      for (const until of [{ epochs: 4 }, { steps: 7 }]) {
        const warnings = yield* trained(0.5, until)
        assert.lengthOf(warnings, 1)
        assert.match(
          warnings[0]!,
          /^The training loss is .*, more than 10 times what it was at first \(10\.00\): the run diverges\. Lower/
        )
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("is not told of a run that learns", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* trained(0.01, { epochs: 4 }), [])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it("is nothing that a loss of 0 or less can grow to", () => {
    assert.isTrue(Divergence.hasDiverged(1, 10.5))
    assert.isFalse(Divergence.hasDiverged(1, 9.5))
    assert.isFalse(Divergence.hasDiverged(0, 1))
    assert.isFalse(Divergence.hasDiverged(-1, 100))
    assert.isFalse(Divergence.hasDiverged(1, Number.NaN))
  })
})

describe("a ready metric of one of several outputs", () => {
  const two = Task.supervised({
    name: "two",
    model: Model.make({
      name: "two",
      init: () => ({ w: tf.ones([3, 2]) }),
      apply: ({ w }, x: tf.Tensor) => ({ logits: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), hidden: x })
    }),
    loss: { classes: { loss: Losses.softmaxCrossEntropy(), output: "logits" } },
    metrics: { accuracy: { metric: Metric.accuracy, output: "logits" } }
  })

  it.effect("names it, as a loss does", () =>
    Effect.gen(function* () {
      const { history } = yield* Trainer.train(two, { config, data: { train: labels } })
      assert.strictEqual(history[0]!.values["train/accuracy"], 1)
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("is told how where it does not, and which there are where the name is wrong", () =>
    Effect.gen(function* () {
      const failing = (accuracy: Metric.Metric<any, any, any, any>) =>
        Effect.map(
          Effect.flip(Trainer.train({ ...two, metrics: { accuracy } }, { config, data: { train: labels } })),
          ({ message }) => message
        )
      assert.include(yield* failing(Metric.accuracy), "to measure one output: { metric, output }")
      const wrong = yield* failing(Metric.of(Metric.accuracy, { output: "logit" }))
      assert.include(wrong, 'the metric accuracy needs the output "logit", but there is logits, hidden')
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
