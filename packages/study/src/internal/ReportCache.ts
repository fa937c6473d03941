/** The reports of a study, read once by each process: stored ones never change, and their numbers grow in the order of commits. */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Report } from "../Trial.ts"
import { type ReportRow, reportOf } from "./Rows.ts"

export interface ReportsByTrial {
  readonly of: (trial: number) => ReadonlyArray<Report>
}

interface Cached {
  last: number
  readonly byTrial: Map<number, ReadonlyArray<Report>>
}

const inOrder = (reports: ReadonlyArray<Report>, added: Report): ReadonlyArray<Report> => {
  const after = reports.findLastIndex((report) => report.step < added.step) + 1
  return [...reports.slice(0, after), added, ...reports.slice(after)]
}

export const make = (sql: SqlClient.SqlClient) => {
  const studies = new Map<string, Cached>()
  /** Reads what is new. Inside a transaction only before it stores a report: what is rolled back must not stay here. */
  return Effect.fnUntraced(function* (study: string) {
    const cached = studies.get(study) ?? { last: 0, byTrial: new Map<number, ReadonlyArray<Report>>() }
    studies.set(study, cached)
    const rows = yield* sql<ReportRow & { readonly sequence: number }>`
      select trial, step, epoch, measured, sequence from etude_reports
      where study = ${study} and sequence > ${cached.last} order by sequence`
    for (const row of rows) {
      // Another fiber of this process may have read the same rows meanwhile.
      if (Number(row.sequence) <= cached.last) continue
      const trial = Number(row.trial)
      cached.byTrial.set(trial, inOrder(cached.byTrial.get(trial) ?? [], reportOf(row)))
      cached.last = Number(row.sequence)
    }
    return { of: (trial: number) => cached.byTrial.get(trial) ?? [] } satisfies ReportsByTrial
  })
}

export { inOrder }
