/** The columns of a table: those that are declared, and the others as they were inferred. */
import { DataError } from "@etude/core/Errors"
import { nearest } from "@etude/core/nearest"
import type { Column, Columns, Selection } from "../../Columns.ts"
import { namesIn } from "./fields.ts"
import type { TableFile } from "./makeTable.ts"

export const describe = (
  table: string,
  { names, inferred }: Pick<TableFile, "names" | "inferred">,
  declared: Columns,
  selection: Selection
): { readonly columns: Columns; readonly problems: ReadonlyArray<DataError> } => {
  const used = new Set(namesIn(selection))
  const described = names.map((name, index): readonly [string, Column] => {
    const column = Object.hasOwn(declared, name) ? declared[name] : undefined
    return [name, column ?? inferred(index, used.has(name))]
  })
  const problems = Object.keys(declared).flatMap((name) => {
    if (names.includes(name)) return []
    const close = nearest(name, names)
    return [
      new DataError({
        source: `${table}, columns`,
        found: `the column "${name}"`,
        expected: `one of ${names.slice(0, 20).join(", ")}${names.length > 20 ? ` and ${names.length - 20} more` : ""}`,
        advice: close === undefined ? "Names are case-sensitive." : `Did you mean "${close}"?`
      })
    ]
  })
  return { columns: Object.fromEntries(described), problems }
}
