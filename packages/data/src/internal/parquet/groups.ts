/** Reads columns of a Parquet file, one row group at a time, with limits on what its headers may claim. */
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import { type AsyncBuffer, type Compressors, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet"
import { parquetHeader } from "hyparquet/src/column.js"
import type { ByteSource } from "../bytes/ByteSource.ts"

/** Values of one column in one row group, and bytes of one page: more are not read, whatever the file claims. */
const mostValues = 2 ** 26
const mostPageBytes = 2 ** 29

/** Some values of a column, as hyparquet decodes them. */
export type Values = ArrayLike<unknown>

export interface ParquetFile {
  readonly source: ByteSource
  readonly metadata: FileMetaData
  /** Where each row group begins, and at the end the number of rows. */
  readonly starts: ReadonlyArray<number>
  readonly compressors: Compressors
}

const bufferOf = (source: ByteSource, held: ReadonlyArray<Range> = []): AsyncBuffer => ({
  byteLength: source.size,
  slice: (start, end = source.size) => {
    const range = held.find(({ begin, bytes }) => begin <= start && end <= begin + bytes.length)
    const bytes =
      range === undefined
        ? Effect.runPromise(source.read(start, end - start))
        : Promise.resolve(range.bytes.subarray(start - range.begin, end - range.begin))
    return bytes.then(
      ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
    )
  }
})

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : `${cause}`)

/** What hyparquet throws, or what reading failed with. */
const failure = (source: ByteSource, where: string) => (cause: unknown) =>
  cause instanceof DataError
    ? cause
    : new DataError({
        source: `${source.name}${where}`,
        found: `what can't be decoded (${reasonOf(cause)})`,
        expected: "a whole Parquet file",
        advice: "It may be cut off or altered: write or download it again.",
        cause
      })

/** The footer of a Parquet file. */
export const openParquet = (source: ByteSource): Effect.Effect<ParquetFile, DataError> =>
  Effect.gen(function* () {
    yield* demandMarks(source)
    const metadata = yield* Effect.tryPromise({
      try: () => parquetMetadataAsync(bufferOf(source)),
      catch: failure(source, ", footer")
    })
    const starts = [0]
    for (const { num_rows } of metadata.row_groups ?? []) starts.push((starts.at(-1) ?? 0) + Number(num_rows))
    const rows = starts.at(-1) ?? 0
    const fail = (found: string, expected: string, advice: string) =>
      Effect.fail(new DataError({ source: `${source.name}, footer`, found, expected, advice }))
    if (rows === 0) return yield* fail("no row", "one or more", "Is this the right file?")
    if (rows !== Number(metadata.num_rows) || starts.some((start) => !(start >= 0 && start <= 2 ** 31 - 1))) {
      return yield* fail(`row groups of ${rows} rows`, `${metadata.num_rows}`, "The footer contradicts itself.")
    }
    const largest = Math.max(...starts.map((start, group) => (starts[group + 1] ?? start) - start))
    if (largest > mostValues) {
      const advice = "Write smaller row groups, of some 100,000 rows."
      return yield* fail(`a row group of ${largest} rows`, `at most ${mostValues}`, advice)
    }
    return { source, metadata, starts, compressors: yield* compressorsOf(source, metadata) }
  })

const magic = "PAR1"

const demandMarks = (source: ByteSource): Effect.Effect<void, DataError> =>
  Effect.gen(function* () {
    const text = (bytes: Uint8Array) => String.fromCharCode(...bytes)
    const [first, last] = [text(yield* source.read(0, 4)), text(yield* source.read(Math.max(0, source.size - 4), 4))]
    const fail = (offset: number, found: string, advice: string) =>
      Effect.fail(new DataError({ source: source.name, offset, found, expected: `the mark ${magic}`, advice }))
    if (source.size === 0) return yield* fail(0, "an empty file", "Is this the right file?")
    if (first !== magic) return yield* fail(0, `the bytes ${JSON.stringify(first)}`, "This is no Parquet file.")
    if (last !== magic || source.size < 12) {
      return yield* fail(
        Math.max(0, source.size - 4),
        "another end",
        "The file is cut off: write or download it again."
      )
    }
  })

/** The codecs that hyparquet has itself. */
const builtIn = ["UNCOMPRESSED", "SNAPPY"]

