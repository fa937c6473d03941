import { assert, describe, it } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import { Trainer, TrainState } from "@etude/core"
import type { Dataset } from "@etude/core/Dataset"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ForeignGenerator from "../src/ForeignGenerator.ts"
import * as GlobalRandom from "../src/GlobalRandom.ts"

/** A generator with a state of its own, as libraries have them: a linear congruential one. */
const generator = () => {
  let state = 12345
  return {
    next: () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    },
    read: () => state,
    restore: (stored: number) => {
      state = stored
    }
  }
}

/** Inputs with noise from a generator that knows nothing of positions. */
const augmented = (dataset: Dataset, next: () => number): Dataset => ({
  ...dataset,
  read: (indices, draw) => {
    const batch = dataset.read(indices, draw)
    if (Effect.isEffect(batch)) return batch
    return { ...batch, inputs: (batch.inputs as Float32Array).map((value) => value + 0.1 * next()) }
  }
})

const values = (state: TrainState.TrainState) =>
  Object.entries(TrainState.toData(state).tensors).map(([path, tensor]) => [path, [...tensor.values]])
const throughJson = (state: TrainState.TrainState): TrainState.TrainState => {
  const { plain, tensors } = TrainState.toData(state)
  return TrainState.fromData({ plain: JSON.parse(JSON.stringify(plain)), tensors })
}

const base = { batchSize: 3, learningRate: 0.05, optimizer: { _tag: "Adam" } } as const
const task = Tiny.regression(3)
const points = Tiny.regressionData([2, -1, 0.5])

/** Runs to `steps` with a generator in the state in which a new process would have it, going on from `state`. */
const run = (steps: number, state?: TrainState.TrainState) =>
  Effect.suspend(() => {
    const foreign = generator()
    return Trainer.train(task, {
      config: { ...base, until: { steps } },
      data: { train: augmented(points, foreign.next) },
      callbacks: ForeignGenerator.layer({
        name: "lcg",
        state: Schema.Natural,
        read: foreign.read,
        restore: foreign.restore
      }),
      ...(state === undefined ? {} : { state })
    })
  })

describe("a foreign generator in the data", () => {
  it.live("goes on where it was, at every step", () =>
    Effect.gen(function* () {
      const whole = values((yield* run(6)).state)
      for (const step of [1, 2, 3, 4, 5]) {
        const before = throughJson((yield* run(step)).state)
        assert.deepStrictEqual(values((yield* run(6, before)).state), whole, `resumed at step ${step}`)
        TrainState.dispose(before)
      }
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
  it.live("gives another run when its state is not captured", () =>
    Effect.gen(function* () {
      const uncaptured = (steps: number, state?: TrainState.TrainState) =>
        Trainer.train(task, {
          config: { ...base, until: { steps } },
          data: { train: augmented(points, generator().next) },
          ...(state === undefined ? {} : { state })
        })
      const whole = values((yield* uncaptured(6)).state)
      const before = throughJson((yield* uncaptured(3)).state)
      assert.notDeepEqual(values((yield* uncaptured(6, before)).state), whole)
      TrainState.dispose(before)
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})

describe("Math.random", () => {
  const runCaptured = (steps: number, state?: TrainState.TrainState) =>
    Effect.suspend(() => {
      const { plugin, surroundings } = GlobalRandom.captured(7)
      return Trainer.train(task, {
        config: { ...base, until: { steps } },
        data: { train: augmented(points, () => Math.random()) },
        callbacks: plugin,
        ...(state === undefined ? {} : { state })
      }).pipe(Effect.provide(surroundings))
    })
  it.live("can be captured: a resumed run draws what the whole run draws", () =>
    Effect.gen(function* () {
      const own = Math.random
      const whole = values((yield* runCaptured(6)).state)
      for (const step of [2, 3]) {
        const before = throughJson((yield* runCaptured(step)).state)
        assert.deepStrictEqual(values((yield* runCaptured(6, before)).state), whole, `resumed at step ${step}`)
        TrainState.dispose(before)
      }
      assert.strictEqual(Math.random, own)
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
  it.live("can be forbidden: the error names the line that called it", () =>
    Effect.gen(function* () {
      const error = yield* Trainer.train(task, {
        config: { ...base, until: { steps: 2 } },
        data: { train: augmented(points, () => Math.random()) }
      }).pipe(Effect.provide(GlobalRandom.layerForbidden), Effect.flip)
      assert.strictEqual(error._tag, "GlobalRandomUsed")
      assert.include(error.message, "ForeignGenerator.test.ts")
      assert.isNumber(Math.random())
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
