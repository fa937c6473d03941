import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import type * as ParameterGroup from "../src/ParameterGroup.ts"
import { matcher, matcherOfAny } from "../src/PathPattern.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, recorder, valueOf } from "./support/tiny.ts"

/** a/kernel·x + a/bias + b/kernel·x + b/bias, from zero; slopes of the loss are −mean(x) for kernels, −1 for biases. */
const line = Model.make({
  name: "line",
  init: () => ({
    "a/kernel": tf.zeros([1]),
    "a/bias": tf.zeros([1]),
    "b/kernel": tf.zeros([1]),
    "b/bias": tf.zeros([1])
  }),
  apply: (p, inputs: tf.Tensor) =>
    tf.add(tf.add(tf.mul(inputs, p["a/kernel"]), p["a/bias"]), tf.add(tf.mul(inputs, p["b/kernel"]), p["b/bias"]))
})
const taskWith = (groups: ReadonlyArray<ParameterGroup.ParameterGroup>) =>
  Task.supervised({ name: "line", model: line, loss: Losses.meanAbsoluteError, groups })
const one = { ...config, until: { steps: 1 } }
const data = { train: numbers(3) }
const values = (parameters: { readonly [path: string]: tf.Tensor }) =>
  Object.fromEntries(Object.entries(parameters).map(([path, tensor]) => [path, Math.fround(valueOf(tensor))]))
const rounded = (expected: Record<string, number>) =>
  Object.fromEntries(Object.entries(expected).map(([path, value]) => [path, Math.fround(value)]))

