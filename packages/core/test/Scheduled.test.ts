import "@tensorflow/tfjs-backend-cpu"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Callback from "../src/Callback.ts"
import * as Configs from "../src/Config.ts"
import type { PreflightFailed } from "../src/Errors.ts"
import * as LearningRate from "../src/LearningRate.ts"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import * as Optimizer from "../src/Optimizer.ts"
import * as RandomBits from "../src/RandomBits.ts"
import * as Registry from "../src/Registry.ts"
import * as Scheduled from "../src/Scheduled.ts"
import * as Task from "../src/Task.ts"
import * as Tensors from "../src/Tensors.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Update from "../src/Update.ts"
import * as Updates from "../src/Updates.ts"
import * as Cpu from "./support/cpu.ts"
import { assertNear, readFixture } from "./support/fixtures.ts"
import { config, numbers, recorder, task } from "./support/tiny.ts"

const fixture = readFixture<{
  readonly shape: Array<number>
  readonly initial: Array<number>
  readonly gradients: Array<Array<number>>
  readonly cases: Array<{
    readonly name: string
    readonly config: { readonly _tag: string }
    readonly rates: Array<number>
    readonly numbers: Array<{ readonly [name: string]: number }>
    readonly parameter: Array<number>
  }>
}>("scheduled.json")
const decode = (input: unknown) => Configs.decode(Optimizer.Config, input, "config")
const problems = (input: unknown) =>
  Effect.map(Effect.flip(decode(input)), (error) => error.problems.map(({ path, message }) => `${path}: ${message}`))

/** The parameter after an update for each gradient of the fixture. */
const trained = (rule: Optimizer.Optimizer, rates: ReadonlyArray<number>): ArrayLike<number> => {
  let parameters: Tensors.Tensors = { p: tf.tensor(fixture.initial, fixture.shape) }
  let slots: Tensors.Owned = rule.init(parameters)
  for (const [at, gradient] of fixture.gradients.entries()) {
    const gradients = { p: tf.tensor(gradient, fixture.shape) }
    ;({ parameters, slots } = Update.step(rule, {
      ...{ parameters, slots, gradients },
      step: at + 1,
      learningRate: rates[at]!
    }))
  }
  return parameters["p"]!.dataSync()
}

beforeAll(() => tf.setBackend("cpu"))

describe("twenty updates with numbers that change give the parameters of torch.optim", () => {
  for (const { name, config, rates, numbers, parameter } of fixture.cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const rule = Optimizer.fromConfig(yield* decode(config))
        assertNear("parameter", trained(rule, rates), parameter, { relative: 1e-5, absolute: 1e-6 })
        const { scheduled = {} } = rule
        assert.isNotEmpty(Object.keys(scheduled))
        for (const [changing, { schedule }] of Object.entries(scheduled)) {
          const found = numbers.map((_, step) => Scheduled.valueAt(step + 1)(schedule))
          const expected = numbers.map((all) => all[changing]!)
          assertNear(changing, found, expected, { relative: 1e-12, absolute: 1e-15 })
        }
      })
    )
  }
})

describe("a schedule that never changes", () => {
  const fixed = { momentum: 0.75, weightDecay: 0.25 }
  for (const [name, make] of Object.entries({ sgd: Optimizer.sgd, rmsProp: Optimizer.rmsProp })) {
    it(`gives the bits of the number: ${name}`, () => {
      const rates = fixture.gradients.map(() => 0.1)
      const scheduled = {
        momentum: { _tag: "Constant", rate: fixed.momentum },
        weightDecay: (_step: number) => fixed.weightDecay
      } as const
      assert.deepStrictEqual(trained(make(scheduled), rates), trained(make(fixed), rates))
    })
  }

  it("is a number of the rule that a number is not", () => {
    const fields = ({ momentum, weightDecay }: { momentum: Scheduled.Input; weightDecay: Scheduled.Input }) => {
      const { numbers, scheduled = {} } = Optimizer.sgd({ momentum, weightDecay })
      return [Object.keys(scheduled), Object.keys(numbers(1, 0.1, Scheduled.valueAt(1))["trace"] ?? {})]
    }
    assert.deepStrictEqual(fields(fixed), [[], []])
    assert.deepStrictEqual(fields({ ...fixed, momentum: () => 0.75 }), [["momentum"], ["momentum"]])
  })
})

