import { assert, describe, it } from "@effect/vitest"
import type { Checkpoints } from "@etude/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Keep from "../src/Keep.ts"

const saved = (step: number, accuracy: number | undefined, batch = 1): Checkpoints.Saved => ({
  id: `step-${String(step).padStart(6, "0")}`,
  path: `checkpoints/${step}`,
  epoch: Math.floor(step / 10),
  batch,
  step,
  attempt: 1,
  values: accuracy === undefined ? {} : { "validation/accuracy": accuracy },
  bytes: 1
})
const steps = (kept: ReadonlySet<string>) => [...kept].map((id) => Number(id.slice(5))).sort((a, b) => a - b)
const five = [saved(10, 0.5), saved(20, 0.9), saved(30, 0.9), saved(40, undefined), saved(50, 0.7)]

describe("Keep", () => {
  it("keeps the newest ones", () => {
    assert.deepStrictEqual(steps(Keep.last(2)(five)), [40, 50])
    assert.deepStrictEqual(steps(Keep.last(0)(five)), [])
  })
  it("keeps the best ones, and of a tie the earlier", () => {
    assert.deepStrictEqual(steps(Keep.best(1, "validation/accuracy", "higher")(five)), [20])
    assert.deepStrictEqual(steps(Keep.best(2, "validation/accuracy", "higher")(five)), [20, 30])
    assert.deepStrictEqual(steps(Keep.best(1, "validation/accuracy", "lower")(five)), [10])
  })
  it("keeps none by a monitor that nothing was measured by", () => {
    assert.deepStrictEqual(steps(Keep.best(3, "validation/loss", "lower")(five)), [])
  })
  it("keeps every nth", () => {
    assert.deepStrictEqual(steps(Keep.everyNthStep(20)(five)), [20, 40])
    assert.deepStrictEqual(steps(Keep.everyNthEpoch(2)([saved(20, 1, 0), saved(30, 1, 0), saved(40, 1, 3)])), [20])
  })
  it("deletes what no rule keeps, and nothing that is protected", () => {
    const keep = Keep.anyOf(Keep.last(1), Keep.best(1, "validation/accuracy", "higher"))
    const gone = Keep.expired(five, keep, new Set(["step-000010"]))
    assert.deepStrictEqual(
      gone.map(({ step }) => step),
      [30, 40]
    )
  })
  it.effect.prop("keeps the union of what its rules keep", [Schema.Natural, Schema.Natural], ([a, b]) =>
    Effect.sync(() => {
      const both = Keep.anyOf(Keep.last(a % 7), Keep.everyNthStep((b % 50) + 1))(five)
      const each = [...Keep.last(a % 7)(five), ...Keep.everyNthStep((b % 50) + 1)(five)]
      assert.deepStrictEqual(steps(both), steps(new Set(each)))
    })
  )
})
