import { assert, describe, it } from "@effect/vitest"
import * as Extent from "../src/Extent.ts"
import * as BatchPlan from "../src/internal/loop/BatchPlan.ts"
import * as Progress from "../src/Progress.ts"
import * as Rng from "../src/Rng.ts"
import * as Sampler from "../src/Sampler.ts"

const all = (plan: BatchPlan.BatchPlan, epoch: number) =>
  Array.from({ length: plan.batches }, (_, batch) => [...plan.indices(epoch, batch)])

describe("a plan of batches", () => {
  it("takes the samples in order, the last batch with what is left", () => {
    assert.deepStrictEqual(all(BatchPlan.make({ length: 5, batchSize: 2 }), 3), [[0, 1], [2, 3], [4]])
  })

  it("leaves a partial last batch out where it is to be dropped", () => {
    assert.deepStrictEqual(all(BatchPlan.make({ length: 5, batchSize: 2, dropLastBatch: true }), 0), [
      [0, 1],
      [2, 3]
    ])
    assert.strictEqual(BatchPlan.make({ length: 1, batchSize: 2, dropLastBatch: true }).batches, 0)
    assert.strictEqual(BatchPlan.make({ length: 4, batchSize: 2, dropLastBatch: true }).batches, 2)
  })

  it("has no more batches than its limit", () => {
    assert.deepStrictEqual(all(BatchPlan.make({ length: 5, batchSize: 2, limit: 1 }), 0), [[0, 1]])
    assert.strictEqual(BatchPlan.make({ length: 5, batchSize: 2, limit: 9 }).batches, 3)
  })

  it("of no samples has no batches", () => {
    assert.deepStrictEqual(all(BatchPlan.make({ length: 0, batchSize: 2 }), 0), [])
  })

  it("that shuffles holds every sample once in each epoch, in another order each", () => {
    const plan = BatchPlan.make({ length: 11, batchSize: 3, sampler: Sampler.shuffled, key: Rng.key(1) })
    const sorted = (epoch: number) =>
      all(plan, epoch)
        .flat()
        .toSorted((a, b) => a - b)
    for (const epoch of [0, 1, 2]) {
      assert.deepStrictEqual(
        sorted(epoch),
        Array.from({ length: 11 }, (_, at) => at)
      )
    }
    assert.notDeepEqual(all(plan, 0), all(plan, 1))
  })

  it("may be entered at any batch", () => {
    const plan = BatchPlan.make({ length: 11, batchSize: 3, sampler: Sampler.shuffled, key: Rng.key(1) })
    for (const batch of [0, 1, 2, 3, 4]) {
      assert.deepStrictEqual(
        [...plan.from(2, batch)].map((indices) => [...indices]),
        all(plan, 2).slice(batch)
      )
    }
  })
})

describe("an extent", () => {
  const at = (progress: Partial<Progress.Progress>): Progress.Progress => ({ ...Progress.start, ...progress })

  it("is reached by the first of its limits", () => {
    const until = { epochs: 2, steps: 10, samples: 100, minutes: 1 }
    assert.strictEqual(Extent.reached(until, at({ epoch: 1, step: 9, samples: 99, elapsedSeconds: 59.9 })), undefined)
    assert.strictEqual(Extent.reached(until, at({ epoch: 2 })), "epochs")
    assert.strictEqual(Extent.reached(until, at({ step: 10 })), "steps")
    assert.strictEqual(Extent.reached(until, at({ samples: 101 })), "samples")
    assert.strictEqual(Extent.reached(until, at({ elapsedSeconds: 60 })), "minutes")
  })

  it("in epochs is due at the ends of epochs, in steps at most once a step, in minutes since it last was", () => {
    const last = { step: 0, elapsedSeconds: 0 }
    assert.isTrue(Extent.due({ epochs: 2 }, at({ epoch: 4 }), true, last))
    assert.isFalse(Extent.due({ epochs: 2 }, at({ epoch: 4 }), false, last))
    assert.isFalse(Extent.due({ epochs: 2 }, at({ epoch: 3 }), true, last))
    assert.isTrue(Extent.due({ steps: 5 }, at({ step: 10 }), false, last))
    assert.isFalse(Extent.due({ steps: 5 }, at({ step: 10 }), false, { step: 10, elapsedSeconds: 0 }))
    assert.isFalse(Extent.due({ steps: 5 }, at({ step: 0 }), false, last))
    assert.isTrue(
      Extent.due({ minutes: 1 }, at({ step: 1, elapsedSeconds: 90 }), false, { step: 0, elapsedSeconds: 30 })
    )
    assert.isFalse(
      Extent.due({ minutes: 1 }, at({ step: 1, elapsedSeconds: 89 }), false, { step: 0, elapsedSeconds: 30 })
    )
  })
})
