/** The database of a study by its name: a SQLite file or a PostgreSQL server. */
import type * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { DatabaseNewer } from "./Errors.ts"
import * as StudyStore from "./StudyStore.ts"
import type { NetworkFileSystem } from "./sql/NetworkFile.ts"
import * as Postgres from "./sql/Postgres.ts"
import * as Sqlite from "./sql/Sqlite.ts"
import * as TrialQueue from "./TrialQueue.ts"

/** Why a database can't be opened. */
export type Unusable = NetworkFileSystem | Postgres.PostgresMissing | SqlError

/** `postgres://…` is a server; all else the path of a SQLite file, whose folder must exist. */
export const layer = (database: string): Layer.Layer<SqlClient.SqlClient, Unusable> =>
  Postgres.isPostgres(database) ? Postgres.layer(database) : Sqlite.layer(database)

/** The database with the studies in it, for who only reads. */
export const store = (
  database: string
): Layer.Layer<StudyStore.StudyStore | SqlClient.SqlClient, DatabaseNewer | Unusable> =>
  StudyStore.layer.pipe(Layer.provideMerge(layer(database)))

/** All that workers of a study need. The lease is the study's. */
export const engine = (
  database: string,
  { lease, poll }: { readonly lease: Duration.Duration; readonly poll?: Duration.Duration }
): Layer.Layer<StudyStore.StudyStore | TrialQueue.TrialQueue | SqlClient.SqlClient, DatabaseNewer | Unusable> =>
  TrialQueue.layer({ lease, ...(poll === undefined ? {} : { poll }) }).pipe(Layer.provideMerge(store(database)))
