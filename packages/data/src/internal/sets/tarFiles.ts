/** Files of a tar archive in memory. */
import * as path from "node:path"
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Tar from "effect/encoding/Tar"
import * as Stream from "effect/Stream"

const joined = (chunks: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  chunks.reduce((position, chunk) => {
    bytes.set(chunk, position)
    return position + chunk.length
  }, 0)
  return bytes
}

/** The files of the archive that the set asks for, by name. */
export const filesOf = (archive: string, tar: Uint8Array, wanted: ReadonlySet<string>) =>
  Stream.make(tar).pipe(
    Stream.pipeThroughChannel(Tar.decode()),
    Stream.filter(({ header }) => wanted.has(path.posix.basename(header.path))),
    Stream.mapEffect(({ header, body }) =>
      Effect.map(Stream.runCollect(body), (chunks) => [path.posix.basename(header.path), joined(chunks)] as const)
    ),
    Stream.runCollect,
    Effect.map((entries) => new Map(entries)),
    Effect.mapError(
      (cause) =>
        new DataError({
          source: archive,
          found: `an archive that can't be read (${cause.message})`,
          expected: "a whole tar archive",
          advice: "Download it again.",
          cause
        })
    )
  )
