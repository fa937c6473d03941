/** The column that a field of a `Schema.Struct` stands for. */
import { DataError } from "@etude/core/Errors"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import type { Column } from "../../Columns.ts"

/** A schema of one column's values. */
export type FieldSchema = Schema.Constraint

const isNothing = (ast: SchemaAST.AST): boolean => ast._tag === "Null" || ast._tag === "Undefined"

/** What the checks expect that the column's type doesn't demand itself. */
const typical = ["a finite number", "an integer"]

const expectations = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  ast.checks?.map((check) => String(check.annotations?.["expected"] ?? "a valid value")) ?? []

const numberColumn = (ast: SchemaAST.AST): Column => {
  const expected = expectations(ast)
  const further = expected.filter((expectation) => !typical.includes(expectation))
  const type = expected.includes("an integer") ? "integer" : "number"
  const accepts = Schema.is(Schema.make<Schema.Schema<unknown>>(ast))
  return { type, ...(further.length > 0 && { check: { expected: further.join(" and "), accepts } }) }
}

const membersOf = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  ast._tag === "Union" ? ast.types.flatMap(membersOf) : [ast]

const columnOf = (ast: SchemaAST.AST): Column | undefined => {
  const all = membersOf(ast)
  const members = all.filter((member) => !isNothing(member))
  const column = members.every((member) => member._tag === "Literal")
    ? literalColumn(members)
    : members.length === 1 && members[0] !== undefined
      ? plainColumn(members[0])
      : undefined
  return column !== undefined && members.length < all.length ? masked(column) : column
}

const literalColumn = (literals: ReadonlyArray<SchemaAST.Literal>): Column | undefined =>
  literals.length > 0 ? { type: "category", categories: literals.map(({ literal }) => String(literal)) } : undefined

const plainColumn = (ast: SchemaAST.AST): Column | undefined => {
  switch (ast._tag) {
    case "Number":
      return numberColumn(ast)
    case "Boolean":
      return { type: "boolean" }
    case "String":
      return { type: "text" }
    case "Declaration":
      return ast.annotations?.["expected"] === "a valid Date" ? { type: "date" } : undefined
    default:
      return undefined
  }
}

const masked = (column: Column): Column =>
  column.type === "text" || column.type === "ignore" ? column : { ...column, missing: "mask" }

/** The column; of a schema that is none, a problem and a column that is ignored. */
export const columnOfSchema = (name: string, { ast }: FieldSchema, problems: Array<DataError>): Column => {
  const column = columnOf(ast)
  if (column !== undefined) return ast.context?.isOptional === true ? masked(column) : column
  problems.push(
    new DataError({
      source: `columns.${name}`,
      found: `a schema of kind ${ast._tag}`,
      expected: "Number, Finite, Int, Boolean, Date, String, Literals, or one of them with NullOr or optional",
      advice: "A column holds plain values: derive other values from the batch."
    })
  )
  return { type: "ignore" }
}
