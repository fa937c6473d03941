/** Decoded row groups, of which those that were used last are kept. */
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import { lastAtMost } from "../lastAtMost.ts"
import { bytesOfRow, makeStore, type Store } from "../table/Store.ts"
import { makeWriter, type Writer } from "../table/Writer.ts"
import { type ParquetFile, readColumn } from "./groups.ts"
import { writeValues } from "./writeValues.ts"

type Group = ReadonlyMap<string, Store>

export interface GroupCache {
  /** Writes the rows at these indices, one after another. */
  readonly gather: (
    file: ParquetFile,
    writers: ReadonlyArray<Writer>,
    indices: Int32Array
  ) => Effect.Effect<void, DataError>
}

/** Row groups that are kept at least: batches lie across the border of two. */
const fewest = 2

const groupOf = (starts: ReadonlyArray<number>, row: number): number =>
  lastAtMost(starts.length - 1, (group) => element(starts, group), row)

const decode = (file: ParquetFile, group: number, writers: ReadonlyArray<Writer>): Effect.Effect<Group, DataError> =>
  Effect.gen(function* () {
    const start = file.starts[group] ?? 0
    const stores = new Map<string, Store>()
    for (const { name, store } of writers) {
      const values = yield* readColumn(file, group, name)
      const rows = (file.starts[group + 1] ?? start) - start
      const writer = makeWriter(name, makeStore(store.column, rows), { missing: [] })
      let problem: DataError | undefined
      writeValues(writer, values, 0, ({ found, expected, advice }, row) => {
        const source = `${file.source.name}, row ${start + row + 1}, column "${name}"`
        problem ??= new DataError({ source, found, expected, advice })
      })
      if (problem !== undefined) return yield* problem
      stores.set(name, writer.store)
    }
    return stores
  })

const copyRow = (from: Store, row: number, to: Store, position: number): void => {
  const { size } = from
  for (let place = 0; place < size; place++) to.values[position * size + place] = from.values[row * size + place]!
  if (from.present !== undefined && to.present !== undefined) to.present[position] = element(from.present, row)
}

export const makeGroupCache = ({ starts }: ParquetFile, mostBytes: number): GroupCache => {
  // The first key is the one that was used longest ago.
  const kept = new Map<number, { readonly group: Group; readonly bytes: number }>()
  const keep = (index: number, group: Group, bytes: number): void => {
    kept.delete(index)
    kept.set(index, { group, bytes })
    let all = 0
    for (const each of kept.values()) all += each.bytes
    for (const [oldest, each] of kept) {
      if (all <= mostBytes || kept.size <= fewest) break
      kept.delete(oldest)
      all -= each.bytes
    }
  }
  const groupAt = (file: ParquetFile, index: number, writers: ReadonlyArray<Writer>) =>
    Effect.gen(function* () {
      const known = kept.get(index)
      const group = known?.group ?? (yield* decode(file, index, writers))
      const rows = (starts[index + 1] ?? 0) - (starts[index] ?? 0)
      keep(index, group, rows * writers.reduce((sum, { store }) => sum + bytesOfRow(store.column), 0))
      return group
    })
  const gather: GroupCache["gather"] = (file, writers, indices) =>
    Effect.gen(function* () {
      const placed = Array.from(indices, (row, position) => ({ row, position }))
      for (const [index, rows] of Map.groupBy(placed, ({ row }) => groupOf(starts, row))) {
        const group = yield* groupAt(file, index, writers)
        const start = starts[index] ?? 0
        for (const { name, store } of writers) {
          const from = group.get(name)
          if (from === undefined) continue
          for (const { row, position } of rows) copyRow(from, row - start, store, position)
        }
      }
    })
  return { gather }
}
