/** `Storage` on the files of this machine, by Node. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs/promises"
import { hostname } from "node:os"
import { Storage, StorageError, type StorageService } from "@etude/core/Storage"
import { systemReason } from "@etude/core/SystemReason"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"

const reasons: { readonly [code: string]: StorageError["reason"] } = {
  ENOENT: "missing",
  ENOTDIR: "missing",
  EEXIST: "exists",
  ENOTEMPTY: "exists",
  ENOSPC: "full",
  EDQUOT: "full",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  EIO: "damaged",
  EISDIR: "damaged",
  ELOOP: "damaged"
}

const toError = (operation: StorageError["operation"], path: string, cause: unknown): StorageError => {
  const { code, message } = cause as NodeJS.ErrnoException
  return new StorageError({
    path,
    operation,
    reason: reasons[code ?? ""] ?? "other",
    detail: systemReason(cause) ?? message
  })
}

/** One system call: uninterruptible once started, so that no file is closed under a write. */
const call = <A>(operation: StorageError["operation"], path: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => toError(operation, path, cause)
  }).pipe(Effect.uninterruptible)

const writeAll = async (file: fs.FileHandle, bytes: Uint8Array): Promise<void> => {
  let offset = 0
  while (offset < bytes.length) offset += (await file.write(bytes, offset, bytes.length - offset)).bytesWritten
}

/** Reads a file in one go: `readFile` takes half a megabyte at a time. */
const readAll = async (path: string): Promise<Uint8Array<ArrayBuffer>> => {
  const file = await fs.open(path, "r")
  try {
    const { size } = await file.stat()
    const bytes = new Uint8Array(size)
    let offset = 0
    while (offset < size) {
      const { bytesRead } = await file.read(bytes, offset, size - offset)
      if (bytesRead === 0) return bytes.slice(0, offset)
      offset += bytesRead
    }
    return bytes
  } finally {
    await file.close()
  }
}

const syncFolder = async (path: string): Promise<void> => {
  // Windows has no handle for this: there a rename is written through by the file system's journal.
  if (process.platform === "win32") return
  const folder = await fs.open(path, "r")
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Windows' error while a scanner or an indexer has a file of the folder open, and also if the name is taken. */
const busy: ReadonlySet<string | undefined> = new Set(["EPERM", "EBUSY", "EACCES"])

/** Waits of 10, 20, 40, … milliseconds between eight tries, more than a second in all. */
const patience = { schedule: Schedule.exponential("10 millis"), times: 7 }

/**
 * A rename by the calls of a system. Windows gives the same error for a folder whose name is taken, for one that
 * another process has open for a moment, and for one that may not be renamed: the first is detected, the second is
 * retried.
 */
export const renameBy =
  (system: {
    readonly platform: string
    readonly rename: (from: string, to: string) => Promise<void>
    readonly exists: (path: string) => Promise<boolean>
  }): StorageService["rename"] =>
  (from, to) => {
    const attempt = Effect.tryPromise({
      try: () => system.rename(from, to),
      catch: (cause) => cause as NodeJS.ErrnoException
    }).pipe(Effect.uninterruptible)
    const isBusy = ({ code }: NodeJS.ErrnoException) => system.platform === "win32" && busy.has(code)
    const inUse = (cause: NodeJS.ErrnoException) =>
      Effect.flatMap(
        Effect.promise(() => (isBusy(cause) ? system.exists(to) : Promise.resolve(false))),
        (exists) => Effect.fail(exists ? Object.assign(new Error(cause.message), { code: "EEXIST" }) : cause)
      )
    return attempt.pipe(
      Effect.catch(inUse),
      Effect.retry({ while: isBusy, ...patience }),
      Effect.mapError((cause) => toError("rename", from, cause))
    )
  }

const exists = (path: string): Promise<boolean> =>
  fs.stat(path).then(
    () => true,
    () => false
  )

/** Tells this process from a later one of the same number, as in a container that was started again. */
const birth = randomBytes(4).toString("hex")
const host = hostname().replace(/[^A-Za-z0-9.-]/g, "-")
const name = `${host}.${process.pid}.${birth}`

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, but another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Processes of other machines can't be checked: files that they have not touched for so long count as abandoned. */
const abandonedAfter = 24 * 60 * 60 * 1000

const isWriting = async (writer: string, path: string): Promise<boolean> => {
  const [, writerHost, pid, writerBirth] = /^(.*)\.(\d+)\.([0-9a-f]+)$/.exec(writer) ?? []
  if (writerHost === host) return Number(pid) === process.pid ? writerBirth === birth : isAlive(Number(pid))
  const { mtimeMs } = await fs.stat(path)
  return Date.now() - mtimeMs < abandonedAfter
}

export const make: StorageService = {
  makeFolder: (path) =>
    call("makeFolder", path, () => fs.mkdir(path)).pipe(
      Effect.as(true),
      Effect.catchIf(
        ({ reason }) => reason === "exists",
        () => Effect.succeed(false)
      )
    ),
  create: (path) =>
    Effect.acquireRelease(
      call("create", path, () => fs.open(path, "w")),
      (file) => Effect.promise(() => file.close().catch(() => undefined))
    ).pipe(
      Effect.map((file) => ({
        write: (bytes) => call("write", path, () => writeAll(file, bytes)),
        sync: call("sync", path, () => file.sync())
      }))
    ),
  syncFolder: (path) => call("sync", path, () => syncFolder(path)),
  rename: renameBy({ platform: process.platform, rename: fs.rename, exists }),
  read: (path) => call("read", path, () => readAll(path)),
  list: (path) => call("list", path, () => fs.readdir(path)),
  remove: (path) => call("remove", path, () => fs.rm(path, { recursive: true, force: true })),
  process: name,
  isWriting: (writer, path) => Effect.promise(() => isWriting(writer, path).catch(() => true))
}

/** The files of this machine. */
export const layer: Layer.Layer<Storage> = Layer.succeed(Storage, make)
