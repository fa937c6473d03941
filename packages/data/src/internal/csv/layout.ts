/** What the beginning of a CSV file says: its delimiter, the names of its columns, and what they hold. */
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import type { TextSource } from "../bytes/unpack.ts"
import { makeObserver, type Observer } from "../table/infer.ts"
import { type TextOf, textOf } from "./cells.ts"
import { type Dialect, makePlaces } from "./records.ts"
import { type Place, scan } from "./scan.ts"

export interface LayoutOptions {
  readonly delimiter?: string
  readonly quote?: string
  readonly decimal?: string
  readonly header?: boolean | ReadonlyArray<string>
  readonly skipLines?: number
}

export interface Layout {
  readonly dialect: Dialect
  readonly names: ReadonlyArray<string>
  /** Where the first row begins. */
  readonly begin: Place
  readonly text: TextOf
  /** What the first rows show of each column. */
  readonly observers: ReadonlyArray<Observer>
  /** How many rows were looked at. */
  readonly looked: number
  /** Their mean size in bytes. */
  readonly rowSize: number
}

/** The rows, and bytes, from which types are inferred. */
export const lookedAt = { rows: 10_000, bytes: 4 * 2 ** 20 } as const

const candidates = [",", "\t", ";", "|"]

interface Sampled {
  readonly fields: ReadonlyArray<string | undefined>
  readonly place: Place
}

const byteOf = (text: string): number => text.charCodeAt(0)

const dialectOf = (delimiter: string, { quote = '"', decimal = "." }: LayoutOptions): Dialect => ({
  delimiter: byteOf(delimiter),
  quote: byteOf(quote),
  decimal: byteOf(decimal)
})

/** The first records as texts. */
const sample = (
  { source }: TextSource,
  begin: Place,
  dialect: Dialect,
  text: TextOf,
  rows: number,
  rowBytes: number
): Effect.Effect<ReadonlyArray<Sampled>, DataError> => {
  const sampled: Array<Sampled> = []
  const places = makePlaces(mostColumns)
  const options = { dialect, places, begin, block: Math.min(lookedAt.bytes, rows * 65_536), rowBytes }
  const visited = scan(source, options, (bytes, { starts, ends, doubled, count }, _from, place) => {
    const fields = Array.from({ length: Math.min(count, mostColumns) }, (_, index) =>
      text(bytes, element(starts, index), element(ends, index), element(doubled, index))
    )
    sampled.push({ fields, place })
    return sampled.length < rows && place.offset - begin.offset < lookedAt.bytes
  })
  return Effect.map(visited, () => sampled)
}

/** Columns that a table may have. */
export const mostColumns = 65_536

/** The delimiter that splits the first records into the most fields, and all of them into the same number. */
const detect = (
  source: TextSource,
  begin: Place,
  options: LayoutOptions,
  rowBytes: number
): Effect.Effect<string, DataError> =>
  Effect.gen(function* () {
    let best = { delimiter: ",", score: 0 }
    for (const delimiter of candidates) {
      const dialect = dialectOf(delimiter, options)
      const records = yield* sample(source, begin, dialect, () => "", 20, rowBytes)
      const fields = records[0]?.fields.length ?? 0
      const alike = records.filter((record) => record.fields.length === fields).length / Math.max(1, records.length)
      // Rows that are alike count for more than many fields: a text may have many commas.
      const score = fields < 2 ? 0 : alike * 1000 + Math.min(fields, 999) / 1000
      if (score > best.score) best = { delimiter, score }
    }
    return best.delimiter
  })

const problem = (source: TextSource, found: string, expected: string, advice: string, place?: Place) =>
  new DataError({
    source: place === undefined ? source.source.name : `${source.source.name}, line ${place.line}`,
    ...(place !== undefined && { offset: place.offset }),
    found,
    expected,
    advice
  })

/** Where the lines to be skipped end. */
const skipped = (source: TextSource, lines: number): Effect.Effect<Place, DataError> =>
  Effect.gen(function* () {
    let offset = source.begin
    if (lines === 0) return { offset, line: 1 }
    const head = yield* source.source.read(offset, lookedAt.bytes)
    for (let line = 1; line <= lines; line++) {
      const end = head.indexOf(10, offset - source.begin)
      if (end < 0)
        return yield* problem(source, `${line} lines`, `more than the ${lines} to skip`, "Lower `skipLines`.")
      offset = source.begin + end + 1
    }
    return { offset, line: lines + 1 }
  })

