/**
 * Parquet files, local or behind a URL (read by ranges of bytes): row groups are the unit of reading. Values that fit are held in
 * memory; of larger files, a batch decodes the row groups of its rows, of which some are kept. Decoded by `hyparquet`.
 */
import { type DataError, DatasetInvalid } from "@etude/core/Errors"
import { element as elementOf } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import type { Sampler } from "@etude/core/Sampler"
import * as Effect from "effect/Effect"
import { parquetSchema, type SchemaTree } from "hyparquet"
import { type Column, type Columns, type ColumnsInput, make, type Selection } from "./Columns.ts"
import { demandUnchanged, nameOf, open, type Source } from "./internal/bytes/ByteSource.ts"
import { lastAtMost } from "./internal/lastAtMost.ts"
import { makeGroupCache } from "./internal/parquet/groupCache.ts"
import { openParquet, type ParquetFile, readColumn } from "./internal/parquet/groups.ts"
import { writeValues } from "./internal/parquet/writeValues.ts"
import { namesIn } from "./internal/table/fields.ts"
import { makeObserver, type Observer } from "./internal/table/infer.ts"
import { makeTable, type TableFile } from "./internal/table/makeTable.ts"
import { makeFaults, makeProblems } from "./internal/table/Problems.ts"
import { reserve } from "./internal/table/Store.ts"
import type { TableDataset } from "./internal/table/tableDataset.ts"
import type { Writer } from "./internal/table/Writer.ts"

export type { Source }

export interface ParquetOptions extends Selection {
  /**
   * What the columns are. Default: as the file says; texts are categories where they are used or few, and lists of numbers
   * have the shape of the first. Give the test set the training set's (`train.columns`).
   */
  readonly columns?: ColumnsInput
  /** Default: the file. */
  readonly name?: string
  /** Bytes of values up to which all are held in memory. Default: 1 GiB. */
  readonly memory?: number
  /** Bytes of decoded row groups that are kept where not all values are held; at least two groups. Default: 256 MiB. */
  readonly cache?: number
  /**
   * Whether all values are read and checked when the dataset is made. With `false`, a large file is only looked into where a
   * category's names must be found, and a wrong value fails the batch that it is in. Default: true.
   */
  readonly check?: boolean
}

/** A dataset of a Parquet file, with where its row groups begin, for {@link sampler}. */
export interface ParquetDataset extends TableDataset {
  /** The first row of each row group, and at the end the number of rows. */
  readonly rowGroups: ReadonlyArray<number>
}

/**
 * A dataset of a Parquet file, a row a sample. Fields are selected by the names of columns as for `Csv.read`. Other codecs than
 * Snappy need the package hyparquet-compressors. Fails with `DatasetInvalid`, which lists the first 50 values that are wrong by
 * row and column, and for files that are cut off, damaged, or claim more than they may. A batch fails with `DataError` where
 * the file has changed since.
 *
 * ```ts
 * const train = yield* Parquet.read("https://example.org/train.parquet", { inputs: ["x", "y"], targets: "label" })
 * ```
 */
export const read = (source: Source, options: ParquetOptions = {}): Effect.Effect<ParquetDataset, DatasetInvalid> => {
  const { name = nameOf(source), memory = 2 ** 30 } = options
  const made = Effect.gen(function* () {
    const declared = options.columns === undefined ? {} : yield* make(options.columns)
    const file = yield* Effect.flatMap(open(source, name), openParquet)
    const described = yield* tableFile(source, name, file, declared, options)
    const dataset = yield* makeTable(name, described, declared, { ...options, memory, writers: { missing: [] } })
    return { ...dataset, rowGroups: file.starts }
  })
  return Effect.scoped(made).pipe(
    Effect.catchTag("DataError", (problem) => Effect.fail(new DatasetInvalid({ dataset: name, problems: [problem] })))
  )
}

export interface SamplerOptions {
  /** Row groups whose rows are shuffled together. The cache must have room for one more. Default: 1. */
  readonly groups?: number
}

/**
 * An order for files that aren't held: row groups are shuffled, and rows within each `groups` of them, so that an epoch decodes
 * each row group once. Like every sampler it is a function of the epoch's key and the position: a resumed run continues where it
 * was. It is for the dataset itself, not for parts of it.
 */
export const sampler = (
  { rowGroups }: Pick<ParquetDataset, "rowGroups">,
  { groups = 1 }: SamplerOptions = {}
): Sampler => ({
  length: rowGroups.at(-1) ?? 0,
  order: (key) => {
    const count = rowGroups.length - 1
    const groupAt = Rng.permutation(Rng.named(key, "row groups"), count)
    const blocks = blocksOf(rowGroups, groupAt, groups)
    return (position) => {
      const block = blockAt(blocks, position)
      const permuted = block.order ?? Rng.permutation(Rng.fold(key, block.begin), block.size)
      block.order = permuted
      return rowIn(block, rowGroups, permuted(position - block.begin))
    }
  }
})

/** Row groups that are shuffled together. */
interface Block {
  /** Its first position in the epoch. */
  readonly begin: number
  readonly size: number
  readonly groups: ReadonlyArray<number>
  order?: (position: number) => number
}

