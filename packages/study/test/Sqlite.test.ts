import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { parseMounts, refuseNetwork } from "../src/sql/NetworkFile.ts"
import * as Sqlite from "../src/sql/Sqlite.ts"
import { temporary } from "./support/studies.ts"

const inMemory = Effect.provide(Sqlite.layer(":memory:"))

describe("SQLite of Node", () => {
  it.effect("gives back what it was given: text, numbers, null, bytes; truth values as 0 and 1, dates as text", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`create table kept (a text, b real, c integer, d text, e blob, f integer, g text)`
      yield* sql`insert into kept ${sql.insert({
        a: "größer 'x'",
        b: 0.1,
        c: 2 ** 53 - 1,
        d: null,
        e: new Uint8Array([0, 255]),
        f: true,
        g: new Date(0)
      })}`
      const [row] = yield* sql`select * from kept`
      expect({ ...row }).toEqual({
        a: "größer 'x'",
        b: 0.1,
        c: 2 ** 53 - 1,
        d: null,
        e: new Uint8Array([0, 255]),
        f: 1,
        g: "1970-01-01T00:00:00.000Z"
      })
      expect(yield* sql`select a, b from kept`.values).toEqual([["größer 'x'", 0.1]])
      expect(yield* sql`update kept set b = 1 returning c`).toMatchObject([{ c: 2 ** 53 - 1 }])
    }).pipe(inMemory)
  )

  it.effect("says which constraint was violated", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`create table kept (a text primary key)`
      yield* sql`insert into kept values ('x')`
      const error = yield* Effect.flip(sql`insert into kept values ('x')`)
      expect(error.reason._tag).toBe("ConstraintError")
      expect(error.message).toContain("UNIQUE constraint failed: kept.a")
      expect((yield* Effect.flip(sql`select missing from kept`)).message).toContain("no such column: missing")
    }).pipe(inMemory)
  )

  it.effect("undoes a failed transaction, and of a nested one only its own part", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`create table kept (a integer)`
      yield* Effect.flip(sql.withTransaction(Effect.andThen(sql`insert into kept values (1)`, Effect.fail("undo"))))
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`insert into kept values (2)`
          yield* Effect.flip(sql.withTransaction(Effect.andThen(sql`insert into kept values (3)`, Effect.fail("undo"))))
          yield* sql.withTransaction(sql`insert into kept values (4)`)
        })
      )
      expect(yield* sql`select a from kept order by a`.values).toEqual([[2], [4]])
    }).pipe(inMemory)
  )

  it.live("waits for another's lock, with its event loop free, and begins transactions with the lock", () =>
    Effect.gen(function* () {
      const file = path.join(yield* temporary, "study.sqlite")
      const written = yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`create table kept (a integer)`
        const other = new DatabaseSync(file)
        other.exec("begin immediate; insert into kept values (1)")
        const write = sql.withTransaction(
          Effect.andThen(sql`insert into kept values (2)`, sql`select a from kept`.values)
        )
        // Both wait in this one process: the other's commit is only reached because waiting doesn't hold the event loop.
        const [rows] = yield* Effect.all([write, Effect.sync(() => other.exec("commit"))], { concurrency: 2 })
        other.close()
        return rows
      }).pipe(Effect.provide(Sqlite.layer(file)))
      expect(written).toEqual([[1], [2]])
    }).pipe(Effect.scoped)
  )
})

const mounts = parseMounts(
  [
    "overlay / overlay rw 0 0",
    "tmpfs /tmp tmpfs rw 0 0",
    "server:/export /home nfs4 rw 0 0",
    "/dev/sda1 /home/local\\040disk ext4 rw 0 0",
    "me@host:/ /mnt/ssh fuse.sshfs rw 0 0"
  ].join("\n")
)

describe("a SQLite file", () => {
  it.effect.each(["/study.sqlite", "/srv/a/study.sqlite", "/home/local disk/study.sqlite", "/homes/study.sqlite"])(
    "may lie on a local disk: %s",
    (file) => refuseNetwork(file, mounts)
  )

  it.effect.each([
    ["/home/ada/study.sqlite", "/home", "nfs4"],
    ["/mnt/ssh/study.sqlite", "/mnt/ssh", "fuse.sshfs"]
  ])("is refused on a network file system: %s", ([file = "", mount = "", kind = ""]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(refuseNetwork(file, mounts))
      expect(error).toMatchObject({ file, mount, kind })
      expect(error.message).toContain("Use PostgreSQL")
    })
  )
})
