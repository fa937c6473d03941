/** The values of one column, as numbers, in an array that grows. */
import type { TypedArray } from "@etude/core/Dataset"
import { sizeOf } from "@etude/core/Tensors"
import type { Column, Missing } from "../../Columns.ts"

/** A column whose values are numbers. */
export type ValueColumn = Exclude<Column, { readonly type: "text" | "ignore" }>

export const isValueColumn = (column: Column): column is ValueColumn =>
  column.type !== "text" && column.type !== "ignore"

/** The values of some rows of a column. */
export interface ColumnValues {
  readonly values: TypedArray
  /** Of a column whose missing values are masked: 1 where a value is present. */
  readonly present?: Uint8Array | undefined
}

export interface Store extends ColumnValues {
  readonly column: ValueColumn
  /** Numbers in each row. */
  readonly size: number
  values: TypedArray
  present: Uint8Array | undefined
}

/** The number of elements of one value. */
export const sizeOfColumn = (column: ValueColumn): number =>
  "shape" in column && column.shape !== undefined ? sizeOf(column.shape) : 1

/** Numbers and dates are float32, indices and whole numbers int32. */
const arrayOf = ({ type }: ValueColumn, length: number): TypedArray =>
  type === "number" || type === "date"
    ? new Float32Array(length)
    : type === "boolean"
      ? new Uint8Array(length)
      : new Int32Array(length)

export const missingOf = (column: ValueColumn): Missing => column.missing ?? "error"

/** Bytes that a row of the column takes. */
export const bytesOfRow = (column: ValueColumn): number =>
  (column.type === "boolean" ? 1 : 4) * sizeOfColumn(column) + (column.missing === "mask" ? 1 : 0)

export const makeStore = (column: ValueColumn, rows: number): Store => {
  const size = sizeOfColumn(column)
  const present = missingOf(column) === "mask" ? new Uint8Array(rows).fill(1) : undefined
  return { column, size, values: arrayOf(column, rows * size), present }
}

const resized = <A extends TypedArray>(values: A, larger: A): A => {
  larger.set(values.subarray(0, larger.length))
  return larger
}

/** Makes room for so many rows, twice as much as there was if that is more. */
export const reserve = (store: Store, rows: number): void => {
  const { column, size, values, present } = store
  if (rows * size <= values.length) return
  const capacity = Math.max(rows, (2 * values.length) / size)
  store.values = resized(values, arrayOf(column, capacity * size))
  if (present !== undefined) store.present = resized(present, new Uint8Array(capacity).fill(1))
}

/** Gives back the room that is not used. */
export const trim = (store: Store, rows: number): void => {
  if (rows * store.size < store.values.length) store.values = store.values.slice(0, rows * store.size)
  if (store.present !== undefined) store.present = store.present.slice(0, rows)
}

/** Makes room in all stores for a number of rows that grows. */
export const makeGrowth = (stores: ReadonlyArray<Store>): ((rows: number) => void) => {
  let capacity = 1
  return (rows) => {
    if (rows <= capacity) return
    capacity = Math.max(1024, 2 * capacity, rows)
    for (const store of stores) reserve(store, capacity)
  }
}
