import { assert, describe, it } from "@effect/vitest"
import * as Event from "@etude/core/Event"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Report from "../src/Report.ts"
import { brokenLog, eventsOf } from "./support/run.ts"

const reportOf = (events: ReadonlyArray<Event.Event>) => Option.getOrThrow(Report.fold(events))
const run = { epochs: 3, batches: 4, skipped: new Set(["1/2"]) }
const whole = eventsOf(run)
const { progress } = whole.at(-1)!
const after = (event: object, at: Event.Known["progress"] = progress) =>
  ({ version: 1, progress: at, ...event }) as Event.Known

describe("a report", () => {
  it("says what the run was, why it ended and how far it went", () => {
    const { task, seed, executor, backend, status, reason, attempts, counts } = reportOf(whole)
    assert.deepStrictEqual([task, seed, executor, backend.name], ["tiny", 7, "eager", "cpu"])
    assert.deepStrictEqual([status, reason, attempts], ["ended", "until epochs", 1])
    const skipped = { empty: 1, controller: 0, nonFinite: 0 }
    assert.deepStrictEqual(counts, { epochs: 3, steps: 11, samples: 44, skipped, rollbacks: 0 })
  })

  it("has the best value of every monitor by its own direction; a tie keeps the earlier, NaN is none", () => {
    const at = (step: number) => ({ epoch: 0, batch: step, step, samples: step, elapsedSeconds: 0 })
    const validated = (step: number, loss: number, accuracy: number) => {
      const values = { "validation/loss": loss, "validation/accuracy": accuracy }
      return after({ _tag: "ValidationEnded", name: "validation", samples: 1, values, seconds: 1 }, at(step))
    }
    const events = [
      whole[0]!,
      validated(1, Number.NaN, 0.5),
      validated(2, 0.3, 0.7),
      validated(3, 0.2, 0.7),
      validated(4, 0.2, 0.1)
    ]
    assert.deepStrictEqual(reportOf(events).best, {
      "validation/loss": { value: 0.2, epoch: 0, step: 3 },
      "validation/accuracy": { value: 0.7, epoch: 0, step: 2 }
    })
  })

  it("of a run without an end is unfinished, also when an earlier attempt had one", () => {
    assert.strictEqual(reportOf(whole.slice(0, 5)).status, "unfinished")
    const saved = whole.findLast(({ _tag }) => _tag === "CheckpointSaved")!
    const resumed = eventsOf({ ...run, epochs: 4 }, { progress: saved.progress, attempt: 2 })
    const { status, attempts } = reportOf([...whole, ...resumed.slice(0, 3)])
    assert.deepStrictEqual([status, attempts], ["unfinished", 2])
  })

  it("of a failed run names the error, of an interrupted one says so", () => {
    const failed = reportOf([
      ...whole.slice(0, 9),
      after({ _tag: "Failed", error: "NonFiniteFound", message: "loss is NaN" })
    ])
    assert.deepStrictEqual([failed.status, failed.error, failed.reason], ["failed", "NonFiniteFound", "loss is NaN"])
    assert.strictEqual(reportOf([...whole.slice(0, 9), after({ _tag: "Interrupted" })]).status, "interrupted")
  })

  it("has the last test, each warning once, and where checkpoints are", () => {
    const tested = (accuracy: number) =>
      after({ _tag: "Tested", samples: 10, values: { accuracy }, seconds: 3 }, { ...progress, step: 5 })
    const warned = after({ _tag: "Warned", message: "mind the norm" }, whole[0]!.progress)
    const report = reportOf([whole[0]!, warned, warned, ...whole.slice(1), tested(0.5), tested(0.75)])
    assert.deepStrictEqual(report.test, { step: 5, samples: 10, values: { accuracy: 0.75 }, seconds: 3 })
    assert.deepStrictEqual(report.warnings, ["mind the norm"])
    assert.strictEqual(report.checkpoints.length, 12)
    assert.strictEqual(report.counts.steps, 11)
    assert.deepStrictEqual(report.seconds, { total: 0, epochs: 6, validation: 3, test: 6 })
  })

  it("has what the test says that is more than a number", () => {
    const results = {
      confusion: [
        [3, 1],
        [0, 2]
      ]
    }
    const tested = after({ _tag: "Tested", samples: 6, values: { accuracy: 5 / 6 }, seconds: 3, results, figures: [] })
    assert.deepStrictEqual(reportOf([...whole, tested]).test?.results, results)
  })

  it("of no run is none", () => {
    assert.isTrue(Option.isNone(Report.fold([])))
  })

  it.effect.prop(
    "of a run that was killed and resumed is that of the unbroken one, but for the number of attempts",
    [Schema.Array(Schema.Struct({ killed: Schema.Natural, from: Schema.Natural })).check(Schema.isMaxLength(4))],
    ([breaks]) =>
      Effect.sync(() => {
        const broken = reportOf(brokenLog(run, breaks))
        assert.deepStrictEqual(broken, { ...reportOf(whole), attempts: breaks.length + 1 })
      }),
    { arbitrary: { runs: 200, seed: 1 } }
  )

  it.effect.prop(
    "is the same text for the same events, and the text gives the report back, NaN and infinities included",
    [Schema.Number, Schema.Number],
    ([loss, accuracy]) =>
      Effect.gen(function* () {
        const values = { "train/loss": loss, "train/accuracy": accuracy }
        const events = [...whole.slice(0, -1), after({ _tag: "EpochEnded", values, learningRate: 1, seconds: 1 })]
        const text = Report.encode(reportOf(events))
        const again = events.map((event) => Event.decode(JSON.parse(JSON.stringify(Event.encode(event)))))
        assert.strictEqual(Report.encode(reportOf(again)), text)
        assert.deepStrictEqual(yield* Report.decode(text), reportOf(events))
      }),
    { arbitrary: { runs: 50, seed: 2 } }
  )
})
