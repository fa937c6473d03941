/** Runs that end with their best weights, by the rule of who asks. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Callback from "../src/Callback.ts"
import * as Decision from "../src/Decision.ts"
import * as Event from "../src/Event.ts"
import * as Losses from "../src/Losses.ts"
import * as Metric from "../src/Metric.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import type { TrainConfigInput } from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import * as TrainState from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"

const error = Metric.mean({
  name: "error",
  better: "lower",
  values: (outputs: tf.Tensor, targets: tf.Tensor) => tf.abs(tf.sub(outputs, targets))
})
const task = (better: Metric.Better = "lower") =>
  Task.supervised({
    name: "scale",
    loss: Losses.meanSquaredError,
    metrics: { score: { ...error, better } },
    model: Model.make({
      name: "w",
      init: () => ({ w: tf.scalar(0) }),
      apply: ({ w }: { readonly [path: string]: tf.Tensor }, x: tf.Tensor) => tf.mul(x, w!)
    })
  })
const rows = (name: string, y: number, length: number) => ({
  name,
  length,
  spec: { inputs: { shape: [], dtype: "float32" }, targets: { shape: [], dtype: "float32" } },
  read: (indices: Int32Array) => ({
    inputs: new Float32Array(indices.length).fill(1),
    targets: new Float32Array(indices.length).fill(y)
  })
})
// w after epochs 1…6: 0.57 1.0317 1.4057 1.7086 1.9540 2.1527; it is best for validation, which wants 1, after epoch 2.
const data = { train: rows("train", 3, 4), validation: rows("validation", 1, 2) } as const
const config = {
  batchSize: 2,
  shuffle: false,
  learningRate: 0.05,
  optimizer: { _tag: "Sgd" },
  until: { epochs: 6 }
} as const satisfies TrainConfigInput
const w = (state: TrainState.TrainState) => Number(state.parameters["w"]!.dataSync()[0]!.toFixed(4))
const asking = (endWith: NonNullable<Callback.Definition["endWith"]>, id = "asking") =>
  Callback.controller({ id, endWith: endWith as never, hooks: {} }) as Layer.Layer<
    never,
    never,
    Callback.CallbackRegistry
  >
const run = (own: TrainConfigInput, options: object = {}, better?: Metric.Better) =>
  Trainer.train(task(better), { config: { ...config, ...own }, data: data as never, ...options })
const provided = <A, E>(effect: Effect.Effect<A, E, any>) =>
  Effect.scoped(Effect.provide(effect, Cpu.layer)) as Effect.Effect<A, E>

describe("a run that is to end with its best weights", () => {
  const rules: ReadonlyArray<readonly [string, NonNullable<TrainConfigInput["endWith"]>, number, Metric.Better?]> = [
    ["by a monitor", { best: "validation/loss" }, 1.0317],
    ["by a direction of one's own", { best: { monitor: "validation/score", better: "higher" } }, 2.1527],
    [
      "by a metric without a direction, when it is told",
      { best: { monitor: "validation/score", better: "lower" } },
      1.0317,
      "neither"
    ],
    ["from a start on", { best: { monitor: "validation/loss", start: { epochs: 4 } } }, 1.954],
    ["below a baseline", { best: { monitor: "validation/loss", baseline: 0.1 } }, 1.0317],
    ["last, when it says so", "last", 2.1527]
  ]
  for (const [name, endWith, expected, better] of rules) {
    it.effect(`does so ${name}`, () =>
      provided(Effect.map(run({ endWith }, {}, better), ({ state }) => assert.strictEqual(w(state), expected)))
    )
  }

  it.effect("does so when a callback asks, whichever way it ends, and says which value it was", () =>
    provided(
      Effect.gen(function* () {
        const stopping = Callback.controller({
          id: "stopping",
          hooks: { epochEnd: ({ progress }) => (progress.epoch === 4 ? Decision.stopRun("enough") : undefined) }
        })
        for (const callbacks of [asking("validation/loss"), Layer.mergeAll(asking("validation/loss"), stopping)]) {
          const { state, endedWith } = yield* run({}, { callbacks })
          assert.strictEqual(w(state), 1.0317)
          assert.deepInclude(endedWith, { monitor: "validation/loss", epoch: 2, step: 4 })
        }
      })
    )
  )

  it.effect("gives the config's word before a callback's", () =>
    provided(
      Effect.map(run({ endWith: "last" }, { callbacks: asking("validation/loss") }), ({ state, endedWith }) => {
        assert.strictEqual(w(state), 2.1527)
        assert.isNull(endedWith)
      })
    )
  )

  it.effect("continues from the last weights, bit for bit, also after it was data", () =>
    provided(
      Effect.gen(function* () {
        const own = { endWith: { best: "validation/loss" }, optimizer: { _tag: "Sgd", momentum: 0.9 } } as const
        const whole = yield* run(own)
        const half = yield* run({ ...own, until: { epochs: 3 } })
        const again = TrainState.fromData(TrainState.toData(half.state))
        const resumed = yield* run(own, { state: again })
        const last = ({ last }: TrainState.TrainState) => last.parameters!["w"]!.dataSync()[0]
        assert.strictEqual(last(resumed.state), last(whole.state))
        assert.strictEqual(w(resumed.state), w(whole.state))
        TrainState.dispose(again)
      })
    )
  )

  it.effect("is refused where nobody says which way is better, or two ask for different weights", () =>
    provided(
      Effect.gen(function* () {
        const told = (effect: Effect.Effect<unknown, { readonly message: string }, any>) =>
          Effect.map(Effect.flip(effect), ({ message }) => message)
        assert.include(
          yield* told(run({ endWith: { best: "validation/score" } }, {}, "neither") as never),
          'config.endWith: its metric does not declare which direction of "validation/score" is better; add better: "higher" or "lower"'
        )
        const two = Layer.mergeAll(asking("validation/loss", "one"), asking("train/loss", "two"))
        assert.include(
          yield* told(run({}, { callbacks: two }) as never),
          "config.endWith: one and two would end the run with different weights; choose one with endWith"
        )
      })
    )
  )

  it.effect("warns where no value counted, of what was never measured, and of NaN", () =>
    provided(
      Effect.gen(function* () {
        const warnings = (effect: ReturnType<typeof run>) =>
          Effect.gen(function* () {
            const heard: Array<string> = []
            const events = {
              publish: (event: Event.Known) =>
                Effect.sync(() => void (event._tag === "Warned" && heard.push(event.message)))
            }
            yield* Effect.provideService(effect, Event.Events, events)
            return heard
          })
        const best = { best: "validation/loss" }
        assert.deepStrictEqual(
          yield* warnings(run({ endWith: best, validation: { every: { steps: 300 } }, until: { steps: 4 } })),
          [
            "validation/loss was never measured in this run, so endWith could not judge by it; look at validation.every.",
            "The run was to end with the best weights by validation/loss, but no value of it counted as a best one; it ends with the last weights."
          ]
        )
        const nan = { ...data, validation: rows("validation", Number.NaN, 2) }
        assert.include(
          (yield* warnings(run({}, { data: nan }))).join("\n"),
          "validation/loss is NaN: nothing can be judged by it. Look for NaN in the inputs and targets of validation"
        )
        assert.include(
          (yield* warnings(
            run({ learningRate: { _tag: "Cosine", rate: 0.05, over: { epochs: 1 } }, until: { epochs: 2 } })
          )).join("\n"),
          "The learning rate was 0 in all of epoch 2"
        )
      })
    )
  )
})

describe("the history", () => {
  it.effect("has the learning rate that each epoch ran at", () =>
    provided(
      Effect.map(
        run({ learningRate: { _tag: "Step", rate: 1e-3, factor: 0.1, every: { epochs: 1 } }, until: { epochs: 3 } }),
        ({ history }) =>
          assert.deepStrictEqual(
            history.map(({ learningRate }) => learningRate.toPrecision(3)),
            ["0.00100", "0.000100", "0.0000100"]
          )
      )
    )
  )
})

describe("names", () => {
  const names = ["plain", "val/clean", "a/b", "a:b", "%2F", "größe", "constructor", "train/x", " "]
  for (const set of names) {
    for (const metric of ["plain", "a/b", "loss/x", "losses"]) {
      it.effect(`of a set ${JSON.stringify(set)} and a metric ${JSON.stringify(metric)} turn no direction round`, () =>
        provided(
          Effect.gen(function* () {
            const named = Task.supervised({
              name: "scale",
              loss: Losses.meanSquaredError,
              metrics: { [metric]: { ...error, better: "higher" } },
              model: task().models[""]! as never
            })
            const { state, best } = yield* Trainer.train(named as Task.Task, {
              config: { ...config, until: { epochs: 5 }, endWith: { best: `${set}/${metric}` } },
              data: { train: data.train, validation: { [set]: data.validation } } as never
            })
            // The error is highest, 0.954, after epoch 5; it is 0.43 after the first.
            assert.strictEqual(w(state), 1.954)
            assert.strictEqual(best[`${set}/${metric}`]!.epoch, 5)
            assert.strictEqual(best[`${set}/loss`]!.epoch, 2)
          })
        )
      )
    }
  }

  for (const id of ["ema", "@me/ema", "ema/slow", "a:b", "%", "", "größe", "constructor"]) {
    it.effect(`of a callback ${JSON.stringify(id)} change nothing in what is restored and saved`, () =>
      provided(
        Effect.gen(function* () {
          const average = Callback.transform({
            id,
            transform: {
              tensors: (parameters) => ({ w: tf.clone(parameters["w"]!) }),
              parameters: (parameters) => ({ tensors: { w: tf.mul(parameters["w"]!, 2) } })
            }
          })
          const other = Callback.transform({
            id: `${id}/w`,
            transform: {
              tensors: () => ({ w: tf.scalar(0) }),
              parameters: (_, own) => ({ tensors: { w: tf.add(own["w"]!, 10) } })
            }
          })
          const { state } = yield* run(
            { endWith: { best: "validation/loss" } },
            { callbacks: Layer.mergeAll(average, other) }
          )
          const again = TrainState.fromData(TrainState.toData(state))
          for (const each of [state, again]) {
            const value = (tensors: { readonly [path: string]: tf.Tensor }) =>
              Number(tensors["w"]!.dataSync()[0]!.toFixed(4))
            assert.deepStrictEqual(Object.keys(each.callbacks).toSorted(), [id, `${id}/w`].toSorted())
            assert.strictEqual(value(each.callbacks[id]!), 2.0634)
            assert.strictEqual(value(each.callbacks[`${id}/w`]!), 40)
            assert.strictEqual(value(each.last.callbacks![id]!), 4.3054)
          }
          TrainState.dispose(again)
        })
      )
    )
  }
})
