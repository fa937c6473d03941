/** The fields of a batch, composed of the columns that a selection names. */
import { type FieldSpec, type HostBatch, type Room, type TypedArray, zerosLike } from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import { element as elementOf, mapEntry } from "@etude/core/Lookup"
import { nearest } from "@etude/core/nearest"
import type { Columns, Field, Selection } from "../../Columns.ts"
import { type ColumnValues, isValueColumn, missingOf, sizeOfColumn, type ValueColumn } from "./Store.ts"

/** The values of the rows that a batch is made of, by column. */
export type Gathered = ReadonlyMap<string, ColumnValues>

/** One field: what it looks like, and how it is filled from the rows at `positions` of what was gathered. */
export interface TableField {
  readonly spec: FieldSpec
  readonly columns: ReadonlyArray<string>
  readonly fill: (gathered: Gathered, positions: Int32Array, room?: Room) => TypedArray
}

export type TableFields = TableField | { readonly [name: string]: TableField }

export interface FieldPlan {
  readonly inputs: TableFields
  readonly targets?: TableFields
  readonly weights?: TableField
  readonly mask?: TableField
  readonly classes?: ReadonlyArray<string>
  /** All columns that are read, each once. */
  readonly names: ReadonlyArray<string>
}

export const isField = (fields: TableFields): fields is TableField => typeof fields.fill === "function"

type Named = readonly [name: string, column: ValueColumn]

/** Where a column's numbers go in a row of a list. */
interface Part {
  readonly name: string
  readonly width: number
  readonly write: (to: Float32Array, offset: number, stride: number, from: ColumnValues, positions: Int32Array) => void
}

const numbersPart = (name: string, size: number, isMasked: boolean): Part => ({
  name,
  width: size + (isMasked ? 1 : 0),
  write: (to, offset, stride, { values, present }, positions) => {
    let place = offset
    for (const position of positions) {
      for (let element = 0; element < size; element++) to[place + element] = values[position * size + element]!
      if (present !== undefined) to[place + size] = elementOf(present, position)
      place += stride
    }
  }
})

const oneHotPart = (name: string, categories: number): Part => ({
  name,
  width: categories,
  write: (to, offset, stride, { values, present }, positions) => {
    let place = offset
    for (const position of positions) {
      to.fill(0, place, place + categories)
      if (present === undefined || present[position] === 1) to[place + elementOf(values, position)] = 1
      place += stride
    }
  }
})

const categoriesOf = (column: ValueColumn): ReadonlyArray<string> | undefined =>
  column.type === "category" ? (column.categories ?? []) : undefined

/** A list of columns: one float32 vector. `isTarget`: missing values are the mask's, not numbers of the field. */
const vector = (columns: ReadonlyArray<Named>, isTarget: boolean): TableField => {
  const parts = columns.map(([name, column]) => {
    const categories = categoriesOf(column)
    return categories !== undefined
      ? oneHotPart(name, categories.length)
      : numbersPart(name, sizeOfColumn(column), missingOf(column) === "mask" && !isTarget)
  })
  const width = parts.reduce((sum, part) => sum + part.width, 0)
  const like = new Float32Array(0)
  return {
    spec: { shape: [width], dtype: "float32" },
    columns: columns.map(([name]) => name),
    fill: (gathered, positions, room = zerosLike) => {
      const to = room(like, positions.length * width) as Float32Array
      let offset = 0
      for (const part of parts) {
        const from = mapEntry(gathered, part.name)
        part.write(to, offset, width, isTarget ? { values: from.values } : from, positions)
        offset += part.width
      }
      return to
    }
  }
}

