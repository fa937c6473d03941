import { assert, describe, it } from "@effect/vitest"
import * as Decision from "../src/Decision.ts"
import * as Bookkeeping from "../src/internal/loop/Bookkeeping.ts"
import { initialPlain } from "../src/TrainState.ts"

const { metrics: _, callbacks: _callbacks, ...blank } = initialPlain(7)
const books: Bookkeeping.Books = {
  ...blank,
  progress: { epoch: 1, batch: 2, step: 5, samples: 20, elapsedSeconds: 3 }
}

describe("the books of a run", () => {
  it("count a batch that was trained on, whose parameters nothing was measured on", () => {
    const measured = {
      ...books,
      measured: { "validation/loss": 1 },
      skipped: { ...books.skipped, nonFinite: 2, nonFiniteInARow: 2 }
    }
    const next = Bookkeeping.batchDone(measured, 4)
    assert.deepStrictEqual(next.progress, { epoch: 1, batch: 3, step: 6, samples: 24, elapsedSeconds: 3 })
    assert.deepStrictEqual(next.measured, {})
    assert.deepStrictEqual(next.skipped, { empty: 0, controller: 0, nonFinite: 2, nonFiniteInARow: 0 })
    assert.strictEqual(measured.progress.batch, 2, "the old books stay as they are")
  })

  it.each(["empty", "controller", "nonFinite"] as const)("count a batch that was left out: %s", (reason) => {
    const next = Bookkeeping.batchSkipped(books, reason)
    assert.deepStrictEqual(next.progress, { ...books.progress, batch: 3 })
    assert.strictEqual(next.skipped[reason], 1)
  })

  it("begin the next epoch at its first batch", () => {
    assert.deepStrictEqual(Bookkeeping.epochDone(books).progress, { ...books.progress, epoch: 2, batch: 0 })
  })

  it("add lines to the history, and say how many steps an epoch ended at", () => {
    const ended = Bookkeeping.recorded(Bookkeeping.epochDone(books), 0.1, { "train/loss": 2 })
    assert.deepStrictEqual(ended.history, [
      { epoch: 2, step: 5, samples: 20, learningRate: 0.1, values: { "train/loss": 2 } }
    ])
    assert.strictEqual(Bookkeeping.stepAfter(ended, 2), 5)
    assert.strictEqual(Bookkeeping.stepAfter(ended, 0), 0)
    assert.strictEqual(Bookkeeping.stepAfter(ended, 1), undefined)
  })

  it("multiply the factors on the learning rate", () => {
    assert.strictEqual(Bookkeeping.scaled({ ...books, learningRateScale: 0.5 }, [0.5, 0.1]).learningRateScale, 0.025)
  })

  it("record the best values, and name the rules whose weights are to be kept", () => {
    const run = {
      monitors: { "validation/loss": { set: "validation", metric: "loss", better: "lower" as const } },
      rules: [{ key: "validation/loss", monitor: "validation/loss" }]
    }
    const [first, improved] = Bookkeeping.bestOf(books, run, { "validation/loss": 2 }, 2)
    assert.deepStrictEqual(improved, ["validation/loss"])
    assert.deepStrictEqual(first.best, { "validation/loss": { value: 2, epoch: 2, step: 5 } })
    assert.deepStrictEqual(first.kept, first.best)
    const [second, none] = Bookkeeping.bestOf(first, run, { "validation/loss": 3 }, 3)
    assert.deepStrictEqual(none, [])
    assert.deepStrictEqual(second.best, first.best)
    assert.deepStrictEqual(second.measured, { "validation/loss": 3 })
  })
})

describe("a batch that is not finite", () => {
  const inARow = (count: number) => ({ ...books, skipped: { ...books.skipped, nonFiniteInARow: count } })
  const rolledBack = (times: number) => ({ ...books, rollback: { step: 0, times } })

  it("is left out as often in a row as the policy says", () => {
    const policy = { _tag: "Skip", maximum: 2 } as const
    assert.strictEqual(Bookkeeping.onNonFinite(policy, inARow(1)), "skip")
    assert.deepStrictEqual(Bookkeeping.onNonFinite(policy, inARow(2)), {
      fail: "2 batches in a row were already skipped for that."
    })
    assert.strictEqual(Bookkeeping.nonFiniteSkipped(inARow(1)).skipped.nonFiniteInARow, 2)
  })

  it("takes the run back as often as the policy says", () => {
    const policy = { _tag: "Rollback", steps: 10, maximum: 1 } as const
    assert.strictEqual(Bookkeeping.onNonFinite(policy, rolledBack(0)), "rollback")
    assert.deepStrictEqual(Bookkeeping.onNonFinite(policy, rolledBack(1)), {
      fail: "The run was already rolled back 1 times."
    })
    assert.strictEqual(Bookkeeping.rolledBack(rolledBack(0)).rollback.times, 1)
  })

  it("fails a run without a policy for it", () => {
    assert.deepStrictEqual(Bookkeeping.onNonFinite({ _tag: "Fail" }, books), {
      fail: "The policy for such values is to fail."
    })
  })
})

describe("a run ends", () => {
  const { proceed, stopRun } = Decision

  it.each([
    ["not before a limit", { steps: 6 }, proceed, false, undefined],
    ["at a limit", { steps: 5 }, proceed, false, "until steps"],
    ["for what callbacks say, before any limit", { steps: 5 }, stopRun("enough"), false, "enough"],
    ["not inside an epoch without steps", { steps: 9 }, proceed, false, undefined]
  ] as const)("%s", (_name, until, decision, epochEnded, reason) => {
    assert.strictEqual(Bookkeeping.reasonToEnd(until, books, decision, epochEnded), reason)
  })

  it("after an epoch without steps, where only steps or samples could end it", () => {
    const still = { ...books, progress: { ...books.progress, epoch: 1, batch: 0, step: 0 } }
    assert.match(Bookkeeping.reasonToEnd({ steps: 9 }, still, proceed, true) ?? "", /^no step in a whole epoch/)
    assert.strictEqual(Bookkeeping.reasonToEnd({ steps: 9, epochs: 3 }, still, proceed, true), undefined)
  })

  it("before its first batch where callbacks had ended it, unless they now say why themselves", () => {
    const ended = Bookkeeping.decided(books, stopRun("enough"))
    assert.deepStrictEqual(ended.ended, { reason: "enough", by: [] })
    assert.strictEqual(Bookkeeping.reasonNotToBegin({ epochs: 9 }, ended, proceed), "enough")
    assert.strictEqual(Bookkeeping.reasonNotToBegin({ epochs: 9 }, ended, stopRun("again")), "again")
    assert.strictEqual(Bookkeeping.reasonNotToBegin({ epochs: 9 }, books, proceed), undefined)
  })
})
