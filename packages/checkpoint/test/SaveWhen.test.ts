import { assert, describe, it } from "@effect/vitest"
import * as SaveWhen from "../src/SaveWhen.ts"

const moment = (
  given: Partial<SaveWhen.Moment["progress"]> & Partial<Omit<SaveWhen.Moment, "progress">>
): SaveWhen.Moment => {
  const { epochEnded = false, values = {}, best = {}, last = { step: 0, elapsedSeconds: 0 }, ...progress } = given
  return {
    progress: { epoch: 0, batch: 0, step: 0, samples: 0, elapsedSeconds: 0, ...progress },
    epochEnded,
    values,
    best,
    last
  }
}

describe("SaveWhen", () => {
  it("every so many steps, once at each", () => {
    const rule = SaveWhen.everySteps(10)
    assert.isTrue(rule(moment({ step: 20 })))
    assert.isFalse(rule(moment({ step: 21 })))
    assert.isFalse(rule(moment({ step: 20, last: { step: 20, elapsedSeconds: 0 } })))
  })
  it("every so many epochs, at their ends only", () => {
    const rule = SaveWhen.everyEpochs(2)
    assert.isTrue(rule(moment({ epoch: 4, epochEnded: true })))
    assert.isFalse(rule(moment({ epoch: 4 })))
    assert.isFalse(rule(moment({ epoch: 3, epochEnded: true })))
  })
  it("every so many minutes since the last save", () => {
    const rule = SaveWhen.everyMinutes(1)
    assert.isFalse(rule(moment({ elapsedSeconds: 100, last: { step: 1, elapsedSeconds: 41 } })))
    assert.isTrue(rule(moment({ elapsedSeconds: 101, last: { step: 1, elapsedSeconds: 41 } })))
  })
  it("on improvement, but not on a tie or where nothing was measured", () => {
    const rule = SaveWhen.onImprovement("validation/accuracy")
    const values = { "validation/accuracy": 0.9 }
    const at = (step: number) => ({ "validation/accuracy": { value: 0.9, epoch: 0, step } })
    assert.isTrue(rule(moment({ step: 5, values, best: at(5) })))
    assert.isFalse(rule(moment({ step: 6, values, best: at(5) })))
    assert.isFalse(rule(moment({ step: 5, best: at(5) })))
  })
  it("combines", () => {
    const [yes, no] = [() => true, () => false]
    assert.isTrue(SaveWhen.anyOf(no, yes)(moment({})))
    assert.isFalse(SaveWhen.anyOf()(moment({})))
    assert.isFalse(SaveWhen.allOf(no, yes)(moment({})))
    assert.isTrue(SaveWhen.allOf()(moment({})))
  })
  it("refuses a period that never or always ends", () => {
    assert.throws(() => SaveWhen.everySteps(0), "expected a number of steps above 0, found 0")
    assert.throws(() => SaveWhen.everyMinutes(Number.NaN), "expected a number of minutes above 0, found NaN")
  })
})
