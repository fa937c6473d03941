import { assert, describe, it } from "@effect/vitest"
import type * as Callback from "@etude/core/Callback"
import { CallbackRegistry, type Definition } from "@etude/core/Callback"
import * as Config from "@etude/core/Config"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CallbacksConfig from "../src/CallbacksConfig.ts"

/** What each name needs at least, and the id of what it then registers. */
const least: { readonly [name in keyof Required<CallbacksConfig.CallbacksInput>]: readonly [object, string] } = {
  earlyStopping: [{ monitor: "validation/loss" }, "earlyStopping(validation/loss)"],
  reduceOnPlateau: [{ monitor: "train/loss" }, "reduceOnPlateau(train/loss)"],
  maxTime: [{ minutes: 5 }, "maxTime"],
  terminateOnNonFinite: [{}, "terminateOnNonFinite"],
  exponentialMovingAverage: [{}, "exponentialMovingAverage"],
  stochasticWeightAveraging: [{ start: 10 }, "stochasticWeightAveraging"],
  labelSmoothing: [{}, "labelSmoothing"],
  cutMix: [{}, "cutMix"],
  mixup: [{}, "mixup"],
  gradientNoise: [{}, "gradientNoise"],
  adaptiveClipping: [{}, "adaptiveClipping"],
  thaw: [{ match: "body/**", at: { epochs: 1 } }, "thaw(body/**)"],
  weightConstraints: [{ constraints: [{ match: "**", constraint: { _tag: "NonNegative" } }] }, "weightConstraints"]
}

/** What a section of a config file registers. */
const registered = (section: unknown, classes?: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const config = yield* Config.decode(CallbacksConfig.CallbacksConfig, section, "the test")
    const definitions: Array<Definition> = []
    const registry = Layer.succeed(CallbackRegistry, {
      register: (definition) => Effect.sync(() => void definitions.push(definition))
    })
    const layer = CallbacksConfig.layerOf(config, { folder: "/runs/1", classes })
    yield* Layer.build(Layer.provide(layer, registry))
    return definitions
  }).pipe(Effect.scoped)

describe("the config of callbacks", () => {
  for (const [name, [options, id]] of Object.entries(least)) {
    it.effect(`${name} registers ${id}, which warns instead of failing when that is asked for`, () =>
      Effect.gen(function* () {
        const [strict] = yield* registered({ [name]: options })
        assert.deepInclude(strict, { id })
        assert.isUndefined(strict?.optional)
        const [optional] = yield* registered({ [name]: { ...options, onFailure: "warn" } })
        assert.deepInclude(optional, { id, optional: true })
      })
    )
  }

  it.effect("takes a list where a run may have several of a kind", () =>
    Effect.gen(function* () {
      const two = [{ monitor: "train/loss" }, { monitor: "validation/loss", id: "second" }]
      const ids = (yield* registered({ earlyStopping: two })).map(({ id }) => id)
      assert.sameMembers(ids, ["earlyStopping(train/loss)", "second"])
    })
  )

  it.effect("calls a controller only where `when` holds", () =>
    Effect.gen(function* () {
      const [stopper] = yield* registered({ maxTime: { minutes: 1, when: { after: { steps: 10 } } } })
      const batchEnd = stopper!.hooks!.batchEnd as (event: object, state: object) => unknown
      const at = (step: number) =>
        batchEnd({ progress: { epoch: 0, batch: step, step, samples: step, elapsedSeconds: 61 } }, { begun: 0 })
      assert.isUndefined(at(10))
      assert.deepInclude(at(11), { stopRun: ["the time limit is reached: 1 minute"] })
    })
  )

  it.effect("tells a controller of its beginning even where `when` does not hold yet", () =>
    Effect.gen(function* () {
      const [stopper] = yield* registered({ maxTime: { minutes: 1, of: "attempt", when: { after: { steps: 10 } } } })
      const trainBegin = stopper!.hooks!.trainBegin as (event: object) => unknown
      const progress = { epoch: 0, batch: 0, step: 0, samples: 0, elapsedSeconds: 500 }
      assert.deepStrictEqual(trainBegin({ progress }), [{ begun: 500 }])
    })
  )

  it.effect("takes the number of classes from the data where it is not given", () =>
    Effect.gen(function* () {
      const [smoothing] = yield* registered({ labelSmoothing: { smoothing: 0.3 } }, ["cat", "dog", "bird"])
      const batch = { inputs: tf.zeros([1, 2]), targets: tf.tensor1d([1], "int32") }
      const changed = smoothing!.transform!.batch!(batch, {} as Callback.TransformScene) // it draws nothing
      assert.deepStrictEqual(
        Array.from((changed.targets as tf.Tensor).dataSync(), (value) => Number(value.toFixed(3))),
        [0.1, 0.8, 0.1]
      )
    })
  )

  it("tells what decides a run's outcome from what only looks on", () => {
    const section = { csv: {}, mixup: { alpha: 0.5 }, memory: {}, maxTime: { minutes: 3 } }
    assert.deepStrictEqual(CallbacksConfig.decisive(section), { maxTime: { minutes: 3 }, mixup: { alpha: 0.5 } })
  })

  it.effect("with its defaults written out means the same", () =>
    Effect.gen(function* () {
      const section = Object.fromEntries(Object.entries(least).map(([name, [options]]) => [name, options]))
      const decode = (input: unknown) => Config.decode(CallbacksConfig.CallbacksConfig, input, "the test")
      const once = yield* decode(section)
      assert.deepStrictEqual(yield* decode(once), once)
    })
  )
})
