/** Statements as C. */
import type { Expression, Statement } from "../../code/Code.ts"
import { EmitFailed } from "../Errors.ts"
import { isMask, mask, place, print, typeOf } from "./Expression.ts"
import type { Names } from "./Names.ts"
import { sharedIn } from "./Walk.ts"

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

/** Nothing is known inside of them: values that a loop's bounds read may have changed by then. */
const indented = (names: Names, statements: ReadonlyArray<Statement>): ReadonlyArray<string> => {
  const within = { ...names, known: new Map() }
  return statements.flatMap((statement) => lines(within, statement)).map((line) => `  ${line}`)
}

const alone = (names: Names, statement: Statement): ReadonlyArray<string> => {
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

/** A statement's lines. Expressions that it uses more than once have a name within it. */
export const lines = (names: Names, statement: Statement): ReadonlyArray<string> => {
  const shared = sharedIn(statement)
  if (shared.length === 0) return alone(names, statement)
  const known = new Map<Expression, string>()
  const within = { ...names, known }
  const named = shared.map((expression, index) => {
    const value = isMask(expression)
      ? `const mask s${index} = ${mask(within, expression)};`
      : `const ${typeOf(expression)} s${index} = ${print(within, expression)};`
    known.set(expression, `s${index}`)
    return value
  })
  return ["{", ...[...named, ...alone(within, statement)].map((line) => `  ${line}`), "}"]
}