/** The names of the columns, and the first of the records that is a row. */
const namesOf = (
  source: TextSource,
  records: ReadonlyArray<Sampled>,
  header: boolean | ReadonlyArray<string>
): Effect.Effect<{ readonly names: ReadonlyArray<string>; readonly first: number }, DataError> =>
  Effect.suspend(() => {
    const [record] = records
    const fields = record?.fields ?? []
    if (typeof header !== "boolean") return named(source, header, fields, record?.place)
    if (!header) return Effect.succeed({ names: fields.map((_, index) => `column${index + 1}`), first: 0 })
    const names = fields.map((field) => field?.trim() ?? "")
    const twice = names.find((name, index) => names.indexOf(name) < index)
    const unnamed = names.indexOf("")
    const advice = `Correct it in the file, or give all names and skip this line: header: ["…", …], skipLines: ${record?.place.line ?? 1}.`
    if (twice !== undefined && twice !== "") {
      const places = names.flatMap((name, index) => (name === twice ? [index + 1] : []))
      const found = `the name ${JSON.stringify(twice)} ${places.length} times (columns ${places.join(", ")})`
      return Effect.fail(problem(source, found, "a different name for each column", advice, record?.place))
    }
    // Pandas writes its index as a column without a name, the first.
    if (unnamed > 0 || (unnamed === 0 && twice === "")) {
      return Effect.fail(
        problem(source, `no name for column ${unnamed + 1}`, "a name for each column", advice, record?.place)
      )
    }
    return Effect.succeed({ names: names.map((name) => (name === "" ? "index" : name)), first: 1 })
  })

const named = (
  source: TextSource,
  names: ReadonlyArray<string>,
  fields: ReadonlyArray<unknown>,
  place: Place | undefined
): Effect.Effect<{ readonly names: ReadonlyArray<string>; readonly first: number }, DataError> => {
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) {
    return Effect.fail(problem(source, `\`header\` with "${twice}" twice`, "each name once", "Rename one."))
  }
  return names.length === fields.length
    ? Effect.succeed({ names, first: 0 })
    : Effect.fail(
        problem(
          source,
          `${fields.length} fields`,
          `${names.length}, the names in \`header\``,
          "Name every column.",
          place
        )
      )
}

/** Looks at the beginning of the file. */
export const layoutOf = (
  source: TextSource,
  options: LayoutOptions,
  missing: ReadonlyArray<string>,
  rowBytes: number
): Effect.Effect<Layout, DataError> =>
  Effect.gen(function* () {
    yield* demandOneByte(source, options)
    if (source.source.size <= source.begin) {
      return yield* problem(source, "an empty file", "a header and rows", "Is this the right file?")
    }
    const start = yield* skipped(source, options.skipLines ?? 0)
    const delimiter = options.delimiter ?? (yield* detect(source, start, options, rowBytes))
    const dialect = dialectOf(delimiter, options)
    const text = textOf(source.encoding, options.quote ?? '"')
    const records = yield* sample(source, start, dialect, text, lookedAt.rows + 1, rowBytes)
    const { names, first } = yield* namesOf(source, records, options.header ?? true)
    const begin = records[first]?.place
    if (begin === undefined) {
      const advice = names.length === 0 ? "Is this the right file?" : "If the first line is a row, say header: false."
      return yield* problem(source, names.length === 0 ? "blank lines" : "only a header", "one row or more", advice)
    }
    const observers = names.map(() => makeObserver(options.decimal))
    const absent = new Set(missing)
    for (const { fields } of records.slice(first)) {
      if (fields.length !== names.length) continue
      fields.forEach((field, index) => {
        const value = field?.trim() ?? ""
        if (!absent.has(value)) observers[index]?.observe(value, true)
      })
    }
    const looked = records.length - first
    const last = records.at(-1)?.place.offset ?? 0
    const rowSize = looked > 1 ? (last - begin.offset) / (looked - 1) : source.source.size - begin.offset
    return { dialect, names, begin, text, observers, looked, rowSize }
  })

/** Delimiter, quote and decimal mark are looked for byte by byte. */
const demandOneByte = (source: TextSource, options: LayoutOptions): Effect.Effect<void, DataError> => {
  for (const name of ["delimiter", "quote", "decimal"] as const) {
    const text = options[name]
    if (text !== undefined && !/^[\t\x20-\x7e]$/.test(text)) {
      return Effect.fail(
        problem(source, `the ${name} ${JSON.stringify(text)}`, "one ASCII character", `For example ${name}: ";".`)
      )
    }
  }
  return Effect.void
}
