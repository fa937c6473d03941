/**
 * JSON lines (`.jsonl`, `.ndjson`): one object a line, whose keys are the columns; "a.b" is the key b of the object a. The
 * file is read once, line by line, and checked; values that fit are held, else a batch reads its lines from the file.
 */
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ColumnsInput, make, type Selection } from "./Columns.ts"
import { type ByteSource, demandUnchanged, nameOf, open, type Source } from "./internal/bytes/ByteSource.ts"
import { gunzipped, textSource } from "./internal/bytes/unpack.ts"
import { type Line, namesIn, parseLine, scanLines, valueAt } from "./internal/jsonLines/lines.ts"
import { makeObserver, type Observer } from "./internal/table/infer.ts"
import { makeTable, type TableFile } from "./internal/table/makeTable.ts"
import { makeFaults, makeProblems } from "./internal/table/Problems.ts"
import { makeRowIndex, mostRowBytes, type RowIndex, runsOf } from "./internal/table/RowIndex.ts"
import { makeGrowth } from "./internal/table/Store.ts"
import type { TableDataset } from "./internal/table/tableDataset.ts"
import type { Writer } from "./internal/table/Writer.ts"

export type { Source, TableDataset }

export interface JsonLinesOptions extends Selection {
  /**
   * What the columns are; a column that isn't named is inferred from the first 10,000 lines. Lists of numbers, nested too,
   * are columns with a `shape`. Give the test set the training set's (`train.columns`).
   */
  readonly columns?: ColumnsInput
  /** Default: the file. */
  readonly name?: string
  /** Texts that mean a missing value, as `null` and an absent key do. Default: none. */
  readonly missingTexts?: ReadonlyArray<string>
  /** Bytes of values that are held in memory, and that a compressed file may have. Default: 1 GiB. */
  readonly memory?: number
  /** Bytes that a line may have, at most 16 MiB. Default: 1 MiB. */
  readonly rowBytes?: number
}

/** The lines from which columns and types are inferred. */
const lookedAt = 10_000

/**
 * A dataset of a file of JSON lines (plain or gzipped), a line a sample. Fields are selected by the names of columns as for
 * `Csv.read`. Fails with `DatasetInvalid`, which lists the first 50 lines and values that are wrong, by line, column and the
 * byte where the line begins, and counts the rest.
 *
 * ```ts
 * const embeddings = yield* JsonLines.read("embeddings.jsonl", { inputs: "vector", targets: "label" })
 * ```
 */
export const read = (source: Source, options: JsonLinesOptions = {}): Effect.Effect<TableDataset, DatasetInvalid> => {
  const { name = nameOf(source), memory = 2 ** 30, rowBytes = 2 ** 20, missingTexts: missing = [] } = options
  const made = Effect.gen(function* () {
    const declared = options.columns === undefined ? {} : yield* make(options.columns)
    const bytes = yield* open(source, name)
    const { source: text, begin } = yield* textSource(yield* gunzipped(bytes, memory), "utf-8", memory)
    const opening = { name, source, text, begin, identity: bytes.identity, rowBytes: Math.min(rowBytes, mostRowBytes) }
    const file = yield* fileOf(opening)
    return yield* makeTable(name, file, declared, { ...options, memory, writers: { missing } })
  })
  return Effect.scoped(made).pipe(
    Effect.catchTag("DataError", (problem) => Effect.fail(new DatasetInvalid({ dataset: name, problems: [problem] })))
  )
}

interface Opening {
  readonly name: string
  readonly source: Source
  readonly text: ByteSource
  readonly begin: number
  readonly identity: string
  readonly rowBytes: number
}

/** What the first lines say. */
interface Seen {
  readonly names: ReadonlyArray<string>
  readonly observers: ReadonlyMap<string, Observer>
  readonly lines: number
  readonly rowSize: number
}

