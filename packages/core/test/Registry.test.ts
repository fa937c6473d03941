import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Config from "../src/Config.ts"
import * as Entry from "../src/Entry.ts"
import * as LearningRate from "../src/LearningRate.ts"
import * as Optimizer from "../src/Optimizer.ts"
import * as Registry from "../src/Registry.ts"
import * as TrainConfig from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Update from "../src/Update.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task, valueOf } from "./support/tiny.ts"

/** p ← p − lr · sign(g): the simplest optimizer that is none of ours. */
const signOf = (name: string, factor = 1): Optimizer.Optimizer<"scale", never> =>
  Update.each({
    name,
    numbers: (_step, learningRate) => ({ scale: -learningRate * factor }),
    update: (gradient, slots, { numbers }) => [tf.mul(tf.sign(gradient), numbers.scale), slots]
  })
const Sign = Schema.TaggedStruct("SignDescent", {
  scale: Config.withDefault(Config.positive, 1, "Multiplies the rate")
})
const sign = Entry.of({
  tag: "SignDescent",
  schema: Sign,
  make: ({ scale }) => signOf("SignDescent", scale)
})

/** rate · √(warmup / t) after the warm-up, and rate · t / warmup before it. Vaswani et al. 2017, arXiv:1706.03762, §5.3. */
const inverseSqrt = LearningRate.make({
  tag: "InverseSqrt",
  schema: Schema.TaggedStruct("InverseSqrt", { rate: Config.positive, warmup: LearningRate.Span }),
  at: ({ rate, warmup }, { measure }) => {
    const { length, elapsed } = measure(warmup)
    return (step, begin) => {
      const done = elapsed(step, begin) + 1
      return rate * Math.min(done / length, Math.sqrt(length / done))
    }
  }
})

const registry = Registry.extend(Registry.core, { optimizers: [sign], schedules: [inverseSqrt] })
const schema = TrainConfig.of(registry)
const decode = (input: unknown) => Config.decode(schema, input, "config.yaml")
const messageOf = (input: unknown) => Effect.map(Effect.flip(decode(input)), ({ message }) => message)
const hashOf = (input: unknown) => Effect.flatMap(decode(input), (decoded) => Config.hash(schema, decoded))
const provideRegistry = Effect.provideService(Registry.Registry, registry)
const data = { train: numbers(3) }
const train = (own: TrainConfig.TrainConfigInput) => Trainer.train(task, { config: { ...config, ...own }, data })

describe("what another package adds to the registry is named in a config as ours is", () => {
  it.effect("an optimizer: by its tag or its bare name, with the defaults of its options", () =>
    Effect.gen(function* () {
      const expected = { _tag: "SignDescent", scale: 1 }
      for (const optimizer of [{ _tag: "SignDescent" }, "SignDescent", "sign_descent", { _tag: "signdescent" }]) {
        const decoded = yield* decode({ optimizer, groups: [{ name: "all", match: "**", optimizer }] })
        assert.deepStrictEqual<unknown>(decoded.optimizer, expected)
        assert.deepStrictEqual<unknown>(decoded.groups[0]!.optimizer, expected)
      }
    })
  )

  it.effect("a schedule: also within ours, and with its rates by the epochs of the run", () =>
    Effect.gen(function* () {
      const own = { _tag: "InverseSqrt", rate: 1, warmup: { epochs: 2 } }
      const decoded = yield* decode({
        learningRate: { _tag: "Sequence", parts: [{ for: { steps: 4 }, use: 0.5 }], last: own }
      })
      const rateAt = LearningRate.resolver(decoded.learningRate, registry.schedules)(2)
      assert.deepStrictEqual([0, 3, 4, 7, 19].map(rateAt), [0.5, 0.5, 0.25, 1, 0.5])
    })
  )

  it.effect("is in the messages, with what was probably meant", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* messageOf({
          optimizer: { _tag: "SignDecent" },
          learningRate: { _tag: "InverseSqrt", rate: 0, warmup: { epoch: 1 } },
          groups: [{ name: "all", match: "**", optimizer: { _tag: "SignDescent", scal: 2 } }]
        }),
        "config.yaml has 4 problems; nothing was started.\n" +
          "  optimizer: expected an optimizer: { _tag: Sgd | Adam | AdamW | RmsProp | Adagrad | SignDescent, … }; did you mean SignDescent?\n" +
          "  learningRate.rate: expected a number above 0\n" +
          '  learningRate.warmup.epoch: unknown key; did you mean "epochs"?\n' +
          '  groups.0.optimizer.scal: unknown key; did you mean "scale"?'
      )
      assert.include(
        yield* messageOf({ learningRate: true }),
        "CosineRestarts, Warmup, Polynomial, OneCycle, OneCycleMomentum, Ramp, Sequence or InverseSqrt"
      )
    })
  )

  it("is in the JSON Schema, with its descriptions and defaults", () => {
    const text = JSON.stringify(Config.jsonSchema(schema))
    for (const part of ["SignDescent", "signdescent", "Multiplies the rate", "InverseSqrt"]) assert.include(text, part)
    assert.notInclude(JSON.stringify(Config.jsonSchema(TrainConfig.TrainConfig)), "SignDescent")
  })

  it.effect("decides the hash by its options, defaults included", () =>
    Effect.gen(function* () {
      const plain = yield* hashOf({ optimizer: "SignDescent" })
      assert.strictEqual(yield* hashOf({ optimizer: { _tag: "SignDescent", scale: 1 } }), plain)
      assert.notStrictEqual(yield* hashOf({ optimizer: { _tag: "SignDescent", scale: 2 } }), plain)
    })
  )

  it.effect("trains, and is described with its options", () =>
    Effect.gen(function* () {
      const own = {
        optimizer: { _tag: "SignDescent", scale: 2 },
        learningRate: { _tag: "InverseSqrt", rate: 0.25, warmup: { steps: 1 } },
        until: { steps: 1 }
      } as unknown as TrainConfig.TrainConfigInput // as a file has it
      const { state } = yield* train(own)
      assert.strictEqual(Math.abs(valueOf(state.parameters["w"])), 0.5)
      const { config: described } = yield* Trainer.describe(task, own)
      assert.deepInclude(described, { optimizer: { _tag: "SignDescent", scale: 2 } })
    }).pipe(provideRegistry, Effect.provide(Cpu.layer))
  )

  it("is refused by a name that is taken, in any writing of it", () => {
    const own = { optimizers: [{ ...sign, tag: "adam_w" }, sign, sign], schedules: [{ ...inverseSqrt, tag: "cosine" }] }
    assert.deepStrictEqual(Registry.conflicts(Registry.core, own), [
      "there is another optimizer with the name adam_w; give one of them another name",
      "there is another optimizer with the name SignDescent; give one of them another name",
      "there is another schedule with the name cosine; give one of them another name"
    ])
  })
})