/** Decompressors that refuse to unpack more than the limit. */
const compressorsOf = (source: ByteSource, { row_groups }: FileMetaData): Effect.Effect<Compressors, DataError> =>
  Effect.gen(function* () {
    const codecs = new Set(row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data?.codec)))
    const others = [...codecs].filter((codec) => codec !== undefined && !builtIn.includes(codec))
    if (others.length === 0) return {}
    const { compressors } = yield* Effect.tryPromise({
      try: () => import("hyparquet-compressors"),
      catch: (cause) =>
        new DataError({
          source: source.name,
          found: `columns compressed with ${others.join(", ")}`,
          expected: "the package hyparquet-compressors, which decompresses it",
          advice: "Install it: npm install hyparquet-compressors",
          cause
        })
    })
    return compressors
  })

interface Range {
  readonly begin: number
  readonly bytes: Uint8Array
}

/** Where the bytes of a column are in a row group: one range for each of its leaves. */
const rangesOf = ({ metadata }: ParquetFile, group: number, column: string) =>
  (metadata.row_groups[group]?.columns ?? []).flatMap(({ meta_data: chunk }) => {
    if (chunk === undefined || chunk.path_in_schema[0] !== column) return []
    const dictionary = Number(chunk.dictionary_page_offset ?? 0)
    const begin = dictionary > 0 ? dictionary : Number(chunk.data_page_offset)
    return [{ begin, length: Number(chunk.total_compressed_size), isFlat: chunk.path_in_schema.length === 1 }]
  })

/** Throws where pages claim more values or bytes than they may: decoders reserve what a page claims. */
const demandSound = ({ begin, bytes }: Range, rows: number, isFlat: boolean): void => {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
  const most = isFlat ? rows : mostValues
  let values = 0
  while (reader.offset < bytes.length - 1 && (!isFlat || values < rows)) {
    const at = begin + reader.offset
    const page = parquetHeader(reader)
    const isData = page.type !== "DICTIONARY_PAGE"
    const claimed = (page.data_page_header ?? page.data_page_header_v2 ?? page.dictionary_page_header)?.num_values ?? 0
    const [size, packed] = [page.uncompressed_page_size, page.compressed_page_size]
    if (!(packed >= 0 && reader.offset + packed <= bytes.length))
      throw new Error(`a page at byte ${at} that is cut off`)
    if (!(size >= 0 && size <= mostPageBytes)) throw new Error(`a page at byte ${at} of ${size} bytes`)
    if (!(claimed >= 0 && claimed <= (isData ? most - values : size))) {
      throw new Error(`a page at byte ${at} of ${claimed} values, in a row group of ${rows} rows`)
    }
    if (isData) values += claimed
    reader.offset += packed
  }
}

/** All values of a column in a row group, page by page. */
export const readColumn = (
  file: ParquetFile,
  group: number,
  column: string
): Effect.Effect<ReadonlyArray<Values>, DataError> =>
  Effect.gen(function* () {
    const { source, metadata, starts, compressors } = file
    const [rowStart, rowEnd] = [starts[group] ?? 0, starts[group + 1] ?? 0]
    const where = `, row group ${group + 1}, column "${column}"`
    const held: Array<Range> = []
    for (const { begin, length, isFlat } of rangesOf(file, group, column)) {
      if (!(begin >= 4 && length >= 0 && begin + length <= source.size)) {
        return yield* failure(source, where)(new Error(`a place beyond the file, at byte ${begin} of ${length} bytes`))
      }
      const range = { begin, bytes: yield* source.read(begin, length) }
      held.push(range)
      yield* Effect.try({ try: () => demandSound(range, rowEnd - rowStart, isFlat), catch: failure(source, where) })
    }
    const pieces: Array<Values> = []
    const options = { metadata, compressors, columns: [column], rowStart, rowEnd }
    yield* Effect.tryPromise({
      try: () =>
        parquetRead({
          ...options,
          file: bufferOf(source, held),
          onChunk: ({ columnData }) => pieces.push(columnData)
        }),
      catch: failure(source, where)
    })
    const values = pieces.reduce((sum, { length }) => sum + length, 0)
    if (values === rowEnd - rowStart) return pieces
    return yield* failure(source, where)(new Error(`${values} values in ${rowEnd - rowStart} rows`))
  })
