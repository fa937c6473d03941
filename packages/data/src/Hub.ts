/**
 * Files of the Hugging Face hub, by its own client (`@huggingface/hub`, an optional peer), kept in a cache: each file of a
 * commit is downloaded once, compared with its checksum, and then read like any other file. An interrupted download continues
 * where it stopped. For Node.
 */

import * as fs from "node:fs/promises"
import { matcherOfAny } from "@etude/core/PathPattern"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { writeWhole } from "./internal/files/atomic.ts"
import * as Client from "./internal/hub/client.ts"
import { HubError, Reason } from "./internal/hub/HubError.ts"
import { type HubOptions, isCommit, isSafePath, listFile, type Place, placeOf, refFile } from "./internal/hub/Place.ts"
import { cached, ensure, storage } from "./internal/hub/transfer.ts"

export { HubError, type HubOptions, Reason }

/** A file of a repository. */
export type Entry = Client.Entry

/** A file of a repository, and where it is now. */
export interface HubFile extends Entry {
  readonly file: string
}

const offline = (source: string) =>
  new HubError({
    reason: "offline",
    source,
    found: "not in the cache, and the network is not to be used",
    advice: "Download it once without `offline` and HF_HUB_OFFLINE, or copy the cache of a machine that did."
  })

/** Writes what helps the next time. */
const keep = (file: string, text: string): Effect.Effect<void, HubError> =>
  Effect.mapError(
    writeWhole(file, (add) => add(new TextEncoder().encode(text))),
    (cause) => storage(file, cause)
  )

const kept = (file: string): Effect.Effect<string | undefined> =>
  Effect.promise(() => fs.readFile(file, "utf8").catch(() => undefined))

const commitIn = (place: Place): Effect.Effect<string, HubError> =>
  Effect.gen(function* () {
    if (isCommit(place.revision)) return place.revision
    const last = (yield* kept(refFile(place)))?.trim()
    if (place.isOffline) return last ?? (yield* offline(place.source))
    const now = yield* Effect.result(Client.commitOf(place))
    if (now._tag === "Success") {
      if (now.success !== last) yield* keep(refFile(place), `${now.success}\n`)
      return now.success
    }
    if (now.failure.reason !== "unreachable" || last === undefined) return yield* now.failure
    yield* Effect.logWarning(`${now.failure.message} ${place.source} is taken as it was last seen, commit ${last}.`)
    return last
  })

/**
 * The commit that a branch or tag is now: 40 hexadecimal digits, to be written down as `revision`, so that a run reads the
 * same files next year. Where the hub can't be reached, the commit that was last seen, with a warning.
 */
export const commit = (options: HubOptions): Effect.Effect<string, HubError> =>
  Effect.flatMap(placeOf(options), commitIn)

const List = Schema.fromJsonString(Schema.Array(Client.Entry))

const listIn = (place: Place, commit: string): Effect.Effect<ReadonlyArray<Entry>, HubError> =>
  Effect.gen(function* () {
    const before = Schema.decodeUnknownOption(List)(yield* kept(listFile(place, commit)))
    if (Option.isSome(before)) return before.value
    if (place.isOffline) return yield* offline(place.source)
    const entries = yield* Client.list(place, commit)
    yield* keep(listFile(place, commit), JSON.stringify(entries))
    return entries
  })

/** All files of a revision, without downloading them. */
export const list = (options: HubOptions): Effect.Effect<ReadonlyArray<Entry>, HubError> =>
  Effect.gen(function* () {
    const place = yield* placeOf(options)
    return yield* listIn(place, yield* commitIn(place))
  })

const unsafe = (source: string, file: string) =>
  new HubError({
    reason: "invalid",
    source,
    found: `the path ${JSON.stringify(file)}, which would leave the cache's folder`,
    advice: "Give a path inside the repository, with / between its parts."
  })

export interface FileOptions extends HubOptions {
  /** The file's path in the repository, such as `data/train-00000-of-00001.parquet`. */
  readonly path: string
}

/**
 * The path of a file of the hub on this machine, downloaded if it isn't in the cache. Files of a commit (40 hexadecimal
 * digits) that are there need no request. It is compared with the checksum that the hub announces (SHA-256 for large
 * files, git's SHA-1 for others) before it gets its name, so that what has it is whole; an interrupted or killed download
 * continues where it stopped, and two processes may request the same file at once.
 *
 * Fails with `HubError`, whose `reason` tells a missing file from a refusal, a broken connection or wrong bytes.
 *
 * ```ts
 * const file = yield* Hub.file({ repo: "datasets/ylecun/mnist", revision, path: "mnist/train-00000-of-00001.parquet" })
 * ```
 */
export const file = (options: FileOptions): Effect.Effect<string, HubError> =>
  Effect.gen(function* () {
    const place = yield* placeOf(options)
    if (!isSafePath(options.path)) return yield* unsafe("path", options.path)
    const commit = yield* commitIn(place)
    const before = yield* cached(place, commit, options.path)
    if (before !== undefined) return before
    if (place.isOffline) return yield* offline(`${place.source}/${options.path}`)
    return yield* ensure(place, commit, yield* Client.describe(place, commit, options.path))
  })

export interface FilesOptions extends HubOptions {
  /** `*` stands for any part of a name, `**` for any number of folders: `data/train-*.parquet`, `**` for all. */
  readonly patterns: string | ReadonlyArray<string>
}

/**
 * The files of the hub whose paths match one of the patterns, downloaded as {@link file} does it, one after another, in
 * the order of their paths. Fails with `HubError`; also where no path matches.
 */
export const files = (options: FilesOptions): Effect.Effect<ReadonlyArray<HubFile>, HubError> =>
  Effect.gen(function* () {
    const place = yield* placeOf(options)
    const commit = yield* commitIn(place)
    const entries = yield* listIn(place, commit)
    const matches = matcherOfAny(options.patterns)
    const wanted = entries.filter(({ path }) => matches(path)).sort((one, other) => (one.path < other.path ? -1 : 1))
    if (wanted.length === 0) {
      const some = entries.slice(0, 8).map(({ path }) => path)
      return yield* new HubError({
        reason: "missing",
        source: place.source,
        found: `none of its ${entries.length} files matches ${[options.patterns].flat().join(", ")}`,
        advice: `It has ${some.join(", ")}${entries.length > some.length ? ", …" : ""}.`
      })
    }
    const escaping = wanted.find(({ path }) => !isSafePath(path))
    if (escaping !== undefined) return yield* unsafe(place.source, escaping.path)
    return yield* Effect.forEach(wanted, (entry) =>
      Effect.gen(function* () {
        const before = yield* cached(place, commit, entry.path)
        if (before === undefined && place.isOffline) return yield* offline(`${place.source}/${entry.path}`)
        return { ...entry, file: before ?? (yield* ensure(place, commit, entry)) }
      })
    )
  })