/** A column alone, of its own kind. */
const single = ([name, column]: Named): TableField => {
  const dtype = column.type === "number" || column.type === "date" ? "float32" : "int32"
  const shape = ("shape" in column ? column.shape : undefined) ?? []
  const size = sizeOfColumn(column)
  return {
    spec: { shape, dtype },
    columns: [name],
    fill: (gathered, positions, room = zerosLike) => {
      const { values } = mapEntry(gathered, name)
      const to = room(values, positions.length * size)
      let place = 0
      for (const position of positions) {
        for (let element = 0; element < size; element++) to[place++] = values[position * size + element]!
      }
      return to
    }
  }
}

/** 1 where the target is present: for each sample, or for each element of a list. */
const maskOf = (columns: ReadonlyArray<Named>, isList: boolean): TableField | undefined => {
  if (!columns.some(([, column]) => missingOf(column) === "mask")) return undefined
  const like = new Uint8Array(0)
  return {
    spec: { shape: isList ? [columns.length] : [], dtype: "bool" },
    columns: columns.map(([name]) => name),
    fill: (gathered, positions, room = zerosLike) => {
      const to = room(like, positions.length * columns.length)
      columns.forEach(([name], offset) => {
        const { present } = mapEntry(gathered, name)
        let place = offset
        for (const position of positions) {
          to[place] = present === undefined ? 1 : elementOf(present, position)
          place += columns.length
        }
      })
      return to
    }
  }
}

const isOne = (fields: NonNullable<Selection["inputs"]>): fields is Field =>
  typeof fields === "string" || Array.isArray(fields)

const namesOf = (fields: NonNullable<Selection["inputs"]>): ReadonlyArray<string> =>
  isOne(fields) ? [fields].flat() : Object.values(fields).flat()

/** The names that a selection uses; without inputs, all columns that hold values. */
export const selected = (columns: Columns, selection: Selection): Required<Pick<Selection, "inputs">> & Selection => {
  if (selection.inputs !== undefined) return { ...selection, inputs: selection.inputs }
  const others = new Set([...(selection.targets ? namesOf(selection.targets) : []), selection.weights])
  const inputs = Object.entries(columns).flatMap(([name, column]) =>
    isValueColumn(column) && !others.has(name) ? [name] : []
  )
  return { ...selection, inputs }
}

/** Every name of a selection once. */
export const namesIn = (selection: Selection): ReadonlyArray<string> => [
  ...new Set([
    ...(selection.inputs ? namesOf(selection.inputs) : []),
    ...(selection.targets ? namesOf(selection.targets) : []),
    ...(selection.weights === undefined ? [] : [selection.weights])
  ])
]

const problem = (source: string, found: string, expected: string, advice: string) =>
  new DataError({ source, found, expected, advice })

/** What is wrong with a selection for these columns: names that don't exist, columns without numbers, lists without columns. */
export const selectionProblems = (table: string, columns: Columns, selection: Selection): ReadonlyArray<DataError> => {
  const problems: Array<DataError> = []
  const known = Object.keys(columns)
  for (const part of ["inputs", "targets", "weights"] as const) {
    const fields = selection[part]
    if (fields === undefined) continue
    const source = `${table}, ${part}`
    const names = namesOf(fields)
    if (names.length === 0) {
      const advice = "Name a column that holds numbers or categories."
      problems.push(problem(source, "no column", "one or more", advice))
    }
    for (const name of names) {
      const column = Object.hasOwn(columns, name) ? columns[name] : undefined
      if (column === undefined) {
        const close = nearest(name, known)
        const advice = close === undefined ? "Names are case-sensitive." : `Did you mean "${close}"?`
        problems.push(problem(source, `the column "${name}"`, `one of ${listed(known)}`, advice))
      } else if (!isValueColumn(column)) {
        const advice =
          column.type === "text"
            ? `Declare it as a category (columns: { ${JSON.stringify(name)}: "category" }), or make numbers of the texts first.`
            : `Declare its type: columns: { ${JSON.stringify(name)}: "number" }.`
        problems.push(problem(source, `the column "${name}" of type ${column.type}`, "a column with values", advice))
      }
    }
    if (part === "targets" && !isOne(fields)) problems.push(...maskProblems(source, columns, names))
  }
  return [...problems, ...singleProblems(table, columns, selection)]
}

