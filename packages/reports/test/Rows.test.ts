import { assert, describe, it } from "@effect/vitest"
import type * as Event from "@etude/core/Event"
import * as Option from "effect/Option"
import * as History from "../src/History.ts"
import * as Rows from "../src/internal/rows.ts"
import * as Report from "../src/Report.ts"

const at = (epoch: number, batch: number, step = 4 * epoch + batch) => ({
  epoch,
  batch,
  step,
  samples: 2 * step,
  elapsedSeconds: step
})
const learningRate = 0.1
const validated = (progress: Event.Known["progress"], name: string, value: number): Event.Known => ({
  version: 1,
  _tag: "ValidationEnded",
  progress,
  name,
  samples: 1,
  learningRate,
  values: { [`${name}/loss`]: value },
  seconds: 1
})
const epochEnded = (epoch: number, values: Event.Values): Event.Known => ({
  version: 1,
  _tag: "EpochEnded",
  progress: at(epoch, 0),
  values,
  learningRate,
  seconds: 4
})
const ended = (progress: Event.Known["progress"], values?: Event.Values): Event.Known => ({
  version: 1,
  _tag: "RunEnded",
  progress,
  reason: "until steps",
  values: {},
  ...(values === undefined ? {} : { partial: { values, learningRate, seconds: 2 } })
})
const rowsOf = (events: ReadonlyArray<Event.Known>) => {
  return History.rows(events).map(({ epoch, step, values, midEpoch = false }) => [epoch, step, values, midEpoch])
}

describe("the table of a run", () => {
  it("has a row for each validation between epochs, on all sets, and one for the end of each epoch", () => {
    assert.deepStrictEqual(
      rowsOf([
        validated(at(0, 2), "a", 3),
        validated(at(0, 2), "b", 4),
        validated(at(0, 4), "a", 1),
        epochEnded(1, { "train/loss": 2, "a/loss": 1 }),
        validated(at(1, 2), "a", 0.5),
        ended(at(1, 4))
      ]),
      [
        [0, 2, { "a/loss": 3, "b/loss": 4 }, true],
        [1, 4, { "train/loss": 2, "a/loss": 1 }, false],
        [1, 6, { "a/loss": 0.5 }, true]
      ]
    )
  })

  it("ends, in the middle of an epoch, with what that epoch came to and what was validated there", () => {
    assert.deepStrictEqual(rowsOf([ended(at(0, 1), { "train/loss": 2 })]), [[0, 1, { "train/loss": 2 }, true]])
    assert.deepStrictEqual(rowsOf([validated(at(0, 3), "a", 1), ended(at(0, 3), { "train/loss": 2 })]), [
      [0, 3, { "train/loss": 2, "a/loss": 1 }, true]
    ])
    assert.deepStrictEqual(rowsOf([validated(at(0, 2), "a", 1), ended(at(0, 3), { "train/loss": 2 })]), [
      [0, 2, { "a/loss": 1 }, true],
      [0, 3, { "train/loss": 2 }, true]
    ])
  })

  it("has an early end of an epoch once, where a validation between batches ended it", () => {
    assert.deepStrictEqual(
      rowsOf([
        validated(at(0, 2), "a", 1),
        { ...epochEnded(1, { "train/loss": 2, "a/loss": 1 }), progress: at(1, 0, 2) }
      ]),
      [[1, 2, { "train/loss": 2, "a/loss": 1 }, false]]
    )
  })

  it("is that of the report, and only whole epochs count as epochs' time", () => {
    const setting = {
      task: "toy",
      seed: 1,
      config: {},
      parameters: 1,
      trainSamples: 8,
      batchesPerEpoch: 4,
      monitors: { "a/loss": { set: "a", metric: "loss", better: "lower" } },
      backend: { name: "cpu", version: "1", device: "CPU", reason: "" },
      executor: "eager"
    } as const
    const events: ReadonlyArray<Event.Known> = [
      { version: 1, _tag: "RunStarted", progress: at(0, 0), ...setting },
      validated(at(0, 2), "a", 3),
      epochEnded(1, { "train/loss": 2 }),
      ended(at(1, 1), { "train/loss": 1 })
    ]
    const { history, seconds } = Option.getOrThrow(Report.fold(events))
    assert.deepStrictEqual(
      history.map(({ step }) => step),
      [2, 4, 5]
    )
    assert.strictEqual(seconds.epochs, 4)
  })

  it("is complete after each event that decides about a validation, so that a file can be written as the run goes", () => {
    const completed = Rows.make()
    assert.deepStrictEqual(completed(validated(at(0, 2), "a", 3)), [])
    const saved: Event.Known = { version: 1, _tag: "CheckpointSaved", progress: at(0, 2), path: "x" }
    assert.strictEqual(completed(saved).length, 1)
    assert.deepStrictEqual(completed(saved), [])
  })
})