describe("parameter groups", () => {
  it.effect("give their parameters an optimizer and a rate of their own; the rest has the config's", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(
        taskWith([{ name: "biases", match: "**/bias", optimizer: { _tag: "Adam" }, learningRate: 0.5 }]),
        { config: one, data }
      )
      // Adam's first step has the size of its rate, whatever the gradient.
      assert.closeTo(valueOf(state.parameters["a/bias"]), 0.5, 1e-5)
      assert.closeTo(valueOf(state.parameters["a/kernel"]), 0.015, 1e-7)
      assert.deepStrictEqual(Object.keys(state.slots).toSorted(), ["m", "v"])
      for (const slot of ["m", "v"]) {
        assert.deepStrictEqual(Object.keys(state.slots[slot]!).toSorted(), ["a/bias", "b/bias"])
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("have their learning rates in the events of logged steps and epochs, by name", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      const task = taskWith([
        {
          name: "biases",
          match: "**/bias",
          learningRate: { _tag: "Step", rate: 0.5, factor: 0.5, every: { steps: 1 } }
        }
      ])
      yield* Trainer.train(task, { config: { ...config, logEverySteps: 1 }, data })
      const rates = events.flatMap((event) =>
        event._tag === "StepLogged" || event._tag === "EpochEnded"
          ? [[event._tag, event.learningRate, event.learningRates]]
          : []
      )
      assert.deepStrictEqual(rates, [
        ["StepLogged", 0.5, { biases: 0.5, default: 0.01 }],
        ["StepLogged", 0.25, { biases: 0.25, default: 0.01 }],
        ["EpochEnded", 0.5, { biases: 0.5, default: 0.01 }]
      ])
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("that are frozen do not change, and have no slots", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(taskWith([{ name: "body", match: "a/**", frozen: true }]), {
        config: { ...one, optimizer: { _tag: "Sgd", momentum: 0.9 } },
        data
      })
      assert.deepStrictEqual(
        values(state.parameters),
        rounded({ "a/kernel": 0, "a/bias": 0, "b/kernel": 0.015, "b/bias": 0.01 })
      )
      assert.deepStrictEqual(Object.keys(state.slots), ["momentum"])
      assert.deepStrictEqual(Object.keys(state.slots["momentum"]!).toSorted(), ["b/bias", "b/kernel"])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("take a parameter once: the config's before the task's, the first before the second", () =>
    Effect.gen(function* () {
      const task = taskWith([
        { name: "second", match: "**/kernel", learningRate: 1 },
        { name: "third", match: "**", learningRate: 10 }
      ])
      const { state } = yield* Trainer.train(task, {
        config: { ...one, groups: [{ name: "first", match: ["b/bias", "b/kernel"], learningRate: 0.1 }] },
        data
      })
      assert.deepStrictEqual(
        values(state.parameters),
        rounded({ "a/kernel": 1.5, "a/bias": 10, "b/kernel": Math.fround(0.1) * 1.5, "b/bias": 0.1 })
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("that cannot work are reported together", () =>
    Effect.gen(function* () {
      const task = taskWith([
        { name: "typo", match: "c/**" },
        { name: "biases", match: "**/bias", losses: ["los"] },
        { name: "default", match: "a/kernel" }
      ])
      const error = yield* Effect.flip(Trainer.train(task, { config: one, data }))
      assert.strictEqual(
        error.message,
        "line cannot be run; nothing was trained.\n" +
          '  groups.typo: "c/**" matches none of a/kernel, a/bias, b/kernel, b/bias\n' +
          '  groups.default: two parameter groups have the name "default"\n' +
          '  groups.biases: follows the loss "los", but the task has loss; did you mean "loss"?'
      )
      const frozen = yield* Effect.flip(
        Trainer.train(taskWith([{ name: "all", match: "**", frozen: true }]), { config: one, data })
      )
      assert.strictEqual(
        frozen.message,
        "line cannot be run; nothing was trained.\n  groups: no parameter is trainable: all are frozen"
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of two models follow losses of their own, as in a GAN", () =>
    Effect.gen(function* () {
      const scalar = (name: string) =>
        Model.make({
          name,
          init: () => ({ w: tf.ones([1]) }),
          apply: ({ w }, inputs: tf.Tensor) => tf.mul(inputs, w)
        })
      // The critic is to grow, the maker to shrink what the critic makes of its output.
      const rivals = Task.make({
        name: "rivals",
        models: { maker: scalar("maker"), critic: scalar("critic") },
        forward: ({ batch, models }) => models.critic(models.maker(batch.inputs)) as tf.Tensor,
        objectives: {
          up: { values: (outputs: tf.Tensor) => tf.neg(tf.squeeze(outputs, [1])) },
          down: { values: (outputs: tf.Tensor) => tf.squeeze(outputs, [1]), coefficient: 2 }
        },
        groups: [
          { name: "maker", match: "maker/**", losses: ["down"], optimizer: { _tag: "Sgd" }, learningRate: 0.1 },
          { name: "critic", match: "critic/**", losses: ["up"], optimizer: { _tag: "Sgd" }, learningRate: 0.2 }
        ]
      })
      const { state, history } = yield* Trainer.train(rivals, { config: { ...config, batchSize: 3 }, data })
      // Mean input 2: the maker's slope is 2·2, the critic's −2.
      assert.closeTo(valueOf(state.parameters["maker/w"]), 1 - 0.1 * 4, 1e-6)
      assert.closeTo(valueOf(state.parameters["critic/w"]), 1 + 0.2 * 2, 1e-6)
      const { "train/up": up, "train/down": down, "train/loss": loss } = history[0]!.values
      assert.deepStrictEqual([up, down, loss], [-2, 2, 2])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("may follow a part of the losses; what no group follows is measured, too", () =>
    Effect.gen(function* () {
      const watched = Task.make({
        name: "watched",
        models: { "": line },
        forward: ({ batch, models }) => models[""](batch.inputs) as tf.Tensor,
        objectives: {
          near: {
            values: (outputs: tf.Tensor, { targets }: { targets: tf.Tensor }) =>
              tf.squeeze(tf.abs(tf.sub(outputs, targets)), [1])
          },
          far: {
            values: (outputs: tf.Tensor, { targets }: { targets: tf.Tensor }) =>
              tf.squeeze(tf.square(tf.sub(outputs, targets)), [1])
          }
        },
        groups: [{ name: "all", match: "**", losses: ["near"] }]
      })
      const { history } = yield* Trainer.train(watched, {
        config: { ...config, learningRate: 1e-30 },
        data: { ...data, validation: numbers(1) }
      })
      const { values } = history[0]!
      assert.strictEqual(values["train/near"], 4)
      assert.closeTo(values["train/far"]!, (4 + 16 + 36) / 3, 1e-5)
      assert.closeTo(values["train/loss"]!, 4 + (4 + 16 + 36) / 3, 1e-5)
      assert.deepStrictEqual(
        [values["validation/near"], values["validation/far"], values["validation/loss"]],
        [2, 4, 6]
      )
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a path pattern", () => {
  const cases: ReadonlyArray<
    readonly [pattern: string, matching: ReadonlyArray<string>, others: ReadonlyArray<string>]
  > = [
    ["bias", ["bias"], ["a/bias", "biases", "bia"]],
    ["*", ["bias"], ["a/bias"]],
    ["conv*/kernel", ["conv/kernel", "conv1/kernel"], ["conv/1/kernel", "deconv/kernel", "conv1/kernels"]],
    ["**", ["bias", "a/bias", "a/b/c"], []],
    ["**/bias", ["bias", "a/bias", "a/b/bias"], ["a/bias/c", "abias"]],
    ["a/**", ["a", "a/b", "a/b/c"], ["b/a", "ab"]],
    ["a/**/bias", ["a/bias", "a/b/bias", "a/b/c/bias"], ["abias", "a/b/biases"]],
    ["**/**", ["bias", "a/bias"], []],
    ["a/**/**", ["a", "a/b"], ["b"]],
    ["**/**/bias", ["bias", "a/b/bias"], ["a/b"]],
    ["a.b/c+d", ["a.b/c+d"], ["aab/c+d", "a.b/ccd"]],
    ["[a]", ["[a]"], ["a"]]
  ]
  for (const [pattern, matching, others] of cases) {
    it(`${pattern} matches ${matching.join(", ")}${others.length === 0 ? "" : ` and not ${others.join(", ")}`}`, () => {
      const matches = matcher(pattern)
      assert.deepStrictEqual(matching.filter(matches), [...matching])
      assert.deepStrictEqual(others.filter(matches), [])
    })
  }

  it("may be one of several", () => {
    const matches = matcherOfAny(["**/bias", "norm/**"])
    assert.deepStrictEqual(["a/bias", "norm/scale", "a/kernel"].filter(matches), ["a/bias", "norm/scale"])
  })
})