const maskProblems = (source: string, columns: Columns, names: ReadonlyArray<string>): ReadonlyArray<DataError> =>
  names.flatMap((name) => {
    const column = columns[name]
    if (column === undefined || !isValueColumn(column) || missingOf(column) !== "mask") return []
    const advice = "A mask belongs to one field of targets: give a name or a list, or fill the missing values."
    return [problem(source, `the column "${name}" with a mask`, "no mask among targets by name", advice)]
  })

/** An input alone is one number, which can't say that it is missing. */
const singleProblems = (table: string, columns: Columns, { inputs = [] }: Selection): ReadonlyArray<DataError> => {
  const alone = isOne(inputs) ? (typeof inputs === "string" ? [inputs] : []) : Object.values(inputs)
  return alone.flatMap((name) => {
    const column = typeof name === "string" ? columns[name] : undefined
    if (column === undefined || !isValueColumn(column) || missingOf(column) !== "mask") return []
    const advice = `Give it in a list (["${name}"]), where its mask has room, or fill the missing values.`
    return [problem(`${table}, inputs`, `the column "${name}" alone, with a mask`, "values that are present", advice)]
  })
}

const listed = (names: ReadonlyArray<string>): string =>
  names.length <= 20 ? names.join(", ") : `${names.slice(0, 20).join(", ")} and ${names.length - 20} more`

/** How the fields of a batch are made of the columns. The selection is one without problems. */
export const planOf = (columns: Columns, selection: Selection): FieldPlan => {
  const { inputs, targets, weights } = selected(columns, selection)
  const named = (name: string): Named => {
    const column = columns[name]
    if (column === undefined || !isValueColumn(column)) throw new Error(`no values in the column ${name}`)
    return [name, column]
  }
  const fieldOf = (field: Field, isTarget: boolean): TableField =>
    typeof field === "string" ? single(named(field)) : vector(field.map(named), isTarget)
  const fieldsOf = (fields: NonNullable<Selection["inputs"]>, isTarget: boolean): TableFields =>
    isOne(fields)
      ? fieldOf(fields, isTarget)
      : Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldOf(field, isTarget)]))
  const target = targets !== undefined && isOne(targets) ? targets : undefined
  const mask = target === undefined ? undefined : maskOf([target].flat().map(named), typeof target !== "string")
  const classes = typeof target === "string" ? classesOf(named(target)[1]) : undefined
  return {
    inputs: fieldsOf(inputs, false),
    ...(targets !== undefined && { targets: fieldsOf(targets, true) }),
    ...(weights !== undefined && { weights: asFloat(single(named(weights))) }),
    ...(mask !== undefined && { mask }),
    ...(classes !== undefined && { classes }),
    names: namesIn({ inputs, ...(targets && { targets }), ...(weights !== undefined && { weights }) })
  }
}

const classesOf = (column: ValueColumn): ReadonlyArray<string> | undefined =>
  column.type === "boolean" ? ["false", "true"] : categoriesOf(column)

const asFloat = (field: TableField): TableField => ({
  ...field,
  spec: { ...field.spec, dtype: "float32" },
  fill: (gathered, positions) => Float32Array.from(field.fill(gathered, positions))
})

/** The batch of the rows at `positions` of what was gathered. */
export const batchOf = (plan: FieldPlan, gathered: Gathered, positions: Int32Array, room?: Room): HostBatch => {
  const fill = (fields: TableFields) =>
    isField(fields)
      ? fields.fill(gathered, positions, room)
      : Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.fill(gathered, positions, room)]))
  const { inputs, targets, weights, mask } = plan
  return {
    inputs: fill(inputs),
    ...(targets && { targets: fill(targets) }),
    ...(weights && { weights: weights.fill(gathered, positions) }),
    ...(mask && { mask: mask.fill(gathered, positions, room) })
  }
}