const blocksOf = (starts: ReadonlyArray<number>, groupAt: (position: number) => number, together: number) => {
  const blocks: Array<Block> = []
  let begin = 0
  for (let first = 0; first < starts.length - 1; first += together) {
    const count = Math.min(together, starts.length - 1 - first)
    const groups = Array.from({ length: count }, (_, index) => groupAt(first + index))
    const size = groups.reduce((sum, group) => sum + sizeOf(starts, group), 0)
    if (size > 0) blocks.push({ begin, size, groups })
    begin += size
  }
  return blocks
}

const sizeOf = (starts: ReadonlyArray<number>, group: number): number =>
  elementOf(starts, group + 1) - elementOf(starts, group)

/** The last block that begins at the position or before. */
const blockAt = (blocks: ReadonlyArray<Block>, position: number): Block =>
  elementOf(
    blocks,
    lastAtMost(blocks.length, (index) => elementOf(blocks, index).begin, position)
  )

const rowIn = ({ groups }: Block, starts: ReadonlyArray<number>, place: number): number => {
  let rest = place
  for (const group of groups) {
    const size = sizeOf(starts, group)
    if (rest < size) return elementOf(starts, group) + rest
    rest -= size
  }
  throw new Error(`no row at ${place}`)
}

const number = ["FLOAT", "DOUBLE"]
const dates = ["DATE", "TIMESTAMP_MILLIS", "TIMESTAMP_MICROS"]

/** The column that a leaf of the schema is; `undefined` where its values must be looked at. */
const columnOf = ({ element, children }: SchemaTree): Column | undefined => {
  const { type, converted_type: converted = "", logical_type: logical } = element
  if (children.length > 0 || element.repetition_type === "REPEATED") return undefined
  if (converted === "UTF8" || converted === "ENUM" || logical?.type === "STRING") return undefined
  if (type === "BOOLEAN") return { type: "boolean" }
  if (dates.includes(converted) || logical?.type === "DATE" || logical?.type === "TIMESTAMP" || type === "INT96") {
    return { type: "date" }
  }
  if (number.includes(type ?? "") || converted === "DECIMAL" || logical?.type === "FLOAT16") return { type: "number" }
  const isTime = converted.startsWith("TIME") || logical?.type === "TIME"
  return (type === "INT32" || type === "INT64") && !isTime ? { type: "integer" } : { type: "ignore" }
}

/** Values of a column that are looked at. */
const lookedAt = 10_000

const tableFile = (
  source: Source,
  name: string,
  file: ParquetFile,
  declared: Columns,
  options: ParquetOptions
): Effect.Effect<TableFile, DataError> =>
  Effect.gen(function* () {
    const { children } = parquetSchema(file.metadata)
    const used = new Set(namesIn(options))
    const observers = new Map<string, Observer>()
    for (const child of children) {
      const column = child.element.name
      const isWanted = !Object.hasOwn(declared, column) && (options.inputs === undefined || used.has(column))
      if (columnOf(child) !== undefined || !isWanted) continue
      const observer = makeObserver()
      observers.set(column, observer)
      const [values = []] = yield* readColumn(file, firstGroup(file), column)
      for (let row = 0; row < Math.min(values.length, lookedAt); row++) {
        if (values[row] !== null && values[row] !== undefined) observer.observe(values[row], false)
      }
    }
    const inferred = (index: number, isUsed: boolean): Column => {
      const child = children[index]
      if (child === undefined) return { type: "ignore" }
      return columnOf(child) ?? observers.get(child.element.name)?.column(isUsed) ?? { type: "ignore" }
    }
    const names = children.map(({ element }) => element.name)
    const pass: TableFile["pass"] = (writers, holds) => passOver(source, name, file, writers, holds, options)
    return { names, inferred, because: "as the file says", rows: file.starts.at(-1) ?? 0, pass }
  })

const firstGroup = ({ starts }: ParquetFile): number => starts.findIndex((_, group) => sizeOf(starts, group) > 0)

const needsCategories = ({ store: { column } }: Writer): boolean =>
  column.type === "category" && column.categories === undefined

const passOver = (
  source: Source,
  name: string,
  file: ParquetFile,
  writers: ReadonlyArray<Writer>,
  holds: boolean,
  { check = true, cache = 2 ** 28 }: ParquetOptions
) =>
  Effect.gen(function* () {
    const problems = makeProblems()
    const faults = makeFaults(problems)
    const rows = file.starts.at(-1) ?? 0
    const read = holds || check ? writers : writers.filter(needsCategories)
    if (holds) for (const { store } of read) reserve(store, rows)
    for (let group = 0; group < file.starts.length - 1; group++) {
      const start = file.starts[group] ?? 0
      for (const writer of read) {
        const values = yield* readColumn(file, group, writer.name)
        writeValues(writer, values, holds ? start : undefined, (fault, row) =>
          faults.report(fault, writer.name, () => ({
            source: `${file.source.name}, row ${start + row + 1}, column "${writer.name}"`
          }))
        )
      }
    }
    faults.end()
    const groups = makeGroupCache(file, cache)
    const reopened = Effect.gen(function* () {
      const now = yield* open(source, name)
      yield* demandUnchanged(now, file.source.identity)
      return file.source.isHeld === true ? file.source : now
    })
    const gather = (into: ReadonlyArray<Writer>, indices: Int32Array) =>
      Effect.scoped(Effect.flatMap(reopened, (now) => groups.gather({ ...file, source: now }, into, indices)))
    return { rows, problems, gather }
  })
