import { readFileSync } from "node:fs"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Config from "@etude/core/Config"
import * as Entry from "@etude/core/Entry"
import * as LearningRate from "@etude/core/LearningRate"
import * as Optimizer from "@etude/core/Optimizer"
import * as Rng from "@etude/core/Rng"
import * as Tensors from "@etude/core/Tensors"
import * as TrainState from "@etude/core/TrainState"
import * as Update from "@etude/core/Update"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as laws from "@etude/testing/Laws"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { adafactor, Links, lion, optimizers, Schedules } from "../src/index.ts"

type Flat = { readonly [parameter: string]: ReadonlyArray<number> }
interface Fixture {
  readonly shapes: { readonly [parameter: string]: Array<number> }
  readonly initial: Flat
  readonly gradients: ReadonlyArray<Flat>
  readonly rates: ReadonlyArray<number>
  readonly cases: ReadonlyArray<{
    readonly config: { readonly _tag: string }
    readonly parameters: Flat
    readonly evaluated?: Flat
  }>
  readonly schedules: ReadonlyArray<{
    readonly config: { readonly _tag: string }
    readonly rates: ReadonlyArray<number>
  }>
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("../fixtures/optimizers.json", import.meta.url), "utf8"))

const all = [...Optimizer.entries, ...optimizers]
const fromConfig = (config: unknown) =>
  Effect.map(Config.decode(Optimizer.schemaOf(all), config, "config"), (decoded) => Entry.make(all, decoded))

const tensorsOf = (values: Flat, names: ReadonlyArray<string>): Tensors.Tensors =>
  Object.fromEntries(names.map((name) => [name, tf.tensor([...(values[name] ?? [])], fixture.shapes[name])]))

/** The parameters, and the slots, after an update for each gradient. */
const trained = (rule: Optimizer.Optimizer, names: ReadonlyArray<string>) => {
  let parameters = tensorsOf(fixture.initial, names)
  let slots: Tensors.Owned = rule.init(parameters)
  fixture.gradients.forEach((gradients, index) => {
    const options = { gradients: tensorsOf(gradients, names), step: index + 1, learningRate: fixture.rates[index] ?? 0 }
    ;({ parameters, slots } = Update.step(rule, { parameters, slots, ...options }))
  })
  return { parameters, slots }
}

const assertNear = (what: string, found: ArrayLike<number>, expected: ReadonlyArray<number>) => {
  for (const [index, wanted] of expected.entries()) {
    const difference = Math.abs((found[index] ?? Number.NaN) - wanted)
    assert.isAtMost(difference, 2e-5 * Math.max(0.05, Math.abs(wanted)), `${what}[${index}]`)
  }
}

layer(CpuBackend.layer)("twenty updates give the parameters of torch.optim and Optax", (it) => {
  for (const { config, parameters, evaluated } of fixture.cases) {
    const names = Object.keys(parameters)
    it.effect(`${JSON.stringify(config)} of ${names.join(", ")}`, () =>
      Effect.gen(function* () {
        const rule = yield* fromConfig(config)
        const found = Tensors.tidy(() => trained(rule, names))
        const evaluatedAs = TrainState.evaluated({ ...found, callbacks: {}, last: {} })
        for (const name of names) {
          assertNear(name, Tensors.get(found.parameters, name).dataSync(), parameters[name] ?? [])
          const expected = (evaluated ?? parameters)[name] ?? []
          assertNear(`evaluated ${name}`, Tensors.get(evaluatedAs, name).dataSync(), expected)
        }
        Tensors.disposeTree({ ...found, evaluatedAs })
      })
    )
  }
})

layer(CpuBackend.layer)("links", (it) => {
  it.effect("centralized gradients have a mean of 0 for each output, and vectors stay", () =>
    Effect.sync(() =>
      Tensors.tidy(() => {
        const gradients = {
          kernel: tf.tensor(
            Array.from({ length: 24 }, (_, index) => Math.sqrt(index)),
            [2, 3, 4]
          ),
          bias: tf.tensor1d([1, 2])
        }
        const [centred] = Links.centralizeGradients().update(gradients, {
          ...{ parameters: gradients, slots: {}, numbers: {}, gradient: (index) => index },
          random: { bits: () => tf.scalar(0) }
        })
        for (const mean of tf.mean(Tensors.get(centred, "kernel"), [0, 1]).dataSync())
          assert.approximately(mean, 0, 1e-6)
        assert.deepStrictEqual([...Tensors.get(centred, "bias").dataSync()], [1, 2])
        return centred
      })
    )
  )

  it.effect("Muon's singular values come near 1, of tall, wide and square matrices", () =>
    Effect.sync(() => {
      for (const [rows, columns] of [
        [6, 3],
        [3, 6],
        [4, 4]
      ] as const) {
        const gram = Tensors.tidy(() => {
          const x = tf.tensor(Rng.normals(Rng.key(5), rows * columns), [rows, columns])
          const y = Links.orthogonalized(x, 12)
          return rows > columns ? tf.matMul(y, y, true, false) : tf.matMul(y, y, false, true)
        })
        const size = Math.min(rows, columns)
        const values = gram.dataSync()
        gram.dispose()
        for (let index = 0; index < size; index++) assert.approximately(values[index * size + index] ?? 0, 0.875, 0.415)
      }
    })
  )

  it.effect("Adafactor's memory of a matrix is a row and a column", () =>
    Effect.sync(() => {
      const parameters = { kernel: tf.zeros([300, 200]), bias: tf.zeros([200]) }
      const slots = adafactor().init(parameters)
      const sizes = Object.values(slots).flatMap((tensors) => Object.values(tensors).map(({ size }) => size))
      assert.deepStrictEqual(sizes, [300, 200, 200])
      for (const tensors of [parameters, ...Object.values(slots)]) Tensors.dispose(tensors)
    })
  )
})