describe("configs", () => {
  it.effect("take a schedule in the place of a number, with its defaults, and keep the number", () =>
    Effect.gen(function* () {
      const found = yield* decode({
        _tag: "Sgd",
        momentum: { _tag: "onecyclemomentum", over: { epochs: 2 } },
        weightDecay: { _tag: "Sequence", parts: [{ for: { epochs: 1 }, use: 0 }], last: 0.1 }
      })
      assert.deepInclude(found, {
        momentum: {
          _tag: "OneCycleMomentum",
          maximum: 0.95,
          minimum: 0.85,
          over: { epochs: 2 },
          warmupFraction: 0.3
        },
        weightDecay: {
          _tag: "Sequence",
          parts: [{ for: { epochs: 1 }, use: { _tag: "Constant", rate: 0 } }],
          last: { _tag: "Constant", rate: 0.1 }
        }
      })
    })
  )

  it.effect("say what is wrong with a schedule, and with a number as before", () =>
    Effect.gen(function* () {
      const span = { steps: 3 }
      assert.deepStrictEqual(
        yield* problems({
          _tag: "AdamW",
          beta1: 1,
          beta2: { _tag: "Ramp", from: -1, to: 0.9, over: { steps: 0 } },
          weightDecay: { _tag: "OneCycleMomentum", maximum: 0.5, minimum: 0.6, over: span, minimun: 1 }
        }),
        [
          "beta1: expected a number in [0, 1)",
          "beta2.from: expected a number of at least 0",
          "beta2.over.steps: expected a whole number of steps above 0",
          'weightDecay.minimun: unknown key; did you mean "minimum"?'
        ]
      )
      const [unknown] = yield* problems({ _tag: "Sgd", momentum: { _tag: "Rampe" } })
      assert.include(unknown, "did you mean Ramp?")
      const [text] = yield* problems({ _tag: "Sgd", momentum: "much" })
      assert.match(text ?? "", /^momentum: expected .*Ramp/)
    })
  )
})

/** w·x with dropout of the inputs, at a rate that is scheduled. */
const fading = (rate: Scheduled.Scheduled) =>
  Task.supervised({
    name: "fading",
    loss: Losses.meanAbsoluteError,
    model: Model.make({
      name: "scaling",
      init: () => ({ w: tf.zeros([1]) }),
      scheduled: Scheduled.changing({ "dropout/rate": rate }, Scheduled.fraction),
      apply: ({ w }, x: tf.Tensor, { training, random, scheduled }) => {
        const left = training
          ? RandomBits.dropout(random, "mask", x, Scheduled.factor(rate, scheduled, "dropout/rate"))
          : x
        return tf.mul(left, w)
      }
    })
  })
const ramp = { _tag: "Ramp", from: 0.5, to: 0, over: { steps: 4 } } as const
const oneEpoch = { ...config, logEverySteps: 1 }
const data = { train: numbers(8) }
const weight = (state: { readonly parameters: Tensors.Tensors }) => Tensors.get(state.parameters, "w").dataSync()[0]

