import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Config from "../src/Config.ts"
import { TrainConfig } from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { numbers, task } from "./support/tiny.ts"

const decode = (input: unknown) => Config.decode(TrainConfig, input, "config.yaml")
const problemsOf = (input: unknown) => Effect.map(Effect.flip(decode(input)), ({ problems }) => problems)

describe("a training config", () => {
  it.effect("that is empty has every default", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* decode({}), {
        seed: 0,
        until: { epochs: 1 },
        batchSize: 32,
        shuffle: true,
        dropLastBatch: false,
        optimizer: { _tag: "Adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
        learningRate: { _tag: "Constant", rate: 0.001 },
        groups: [],
        nonFinite: { _tag: "Fail" },
        validation: { every: { epochs: 1 }, sanityBatches: 0 },
        fastDevRun: false,
        logEverySteps: 50
      })
    })
  )

  it.effect("that is wrong in many ways is told all of them, each with its path", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        decode({
          sed: 1,
          batchSize: 0,
          until: { epoch: 3 },
          shuffle: "yes",
          optimizer: { _tag: "Adam", beta_1: 0.9, beta2: 1 },
          learningRate: Number.NaN,
          validation: { every: { epochs: -1 }, batchsize: 3 },
          limitTrainBatches: 1.5
        })
      )
      assert.strictEqual(
        error.message,
        [
          "config.yaml has 11 problems; nothing was started.",
          '  sed: unknown key; did you mean "seed"?',
          '  until.epoch: unknown key; did you mean "epochs"?',
          "  batchSize: expected a whole number of samples above 0",
          "  shuffle: Expected boolean",
          '  optimizer.beta_1: unknown key; did you mean "beta1"?',
          "  optimizer.beta2: expected a number in [0, 1)",
          "  learningRate: Expected a finite number",
          "  learningRate: expected a learning rate above 0",
          '  validation.batchsize: unknown key; did you mean "batchSize"?',
          "  validation.every.epochs: expected a whole number of epochs above 0",
          "  limitTrainBatches: Expected an integer"
        ].join("\n")
      )
    })
  )

  it.effect("with a key that resembles none is told the keys there are", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf({ validation: { zzzzzzzzzzzz: 1 } }), [
        {
          path: "validation.zzzzzzzzzzzz",
          message: "unknown key; known keys here: every, batchSize, limitBatches, sanityBatches"
        }
      ])
    })
  )

  it.effect("whose microbatches are larger than its batches is refused", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf({ batchSize: 8, microbatchSize: 9 }), [
        { path: "microbatchSize", message: "expected at most batchSize (8)" }
      ])
    })
  )

  it.effect("that is no record is refused", () =>
    Effect.gen(function* () {
      for (const input of [null, 3, "config", []]) {
        const problems = yield* problemsOf(input)
        assert.strictEqual(problems.length, 1)
        assert.strictEqual(problems[0]!.path, "")
      }
    })
  )

  it.effect("has the same hash whatever the order of its keys, and another one for other values", () =>
    Effect.gen(function* () {
      const hashOf = (input: unknown) => Effect.flatMap(decode(input), (config) => Config.hash(TrainConfig, config))
      const first = yield* hashOf({ seed: 1, batchSize: 8, validation: { batchSize: 4, sanityBatches: 1 } })
      const second = yield* hashOf({ validation: { sanityBatches: 1, batchSize: 4 }, batchSize: 8, seed: 1 })
      const other = yield* hashOf({ seed: 2, batchSize: 8, validation: { batchSize: 4, sanityBatches: 1 } })
      assert.match(first, /^[0-9a-f]{64}$/)
      assert.strictEqual(second, first)
      assert.notStrictEqual(other, first)
    })
  )

  it("has a JSON Schema with its keys, their defaults and no others", () => {
    const schema = JSON.parse(JSON.stringify(Config.jsonSchema(TrainConfig)))
    assert.strictEqual(schema.$schema, "https://json-schema.org/draft/2020-12/schema")
    const text = JSON.stringify(schema)
    for (const key of ["seed", "until", "batchSize", "optimizer", "learningRate", "fastDevRun"]) {
      assert.include(text, `"${key}":`)
    }
    assert.include(text, '"additionalProperties":false')
  })

  it.effect("that is wrong fails train before anything else", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Trainer.train(task, { config: { batchSize: -1 }, data: { train: numbers(1) } }))
      assert.strictEqual(
        error.message,
        "the training config has a problem; nothing was started.\n  batchSize: expected a whole number of samples above 0"
      )
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a tagged union of a config", () => {
  const tagged = {
    optimizer: ["Sgd", "Adam", "AdamW", "RmsProp", "Adagrad"],
    nonFinite: ["Fail"]
  }
  const spellings = (tag: string) => [
    tag,
    tag.toLowerCase(),
    tag.toUpperCase(),
    tag.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase(),
    tag.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()
  ]

  it.effect("takes the bare name of a variant, in any case, for the variant with its defaults", () =>
    Effect.gen(function* () {
      for (const [key, tags] of Object.entries(tagged)) {
        for (const tag of tags) {
          const whole = yield* decode({ [key]: { _tag: tag } })
          for (const name of spellings(tag)) {
            assert.deepStrictEqual(yield* decode({ [key]: name }), whole)
            assert.deepStrictEqual(yield* decode({ [key]: { _tag: name } }), whole)
          }
        }
      }
    })
  )

  it.effect("takes them in lists and inside one another as well", () =>
    Effect.gen(function* () {
      const written = {
        groups: [{ name: "a", match: "**", optimizer: "rmsprop" }],
        learningRate: {
          _tag: "sequence",
          parts: [{ for: { steps: 3 }, use: { _tag: "warmup", over: { steps: 2 }, then: 0.1 } }],
          last: { _tag: "constant", rate: 0.1 }
        }
      }
      const { groups, learningRate } = yield* decode(written)
      assert.strictEqual(groups[0]!.optimizer!._tag, "RmsProp")
      assert.strictEqual(learningRate._tag, "Sequence")
    })
  )

  it.effect("does not take the name of a variant for it where a text is a member of its own", () =>
    Effect.gen(function* () {
      const Free = Schema.Union([Schema.TaggedStruct("Adam", {}), Schema.String])
      assert.strictEqual(yield* Config.decode(Free, "adam", "test"), "adam")
    })
  )

  it.effect("says what a variant lacks that was called by its bare name", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf({ clip: "global_norm" }), [
        { path: "clip.maximum", message: "Missing key" }
      ])
    })
  )

  it.effect("answers the words of other libraries with where each thing is set, all at once", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf({ optimizer: { type: "Adam", lr: 0.001, betas: [0.9, 0.99] } }), [
        { path: "optimizer.lr", message: "unknown key here; set learningRate instead" },
        { path: "optimizer.betas", message: 'unknown key; did you mean "beta1" and "beta2"?' },
        {
          path: "optimizer.type",
          message: "write _tag instead, as in { _tag: Adam }, or the bare name Adam where it has no options"
        }
      ])
    })
  )

  it.effect("answers what is no variant with the variants, and with the one that was meant", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf({ optimizer: "adan", nonFinite: 3, until: 3 }), [
        { path: "until", message: untilAdvice },
        {
          path: "optimizer",
          message: "expected an optimizer: { _tag: Sgd | Adam | AdamW | RmsProp | Adagrad, … }; did you mean Adam?"
        },
        { path: "nonFinite", message: "expected { _tag: Fail | Skip | Rollback, … }" }
      ])
    })
  )

  const untilAdvice = "expected keys with values, as in { epochs: 3 }; the keys are epochs, steps, samples, minutes"

  it("has its bare names in the JSON Schema of a config, and not in that of other documents", () => {
    const schema = JSON.parse(JSON.stringify(Config.jsonSchema(TrainConfig)))
    const whole = (node: any): any => ({ ...node, ...schema.$defs[node.$ref?.split("/").at(-1)] }) // any: JSON
    const enums = (node: any): ReadonlyArray<string> => whole(node).anyOf.flatMap((one: any) => one.enum ?? [])
    assert.includeMembers([...enums(schema.properties.optimizer)], ["Adam", "adam", "RmsProp", "rmsprop"])
    assert.notInclude(JSON.stringify(Config.documentSchema(TrainConfig)), '"rmsprop"')
  })
})
