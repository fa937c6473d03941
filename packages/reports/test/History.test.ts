import { assert, describe, it } from "@effect/vitest"
import type * as Event from "@etude/core/Event"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as History from "../src/History.ts"
import * as Timeline from "../src/Timeline.ts"
import { brokenLog, eventsOf, type Run } from "./support/run.ts"

const small = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))
const Breaks = Schema.Array(Schema.Struct({ killed: Schema.Natural, from: Schema.Natural })).check(
  Schema.isMaxLength(4)
)
const Skipped = Schema.Array(Schema.Struct({ epoch: Schema.Natural, batch: Schema.Natural }))
const runOf = (epochs: number, batches: number, skipped: typeof Skipped.Type): Run => ({
  epochs,
  batches,
  skipped: new Set(skipped.map(({ epoch, batch }) => `${epoch % epochs}/${batch % batches}`))
})
const withoutResumes = (events: ReadonlyArray<Event.Event>) => events.filter(({ _tag }) => _tag !== "Resumed")

describe("a log with any number of kills and resumes", () => {
  it.effect.prop(
    "folds to the history of the run that was never broken, wherever it was killed and whichever checkpoint it went on from",
    [small(3), small(4), Skipped, Breaks],
    ([epochs, batches, skipped, breaks]) =>
      Effect.sync(() => {
        const run = runOf(epochs, batches, skipped)
        assert.deepStrictEqual(History.fold(brokenLog(run, breaks)), History.fold(eventsOf(run)))
      }),
    { arbitrary: { runs: 300, seed: 1 } }
  )

  it.effect.prop(
    "leaves exactly the events of the unbroken run, beside those that say it was resumed",
    [small(3), small(4), Skipped, Breaks],
    ([epochs, batches, skipped, breaks]) =>
      Effect.sync(() => {
        const run = runOf(epochs, batches, skipped)
        assert.deepStrictEqual(withoutResumes(Timeline.effective(brokenLog(run, breaks))), eventsOf(run))
      }),
    { arbitrary: { runs: 300, seed: 2 } }
  )

  it.effect.prop(
    "keeps no event twice: what counts of what counts is the same",
    [small(3), small(4), Breaks],
    ([epochs, batches, breaks]) =>
      Effect.sync(() => {
        const once = Timeline.effective(brokenLog({ epochs, batches }, breaks))
        assert.deepStrictEqual(Timeline.effective(once), once)
      }),
    { arbitrary: { runs: 100, seed: 3 } }
  )
})

describe("a log without checkpoint events", () => {
  const unsaved = (events: ReadonlyArray<Event.Known>) => events.filter(({ _tag }) => _tag !== "CheckpointSaved")

  it.effect.prop(
    "is rewound by position alone",
    [small(3), small(4), Skipped, Breaks],
    ([epochs, batches, skipped, breaks]) =>
      Effect.sync(() => {
        const run = runOf(epochs, batches, skipped)
        const standing = withoutResumes(Timeline.effective(unsaved(brokenLog(run, breaks))))
        assert.deepStrictEqual(standing, unsaved(eventsOf(run)))
      }),
    { arbitrary: { runs: 200, seed: 4 } }
  )
})

describe("history", () => {
  it("has a row for each epoch, with the values and learning rate of its end", () => {
    const { epochs } = History.fold(eventsOf({ epochs: 2, batches: 3 }))
    assert.deepStrictEqual(
      epochs.map(({ epoch, step, samples, learningRate, seconds }) => [epoch, step, samples, learningRate, seconds]),
      [
        [1, 3, 12, 0.1, 2],
        [2, 6, 24, 0.1, 2]
      ]
    )
    assert.deepStrictEqual(Object.keys(epochs[0]!.values), ["train/loss", "validation/loss", "validation/accuracy"])
  })

  it("has a row for each validation and each logged step", () => {
    const { validations, steps } = History.fold(eventsOf({ epochs: 2, batches: 3, skipped: new Set(["0/1"]) }))
    assert.deepStrictEqual(
      validations.map(({ name, epoch, step }) => [name, epoch, step]),
      [
        ["validation", 0, 2],
        ["validation", 1, 5]
      ]
    )
    assert.deepStrictEqual(
      steps.map(({ step }) => step),
      [1, 2, 3, 4, 5]
    )
  })

  it("is empty for no events", () => {
    assert.deepStrictEqual(History.fold([]), { epochs: [], validations: [], steps: [] })
  })

  it("of a file that was written by two runs is that of the second", () => {
    const [first, second] = [eventsOf({ epochs: 3, batches: 2 }), eventsOf({ epochs: 1, batches: 3 })]
    assert.deepStrictEqual(History.fold([...first, ...second]), History.fold(second))
  })
})

describe("an unknown event", () => {
  it("goes with the events before it", () => {
    const unknown: Event.Event = { _tag: "Unknown", event: { version: 2 } }
    const log = eventsOf({ epochs: 1, batches: 3 })
    const saved = log.findIndex(({ _tag }) => _tag === "CheckpointSaved")
    const resumed = eventsOf({ epochs: 1, batches: 3 }, { progress: log[saved]!.progress, attempt: 2 })
    const kept = [...log.slice(0, saved), unknown, ...log.slice(saved), ...resumed]
    const dropped = [...log.slice(0, -2), unknown, ...log.slice(-2), ...resumed]
    assert.isTrue(Timeline.effective(kept).includes(unknown))
    assert.isFalse(Timeline.effective(dropped).includes(unknown))
  })

  it("before a position without a checkpoint event is kept", () => {
    const unknown: Event.Event = { _tag: "Unknown", event: { version: 2 } }
    const log = eventsOf({ epochs: 2, batches: 2 }).filter(({ _tag }) => _tag !== "CheckpointSaved")
    const { progress } = log.find(({ _tag }) => _tag === "EpochEnded")!
    const resumed = eventsOf({ epochs: 2, batches: 2 }, { progress, attempt: 2 })
    const standing = Timeline.effective([log[0]!, unknown, ...log.slice(1), ...resumed])
    assert.strictEqual(standing[1], unknown)
    assert.strictEqual(standing.filter(({ _tag }) => _tag === "EpochEnded").length, 2)
  })
})

describe("events at the very position of a checkpoint", () => {
  it("stand when they came before it, and are superseded when they came after", () => {
    const run = { epochs: 1, batches: 3 }
    const log = eventsOf(run)
    const saved = log.findIndex(({ _tag }) => _tag === "CheckpointSaved")
    const { progress } = log[saved]!
    const decision = (callback: string): Event.Known => ({
      version: 1,
      _tag: "DecisionTaken",
      progress,
      callback,
      decision: { skipBatch: true }
    })
    const attempt = [...log.slice(0, saved), decision("before"), log[saved]!, decision("after")]
    const standing = Timeline.effective([...attempt, ...eventsOf(run, { progress, attempt: 2 })])
    const taken = standing.filter((event) => event._tag === "DecisionTaken")
    assert.deepStrictEqual(
      taken.map(({ callback }) => callback),
      ["before"]
    )
  })
})
