/** Creating studies and their trials. */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import { folderOf, type Planned } from "../Settings.ts"
import type { Stored } from "../StudyStore.ts"
import { now } from "./Tables.ts"

/** Rows of one statement: SQLite takes up to 32,766 values in one. */
const rowsAtOnce = 500

export const makeStudies = (sql: SqlClient.SqlClient) => {
  // SQLite's transactions take the file's lock at their beginning anyway.
  const lock = (study: string) =>
    sql.onDialectOrElse({
      pg: () => Effect.asVoid(sql`select name from etude_studies where name = ${study} for update`),
      orElse: () => Effect.void
    })
  const row = (study: string, { number, setting, seed, parameters }: Planned) =>
    sql`(${study}, ${number}, ${setting}, ${seed}, ${JSON.stringify(parameters)}, 'waiting', ${folderOf(number)}, ${now(sql)})`
  const insert = (study: string, trials: ReadonlyArray<Planned>) =>
    sql`insert into etude_trials (study, number, setting, seed, parameters, state, folder, changed)
      values ${sql.csv(trials.map((trial) => row(study, trial)))} on conflict do nothing`
  return {
    exclusively: <A, E, R>(study: string, effect: Effect.Effect<A, E, R>) =>
      sql.withTransaction(Effect.andThen(lock(study), effect)),
    create: ({ name, definition, versions }: Pick<Stored, "name" | "definition" | "versions">) =>
      Effect.map(
        sql`insert into etude_studies (name, definition, versions, created)
          values (${name}, ${JSON.stringify(definition)}, ${JSON.stringify(versions)}, ${now(sql)})
          on conflict do nothing returning name`,
        (rows) => rows.length === 1
      ),
    redefine: (study: string, definition: Schema.Json) =>
      Effect.asVoid(sql`update etude_studies set definition = ${JSON.stringify(definition)} where name = ${study}`),
    add: Effect.fnUntraced(function* (
      study: string,
      trials: ReadonlyArray<Planned>,
      asked: { readonly settings: number; readonly isExhausted: boolean }
    ) {
      for (let at = 0; at < trials.length; at += rowsAtOnce) yield* insert(study, trials.slice(at, at + rowsAtOnce))
      yield* sql`update etude_studies set settings = ${asked.settings}, exhausted = ${asked.isExhausted ? 1 : 0}
        where name = ${study}`
    })
  }
}
