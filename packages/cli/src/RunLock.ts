/**
 * One writer at a time for a run folder. `lock.json` names the process that writes there: its number, when it started, and on which
 * start of which machine, so that a lock whose process is gone is recognized also where another process has its number now. It
 * holds its holder's token: a process whose token is no longer there has been superseded, and writes nothing more.
 */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { hostname } from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { RunInUse, RunNotWritten } from "./Errors.ts"
import { fileReason, writeAdvice } from "./FileReason.ts"

export const fileName = "lock.json"

export const Holder = Schema.Struct({
  version: Schema.Literal(1),
  /** Of this holder alone. */
  token: Schema.String,
  process: Schema.Natural,
  host: Schema.String,
  /** When the process started, as its system tells it; null where it can't be known. */
  started: Schema.NullOr(Schema.String),
  /** Of this start of the machine; null where it can't be known. */
  boot: Schema.NullOr(Schema.String),
  /** UTC, ISO 8601. */
  since: Schema.String
})
export type Holder = typeof Holder.Type

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Holder))
const encode = (holder: Holder): string => `${JSON.stringify(holder, null, 2)}\n`

/** What can be seen of processes from here. */
export interface Machine {
  readonly host: string
  readonly boot: string | null
  readonly isAlive: (process: number) => boolean
  readonly startOf: (process: number) => string | null
}

const orNull = <A>(body: () => A): A | null => {
  try {
    return body()
  } catch {
    return null
  }
}

export const machine: Machine = {
  host: hostname(),
  boot: orNull(() => fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
  isAlive: (id) => {
    try {
      process.kill(id, 0)
      return true
    } catch (cause) {
      // A process of somebody else's is there all the same.
      return (cause as { code?: unknown }).code === "EPERM"
    }
  },
  startOf: (id) => {
    if (process.platform === "win32") return null
    if (process.platform !== "linux") {
      return orNull(() => execFileSync("ps", ["-o", "lstart=", "-p", String(id)], { encoding: "utf8" }).trim())
    }
    return orNull(() => {
      const stat = fs.readFileSync(`/proc/${id}/stat`, "utf8")
      // The name, in parentheses, may hold anything; the start is the 20th field after it.
      return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null
    })
  }
}

/** Whether the holder of a lock may still write: `elsewhere` where that can't be seen from here. */
export const stateOf = (
  holder: Holder,
  { host, boot, isAlive, startOf }: Machine
): "gone" | "running" | "elsewhere" => {
  if (holder.host !== host) return "elsewhere"
  if (holder.boot !== null && boot !== null && holder.boot !== boot) return "gone"
  if (!isAlive(holder.process)) return "gone"
  const started = startOf(holder.process)
  return holder.started !== null && started !== null && holder.started !== started ? "gone" : "running"
}

/** The holder that a file names; none where there is no such file, or no lock in it. */
const read = (file: string): { readonly text: string; readonly holder: Holder | undefined } | undefined => {
  try {
    const text = fs.readFileSync(file, "utf8")
    return { text, holder: Option.getOrUndefined(decode(text)) }
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return undefined
    throw cause
  }
}

const isThere = (cause: unknown): boolean => (cause as { code?: unknown }).code === "EEXIST"

/** Creates the lock with its whole text at once, if there is none; returns whether it did. */
const create = (file: string, holder: Holder): boolean => {
  const temporary = `${file}.${holder.token}`
  fs.writeFileSync(temporary, encode(holder), { flag: "wx" })
  try {
    fs.linkSync(temporary, file)
    return true
  } catch (cause) {
    if (isThere(cause)) return false
    // A file system without links: nearly as good.
    try {
      fs.writeFileSync(file, encode(holder), { flag: "wx" })
      return true
    } catch (again) {
      if (isThere(again)) return false
      throw again
    }
  } finally {
    fs.rmSync(temporary, { force: true })
  }
}

/** Takes a stale lock away, unless another process has taken the run over since it was read. */
const clear = (file: string, stale: string, token: string): void => {
  const aside = `${file}.${token}.stale`
  try {
    fs.renameSync(file, aside)
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return
    throw cause
  }
  try {
    if (fs.readFileSync(aside, "utf8") !== stale) fs.linkSync(aside, file)
  } catch (cause) {
    if (!isThere(cause)) throw cause
  } finally {
    fs.rmSync(aside, { force: true })
  }
}

/** A lock that this process holds. */
export interface Lock {
  /** Fails when another process has taken the run over. */
  readonly check: Effect.Effect<void, RunInUse>
}

/** The lock of a run without a folder. */
export const none: Lock = { check: Effect.void }

const take = (folder: string, file: string, holder: Holder, machine: Machine): RunInUse | undefined => {
  for (;;) {
    if (create(file, holder)) return undefined
    const current = read(file)
    if (current === undefined) continue
    if (current.holder !== undefined) {
      const state = stateOf(current.holder, machine)
      if (state !== "gone") return inUse(folder, file, current.holder, state)
    }
    clear(file, current.text, holder.token)
  }
}

const inUse = (folder: string, file: string, { process, host, since }: Holder, state: RunInUse["state"]): RunInUse =>
  new RunInUse({ run: folder, lock: file, process, host, since, state: state })

/** Holds the lock of a run folder until the scope ends. Fails where another process holds it and may still write. */
export const acquire = (
  folder: string,
  seen: Machine = machine
): Effect.Effect<Lock, RunInUse | RunNotWritten, Scope.Scope> => {
  const file = path.join(folder, fileName)
  const holder: Holder = {
    version: 1,
    token: crypto.randomUUID(),
    process: process.pid,
    host: seen.host,
    started: seen.startOf(process.pid),
    boot: seen.boot,
    since: new Date().toISOString()
  }
  const isOurs = () => read(file)?.holder?.token === holder.token
  const attempt = <A>(body: () => A): Effect.Effect<A, RunNotWritten> =>
    Effect.try({
      try: body,
      catch: (cause) =>
        new RunNotWritten({
          path: file,
          reason: fileReason(cause),
          advice: writeAdvice(cause, "Make the run's folder writable.")
        })
    })
  const check = Effect.suspend(() => {
    const current = orNull(() => read(file))
    // What can't be read, on a network's disk for a moment, does not mean another writer.
    if (current === null || current?.holder?.token === holder.token) return Effect.void
    if (current === undefined) {
      // The lock was deleted, and no other process has taken it.
      if (orNull(() => create(file, holder)) !== false) return Effect.void
      return Effect.suspend(() => check)
    }
    if (current.holder === undefined) return Effect.void
    return Effect.fail(inUse(folder, file, current.holder, "superseding"))
  }) as Effect.Effect<void, RunInUse>
  const lock = attempt(() => take(folder, file, holder, seen)).pipe(
    Effect.flatMap((refused) => (refused === undefined ? Effect.succeed({ check }) : Effect.fail(refused)))
  )
  return Effect.acquireRelease(lock, () =>
    Effect.sync(() => {
      orNull(() => (isOurs() ? fs.rmSync(file, { force: true }) : undefined))
    })
  )
}