/** The numbers of each optimizer that a config may schedule. */
const schedulable: { readonly [tag: string]: ReadonlyArray<string> } = {
  Lion: ["beta1", "beta2"],
  Lamb: ["beta1", "beta2"],
  Lars: ["momentum"],
  Muon: ["momentum"]
}

layer(CpuBackend.layer)("a number that is scheduled, and never changes", (it) => {
  for (const { tag } of optimizers.filter(({ tag }) => tag !== "Lookahead")) {
    for (const field of ["weightDecay", ...(schedulable[tag] ?? [])]) {
      it.effect(`is that number: ${field} of ${tag}`, () =>
        Effect.gen(function* () {
          const names = Object.keys(fixture.shapes)
          const fixed = yield* fromConfig({ _tag: tag, [field]: 0.75 })
          const scheduled = yield* fromConfig({ _tag: tag, [field]: { _tag: "Constant", rate: 0.75 } })
          assert.deepStrictEqual([fixed.scheduled, Object.keys(scheduled.scheduled ?? {})], [undefined, [field]])
          const [found, expected] = [scheduled, fixed].map((rule) => Tensors.tidy(() => trained(rule, names)))
          for (const name of names) {
            const values = (state = found) => Tensors.get(state?.parameters ?? {}, name).dataSync()
            assertNear(name, values(), [...values(expected)])
          }
          Tensors.disposeTree({ found: found ?? {}, expected: expected ?? {} })
        })
      )
    }
  }
})

describe("Lookahead in a config", () => {
  it.effect("is around any optimizer, by its bare name too", () =>
    Effect.map(fromConfig({ _tag: "lookahead", of: "radam" }), ({ slots }) =>
      assert.deepStrictEqual(slots, ["m", "v", "slow"])
    )
  )

  it.effect("says what is wrong with itself and with what it is around", () =>
    Effect.gen(function* () {
      const wrong = { _tag: "Lookahead", of: { _tag: "Lion", beta1: 2 }, every: 0, fraction: 0 }
      const { problems } = yield* Effect.flip(fromConfig(wrong))
      assert.deepStrictEqual(
        problems.map(({ path, message }) => `${path}: ${message.split(",")[0]}`),
        [
          "of.beta1: expected a number in [0",
          "every: expected a whole number of steps above 0",
          "fraction: expected a number in (0"
        ]
      )
    })
  )
})

const rate = LearningRate.schemaOf([...LearningRate.entries, ...Schedules.schedules])
const ratesOf = (config: unknown, steps: number, batchesPerEpoch = 10) =>
  Effect.map(Config.decode(rate, config, "config"), (schedule) => {
    const at = LearningRate.resolve(schedule, batchesPerEpoch, [], [...LearningRate.entries, ...Schedules.schedules])
    return Array.from({ length: steps }, (_, step) => at(step))
  })

const assertRates = (found: ReadonlyArray<number>, expected: ReadonlyArray<number>) => {
  for (const [step, wanted] of expected.entries()) {
    assert.approximately(found[step] ?? Number.NaN, wanted, 1e-12, `step ${step}`)
  }
}

describe("schedules", () => {
  for (const { config, rates } of fixture.schedules) {
    it.effect(`${JSON.stringify(config)} is PyTorch's`, () =>
      Effect.map(ratesOf(config, rates.length), (found) => assertRates(found, rates))
    )
  }

  it.effect("the inverse square root rises in a line and falls with the root", () =>
    Effect.map(ratesOf({ _tag: "InverseSquareRoot", rate: 0.2, warmup: { steps: 4 } }, 64), (found) => {
      assertRates(found.slice(0, 4), [0.05, 0.1, 0.15, 0.2])
      assert.approximately(found[15] ?? 0, 0.1, 1e-12)
      assert.approximately(found[63] ?? 0, 0.05, 1e-12)
    })
  )

  it.effect("warm-up, stable and decay, in steps and in epochs", () =>
    Effect.gen(function* () {
      const config = { _tag: "WarmupStableDecay", rate: 1, minimum: 0.1, warmup: { steps: 4 }, decay: { steps: 4 } }
      const found = yield* ratesOf({ ...config, stable: { steps: 2 } }, 12)
      assertRates(found, [0.2, 0.4, 0.6, 0.8, 1, 1, 1, 0.775, 0.55, 0.325, 0.1, 0.1])
      const root = yield* ratesOf({ ...config, shape: "squareRoot", stable: { steps: 2 } }, 11)
      assertRates(root.slice(6), [1, 0.55, 0.1 + 0.9 * (1 - Math.SQRT1_2), 0.1 + 0.9 * (1 - Math.sqrt(0.75)), 0.1])
      const epochs = yield* ratesOf({ ...config, stable: { epochs: 1 } }, 20)
      assert.deepStrictEqual([epochs[4], epochs[13]], [1, 1])
      assert.isBelow(epochs[15] ?? 1, 1)
    })
  )

  it.effect("says what is wrong with their options", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ratesOf({ _tag: "Cyclic", minimum: 1, maximum: 0.1, rise: { steps: 3 } }, 1))
      assert.include(error.message, "minimum: expected at most the maximum (0.1)")
    })
  )
})

laws.optimizer(lion(), { name: "lion" })