describe("code puts values into a config", () => {
  const inverse = (step: number) => 0.5 / (step + 1)

  it.effect("an optimizer and a function of the step, which descriptions know by their names", () =>
    Effect.gen(function* () {
      const own = { optimizer: signOf("Signs"), learningRate: inverse, until: { steps: 2 } }
      const { state } = yield* train(own)
      assert.strictEqual(Math.abs(valueOf(state.parameters["w"])), 0.75)
      const { config: described } = yield* Trainer.describe(task, own)
      assert.deepInclude(described, { optimizer: { _tag: "Signs" }, learningRate: { _tag: "inverse" } })
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("a schedule within one of ours begins with its own steps", () =>
    Effect.gen(function* () {
      const { config: read, registry: known } = yield* TrainConfig.read({
        learningRate: { _tag: "Warmup", over: { steps: 2 }, then: inverse }
      })
      const rateAt = LearningRate.resolver(read.learningRate, known.schedules)(1)
      assert.deepStrictEqual([0, 1, 2, 3].map(rateAt), [0, 0.25, 0.5, 0.25])
    })
  )

  it.effect("a schedule that goes by epochs", () =>
    Effect.gen(function* () {
      const halves: LearningRate.Custom = {
        name: "halves",
        at: ({ measure }) => {
          const { length } = measure({ epochs: 1 })
          return (step) => 0.5 ** Math.floor(step / length)
        }
      }
      const { config: read, registry: known } = yield* TrainConfig.read({ learningRate: halves })
      assert.deepStrictEqual(
        [0, 9, 10, 20].map(LearningRate.resolver(read.learningRate, known.schedules)(10)),
        [1, 1, 0.5, 0.25]
      )
    })
  )

  it.effect("one of our optimizers is the same as its data", () =>
    Effect.gen(function* () {
      const { config: read } = yield* TrainConfig.read({ optimizer: Optimizer.adam({ beta1: 0.8 }) })
      assert.deepStrictEqual(read, yield* decode({ optimizer: { _tag: "Adam", beta1: 0.8 } }))
    })
  )

  it.effect("two values of one name are two, and a value is one wherever it is", () =>
    Effect.gen(function* () {
      const [first, second] = [signOf("Signs"), signOf("Signs")]
      const group = (name: string, optimizer: Optimizer.Optimizer) => ({ name, match: name, optimizer })
      const { config: read } = yield* TrainConfig.read({
        optimizer: first,
        groups: [group("a", second), group("b", first), group("c", { ...first, name: "Adam" })]
      })
      const tags = [read.optimizer, ...read.groups.map(({ optimizer }) => optimizer)].map((one) => one?._tag as string)
      assert.deepStrictEqual(tags, ["Signs", "Signs 2", "Signs", "Adam 2"])
    })
  )
})