describe("in a run", () => {
  it.effect("values are in the events of logged steps and epochs, as the learning rate is", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      yield* Trainer.train(fading(ramp), {
        config: { ...oneEpoch, optimizer: { _tag: "Sgd", momentum: ramp, weightDecay: (step: number) => step / 100 } },
        data
      })
      const seen = events.flatMap((event) =>
        event._tag === "StepLogged" || event._tag === "EpochEnded" ? [event.scheduled] : []
      )
      const at = (step: number) => ({
        weightDecay: step / 100,
        momentum: 0.5 - step / 8,
        "dropout/rate": 0.5 - step / 8
      })
      assert.deepStrictEqual(seen, [at(0), at(1), at(2), at(3), at(0)])
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("groups have their own, by name", () => {
    const { events, layer } = recorder()
    const groups = [{ name: "all", match: "w", optimizer: Optimizer.sgd({ momentum: ramp }) }]
    const two = Task.supervised({
      ...{ name: "two", loss: Losses.meanAbsoluteError, groups },
      model: Model.make({
        name: "two",
        init: () => ({ w: tf.zeros([1]), v: tf.zeros([1]) }),
        apply: ({ w, v }, x: tf.Tensor) => tf.add(tf.mul(x, w), v)
      })
    })
    return Effect.gen(function* () {
      const optimizer = { _tag: "AdamW", weightDecay: ramp } as const
      yield* Trainer.train(two, { config: { ...oneEpoch, optimizer, until: { steps: 1 } }, data })
      const [seen] = events.flatMap((event) => (event._tag === "StepLogged" ? [event.scheduled] : []))
      assert.deepStrictEqual(seen, { "all/momentum": 0.5, "default/weightDecay": 0.5 })
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("schedules of one's own that a package adds are named for every number", () => {
    const { events, layer } = recorder()
    const halving = LearningRate.make({
      tag: "Halving",
      schema: Schema.TaggedStruct("Halving", { from: Schema.Finite }),
      at:
        ({ from }) =>
        (step, begin) =>
          from * 0.5 ** (step - begin)
    })
    const registry = Registry.extend(Registry.core, { schedules: [halving] })
    return Effect.gen(function* () {
      // As a file would have it.
      const text = '{ "optimizer": { "_tag": "AdamW", "weightDecay": { "_tag": "halving", "from": 0.5 } } }'
      yield* Trainer.train(task, { config: { ...oneEpoch, ...JSON.parse(text) }, data })
      const seen = events.flatMap((event) => (event._tag === "StepLogged" ? [event.scheduled] : []))
      assert.deepStrictEqual(
        seen,
        [0.5, 0.25, 0.125, 0.0625].map((weightDecay) => ({ weightDecay }))
      )
    }).pipe(Effect.provideService(Registry.Registry, registry), Effect.provide([Cpu.layer, layer]))
  })

  it.effect("a plain run has none in its events", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      yield* Trainer.train(task, { config: oneEpoch, data })
      assert.isFalse(events.some((event) => "scheduled" in event))
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("microbatches draw by the same rate", () =>
    Effect.gen(function* () {
      const whole = yield* Trainer.train(fading(ramp), { config: { ...oneEpoch, batchSize: 4 }, data })
      const parts = yield* Trainer.train(fading(ramp), {
        config: { ...oneEpoch, batchSize: 4, microbatchSize: 2 },
        data
      })
      assert.approximately(weight(parts.state) ?? 0, weight(whole.state) ?? 1, 1e-6)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("schedules that leave their range, or are none, are reported with all other problems", () =>
    Effect.gen(function* () {
      const growing = Update.chain(
        Updates.trace({ momentum: (step: number) => 0.5 + step / 4 }),
        Updates.scaleByLearningRate()
      )
      const shrinking = Callback.transform({
        id: "shrinking",
        transform: { scheduled: Scheduled.changing({ factor: { _tag: "Ramp", from: 1 } }, Scheduled.notNegative) }
      })
      const run = Trainer.train(
        fading((step: number) => step / 3),
        {
          config: { ...oneEpoch, optimizer: growing },
          data,
          callbacks: shrinking
        }
      )
      const { message } = (yield* Effect.flip(run)) as PreflightFailed
      assert.include(message, "momentum: its schedule gives 1 before update 3; expected a number in [0, 1)")
      assert.include(message, "dropout/rate: its schedule gives 1 before update 4; expected a number in [0, 1)")
      assert.match(message, /shrinking\/factor: .*to: Missing key/s)
    }).pipe(Effect.provide(Cpu.layer))
  )
})
