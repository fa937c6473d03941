/** Bytes that can be read from any offset: a file, or what is in memory already. */
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { openUrl } from "./httpFile.ts"

/** A file by its path or URL (http or https), or its bytes: as they are, or as the `Blob` (or `File`) of a browser. */
export type Source = string | URL | Uint8Array | Blob

/** Bytes of a file that are held where a server gives no ranges. */
const mostHeld = 2 ** 30

const isUrl = (source: string): boolean => /^https?:\/\//i.test(source)

export interface ByteSource {
  /** For errors. */
  readonly name: string
  readonly size: number
  /** Changes with the content, as far as the source can tell without reading it. */
  readonly identity: string
  /** Whether all bytes are in memory, so that no change of the file reaches them. */
  readonly isHeld?: boolean
  /** The bytes from an offset: as many as requested, or as are left. */
  readonly read: (offset: number, length: number) => Effect.Effect<Uint8Array, DataError>
}

const ofBytes = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  identity: "",
  read: (offset, length) => Effect.succeed(bytes.subarray(offset, offset + length))
})

const ofBlob = (name: string, blob: Blob): ByteSource => ({
  name,
  size: blob.size,
  identity: "",
  read: (offset, length) =>
    Effect.tryPromise({
      try: async () => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
      catch: (cause) =>
        new DataError({
          source: name,
          offset,
          found: `a read error (${cause})`,
          expected: "readable data",
          advice: "The file may have changed or been moved since it was chosen: choose it again.",
          cause
        })
    })
})

/** The name of a source in messages: of a file its path, of a browser's `File` its name. */
export const nameOf = (source: Source): string =>
  typeof source === "string" || source instanceof URL
    ? `${source}`
    : "name" in source && typeof source.name === "string"
      ? source.name
      : "bytes"

/** Opens a source for as long as the scope lasts. Fails with a `DataError` where it can't be read. */
export const open = (source: Source, name = nameOf(source)): Effect.Effect<ByteSource, DataError, Scope.Scope> => {
  if (source instanceof Uint8Array) return Effect.succeed(ofBytes(name, source))
  if (source instanceof Blob) return Effect.succeed(ofBlob(name, source))
  const place = `${source}`
  if (isUrl(place)) return openUrl(place, mostHeld)
  // Only a path needs Node; bundles for browsers have another module in its place.
  return Effect.flatMap(
    Effect.promise(() => import("#files")),
    ({ openFile }) => openFile(place)
  )
}

/** Fails where the source is not the one that it was. */
export const demandUnchanged = (source: ByteSource, identity: string): Effect.Effect<void, DataError> =>
  source.identity === identity
    ? Effect.void
    : Effect.fail(
        new DataError({
          source: source.name,
          found: "a file that has changed since it was opened first",
          expected: "the same size and time of change",
          advice: "Make the dataset again; don't write to a file while it is trained on."
        })
      )
