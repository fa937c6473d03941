/**
 * Checks the metadata of Arrow's IPC files and streams (arrow.apache.org/docs/format/Columnar.html) before apache-arrow reads them:
 * that package believes every length, so that an altered byte could keep it busy for ever, or take all memory.
 */
import { reasonOf } from "@etude/core/Errors"
import { elementsOf, referredOf, rootOf, slotOf, type Table, walk } from "./flatbuffer.ts"

const keyValues: { readonly tables: () => Table } = { tables: () => ({ 0: "string", 1: "string" }) }

/** Types that hold more than numbers, by their number in `Type`: Timestamp's time zone, Union's ids. */
const types: { readonly [kind: number]: Table } = { 10: { 1: "string" }, 14: { 1: { vectorOf: 4 } } }

const field: Table = {
  0: "string",
  3: { union: 2, kinds: () => types },
  4: { table: () => ({ 1: { table: () => ({}) } }) },
  5: { tables: () => field },
  6: keyValues
}
const schema: Table = { 1: { tables: () => field }, 2: keyValues, 3: { vectorOf: 8 } }
const recordBatch: Table = {
  1: { vectorOf: 16 },
  2: { vectorOf: 16 },
  3: { table: () => ({}) },
  4: { vectorOf: 8 }
}
const dictionaryBatch: Table = { 1: { table: () => recordBatch } }
const headers = { schema: 1, dictionaryBatch: 2, recordBatch: 3 } as const
const message: Table = {
  2: {
    union: 1,
    kinds: () => ({
      [headers.schema]: schema,
      [headers.dictionaryBatch]: dictionaryBatch,
      [headers.recordBatch]: recordBatch
    })
  },
  4: keyValues
}
const blockBytes = 24
const footer: Table = {
  1: { table: () => schema },
  2: { vectorOf: blockBytes },
  3: { vectorOf: blockBytes },
  4: keyValues
}

const magic = "ARROW1"

/** What is wrong, and at which byte. */
export interface Damage {
  readonly offset: number
  readonly found: string
}

const viewOf = (bytes: Uint8Array, begin: number, length: number): DataView => {
  if (begin < 0 || length < 0 || begin + length > bytes.length) throw new RangeError("a part that ends outside")
  return new DataView(bytes.buffer, bytes.byteOffset + begin, length)
}

const integerOf = (view: DataView, place: number | undefined): number =>
  place === undefined ? 0 : Number(view.getBigInt64(place, true))

const isWithin = (value: number, most: number): boolean => value >= 0 && value <= most

/** Lengths and places of a record batch's columns. A value takes a bit of the file at least. */
const checkBatch = (view: DataView, table: number, bodyBytes: number, mostValues: number): void => {
  const length = integerOf(view, slotOf(view, table, 0))
  if (!isWithin(length, mostValues)) throw new RangeError(`${length} rows`)
  for (const node of elementsOf(view, referredOf(view, table, 1), 16)) {
    const values = integerOf(view, node)
    if (!isWithin(values, mostValues)) throw new RangeError(`a column of ${values} values`)
  }
  for (const buffer of elementsOf(view, referredOf(view, table, 2), 16)) {
    const [begin, size] = [integerOf(view, buffer), integerOf(view, buffer + 8)]
    if (!isWithin(begin, bodyBytes) || !isWithin(size, bodyBytes - begin))
      throw new RangeError(`values of ${size} bytes at ${begin} of ${bodyBytes}`)
  }
}

/** The message at a place: what it is, and where it ends; undefined where no message follows. */
const messageAt = (bytes: Uint8Array, begin: number) => {
  const lengthAt = (place: number) => (place + 4 <= bytes.length ? viewOf(bytes, place, 4).getInt32(0, true) : 0)
  const isMarked = lengthAt(begin) === -1
  const start = begin + (isMarked ? 8 : 4)
  const length = lengthAt(start - 4)
  if (length === 0) return undefined
  const view = viewOf(bytes, start, length)
  const root = rootOf(view)
  walk(view, root, message)
  const kind = slotOf(view, root, 1)
  const header = kind === undefined ? 0 : view.getUint8(kind)
  const [table, bodyBytes] = [referredOf(view, root, 2), integerOf(view, slotOf(view, root, 3))]
  const body = start + length
  if (!isWithin(bodyBytes, bytes.length - body)) throw new RangeError(`${bodyBytes} bytes of values`)
  const batch = header === headers.dictionaryBatch && table !== undefined ? referredOf(view, table, 1) : table
  if (batch !== undefined && header !== headers.schema) checkBatch(view, batch, bodyBytes, 8 * bytes.length)
  return { header, end: body + bodyBytes }
}

/** Runs a check; what it throws for is damage at this byte, or where the file ends. */
const guarded = <A>(bytes: Uint8Array, place: number, run: () => A): A | Damage => {
  try {
    return run()
  } catch (cause) {
    return { offset: Math.min(Math.max(0, place), bytes.length), found: reasonOf(cause) }
  }
}

const isDamage = (value: object | undefined): value is Damage => value !== undefined && "offset" in value

const checkStream = (bytes: Uint8Array): Damage | undefined => {
  let begin = 0
  while (begin < bytes.length) {
    const one = guarded(bytes, begin, () => messageAt(bytes, begin))
    if (one === undefined || isDamage(one)) return one
    begin = one.end
  }
  return undefined
}

/** The parts that a file's footer lists, each with the kind that it has to be: of another kind, they would be read again and again. */
const blocksOf = (bytes: Uint8Array) => {
  const end = bytes.length - magic.length - 4
  const length = viewOf(bytes, end, 4).getInt32(0, true)
  const view = viewOf(bytes, end - length, length)
  const root = rootOf(view)
  walk(view, root, footer)
  const blocks = (slot: number, header: number) =>
    elementsOf(view, referredOf(view, root, slot), blockBytes).map((place) => ({
      header,
      begin: integerOf(view, place)
    }))
  return [...blocks(2, headers.dictionaryBatch), ...blocks(3, headers.recordBatch)]
}

const checkFile = (bytes: Uint8Array): Damage | undefined => {
  const blocks = guarded(bytes, bytes.length - magic.length - 4, () => blocksOf(bytes))
  if (isDamage(blocks)) return blocks
  for (const { header, begin } of blocks) {
    const damage = guarded(bytes, begin, () => {
      if (messageAt(bytes, begin)?.header !== header)
        throw new RangeError("a part of another kind than the end of the file says")
    })
    if (damage !== undefined) return damage
  }
  return undefined
}

/** The first thing that is wrong with the metadata of a file or stream of Arrow's; undefined where nothing is. */
export const damageOf = (bytes: Uint8Array): Damage | undefined =>
  new TextDecoder().decode(bytes.subarray(0, magic.length)) === magic ? checkFile(bytes) : checkStream(bytes)
