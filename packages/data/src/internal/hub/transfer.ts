/** One file of the hub into the cache: resumed, compared with its checksum, and placed whole. */
import { createHash, type Hash } from "node:crypto"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Client from "./client.ts"
import { HubError } from "./HubError.ts"
import { blobFile, type Place, snapshotFile } from "./Place.ts"
import * as Parts from "./parts.ts"

/** An error of the file system. */
export const storage = (source: string, cause: unknown): HubError =>
  new HubError({
    reason: "storage",
    source,
    found: `the cache can't be used (${cause instanceof Error ? cause.message : cause})`,
    advice: "Free some space, or choose another cache by `cache` or ETUDE_CACHE.",
    cause
  })

const onDisk = <A>(source: string, run: () => Promise<A>): Effect.Effect<A, HubError> =>
  Effect.tryPromise({ try: run, catch: (cause) => storage(source, cause) })

/** The hash that the sum of a file is of: SHA-256 of the content, or git's SHA-1 with its header. */
const hashOf = ({ sum, size }: Client.Entry): Hash =>
  sum.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`)

const incomplete = (source: string, bytes: number, size: number) =>
  new HubError({
    reason: "incomplete",
    source,
    found: `the connection ended after ${bytes} of ${size} bytes`,
    advice: "Start again: the download goes on where it stopped."
  })

/** What of a part is there already. */
interface Progress {
  hash: Hash
  bytes: number
}

/** Hashes what an earlier download left; more than the file has is thrown away. */
const resumed = async (handle: fs.FileHandle, entry: Client.Entry): Promise<Progress> => {
  const { size } = await handle.stat()
  if (size > entry.size) await handle.truncate(0)
  const progress = { hash: hashOf(entry), bytes: 0 }
  const block = new Uint8Array(2 ** 20)
  while (true) {
    const { bytesRead } = await handle.read(block, 0, block.length, progress.bytes)
    if (bytesRead === 0) return progress
    progress.hash.update(block.subarray(0, bytesRead))
    progress.bytes += bytesRead
  }
}

/** Writes the stream's bytes behind those that are there, until it ends. */
const drain = (
  handle: fs.FileHandle,
  progress: Progress,
  entry: Client.Entry,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  place: Place,
  source: string
): Effect.Effect<void, HubError> =>
  Effect.gen(function* () {
    while (progress.bytes < entry.size) {
      const broken = () => incomplete(source, progress.bytes, entry.size)
      const next = Effect.tryPromise({ try: () => reader.read(), catch: broken })
      const { done, value } = yield* Effect.timeoutOrElse(next, {
        duration: `${place.timeoutSeconds * 1000} millis`,
        orElse: () => Effect.fail(broken())
      })
      if (done || value === undefined) return yield* broken()
      const bytes = value.subarray(0, entry.size - progress.bytes)
      yield* onDisk(source, () => handle.write(bytes, 0, bytes.length, progress.bytes))
      progress.hash.update(bytes)
      progress.bytes += bytes.length
    }
  })

/** One connection: from the first byte that is missing, until it ends. */
const connection = (handle: fs.FileHandle, progress: Progress, place: Place, commit: string, entry: Client.Entry) => {
  const source = `${place.source}/${entry.path}`
  const ended = new AbortController()
  return Effect.gen(function* () {
    const { stream, isWhole } = yield* Client.open(place, commit, entry, progress.bytes, ended.signal)
    if (progress.bytes > 0 && isWhole) {
      // The hub gives no parts of files: from the beginning.
      yield* onDisk(source, () => handle.truncate(0))
      Object.assign(progress, { hash: hashOf(entry), bytes: 0 })
    }
    yield* drain(handle, progress, entry, stream.getReader(), place, source)
  }).pipe(Effect.ensuring(Effect.sync(() => ended.abort())))
}

/** Connections until the file is whole; as many in a row as `tries` may bring no byte. */
const fetchAll = (handle: fs.FileHandle, progress: Progress, place: Place, commit: string, entry: Client.Entry) =>
  Effect.gen(function* () {
    let without = 0
    while (progress.bytes < entry.size) {
      const before = progress.bytes
      const result = yield* Effect.result(connection(handle, progress, place, commit, entry))
      if (result._tag === "Success") continue
      without = progress.bytes > before ? 0 : without + 1
      if (result.failure.reason !== "incomplete" || without >= place.tries) return yield* result.failure
      yield* Effect.sleep(`${place.waitSeconds * 1000} millis`)
    }
  })

const otherBytes = (source: string, entry: Client.Entry, sum: string) =>
  new HubError({
    reason: "checksum",
    source,
    found: `content of ${entry.sum.length === 64 ? "SHA-256" : "git's SHA-1"} ${sum} where ${entry.sum} was announced`,
    advice: "Something on the way changed it: a proxy, or a damaged disk. Try again."
  })

/** Fetches what is missing of a part; gives the sum of all of it. */
const fetchAndSum = (handle: fs.FileHandle, place: Place, commit: string, entry: Client.Entry) =>
  Effect.gen(function* () {
    const progress = yield* onDisk(`${place.source}/${entry.path}`, () => resumed(handle, entry))
    yield* fetchAll(handle, progress, place, commit, entry)
    return progress.hash.digest("hex")
  })

/** Makes a part whole. A wrong sum is tried once more from the beginning: what an earlier download left may be the cause. */
const fill = (part: string, place: Place, commit: string, entry: Client.Entry) => {
  const source = `${place.source}/${entry.path}`
  return Effect.acquireUseRelease(
    onDisk(source, () => fs.open(part, fs.constants.O_RDWR | fs.constants.O_CREAT)),
    (handle) =>
      Effect.gen(function* () {
        let sum = yield* fetchAndSum(handle, place, commit, entry)
        if (sum !== entry.sum) {
          yield* onDisk(source, () => handle.truncate(0))
          sum = yield* fetchAndSum(handle, place, commit, entry)
        }
        if (sum === entry.sum) return yield* onDisk(source, () => handle.sync())
        yield* onDisk(source, () => fs.rm(part, { force: true }))
        return yield* otherBytes(source, entry, sum)
      }),
    (handle) => Effect.promise(() => handle.close())
  )
}

const isThere = (file: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    fs.stat(file).then(
      (stat) => stat.isFile(),
      () => false
    )
  )

/** Gives the content a second name; where the file system can't, a copy of it, placed whole. */
const link = async (blob: string, file: string): Promise<void> => {
  await fs.mkdir(path.dirname(file), { recursive: true })
  const temporary = `${file}.${crypto.randomUUID()}.tmp`
  await fs.link(blob, temporary).catch(() => fs.copyFile(blob, temporary))
  await fs.rename(temporary, file)
  // A rename of one name of a file to another one of the same file does nothing, and leaves both.
  await fs.rm(temporary, { force: true })
}

/** The path of a commit's file in the cache; downloaded if it isn't there. */
export const ensure = (place: Place, commit: string, entry: Client.Entry): Effect.Effect<string, HubError> =>
  Effect.gen(function* () {
    const file = snapshotFile(place, commit, entry.path)
    if (yield* isThere(file)) return file
    const source = `${place.source}/${entry.path}`
    const blob = blobFile(place, entry.sum)
    if (!(yield* isThere(blob))) {
      yield* Effect.acquireUseRelease(
        onDisk(source, () => Parts.claim(path.dirname(blob), entry.sum)),
        (part) =>
          Effect.andThen(
            fill(part, place, commit, entry),
            onDisk(source, () => fs.rename(part, blob))
          ),
        (part) => Effect.sync(() => Parts.release(part))
      )
    }
    yield* onDisk(source, () => link(blob, file))
    return file
  })

/** The path of a commit's file, if it is in the cache. */
export const cached = (place: Place, commit: string, file: string): Effect.Effect<string | undefined> => {
  const cachedFile = snapshotFile(place, commit, file)
  return Effect.map(isThere(cachedFile), (isIn) => (isIn ? cachedFile : undefined))
}
