/**
 * Where an install is built: a temporary folder of this process, in the cache, which becomes the install by one
 * rename or disappears. What a killed process left behind is removed by the next one.
 */
import * as fs from "node:fs"
import { hostname } from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Install from "./Install.ts"
import * as Way from "./Way.ts"

const prefix = ".making-"
/** After this time, the folder of a process that cannot be checked (on another machine) counts as abandoned. */
const staleAfterMilliseconds = 24 * 60 * 60 * 1000

const host = hostname().replaceAll(/[^a-zA-Z0-9]/g, "_")

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Removes the folders of dead processes. */
export const removeStale = (native: string): Effect.Effect<void> =>
  Effect.sync(() => {
    for (const name of fs.existsSync(native) ? fs.readdirSync(native) : []) {
      if (!name.startsWith(prefix)) continue
      const [owner, pid] = name.slice(prefix.length).split("-")
      const folder = path.join(native, name)
      try {
        // Only folders of other machines are judged by their date, which a changed clock makes wrong.
        const old = () => Date.now() - fs.statSync(folder).mtimeMs > staleAfterMilliseconds
        const stale = owner === host ? !isRunning(Number(pid)) : old()
        if (stale) fs.rmSync(folder, { recursive: true, force: true })
      } catch {
        // Another process was faster.
      }
    }
  })

/** A fresh temporary folder, removed when the scope closes. */
export const open = (native: string): Effect.Effect<string, Way.WayFailed, Scope.Scope> =>
  Effect.acquireRelease(
    Way.step(`making a folder in ${native}`, () => {
      fs.mkdirSync(native, { recursive: true })
      return fs.mkdtempSync(path.join(native, `${prefix}${host}-${process.pid}-`))
    }),
    (folder) =>
      Effect.promise(() =>
        // Retries, for files that a killed program's last breath is still closing.
        fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
      )
  )

const sync = (target: string): void => {
  const handle = fs.openSync(target, "r")
  try {
    fs.fsyncSync(handle)
  } catch (cause) {
    // Folders cannot be synced on Windows.
    if ((cause as NodeJS.ErrnoException).code !== "EPERM") throw cause
  } finally {
    fs.closeSync(handle)
  }
}

/** Lists the folder's files, with sizes and checksums, and syncs them to the disk. */
export const inventory = (
  folder: string,
  onProgress: Way.OnProgress
): Effect.Effect<ReadonlyArray<Install.InstalledFile>, Way.WayFailed> =>
  Effect.gen(function* () {
    const files = Install.listFiles(folder).map((file) => ({ file, bytes: fs.statSync(path.join(folder, file)).size }))
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    const listed: Array<Install.InstalledFile> = []
    let before = 0
    for (const { file, bytes } of files) {
      const target = path.join(folder, file)
      const hear = (done: number) => onProgress("checking the result", (before + done) / Math.max(1, total))
      const sha256 = yield* Install.sha256(target, hear).pipe(
        Effect.mapError((cause) => new Way.WayFailed({ reason: `${file} cannot be read: ${cause.message}` }))
      )
      yield* Way.step(`writing ${file} to the disk`, () => sync(target))
      listed.push({ path: file, bytes, sha256 })
      before += bytes
    }
    return listed
  })

/** Puts a made folder, with its manifest, in its place. An intact install that another process put there first stays. */
export const publish = (
  folder: string,
  target: string,
  manifest: Install.Manifest
): Effect.Effect<Install.Install, Way.WayFailed> =>
  Effect.gen(function* () {
    const install: Install.Install = { directory: target, manifest }
    const move = Way.step(`moving the library to ${target}`, () => {
      const file = path.join(folder, Install.manifestName)
      fs.writeFileSync(file, Install.encode(manifest))
      sync(file)
      sync(folder)
      try {
        fs.renameSync(folder, target)
      } catch (cause) {
        if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes((cause as NodeJS.ErrnoException).code ?? "")) throw cause
        return false
      }
      sync(path.dirname(target))
      return true
    })
    if (yield* move) return install
    const present = yield* Install.read(target)
    if (present._tag === "Some" && (yield* Install.verify(present.value)).length === 0) return present.value
    // The folder there is damaged. It is renamed away too, so that no process sees half of it.
    yield* Way.step(`removing the damaged ${target}`, () =>
      fs.renameSync(target, path.join(path.dirname(folder), "damaged"))
    )
    if (yield* move) return install
    return yield* new Way.WayFailed({ reason: `${target} is in use by another process; try again` })
  }).pipe(Effect.uninterruptible)