const look = ({ text, begin, rowBytes }: Opening): Effect.Effect<Seen, DataError> =>
  Effect.gen(function* () {
    const observers = new Map<string, Observer>()
    let lines = 0
    let bytes = 0
    let wrong: DataError | undefined
    yield* scanLines(text, begin, rowBytes, (line) => {
      lines++
      bytes += line.bytes.length + 1
      const parsed = parseLine(line.bytes)
      if (!("object" in parsed)) {
        wrong ??= new DataError({ source: `${text.name}, line ${line.line}`, offset: line.offset, ...parsed })
        return lines < lookedAt
      }
      for (const name of namesIn(parsed.object)) {
        const value = valueAt(parsed.object, name)
        const observer = observers.get(name) ?? makeObserver()
        observers.set(name, observer)
        if (value !== null && value !== undefined) observer.observe(value, false)
      }
      return lines < lookedAt
    })
    if (lines === 0) {
      const [expected, advice] = ["one JSON object a line", "Is this the right file?"]
      return yield* new DataError({ source: text.name, found: "no line", expected, advice })
    }
    // The pass over all lines reports them all, but not where there is nothing that it could look for.
    if (wrong !== undefined && observers.size === 0) return yield* wrong
    return { names: [...observers.keys()], observers, lines, rowSize: bytes / lines }
  })

const fileOf = (opening: Opening): Effect.Effect<TableFile, DataError> =>
  Effect.map(look(opening), ({ names, observers, lines, rowSize }) => ({
    names,
    inferred: (index, isUsed) => observers.get(names[index] ?? "")?.column(isUsed) ?? { type: "ignore" },
    because: `as in the first ${lines.toLocaleString("en-US")} lines`,
    rows: opening.text.size / rowSize,
    pass: (writers, holds) =>
      Effect.gen(function* () {
        const { rows, problems } = yield* passOver(opening, writers, holds)
        yield* Effect.scoped(reopen(opening))
        const gather = (read: ReadonlyArray<Writer>, indices: Int32Array) =>
          Effect.scoped(Effect.flatMap(reopen(opening), (now) => readLines(now, rows, read, indices)))
        return { rows: rows.length, problems, gather }
      })
  }))

const passOver = ({ text, begin, rowBytes }: Opening, writers: ReadonlyArray<Writer>, holds: boolean) =>
  Effect.gen(function* () {
    const problems = makeProblems()
    const faults = makeFaults(problems)
    const rows = makeRowIndex()
    const grow = makeGrowth(writers.map(({ store }) => store))
    const visit = ({ bytes, offset, line }: Line): boolean => {
      const row = rows.length
      rows.add(offset)
      const where = `${text.name}, line ${line}`
      const parsed = parseLine(bytes)
      if (!("object" in parsed)) {
        problems.add(() => new DataError({ source: where, offset, ...parsed }))
        return true
      }
      if (holds) grow(row + 1)
      for (const { name, setValue } of writers) {
        const fault = setValue(valueAt(parsed.object, name), holds ? row : 0)
        if (fault !== undefined) faults.report(fault, name, () => ({ source: `${where}, column "${name}"`, offset }))
      }
      return true
    }
    yield* scanLines(text, begin, rowBytes, visit)
    faults.end()
    return { rows, problems }
  })

/** The file once more, if it is still the same; what was unpacked is in memory. */
const reopen = ({ source, name, text, identity }: Opening): Effect.Effect<ByteSource, DataError, Scope.Scope> =>
  Effect.gen(function* () {
    const now = yield* open(source, name)
    yield* demandUnchanged(now, identity)
    return text.isHeld === true ? text : now
  })

const readLines = (source: ByteSource, rows: RowIndex, writers: ReadonlyArray<Writer>, indices: Int32Array) =>
  Effect.forEach(
    runsOf(indices, rows, source.size),
    ({ begin, end, rows: placed }) =>
      Effect.flatMap(source.read(begin, end - begin), (bytes) => {
        for (const { row, position } of placed) {
          const offset = rows.offset(row)
          const lineEnd = bytes.indexOf(10, offset - begin)
          const parsed = parseLine(bytes.subarray(offset - begin, lineEnd < 0 ? bytes.length : lineEnd))
          const fault =
            "object" in parsed
              ? writers.map(({ name, setValue }) => setValue(valueAt(parsed.object, name), position)).find(Boolean)
              : parsed
          if (fault === undefined) continue
          const { found, expected } = fault
          const advice = "The file has changed since the dataset was made: make it again."
          return Effect.fail(
            new DataError({ source: `${source.name} (row ${row + 1})`, offset, found, expected, advice })
          )
        }
        return Effect.void
      }),
    { concurrency: 8, discard: true }
  )
