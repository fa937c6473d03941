/** How often sources overrule the type checker. */
import ts from "typescript"
import { parse } from "./Sources.ts"

export interface Casts {
  /** `x as never` */
  readonly never: number
  /** `x as unknown as T` */
  readonly unknown: number
  /** `x!` */
  readonly nonNull: number
}

const none: Casts = { never: 0, unknown: 0, nonNull: 0 }

const add = (a: Casts, b: Casts): Casts => ({
  never: a.never + b.never,
  unknown: a.unknown + b.unknown,
  nonNull: a.nonNull + b.nonNull
})

const castsOf = (node: ts.Node): Casts => {
  let casts = none
  if (ts.isNonNullExpression(node)) casts = { ...none, nonNull: 1 }
  if (ts.isAsExpression(node)) {
    if (node.type.kind === ts.SyntaxKind.NeverKeyword) casts = { ...none, never: 1 }
    const { expression } = node
    if (ts.isAsExpression(expression) && expression.type.kind === ts.SyntaxKind.UnknownKeyword) {
      casts = { ...none, unknown: 1 }
    }
  }
  ts.forEachChild(node, (child) => {
    casts = add(casts, castsOf(child))
  })
  return casts
}

/** The casts in these files, together. */
export const castsIn = (files: ReadonlyArray<string>): Casts =>
  files.map((file) => castsOf(parse(file))).reduce(add, none)
