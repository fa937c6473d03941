import { assert, describe, it } from "@effect/vitest"
import * as Plateau from "../src/Plateau.ts"

/** The step at which patience ran out, where the value is best at `best`; batches per epoch 4, a value every 2 steps. */
const stepsWaited = (best: number, rule: Partial<Plateau.Rule>): number => {
  let state = Plateau.initial
  for (let step = 2; step <= 40; step += 2) {
    // A validation at an epoch's end comes before that epoch is counted.
    const epoch = Math.ceil(step / 4) - 1
    const progress = { epoch, batch: step - 4 * epoch, step, samples: step, elapsedSeconds: 0 }
    const value = step <= best ? 100 - step : 100
    const [next, exhausted] = Plateau.next(
      { better: "lower", minimumDelta: 0, patience: { epochs: 1 }, ...rule },
      state,
      value,
      progress
    )
    if (exhausted) return step - best
    state = next
  }
  return Number.NaN
}

describe("patience in epochs", () => {
  for (const best of [2, 4, 6, 8, 10, 12]) {
    for (const epochs of [1, 2]) {
      it(`waits whole epochs after a best value at step ${best}: ${epochs}`, () => {
        assert.strictEqual(stepsWaited(best, { patience: { epochs } }), 4 * epochs)
      })
    }
  }
})
