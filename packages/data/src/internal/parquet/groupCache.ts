/** Decoded row groups, of which those that were used last are kept. */
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
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

const groupOf = (starts: ReadonlyArray<number>, row: number): number => {
  let [low, high] = [0, starts.length - 2]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= row) low = middle
    else high = middle - 1
  }
  return low
}

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
  for (let element = 0; element < size; element++) {
    to.values[position * size + element] = from.values[row * size + element]!
  }
  if (from.present !== undefined && to.present !== undefined) to.present[position] = from.present[row]!
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
      const positions = new Map<number, Array<number>>()
      indices.forEach((row, position) => {
        const group = groupOf(starts, row)
        const same = positions.get(group)
        if (same === undefined) positions.set(group, [position])
        else same.push(position)
      })
      for (const [index, places] of positions) {
        const group = yield* groupAt(file, index, writers)
        const start = starts[index] ?? 0
        for (const { name, store } of writers) {
          const from = group.get(name)
          if (from === undefined) continue
          for (const position of places) copyRow(from, indices[position]! - start, store, position)
        }
      }
    })
  return { gather }
}
