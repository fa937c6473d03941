import "@tensorflow/tfjs-backend-cpu"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Configs from "../src/Config.ts"
import * as Optimizer from "../src/Optimizer.ts"
import * as Scheduled from "../src/Scheduled.ts"
import * as Tensors from "../src/Tensors.ts"
import * as Update from "../src/Update.ts"
import { assertNear, readFixture } from "./support/fixtures.ts"

type Flat = { readonly [parameter: string]: Array<number> }
interface Fixture {
  readonly shapes: Flat
  readonly initial: Flat
  readonly gradients: Array<Flat>
  readonly rates: Flat
  readonly cases: Array<{
    readonly config: { readonly _tag: string }
    readonly parameters: Flat
    readonly slots: { readonly [parameter: string]: Flat }
  }>
}
const fixture = readFixture<Fixture>("optimizers.json")
// Equal but for the sign of zero, which JSON does not keep.
const same = Schema.toEquivalence(Optimizer.Config)
const decode = (input: unknown) => Configs.decode(Optimizer.Config, input, "config")
const decodeSync = (input: unknown) => Effect.runSync(decode(input))
const at = Scheduled.valueAt(1)
const problems = (input: unknown) =>
  Effect.map(Effect.flip(decode(input)), (error) => error.problems.map(({ path, message }) => `${path}: ${message}`))

/** Applies updates to one parameter, one for each gradient. */
const run = (
  rule: Optimizer.Optimizer,
  shape: Array<number>,
  initial: Array<number>,
  gradients: ReadonlyArray<Array<number>>,
  rates: ReadonlyArray<number>
) => {
  let parameters: Tensors.Tensors = { p: tf.tensor(initial, shape) }
  let slots: Tensors.Owned = rule.init(parameters)
  for (const [at, gradient] of gradients.entries()) {
    const inputs = { parameters, slots, gradients: { p: tf.tensor(gradient, shape) } }
    ;({ parameters, slots } = Update.step(rule, { ...inputs, step: at + 1, learningRate: rates[at]! }))
  }
  const ofSlot = Object.fromEntries(Object.entries(slots).map(([slot, { p }]) => [slot, p!]))
  return { parameter: parameters["p"]!, slots: ofSlot }
}

beforeAll(() => tf.setBackend("cpu"))

describe("ten updates give the parameters and slots of torch.optim", () => {
  for (const { config, parameters, slots } of fixture.cases) {
    it.effect(JSON.stringify(config), () =>
      Effect.gen(function* () {
        const rule = Optimizer.fromConfig(yield* decode(config))
        assert.isTrue(rule.elementwise)
        for (const name in fixture.shapes) {
          const gradients = fixture.gradients.map((all) => all[name]!)
          const result = run(
            rule,
            fixture.shapes[name]!,
            fixture.initial[name]!,
            gradients,
            fixture.rates[config._tag]!
          )
          assertNear(name, result.parameter.dataSync(), parameters[name]!, { relative: 1e-6, absolute: 2e-7 })
          assert.includeMembers([...rule.slots], Object.keys(slots[name]!))
          for (const slot in slots[name]!) {
            assertNear(`${slot} of ${name}`, result.slots[slot]!.dataSync(), slots[name]![slot]!, {
              relative: 1e-6,
              absolute: 1e-6
            })
          }
        }
      })
    )
  }
})

describe("rules", () => {
  it("Adam's first update is the rate against the gradient's sign, whatever its size", () => {
    const { parameter } = run(Optimizer.adam(), [3], [0, 0, 0], [[1e-3, -7, 400]], [0.01])
    assertNear("parameter", parameter.dataSync(), [-0.01, 0.01, -0.01], { relative: 1e-4, absolute: 0 })
  })

  it("at a rate of 0 no rule moves the parameter", () => {
    for (const { config } of fixture.cases) {
      const { parameter } = run(Optimizer.fromConfig(decodeSync(config)), [2], [1, -2], [[3, -4]], [0])
      assert.deepStrictEqual([...parameter.dataSync()], [1, -2], JSON.stringify(config))
    }
  })

  it("the scalars of a rule have the same names at every step", () => {
    for (const { config } of fixture.cases) {
      const rule = Optimizer.fromConfig(decodeSync(config))
      assert.deepStrictEqual(Object.keys(rule.numbers(1, 0.1, at)), Object.keys(rule.numbers(1000, 0, at)))
    }
  })

  it("the corrections of Adam stay finite after a million updates", () => {
    assert.deepInclude(Optimizer.adam().numbers(1_000_000, 0.1, at), { size: -0.1, epsilon: 1e-8 })
  })

  it("an elementwise rule treats two parameters laid end to end as it treats each", () => {
    for (const { config } of fixture.cases) {
      const rule = Optimizer.fromConfig(decodeSync(config))
      const rates = [0.1, 0.1]
      const [one, other] = [run(rule, [1], [1], [[2], [1]], rates), run(rule, [1], [-3], [[4], [0]], rates)]
      const both = run(
        rule,
        [2],
        [1, -3],
        [
          [2, 4],
          [1, 0]
        ],
        rates
      )
      assert.deepStrictEqual(
        [...both.parameter.dataSync()],
        [...one.parameter.dataSync(), ...other.parameter.dataSync()],
        JSON.stringify(config)
      )
    }
  })
})

