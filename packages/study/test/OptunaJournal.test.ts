import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as OptunaJournal from "../src/OptunaJournal.ts"
import { several, single, times } from "./support/optuna.ts"
import { assertReads, severalValues, singleValues } from "./support/reading.ts"
import { study } from "./support/study.ts"

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8")

describe("a study as Optuna's journal", () => {
  // Optuna 5.0 read the journal of the fixture; `OptunaJournal.slow.ts` has the one that is installed read it.
  it("is the one that Optuna has read", () => {
    assert.strictEqual(OptunaJournal.journal(single, { times }), fixture("single.journal"))
    assert.strictEqual(OptunaJournal.journal(several, { times }), fixture("several.journal"))
  })

  it("has names, distributions, states, values, reports, times and attributes for Optuna", () => {
    assertReads(JSON.parse(fixture("single.read.json")), single, singleValues)
    assert.deepStrictEqual(JSON.parse(fixture("single.read.json")).directions, ["MINIMIZE"])
    assert.deepStrictEqual(JSON.parse(fixture("single.read.json")).best, [0])
  })

  it("has several objectives for Optuna, and their Pareto front", () => {
    assertReads(JSON.parse(fixture("several.read.json")), several, severalValues)
    assert.deepStrictEqual(JSON.parse(fixture("several.read.json")).directions, ["MINIMIZE", "MAXIMIZE"])
    assert.deepStrictEqual(JSON.parse(fixture("several.read.json")).best, [0, 1])
  })

  it("is lines of JSON, also of a study without trials, objectives or times", () => {
    const lines = OptunaJournal.journal(study([], { objectives: [], seeds: [] }))
      .trimEnd()
      .split("\n")
    assert.deepStrictEqual(JSON.parse(lines[0] ?? ""), {
      op_code: 0,
      study_name: "tiny",
      directions: [1],
      worker_id: "etude"
    })
    assert.lengthOf(OptunaJournal.journal(single).trimEnd().split("\n"), 5 + single.trials.length)
  })
})
