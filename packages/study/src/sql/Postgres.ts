/** PostgreSQL, for studies that several machines share: `@effect/sql-pg`, which is loaded when a study names such a database. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

/** Raised where a database of PostgreSQL is named and its client isn't installed. */
export class PostgresMissing extends Schema.TaggedError<PostgresMissing>()("PostgresMissing", {
  cause: Schema.Defect()
}) {
  override get message(): string {
    return (
      "PostgreSQL needs the package @effect/sql-pg, which could not be loaded: run `npm install @effect/sql-pg` beside" +
      ` @etude/study. (${this.cause instanceof Error ? this.cause.message.split("\n")[0] : String(this.cause)})`
    )
  }
}

/** Whether a database's name is that of a PostgreSQL server: `postgres://…` or `postgresql://…`. */
export const isPostgres = (database: string): boolean => /^postgres(ql)?:\/\//.test(database)

const client = Effect.tryPromise({
  try: () => import("@effect/sql-pg/PgClient"),
  catch: (cause) => new PostgresMissing({ cause })
})

/** The database at `url`: `postgres://user:password@host:port/name`. Connections are opened when they are needed. */
export const layer = (url: string): Layer.Layer<SqlClient.SqlClient, PostgresMissing | SqlError> =>
  Layer.unwrap(
    Effect.map(client, (pg) =>
      pg.layer({
        url: Redacted.make(url),
        applicationName: "etude",
        maxConnections: 4,
        connectTimeout: Duration.seconds(10)
      })
    )
  )
