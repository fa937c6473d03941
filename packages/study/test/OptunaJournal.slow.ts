import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { describe, it } from "@effect/vitest"
import * as OptunaJournal from "../src/OptunaJournal.ts"
import type * as Results from "../src/Results.ts"
import { several, single, times } from "./support/optuna.ts"
import { optunaVersion, python } from "./support/python.ts"
import { assertReads, type Reading, severalValues, singleValues } from "./support/reading.ts"

const script = fileURLToPath(new URL("../fixtures/read_journal.py", import.meta.url))

const readByOptuna = (study: Results.Study): Reading => {
  const folder = mkdtempSync(path.join(tmpdir(), "etude-journal-"))
  try {
    const file = path.join(folder, "study.journal")
    writeFileSync(file, OptunaJournal.journal(study, { times }))
    return JSON.parse(execFileSync(python, [script, file], { encoding: "utf8" }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe.skipIf(optunaVersion === undefined)(`the journal in Optuna ${optunaVersion}`, () => {
  it("is read back whole", () => assertReads(readByOptuna(single), single, singleValues))
  it("is read back whole with several objectives", () => assertReads(readByOptuna(several), several, severalValues))
})
