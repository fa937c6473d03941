import { assert, describe, it } from "@effect/vitest"
import { drive } from "@etude/testing/doubles/Drive"
import * as Effect from "effect/Effect"
import * as MaxTime from "../src/MaxTime.ts"
import * as ReduceOnPlateau from "../src/ReduceOnPlateau.ts"
import * as TerminateOnNonFinite from "../src/TerminateOnNonFinite.ts"

const key = "validation/loss"
/** The factors asked for, by the epoch after which they were. */
const factors = (config: Omit<ReduceOnPlateau.ConfigInput, "monitor">, values: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const run = yield* drive(ReduceOnPlateau.layer({ ...config, monitor: key }))
    run.start()
    const found: Array<readonly [epoch: number, factor: number]> = []
    for (const [at, value] of values.entries()) {
      const before = run.decisions.length
      yield* run.epoch({ [key]: value })
      for (const [, { scaleLearningRate }] of run.decisions.slice(before)) found.push([at + 1, scaleLearningRate[0]!])
    }
    return found
  })

describe("the reduction on plateaus", () => {
  it.effect("reduces each time that patience runs out, and waits anew", () =>
    Effect.gen(function* () {
      const found = yield* factors({ factor: 0.5, patience: { evaluations: 2 } }, [1, 1, 1, 1, 1, 0.5, 1, 1])
      assert.deepStrictEqual(found, [
        [3, 0.5],
        [5, 0.5],
        [8, 0.5]
      ])
    })
  )

  it.effect("does not wait while it cools down", () =>
    Effect.gen(function* () {
      const found = yield* factors({ factor: 0.5, patience: { evaluations: 1 }, cooldown: 2 }, [1, 1, 1, 1, 1, 1])
      assert.deepStrictEqual(found, [
        [2, 0.5],
        [5, 0.5]
      ])
    })
  )

  it.effect("goes down to the minimum and no further", () =>
    Effect.gen(function* () {
      const found = yield* factors({ factor: 0.5, patience: { evaluations: 1 }, minimumScale: 0.3 }, [1, 1, 1, 1, 1])
      assert.deepStrictEqual(found, [
        [2, 0.5],
        [3, 0.6]
      ])
    })
  )
})

describe("the time limit", () => {
  it.effect("stops after the first batch that ends beyond it", () =>
    Effect.gen(function* () {
      const run = yield* drive(MaxTime.layer({ minutes: 2 }))
      yield* run.call("trainBegin")
      run.move({ elapsedSeconds: 119.9 })
      yield* run.call("batchEnd", { values: {} })
      assert.deepStrictEqual(run.decisions, [])
      run.move({ elapsedSeconds: 120 })
      yield* run.call("batchEnd", { values: {} })
      assert.deepStrictEqual(run.decisions[0]![1].stopRun, ["the time limit is reached: 2 minutes"])
    })
  )

  it.effect("of an attempt begins when the run is taken up again, and saves when asked to", () =>
    Effect.gen(function* () {
      const run = yield* drive(MaxTime.layer({ minutes: 1, of: "attempt", save: true }))
      run.move({ elapsedSeconds: 100 })
      yield* run.call("trainBegin")
      run.move({ elapsedSeconds: 159 })
      yield* run.call("epochEnd", { values: {} })
      assert.deepStrictEqual(run.decisions, [])
      run.move({ elapsedSeconds: 160 })
      yield* run.call("epochEnd", { values: {} })
      const [, { stopRun, saveNow }] = run.decisions[0]!
      assert.deepStrictEqual([stopRun, saveNow], [["the time limit is reached: 1 minute"], true])
    })
  )
})

describe("the end on values that are not finite", () => {
  it.effect("names them; by default it looks at losses only", () =>
    Effect.gen(function* () {
      const run = yield* drive(TerminateOnNonFinite.layer())
      yield* run.epoch({ "train/loss": 1, "validation/confusion": Number.NaN })
      assert.deepStrictEqual(run.decisions, [])
      yield* run.call("batchEnd", { values: { loss: Number.NaN, accuracy: Number.NaN } })
      yield* run.epoch({ "validation/loss": Number.POSITIVE_INFINITY })
      assert.deepStrictEqual(
        run.decisions.map(([, { stopRun }]) => stopRun),
        [["train/loss is NaN"], ["validation/loss is Infinity"], ["validation/loss is Infinity"]]
      )
    })
  )

  it.effect("looks at the given monitors and at nothing else", () =>
    Effect.gen(function* () {
      const run = yield* drive(TerminateOnNonFinite.layer({ monitors: ["validation/perplexity"] }))
      yield* run.epoch({ "train/loss": Number.NaN })
      assert.deepStrictEqual(run.decisions, [])
      yield* run.epoch({ "validation/perplexity": Number.NaN })
      assert.deepStrictEqual(run.decisions[0]![1].stopRun, ["validation/perplexity is NaN"])
    })
  )
})
