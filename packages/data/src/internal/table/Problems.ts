/** The first problems of a table, and the number of all: a large file can have millions. */
import { DataError } from "@etude/core/Errors"
import type { Fault } from "./Writer.ts"

/** As many as `DatasetInvalid` shows, with one line for the rest. */
const kept = 49

export interface Problems {
  count: number
  readonly add: (problem: () => DataError) => void
  readonly all: (source: string) => ReadonlyArray<DataError>
}

export const makeProblems = (): Problems => {
  const first: Array<DataError> = []
  const problems: Problems = {
    count: 0,
    add: (problem) => {
      problems.count++
      if (first.length < kept) first.push(problem())
    },
    all: (source) => {
      const more = problems.count - first.length
      if (more === 0) return first
      const rest = new DataError({
        source,
        found: `${more.toLocaleString("en-US")} more ${more === 1 ? "problem" : "problems"}`,
        expected: "none",
        advice: "Those listed are the first ones."
      })
      return [...first, rest]
    }
  }
  return problems
}

/** Where a value stands. */
export interface Where {
  readonly source: string
  readonly offset?: number
}

export interface Faults {
  /** Adds a fault of a column's value to the problems. */
  readonly report: (fault: Fault, column: string, where: () => Where) => void
  /** Adds the columns' missing values, each column's as one problem. */
  readonly end: () => void
}

export const makeFaults = (problems: Problems): Faults => {
  const missing = new Map<string, { readonly fault: Fault; readonly where: Where; count: number }>()
  const report: Faults["report"] = (fault, column, where) => {
    const { kind, found, expected, advice } = fault
    const known = missing.get(column)
    if (kind === "value") problems.add(() => new DataError({ ...where(), found, expected, advice }))
    else if (known === undefined) missing.set(column, { fault, where: where(), count: 1 })
    else known.count++
  }
  const end = () => {
    for (const { fault, where, count } of missing.values()) {
      const { found, expected, advice } = fault
      const more = count - 1
      const others = more === 0 ? "" : `, and in ${more.toLocaleString("en-US")} more ${more === 1 ? "row" : "rows"}`
      problems.add(() => new DataError({ ...where, found: `${found}${others}`, expected, advice }))
    }
    missing.clear()
  }
  return { report, end }
}
