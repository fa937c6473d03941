/** Statements as C. */
import type { Statement } from "../../code/Code.ts"
import { EmitFailed } from "../Errors.ts"
import { place, print, typeOf } from "./Expression.ts"
import type { Names } from "./Names.ts"

type Of<Op extends Statement["op"]> = Extract<Statement, { readonly op: Op }>

const store = (names: Names, { address, offset, value, count = value.lanes }: Of<"store">): string => {
  const [at, what] = [place(names, address, offset), print(names, value)]
  if (value.kind === "index") throw new EmitFailed({ reason: "an index can't be stored" })
  if (count === value.lanes) return `AT(${typeOf(value)}_m, ${at}) = ${what};`
  return `${typeOf(value)}_store(M + ${at}, ${what}, ${count});`
}

const loop = (names: Names, { counter, from, to, step, body }: Of<"loop">): ReadonlyArray<string> => {
  const [name, type] = [names.local(counter), typeOf(counter)]
  // The bound's name is that of the innermost loop; what stands for it outside was computed before.
  return [
    `${name} = ${print(names, from)};`,
    `for (${type} const to = ${print(names, to)}; ${name} < to; ${name} += ${step}) {`,
    ...indented(names, body),
    "}"
  ]
}

const choice = (names: Names, { test, yes, no = [] }: Of<"if">): ReadonlyArray<string> => [
  `if (${print(names, test)}) {`,
  ...indented(names, yes),
  ...(no.length === 0 ? [] : ["} else {", ...indented(names, no)]),
  "}"
]

const indented = (names: Names, statements: ReadonlyArray<Statement>): ReadonlyArray<string> =>
  statements.flatMap((statement) => lines(names, statement)).map((line) => `  ${line}`)

/** A statement's lines. */
export const lines = (names: Names, statement: Statement): ReadonlyArray<string> => {
  switch (statement.op) {
    case "set":
      return [`${names.local(statement.local)} = ${print(names, statement.to)};`]
    case "store":
      return [store(names, statement)]
    case "loop":
      return loop(names, statement)
    case "if":
      return choice(names, statement)
  }
}
