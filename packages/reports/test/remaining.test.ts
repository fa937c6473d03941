import { assert, describe, it } from "@effect/vitest"
import * as Progress from "@etude/core/Progress"
import * as remaining from "../src/internal/remaining.ts"

const at = (fields: Partial<Progress.Progress>): Progress.Progress => ({ ...Progress.start, ...fields })
const pace = { batchesPerEpoch: 10, from: Progress.start, now: at({ epoch: 1, batch: 5, step: 14, samples: 56 }) }

describe("the time to go", () => {
  it("follows from the pace so far", () => {
    assert.strictEqual(remaining.seconds({ ...pace, until: { epochs: 3 }, seconds: 30 }), 30)
    assert.strictEqual(remaining.seconds({ ...pace, until: { steps: 28 }, seconds: 30 }), 30)
    assert.strictEqual(remaining.seconds({ ...pace, until: { samples: 84 }, seconds: 30 }), 15)
  })

  it("is that of the limit which is reached first", () => {
    assert.strictEqual(remaining.seconds({ ...pace, until: { epochs: 100, steps: 28 }, seconds: 30 }), 30)
    const now = at({ epoch: 1, elapsedSeconds: 40 })
    assert.strictEqual(remaining.seconds({ ...pace, now, until: { epochs: 100, minutes: 1 }, seconds: 40 }), 20)
  })

  it("counts only what this attempt did", () => {
    const from = at({ epoch: 1 })
    assert.strictEqual(remaining.seconds({ ...pace, from, until: { epochs: 2 }, seconds: 5 }), 5)
  })

  it("is unknown before anything was done, and never negative", () => {
    assert.isUndefined(remaining.seconds({ ...pace, now: Progress.start, until: { epochs: 3 }, seconds: 0 }))
    assert.isUndefined(remaining.seconds({ ...pace, until: {}, seconds: 30 }))
    assert.strictEqual(remaining.seconds({ ...pace, until: { epochs: 1 }, seconds: 30 }), 0)
  })
})
