/**
 * Effect's `SqlClient` on the SQLite of Node (`node:sqlite`): one file, opened by as many processes of one machine as there are.
 * Writers take turns: a transaction takes the file's lock when it begins, and who finds it taken waits for it.
 */

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { ConnectionError, classifySqliteError, SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import { mountsHere, type NetworkFileSystem, realFile, refuseNetwork } from "./NetworkFile.ts"

/** How long a statement waits for another process's lock before it gives the event loop a turn and tries again. */
const lockTimeoutMillis = 200
/** As long as a disk may take to write; SQLite's own lock is held for milliseconds. */
const patience = Duration.minutes(1)
const preparedStatements = 200

const whileLocked = {
  while: (error: SqlError) => error.reason._tag === "LockTimeoutError",
  schedule: Schedule.min([Schedule.exponential("5 millis"), Schedule.spaced("200 millis")]).pipe(
    Schedule.upTo({ duration: patience })
  )
}

/** The number that SQLite gives an error (`errcode`) under the name at which the classifier looks. */
const withErrno = (cause: unknown): unknown =>
  cause instanceof Error && "errcode" in cause ? Object.assign(cause, { errno: cause.errcode }) : cause

const failed = (operation: string, about: string) => (cause: unknown) =>
  new SqlError({
    reason: classifySqliteError(withErrno(cause), {
      message: `${cause instanceof Error ? cause.message : String(cause)} (${about.trim().slice(0, 200)})`,
      operation
    })
  })

const bindable = (value: unknown): SQLInputValue => {
  if (typeof value === "boolean") return value ? 1 : 0
  if (value instanceof Date) return value.toISOString()
  if (value === undefined || value === null) return null
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`SQLite can't hold a ${typeof value}: ${JSON.stringify(value)}`)
}

/** Statements by their text, the least recently used dropped first. */
const statementCache = (database: DatabaseSync) => {
  const cache = new Map<string, StatementSync>()
  return (sql: string): StatementSync => {
    const found = cache.get(sql) ?? database.prepare(sql)
    cache.delete(sql)
    cache.set(sql, found)
    for (const oldest of cache.keys()) {
      if (cache.size <= preparedStatements) break
      cache.delete(oldest)
    }
    return found
  }
}

type Rows = "objects" | "arrays" | "raw"

const connectionOf = (database: DatabaseSync): Connection => {
  const prepared = statementCache(database)
  const run = (statement: StatementSync, params: ReadonlyArray<unknown>, rows: Rows): unknown => {
    const values = params.map(bindable)
    if (statement.columns().length === 0) {
      const result = statement.run(...values)
      return rows === "raw" ? result : []
    }
    statement.setReturnArrays(rows === "arrays")
    return statement.all(...values)
  }
  const execute = (sql: string, params: ReadonlyArray<unknown>, rows: Rows, prepare: boolean) => {
    const once = Effect.try({
      try: () => run(prepare ? prepared(sql) : database.prepare(sql), params, rows),
      catch: failed("execute", sql)
    })
    // Inside a transaction the lock is held already.
    return Effect.suspend(() => (database.isTransaction ? once : Effect.retry(once, whileLocked)))
  }
  type Transform = Parameters<Connection["execute"]>[2]
  const objects = (sql: string, params: ReadonlyArray<unknown>, transform: Transform, prepare: boolean) =>
    Effect.map(execute(sql, params, "objects", prepare) as Effect.Effect<ReadonlyArray<object>, SqlError>, (rows) =>
      transform === undefined ? rows : transform(rows)
    )
  const arrays = (sql: string, params: ReadonlyArray<unknown>, prepare: boolean) =>
    execute(sql, params, "arrays", prepare) as Effect.Effect<ReadonlyArray<ReadonlyArray<unknown>>, SqlError>
  return {
    execute: (sql, params, transform) => objects(sql, params, transform, true),
    executeRaw: (sql, params) => execute(sql, params, "raw", true),
    executeValues: (sql, params) => arrays(sql, params, true),
    executeValuesUnprepared: (sql, params) => arrays(sql, params, false),
    executeUnprepared: (sql, params, transform) => objects(sql, params, transform, false),
    executeStream: (sql, params, transform) =>
      Stream.unwrap(Effect.map(objects(sql, params, transform, true), Stream.fromIterable))
  }
}

/**
 * In the write-ahead log readers and a writer don't wait for each other. `FULL` writes it to the disk at each commit: when a machine
 * loses its power, no report is lost that its trial, whose checkpoint may be on the disk, would not make again.
 */
const settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"

const open = (file: string): Effect.Effect<DatabaseSync, SqlError, Scope.Scope> =>
  Effect.gen(function* () {
    const sqlite = yield* Effect.tryPromise({ try: () => import("node:sqlite"), catch: failed("connect", file) })
    const database = yield* Effect.acquireRelease(
      Effect.try({
        try: () => new sqlite.DatabaseSync(file, { timeout: lockTimeoutMillis }),
        catch: (cause) =>
          new SqlError({
            reason: new ConnectionError({ cause, message: `${file} can't be opened as a SQLite database` })
          })
      }),
      (opened) => Effect.sync(() => opened.close())
    )
    yield* Effect.retry(
      Effect.try({ try: () => database.exec(settings), catch: failed("connect", settings) }),
      whileLocked
    )
    return database
  })

const make = (file: string) =>
  Effect.gen(function* () {
    if (file !== ":memory:") yield* refuseNetwork(realFile(file), yield* mountsHere)
    const database = yield* open(file)
    const acquirers = SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(connectionOf(database)),
      semaphore: yield* Semaphore.make(1),
      isTransaction: () => database.isTransaction
    })
    return yield* SqlClient.make({
      ...acquirers,
      compiler: Statement.makeCompilerSqlite(),
      driver: "sqlite",
      beginTransaction: "BEGIN IMMEDIATE",
      releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
      spanAttributes: [["db.system.name", "sqlite"]]
    })
  })

/**
 * The database in `file`, made where there is none; its folder must exist. `:memory:` is one that nobody else sees. Fails with
 * `NetworkFileSystem` where the file would lie on a network file system.
 */
export const layer = (file: string): Layer.Layer<SqlClient.SqlClient, NetworkFileSystem | SqlError> =>
  Layer.effectContext(Effect.map(make(file), (client) => Context.make(SqlClient.SqlClient, client))).pipe(
    Layer.provide(Reactivity.layer)
  )
