/** Sums and parts of tables of numbers, rows of equal length. */
import { element } from "@etude/core/Lookup"

type Table<A> = ReadonlyArray<ReadonlyArray<A>>

export const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)

/** The columns of a table as rows. */
export const columnsOf = <A>([first = [], ...rest]: Table<A>): Table<A> =>
  first.map((value, column) => [value, ...rest.map((row) => element(row, column))])

export const columnSums = (table: Table<number>): ReadonlyArray<number> => columnsOf(table).map(sum)

/** The elements on the diagonal. */
export const diagonal = (table: Table<number>): ReadonlyArray<number> => table.map((row, k) => element(row, k))

/** Cuts values into rows of that length. */
export const inRows = (values: ReadonlyArray<number>, length: number): Table<number> =>
  Array.from({ length: values.length / length }, (_, row) => values.slice(row * length, (row + 1) * length))
