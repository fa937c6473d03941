/** The files in a `.npz` archive, which is a ZIP. */
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import { unzipSync } from "fflate"
import type { ByteSource } from "../bytes/ByteSource.ts"

const problem = (source: string, found: string, expected: string, advice: string) =>
  new DataError({ source, found, expected, advice })

/** The arrays by name, each as a source of its own; what they state to take unpacked is at most `limit` bytes. */
export const entriesOf = (
  archive: ByteSource,
  limit: number
): Effect.Effect<ReadonlyArray<readonly [name: string, entry: ByteSource]>, DataError> =>
  Effect.gen(function* () {
    const { name, size } = archive
    const mib = `${Math.round(limit / 2 ** 20)} MiB`
    const advice = "Save the arrays as .npy files, which can be of any size, or raise `memory`."
    if (size > limit) return yield* problem(name, `an archive of ${size} bytes`, `at most ${mib}`, advice)
    const bytes = yield* archive.read(0, size)
    let unpacked = 0
    const isWanted = (file: { readonly name: string; readonly originalSize: number }): boolean => {
      if (!file.name.endsWith(".npy")) return false
      unpacked += file.originalSize
      return unpacked <= limit
    }
    const files = yield* Effect.try({
      // It unpacks into arrays of the sizes that the archive states, and not beyond.
      try: () => unzipSync(bytes, { filter: isWanted }),
      catch: (cause) => problem(name, `what is no ZIP archive (${cause})`, "a .npz file", "Is it cut off?")
    })
    if (unpacked > limit) return yield* problem(name, `arrays of ${unpacked} bytes`, `at most ${mib}`, advice)
    if (Object.keys(files).length === 0) {
      return yield* problem(name, "no array", "one .npy file or more", "Is this the right file?")
    }
    return Object.entries(files).map(([entry, content]): readonly [string, ByteSource] => {
      const key = entry.replace(/\.npy$/, "")
      return [key, entrySource(`${name}, ${key}`, content)]
    })
  })

const entrySource = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  identity: "",
  isHeld: true,
  read: (offset, length) => Effect.succeed(bytes.subarray(offset, offset + length))
})
