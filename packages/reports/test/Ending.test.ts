import { assert, it } from "@effect/vitest"
import * as Ending from "../src/Ending.ts"

const counts = { epochs: 4, steps: 3440, samples: 220_000 }
const sentence = (status: Ending.Ended["status"], reason: string, until: object) =>
  Ending.sentence({ status, reason, config: { until } as never, counts })

it("a run that reached a limit is finished, with what it did of it", () => {
  assert.strictEqual(sentence("ended", "until epochs", { epochs: 4 }), "finished: 4 of 4 epochs")
  assert.strictEqual(sentence("ended", "until steps", { steps: 3440 }), "finished: 3,440 of 3,440 steps")
  assert.strictEqual(sentence("ended", "until samples", { samples: 200_000 }), "finished: 220,000 samples")
  assert.strictEqual(sentence("ended", "until minutes", { minutes: 1 }), "finished: after 1 minute")
})

it("more epochs than the limit, as of a run that was a try only, are not counted against it", () => {
  assert.strictEqual(sentence("ended", "until epochs", { epochs: 1 }), "finished: 4 epochs")
  assert.strictEqual(sentence("ended", "until epochs", { steps: 3 }), "finished: 4 epochs")
})

it("other ends are told in their own words", () => {
  assert.strictEqual(
    sentence("ended", "no improvement in 3 validations", {}),
    "stopped: no improvement in 3 validations"
  )
  assert.strictEqual(sentence("failed", "loss is NaN", {}), "failed: loss is NaN")
  assert.strictEqual(sentence("interrupted", "interrupted", {}), "interrupted")
  assert.strictEqual(sentence("unfinished", "", {}), "unfinished")
})
