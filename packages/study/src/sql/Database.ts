/** The database of a study by its name: a SQLite file or a PostgreSQL server. */
import type * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { NetworkFileSystem } from "./NetworkFile.ts"
import * as Postgres from "./Postgres.ts"
import * as Sqlite from "./Sqlite.ts"

/** `postgres://…` is a server; all else the path of a SQLite file. */
export const layer = (
  database: string
): Layer.Layer<SqlClient.SqlClient, NetworkFileSystem | Postgres.PostgresMissing | SqlError> =>
  Postgres.isPostgres(database) ? Postgres.layer(database) : Sqlite.layer(database)
