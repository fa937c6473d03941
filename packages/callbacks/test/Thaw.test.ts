import { assert, describe, it } from "@effect/vitest"
import type * as Optimizer from "@etude/core/Optimizer"
import * as Tensors from "@etude/core/Tensors"
import type * as TrainConfig from "@etude/core/TrainConfig"
import * as Trainer from "@etude/core/Trainer"
import type * as TrainState from "@etude/core/TrainState"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as Suites from "@etude/testing/Suites"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Thaw from "../src/Thaw.ts"

const task = Tiny.perceptron({ dropout: 0.2 })
const data = { train: Tiny.vectors(14) }
const base = { batchSize: 5, learningRate: 0.05 } as const
const body = { name: "body", match: "hidden/**", frozen: true } as const

/** The bits of parameters, statistics and slots, by name. */
const bitsOf = ({ parameters, statistics, slots }: TrainState.TrainState) => {
  const bits = (tensors: Tensors.Tensors) =>
    Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [path, [...tensor.dataSync()]]))
  return {
    parameters: bits(parameters),
    statistics: bits(statistics),
    slots: Object.fromEntries(Object.entries(slots).map(([slot, tensors]) => [slot, bits(tensors)]))
  }
}

const train = (config: TrainConfig.TrainConfigInput, state?: TrainState.TrainState) =>
  Trainer.train(task, { config: { ...base, ...config }, data, ...(state === undefined ? {} : { state }) })

const thawing = (config: TrainConfig.TrainConfigInput, ...callbacks: ReadonlyArray<ReturnType<typeof Thaw.layer>>) =>
  Trainer.train(task, {
    config: { ...base, ...config },
    data,
    callbacks: Layer.mergeAll(Layer.empty, ...callbacks)
  })

const optimizers: ReadonlyArray<Optimizer.ConfigInput> = [
  { _tag: "Adam" },
  { _tag: "AdamW", weightDecay: 0.1 },
  { _tag: "Sgd", momentum: 0.9, weightDecay: 0.1 },
  { _tag: "Adagrad", initialAccumulator: 0.1 }
]

it.layer(CpuBackend.layer)("a thaw", (it) => {
  for (const optimizer of optimizers) {
    for (const at of [{ epochs: 1 }, { steps: 4 }] as const) {
      it.effect(`after ${JSON.stringify(at)} is the two runs by hand, with ${optimizer._tag}`, () =>
        Effect.gen(function* () {
          const first = yield* train({
            optimizer,
            until: at,
            groups: [body],
            clip: { _tag: "GlobalNorm", maximum: 0.5 }
          })
          const config = { optimizer, until: { epochs: 3 }, clip: { _tag: "GlobalNorm", maximum: 0.5 } } as const
          const second = yield* train(config, first.state)
          const { state } = yield* thawing(config, Thaw.layer({ match: "hidden/**", at }))
          assert.deepStrictEqual(bitsOf(state), bitsOf(second.state))
          assert.notDeepEqual(bitsOf(first.state).parameters, bitsOf(state).parameters)
        }).pipe(Effect.scoped)
      )
    }
  }

  it.effect("leaves what is frozen as it was, without slots, and keeps the slots of the rest", () =>
    Effect.gen(function* () {
      const optimizer = { _tag: "AdamW" } as const
      const initial = Trainer.initialWeights(task, 0)
      const frozen = yield* thawing(
        { seed: 0, optimizer, until: { epochs: 1 } },
        Thaw.layer({ match: ["hidden/kernel", "hidden/bias"], at: { epochs: 2 } })
      )
      const { parameters, slots } = bitsOf(frozen.state)
      for (const path of ["hidden/kernel", "hidden/bias"]) {
        assert.deepStrictEqual(parameters[path], [...Tensors.get(initial.parameters, path).dataSync()])
      }
      for (const slot of Object.values(slots)) assert.sameMembers(Object.keys(slot), ["output/kernel", "output/bias"])
      Tensors.disposeTree(initial)
    }).pipe(Effect.scoped)
  )

  it.effect("in parts trains each from its own position on, whatever thaws it last, and leaves no tensor behind", () =>
    Effect.gen(function* () {
      const before = tf.memory().numTensors
      yield* Effect.scoped(
        Effect.gen(function* () {
          const stages = [
            Thaw.layer({ match: "hidden/kernel", at: { steps: 2 } }),
            Thaw.layer({ match: "hidden/**", at: { epochs: 1 } })
          ]
          const staged = yield* thawing({ until: { epochs: 2 }, optimizer: { _tag: "Adam" } }, ...stages)
          const whole = yield* thawing({ until: { epochs: 2 }, optimizer: { _tag: "Adam" } }, ...stages.slice(1))
          assert.deepStrictEqual(bitsOf(staged.state), bitsOf(whole.state))
          assert.deepStrictEqual(staged.state.plain.thawed, ["hidden/**", "hidden/kernel"])
        })
      )
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )

  it.effect("of nothing, or of everything, is refused before the first step", () =>
    Effect.gen(function* () {
      const nothing = yield* Effect.flip(
        thawing({ until: { steps: 1 } }, Thaw.layer({ match: "hiden/**", at: { epochs: 1 } }))
      )
      assert.include(
        nothing.message,
        'callbacks.thaw(hiden/**): it freezes "hiden/**", which matches none of hidden/kernel, hidden/bias, output/kernel'
      )
      const all = yield* Effect.flip(thawing({ until: { steps: 1 } }, Thaw.layer({ match: "**", at: { epochs: 1 } })))
      assert.include(all.message, "groups: no parameter is trainable: all are frozen")
    }).pipe(Effect.scoped)
  )
})

describe("a thaw keeps the laws", () => {
  const subject = {
    name: "thaw",
    task,
    config: { ...base, until: { epochs: 2 }, optimizer: { _tag: "Adam" } },
    data,
    callbacks: Layer.mergeAll(
      Thaw.layer({ match: "hidden/bias", at: { steps: 2 } }),
      Thaw.layer({ match: "hidden/kernel", at: { epochs: 1 } })
    ),
    backend: CpuBackend.layer
  } as const
  Suites.resume(subject)
  Suites.tensors(subject)
})
