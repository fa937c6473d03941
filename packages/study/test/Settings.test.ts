import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import type { Searcher } from "@etude/study/Searcher"
import * as Settings from "@etude/study/Settings"

/** A searcher that draws one number by its key alone. */
const drawing: Searcher = {
  suggest: (_space, _tried, setting, key) => (setting < 3 ? { rate: Rng.uniform(key, setting) } : undefined),
  isSequential: false
}
const space = {
  parameters: [{ key: "rate", range: { _tag: "Float", low: 0, high: 1, log: false } }]
} as const
const study = { space, settings: 10, seeds: [7, 1998], seed: 0 }

describe("the trials of a study", () => {
  it("are each setting with each seed, in order", () => {
    const trials = Settings.all(study, drawing)
    assert.deepStrictEqual(
      trials.map(({ number, setting, seed }) => [number, setting, seed]),
      [
        [0, 0, 7],
        [1, 0, 1998],
        [2, 1, 7],
        [3, 1, 1998],
        [4, 2, 7],
        [5, 2, 1998]
      ]
    )
    assert.strictEqual(new Set(trials.map(({ parameters }) => parameters["rate"])).size, 3)
  })

  it("are found by their number alone, and there are no more than there are", () => {
    for (const trial of Settings.all(study, drawing)) {
      assert.deepStrictEqual(Settings.trialAt(study, drawing, trial.number), trial)
    }
    assert.isUndefined(Settings.trialAt(study, drawing, 6))
  })

  it("end with the number of settings that the study allows", () => {
    assert.strictEqual(Settings.all({ ...study, settings: 2 }, drawing).length, 4)
    assert.isUndefined(Settings.trialAt({ ...study, settings: 2 }, drawing, 4))
  })

  it("of a study without parameters are its seeds, whatever the searcher", () => {
    const trials = Settings.all({ ...study, space: { parameters: [] } }, drawing)
    assert.deepStrictEqual(
      trials.map(({ seed, parameters }) => [seed, parameters]),
      [
        [7, {}],
        [1998, {}]
      ]
    )
  })

  it("draw other settings with another seed of the study", () => {
    const ratesOf = (seed: number) =>
      Settings.all({ ...study, seed }, drawing).map(({ parameters }) => parameters["rate"])
    assert.notDeepEqual(ratesOf(0), ratesOf(1))
    assert.deepStrictEqual(ratesOf(0), ratesOf(0))
  })

  it("have folders that sort as their numbers do", () => {
    assert.deepStrictEqual([0, 12, 12345].map(Settings.folderOf), ["trials/0000", "trials/0012", "trials/12345"])
  })
})
