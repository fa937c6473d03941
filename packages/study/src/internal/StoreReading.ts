/** What readers of a study ask the database. */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import { StudyUnknown } from "../Errors.ts"
import type { Counts, Stored } from "../StudyStore.ts"
import type { State } from "../Trial.ts"
import * as ReportCache from "./ReportCache.ts"
import { type DecisionRow, decisionOf, type TrialRow, timesOf, trialOf } from "./Rows.ts"

interface StudyRow {
  readonly name: string
  readonly definition: string
  readonly versions: string
  readonly created: number
  readonly settings: number
  readonly exhausted: number
}

const storedOf = (row: StudyRow): Stored => ({
  name: row.name,
  definition: JSON.parse(row.definition) as Schema.Json,
  versions: JSON.parse(row.versions) as Stored["versions"],
  created: Number(row.created),
  settings: Number(row.settings),
  isExhausted: Number(row.exhausted) === 1
})

const none: Counts = { waiting: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0 }

export const makeReading = (sql: SqlClient.SqlClient) => {
  const reports = ReportCache.make(sql)
  const names = Effect.map(
    sql<{ readonly name: string }>`select name from etude_studies order by created, name`,
    (rows) => rows.map(({ name }) => name)
  )
  const find = Effect.fnUntraced(function* (study: string) {
    const [row] = yield* sql<StudyRow>`select * from etude_studies where name = ${study}`
    return row === undefined ? yield* new StudyUnknown({ study, known: yield* names }) : storedOf(row)
  })
  const rowsOf = Effect.fnUntraced(function* (study: string) {
    const known = yield* reports(study)
    const rows = yield* sql<TrialRow>`select * from etude_trials where study = ${study} order by number`
    return rows.map((row) => ({ times: timesOf(row), trial: trialOf(row, known.of(Number(row.number))) }))
  })
  const trials = (study: string) => Effect.map(rowsOf(study), (rows) => rows.map(({ trial }) => trial))
  const counts = Effect.fnUntraced(function* (study: string) {
    const rows = yield* sql<{ readonly state: State; readonly trials: number }>`
      select state, count(*) as trials from etude_trials where study = ${study} group by state`
    return { ...none, ...Object.fromEntries(rows.map((row) => [row.state, Number(row.trials)])) }
  })
  const record = Effect.fnUntraced(function* (study: string) {
    const { name, definition, created, versions } = yield* find(study)
    const rows = yield* sql<DecisionRow>`
      select trial, step, decision, reports from etude_decisions where study = ${study} order by reports`
    const known = yield* rowsOf(study)
    const times = new Map(known.map(({ trial, times }) => [trial.number, times]))
    const trials = known.map(({ trial }) => trial)
    return { name, definition, created, versions, trials, times, decisions: rows.map(decisionOf) }
  })
  return { names, find, trials, counts, record }
}

export type Reading = ReturnType<typeof makeReading>
