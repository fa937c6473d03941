/** The tables of studies: made where they are missing, refused where they are newer than this code. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { isSqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import { DatabaseNewer } from "../Errors.ts"

const version = 1

/** Seconds since 1970 by the database's clock: the clocks of workers decide nothing. */
export const now = (sql: SqlClient.SqlClient): Fragment =>
  sql.onDialectOrElse({
    pg: () => sql`extract(epoch from clock_timestamp())::double precision`,
    orElse: () => sql`unixepoch('subsec')`
  })

/** Whole numbers that may pass 32 bits are `double precision`, which holds each safe integer in both databases. */
const statements = [
  `create table if not exists etude_studies (
    name text primary key,
    definition text not null,
    versions text not null,
    created double precision not null,
    settings integer not null default 0,
    exhausted integer not null default 0,
    reports integer not null default 0
  )`,
  `create table if not exists etude_trials (
    study text not null references etude_studies (name),
    number integer not null,
    setting integer not null,
    seed double precision not null,
    parameters text not null,
    state text not null,
    folder text not null,
    turn integer not null default 0,
    fence integer not null default 0,
    settled_fence integer not null default -1,
    holder text,
    worker text,
    bits text,
    promoted double precision not null default -1,
    donor integer,
    start_from text,
    withheld integer not null default 0,
    attempts integer not null default 0,
    preemptions integer not null default 0,
    failures integer not null default 0,
    seconds double precision not null default 0,
    test text,
    sha256 text,
    reason text,
    begun double precision,
    changed double precision not null,
    primary key (study, number)
  )`,
  "create unique index if not exists etude_trials_by_setting on etude_trials (study, setting, seed)",
  "create index if not exists etude_trials_by_state on etude_trials (study, state)",
  `create table if not exists etude_reports (
    study text not null,
    trial integer not null,
    step double precision not null,
    epoch double precision not null,
    measured text not null,
    sequence integer not null,
    stored double precision not null,
    primary key (study, trial, step),
    foreign key (study, trial) references etude_trials (study, number)
  )`,
  `create table if not exists etude_decisions (
    study text not null,
    trial integer not null,
    step double precision not null,
    decision text not null,
    reports integer not null,
    stored double precision not null,
    primary key (study, trial, step),
    foreign key (study, trial) references etude_trials (study, number)
  )`
]

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Several processes may come at once; PostgreSQL's `if not exists` alone would fail for all but one.
  yield* sql.onDialectOrElse({
    pg: () => sql`select pg_advisory_xact_lock(hashtext('etude_studies'))`.pipe(Effect.asVoid),
    orElse: () => Effect.void
  })
  yield* sql`create table if not exists etude_schema (version integer primary key)`
  const rows = yield* sql<{ readonly version: number }>`select version from etude_schema`
  const found = rows[0] === undefined ? 0 : Number(rows[0].version)
  if (found > version) return yield* new DatabaseNewer({ found, known: version })
  if (found === version) return
  for (const statement of statements) yield* sql.unsafe(statement)
  yield* sql`insert into etude_schema (version) values (${version})`
})

/** Makes what is missing, in one transaction. */
export const prepare = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const isThere = yield* sql<{ readonly version: number }>`select version from etude_schema`.pipe(
    Effect.map((rows) => Number(rows[0]?.version) === version),
    Effect.catchIf(isSqlError, () => Effect.succeed(false))
  )
  if (!isThere) yield* sql.withTransaction(make)
})
