/** The first problems of a table, and the number of all: a large file can have millions. */
import { DataError } from "@etude/core/Errors"

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
