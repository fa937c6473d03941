/**
 * Files as the shards of a stream, with Node: text line by line, and tar archives of samples in the layout of WebDataset. Plain or
 * gzipped (`.gz`, `.tgz`); none is held in memory, whatever its size.
 *
 * ```ts
 * const train = yield* Streams.dataset({
 *   name: "photos",
 *   spec: { inputs: { shape: [64, 64, 3], dtype: "float32" }, targets: { shape: [], dtype: "int32" } },
 *   shards: StreamFiles.tar(["photos-000.tar", "photos-001.tar"]), // 000017.jpg, 000017.cls, 000018.jpg, …
 *   decode: (sample) => ({ inputs: pixelsOf(StreamFiles.fileOf(sample, "jpg")), targets: StreamFiles.integer(sample, "cls") }),
 *   shuffle: {}
 * })
 * ```
 */
import { DataError } from "@etude/core/Errors"
import { linesOf } from "./internal/streams/lines.ts"
import type * as Shards from "./internal/streams/Shards.ts"
import { samplesOf, type TarSample } from "./internal/streams/tar.ts"

export type { TarSample }

const listed = (files: string | ReadonlyArray<string>): ReadonlyArray<string> =>
  typeof files === "string" ? [files] : files

export interface LinesOptions {
  /** Characters of a line at most: a longer one is a `DataError`. Default: 2²⁴. */
  readonly longest?: number
  /** How many lines each file has, where that is known: a resume then skips whole files without reading. */
  readonly samples?: ReadonlyArray<number>
}

const shardsOf = <A>(
  files: string | ReadonlyArray<string>,
  samples: ReadonlyArray<number> | undefined,
  open: (file: string) => AsyncIterable<A>
): ReadonlyArray<Shards.Shard<A>> =>
  listed(files).map((name, number) => {
    const count = samples?.[number]
    return { name, open: () => open(name), ...(count === undefined ? {} : { samples: count }) }
  })

/**
 * The lines of UTF-8 text files, one shard a file, without their ends (LF or CRLF) and without a byte order mark; empty lines are
 * left out.
 */
export const lines = (
  files: string | ReadonlyArray<string>,
  { longest = 2 ** 24, samples }: LinesOptions = {}
): ReadonlyArray<Shards.Shard<string>> => shardsOf(files, samples, (file) => linesOf(file, longest))

export interface TarOptions {
  /** Bytes of a file in an archive at most: a larger one is a `DataError`. Default: 2²⁸, 256 MiB. */
  readonly largest?: number
  /** How many samples each archive has, where that is known: a resume then skips whole archives without reading. */
  readonly samples?: ReadonlyArray<number>
}

/**
 * The samples of tar archives, one shard an archive. Files that follow each other and have the same name up to the first dot are one
 * sample: `dogs/17.jpg` and `dogs/17.cls` are `{ key: "dogs/17", files: { jpg, cls } }`. What is no file, hidden, or without an
 * extension is left out.
 */
export const tar = (
  files: string | ReadonlyArray<string>,
  { largest = 2 ** 28, samples }: TarOptions = {}
): ReadonlyArray<Shards.Shard<TarSample>> => shardsOf(files, samples, (file) => samplesOf(file, largest))

/** The text of a file of a sample. Throws a `DataError` where there is no such file, or it is not UTF-8. */
export const text = (sample: TarSample, extension: string): string => {
  const bytes = fileOf(sample, extension)
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim()
  } catch (cause) {
    const advice = "Look at what the archive holds."
    const source = `${sample.key}.${extension}`
    throw new DataError({ source, found: "bytes that are not UTF-8", expected: "text", advice, cause })
  }
}

/** The whole number in a file of a sample, such as a label in `17.cls`. Throws a `DataError` where there is none. */
export const integer = (sample: TarSample, extension: string): number => {
  const content = text(sample, extension)
  if (/^[+-]?\d{1,15}$/.test(content)) return Number(content)
  throw new DataError({
    source: `${sample.key}.${extension}`,
    found: JSON.stringify(content.slice(0, 50)),
    expected: "a whole number",
    advice: "Name the file that holds the label."
  })
}

/** The bytes of a file of a sample. Throws a `DataError`, which lists what there is, where there is no such file. */
export const fileOf = ({ key, files }: TarSample, extension: string): Uint8Array => {
  const bytes = Object.hasOwn(files, extension) ? files[extension] : undefined
  if (bytes !== undefined) return bytes
  throw new DataError({
    source: key,
    found: `the files ${Object.keys(files)
      .map((name) => `.${name}`)
      .join(", ")}`,
    expected: `one that ends with .${extension}`,
    advice: "Name an extension that all samples have."
  })
}
