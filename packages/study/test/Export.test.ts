import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Export from "../src/Export.ts"
import * as Results from "../src/Results.ts"
import { epochs, study, trial } from "./support/study.ts"

const one = trial(0, 1, {
  parameters: { "train.learningRate": 0.01, "options.sizes": [8, 4] },
  reports: epochs({ "validation/loss": [0.5, Number.NaN], "train/loss": [0.6, 0.4] }),
  test: { accuracy: 0.9 },
  reason: 'said "no",\nthen left'
})

/** The cells of CSV text, read as RFC 4180 says. */
const cellsOf = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = [[]]
  for (const [, quoted, plain = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === "\n") rows.push([])
  }
  return rows.slice(0, -1)
}

describe("trials as CSV", () => {
  it("have a row each, with parameters and the values of the table", () => {
    const [heads = [], cells = []] = cellsOf(Export.trialsCsv(study([one])))
    const row = Object.fromEntries(heads.map((head, index) => [head, cells[index]]))
    assert.deepInclude(row, {
      trial: "1",
      state: "complete",
      reason: 'said "no",\nthen left',
      step: "20",
      epoch: "2",
      "parameter:train.learningRate": "0.01",
      "parameter:options.sizes": "[8,4]",
      "validation/loss": "0.5",
      "train/loss": "0.6",
      "test/accuracy": "0.9"
    })
  })

  it.effect.prop("keep any text in its cell", [Schema.String], ([reason]) =>
    Effect.sync(() => {
      const [heads = [], cells = []] = cellsOf(Export.trialsCsv(study([{ ...one, reason }])))
      assert.strictEqual(cells[heads.indexOf("reason")], reason)
    })
  )
})

describe("reports as CSV", () => {
  it("have a row for every value", () => {
    assert.strictEqual(
      Export.reportsCsv(study([one])),
      [
        "trial,setting,seed,step,epoch,monitor,value",
        "1,0,1,10,1,validation/loss,0.5",
        "1,0,1,10,1,train/loss,0.6",
        "1,0,1,20,2,validation/loss,NaN",
        "1,0,1,20,2,train/loss,0.4",
        "1,0,1,20,2,test/accuracy,0.9",
        ""
      ].join("\n")
    )
  })
})

describe("a study as JSON", () => {
  it("holds its rows and trials, and numbers that JSON lacks as words", () => {
    const whole = study([one])
    const { rows, trials } = JSON.parse(Export.json(whole, Results.of(whole)))
    assert.strictEqual(rows[0].values["test/accuracy"].mean, 0.9)
    assert.strictEqual(trials[0].reports[1].values["validation/loss"], "NaN")
  })
})
