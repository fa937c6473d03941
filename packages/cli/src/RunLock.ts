/**
 * One writer at a time for a run folder. `lock.json` names the process that writes there: its number, when it started, and on which
 * start of which machine, so that a lock whose process is gone is recognized also where another process has its number now. It
 * holds its holder's token: a process whose token is no longer there has been superseded, and writes nothing more.
 *
 * A holder may have a fence: a number that grows with each time that the run is given to somebody. A higher one takes the run over
 * from whoever has it, also from another machine or from a process that is stopped.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { RunInUse, RunNotWritten, RunSuperseded } from "./Errors.ts"
import * as Fences from "./Fences.ts"
import { fileReason, writeAdvice } from "./FileReason.ts"
import * as Leftovers from "./Leftovers.ts"
import * as LockFile from "./LockFile.ts"
import { type Machine, machine, orNull } from "./Machine.ts"

export const fileName = "lock.json"

/** Whether the holder of a lock may still write: `elsewhere` where that can't be seen from here. */
export const stateOf = (
  holder: LockFile.Holder,
  { host, boot, isAlive, startOf }: Machine
): "gone" | "running" | "elsewhere" => {
  if (holder.host !== host) return "elsewhere"
  if (holder.boot !== null && boot !== null && holder.boot !== boot) return "gone"
  if (!isAlive(holder.process)) return "gone"
  const started = startOf(holder.process)
  return holder.started !== null && started !== null && holder.started !== started ? "gone" : "running"
}

/** Why a lock can't be had, or was lost. */
export type Refused = RunInUse | RunSuperseded

/** A lock that this process holds. */
export interface Lock {
  /** Fails when another process has taken the run over. */
  readonly check: Effect.Effect<void, Refused>
  /** Of this holder alone: its temporary files have it in their names. */
  readonly token: string | undefined
}

/** The lock of a run without a folder. */
export const none: Lock = { check: Effect.void, token: undefined }

/** What a process wants to hold. */
interface Wanted {
  readonly folder: string
  readonly file: string
  readonly holder: LockFile.Holder
  readonly machine: Machine
}

const inUse = (
  { folder, file }: Wanted,
  { process, host, since }: LockFile.Holder,
  state: RunInUse["state"]
): RunInUse => new RunInUse({ run: folder, lock: file, process, host, since, state })

/** Why a process that has this fence, or none, may not write; `undefined` where it may. */
const fencedOff = ({ folder, holder: { fence } }: Wanted): RunSuperseded | undefined => {
  const highest = Fences.highest(folder)
  if (highest === null || !Fences.isBehind(fence, highest)) return undefined
  return new RunSuperseded({ run: folder, fence: fence ?? null, highest })
}

/** Takes the lock; what is in its way is judged anew after each step of another process. */
const take = (wanted: Wanted): Refused | undefined => {
  const { file, holder, machine } = wanted
  for (;;) {
    const superseded = fencedOff(wanted)
    if (superseded !== undefined) return superseded
    if (LockFile.create(file, holder)) return undefined
    const current = LockFile.read(file)
    if (current === undefined) continue
    if (current.holder !== undefined && !Fences.isBehind(current.holder.fence, holder.fence)) {
      const state = stateOf(current.holder, machine)
      if (state !== "gone") return inUse(wanted, current.holder, state)
    }
    LockFile.clear(file, current.text, holder.token)
  }
}

/** Why this process has lost the run; `undefined` while it holds it. */
const lost = (wanted: Wanted): Refused | undefined => {
  const { file, holder } = wanted
  for (;;) {
    // What can't be read, on a network's disk for a moment, does not mean another writer.
    const superseded = orNull(() => fencedOff(wanted))
    if (superseded !== undefined && superseded !== null) return superseded
    const current = orNull(() => LockFile.read(file))
    if (current === null || current?.holder?.token === holder.token) return undefined
    if (current === undefined) {
      // The lock was deleted, and no other process has taken it.
      if (orNull(() => LockFile.create(file, holder)) !== false) return undefined
      continue
    }
    if (current.holder === undefined) return undefined
    if (!Fences.isBehind(current.holder.fence, holder.fence)) return inUse(wanted, current.holder, "superseding")
    // A process that has lost the run put its lock back in the moment in which this one took it.
    LockFile.clear(file, current.text, holder.token)
  }
}

export interface Options {
  /** Takes the run over from every holder with a lower one, or with none. Default: the highest that the run has had. */
  readonly fence?: number | undefined
  readonly machine?: Machine
}

const wantedOf = (folder: string, { fence, machine: seen = machine }: Options): Wanted => {
  const own = fence ?? orNull(() => Fences.highest(folder))
  const holder: LockFile.Holder = {
    version: 1,
    token: crypto.randomUUID(),
    process: process.pid,
    host: seen.host,
    started: seen.startOf(process.pid),
    boot: seen.boot,
    since: new Date().toISOString(),
    ...(own === null ? {} : { fence: own })
  }
  return { folder, file: path.join(folder, fileName), holder, machine: seen }
}

/** Raises the fence, takes the lock, and clears away what earlier holders had not finished. */
const enter = (wanted: Wanted, fence: number | undefined): Refused | undefined => {
  const refused = fencedOff(wanted)
  if (refused !== undefined) return refused
  if (fence !== undefined) Fences.raise(wanted.folder, fence)
  const taken = take(wanted)
  if (taken === undefined) Leftovers.clear(wanted.folder)
  return taken
}

/**
 * Holds the lock of a run folder until the scope ends. Fails where another process holds it and may still write, and where a
 * higher fence was raised.
 */
export const acquire = (
  folder: string,
  options: Options = {}
): Effect.Effect<Lock, Refused | RunNotWritten, Scope.Scope> =>
  Effect.suspend(() => {
    const wanted = wantedOf(folder, options)
    const { file, holder } = wanted
    const entered = Effect.try({
      try: () => enter(wanted, options.fence),
      catch: (cause) =>
        new RunNotWritten({
          path: file,
          reason: fileReason(cause),
          advice: writeAdvice(cause, "Make the run's folder writable.")
        })
    })
    const fail = (refused: Refused | undefined) => (refused === undefined ? Effect.void : Effect.fail(refused))
    const check = Effect.suspend(() => fail(lost(wanted)))
    const isOurs = () => LockFile.read(file)?.holder?.token === holder.token
    return Effect.acquireRelease(Effect.as(Effect.flatMap(entered, fail), { check, token: holder.token }), () =>
      Effect.sync(() => void orNull(() => (isOurs() ? fs.rmSync(file, { force: true }) : undefined)))
    )
  })