describe("configs", () => {
  it.effect("what is left out has PyTorch's default", () =>
    Effect.gen(function* () {
      const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
      const momentum = { momentum: 0, weightDecay: 0 }
      const expected = [
        { _tag: "Sgd", ...momentum, nesterov: false, dampening: 0 },
        { _tag: "Adam", ...adam, weightDecay: 0 },
        { _tag: "AdamW", ...adam, weightDecay: 0.01 },
        { _tag: "RmsProp", ...momentum, alpha: 0.99, epsilon: 1e-8, centered: false },
        { _tag: "Adagrad", learningRateDecay: 0, initialAccumulator: 0, epsilon: 1e-10, weightDecay: 0 }
      ] as const
      for (const config of expected) assert.deepStrictEqual(yield* decode({ _tag: config._tag }), config)
    })
  )

  it.effect("all problems are reported together, each with its path", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* problems({ _tag: "Adam", beta1: 1, beta2: -0.1, epsilon: 0, weightDecay: -1, momentun: 0.9 }),
        [
          'momentun: unknown key; did you mean "momentum"?',
          "beta1: expected a number in [0, 1)",
          "beta2: expected a number in [0, 1)",
          "epsilon: expected a number above 0",
          "weightDecay: expected a number of at least 0"
        ]
      )
      assert.deepStrictEqual(yield* problems({ _tag: "Lion" }), [
        ": expected an optimizer: { _tag: Sgd | Adam | AdamW | RmsProp | Adagrad, … }"
      ])
    })
  )

  it.effect("NaN is refused", () =>
    Effect.gen(function* () {
      assert.include(yield* problems({ _tag: "Sgd", weightDecay: Number.NaN }), "weightDecay: Expected a finite number")
    })
  )

  it.effect("nesterov needs momentum and no dampening, as in PyTorch", () =>
    Effect.gen(function* () {
      const expected = ["nesterov: expected momentum above 0 and dampening 0 with nesterov"]
      assert.deepStrictEqual(yield* problems({ _tag: "Sgd", nesterov: true }), expected)
      assert.deepStrictEqual(yield* problems({ _tag: "Sgd", nesterov: true, momentum: 0.9, dampening: 0.1 }), expected)
    })
  )

  it("centered RMSprop stays finite for gradients that do not vary", () => {
    // Without care, of 0.1 the difference of the moments is below 0 at step 1202, of −2.5 at 1169.
    const gradients = [0.1, -2.5, 0.001, 7, 1 / 3, 1e-5, 123]
    const rule = Optimizer.rmsProp({ centered: true })
    const gradient = tf.tensor1d(gradients)
    const parameters = { p: tf.zeros([gradients.length]) }
    let slots: Tensors.Owned = rule.init(parameters)
    for (let step = 1; step <= 3000; step++) {
      const next = Update.step(rule, { parameters, slots, gradients: { p: gradient }, step, learningRate: 0.01 })
      const values = [...next.parameters["p"]!.dataSync()]
      assert.isTrue(
        values.every((value, at) => Number.isFinite(value) && value * gradients[at]! < 0),
        `step ${step}: ${values}`
      )
      Tensors.dispose(next.parameters)
      Tensors.disposeTree(slots)
      slots = next.slots
    }
  })

  it("options in code are checked as a config is", () => {
    assert.throws(() => Optimizer.adam({ beta1: 2 }), "beta1: expected a number in [0, 1)")
    assert.strictEqual(Optimizer.sgd({ momentum: 0.9, nesterov: true }).name, "Sgd")
    assert.deepStrictEqual(Optimizer.adamW().numbers(1, 0.1, at)["decayScaledByRate"], { shrink: -0.001 })
    assert.deepStrictEqual(Optimizer.rmsProp({ centered: true, momentum: 0.5 }).slots, ["square", "mean", "momentum"])
    const { sum } = Optimizer.adagrad({ initialAccumulator: 2 }).init({ p: tf.zeros([2]) })
    assert.deepStrictEqual(sum?.["p"]?.arraySync(), [2, 2])
  })

  it("the JSON Schema tells descriptions and defaults", () => {
    const schema = JSON.stringify(Configs.jsonSchema(Optimizer.Config))
    assert.include(schema, '"description":"Decay of the mean of gradients","default":0.9')
  })

  it.effect.prop("a config written to JSON and read again is the same", [Optimizer.Config], ([config]) =>
    Effect.gen(function* () {
      const text = JSON.stringify(yield* Schema.encodeEffect(Optimizer.Config)(config))
      assert.isTrue(same(yield* decode(JSON.parse(text)), config), text)
    })
  )
})
