/** A plan as text for people, one line for each node. */
import type { Access, Buffer, Node, Plan, Scalar, Write } from "./Plan.ts"
import { everyOf, operands } from "./Rewrite.ts"

const nameOf = ({ id, place }: Buffer): string =>
  place._tag === "Input"
    ? `in${place.index}`
    : place._tag === "Output"
      ? `out${place.index}`
      : place._tag === "Constant"
        ? `const${id}`
        : `t${id}`

type Names = ReadonlyArray<string>

const accessText = (names: Names, { buffer, offset, strides }: Access): string =>
  `${names[buffer]}[${strides.join(" ")}${offset === 0 ? "" : ` +${offset}`}]`

const infix: Readonly<Record<string, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  and: "&",
  or: "|",
  xor: "^"
}

/** Expressions longer than this are cut. */
const longest = 160

const scalarText = (names: Names, scalar: Scalar): string => {
  const of = (part: Scalar): string => scalarText(names, part)
  switch (scalar.op) {
    case "read":
      return accessText(names, scalar.access)
    case "gather":
      return `${names[scalar.buffer]}[${of(scalar.index)}]`
    case "constant":
      return String(scalar.value)
    case "index":
      return `i${scalar.dimension}`
    case "accumulator":
      return "acc"
    case "binary":
    case "compare":
    case "logic": {
      const sign = infix[scalar.name]
      const [left, right] = [of(scalar.left), of(scalar.right)]
      return sign === undefined ? `${scalar.name}(${left}, ${right})` : `(${left} ${sign} ${right})`
    }
    default: {
      const name = "name" in scalar ? scalar.name : scalar.op === "convert" ? scalar.type : scalar.op
      return `${name}(${operands(scalar).map(of).join(", ")})`
    }
  }
}

/** Large expressions are not written out: their common parts would be repeated many times. */
const expressionText = (names: Names, scalar: Scalar): string => {
  const parts = everyOf([scalar])
  if (parts.length > 60) return `… ${parts.length} operations`
  const text = scalarText(names, scalar)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

const writesText = (names: Names, writes: ReadonlyArray<Write>): string =>
  writes.map(({ access, value }) => `${accessText(names, access)} = ${expressionText(names, value)}`).join("; ")

const nodeText = (names: Names, node: Node): string => {
  switch (node._tag) {
    case "Map":
      return `map [${node.shape}] ${writesText(names, node.writes)}`
    case "Reduce":
      return `${node.operator} [${node.shape}] over [${node.over}] ${node.order} of ${expressionText(names, node.value)}: ${writesText(names, node.writes)}`
    case "Contract": {
      const { batch, rows, columns, inner, left, right } = node
      const shape = `${batch.length > 0 ? `[${batch}]` : ""}[${rows}]×[${columns}] over [${inner}]`
      return `contract ${shape} ${accessText(names, left)} · ${accessText(names, right)}: ${writesText(names, node.writes)}`
    }
    case "Scatter":
      return `scatter ${node.operator} [${node.shape}] ${names[node.buffer]}[${expressionText(names, node.index)}] ${expressionText(names, node.value)}`
    case "Scan":
      return `scan ${node.operator} [${node.shape}] along ${node.length} ${accessText(names, node.write)} of ${expressionText(names, node.value)}`
    case "Loop":
      return `loop [${node.shape}] ${node.body.map((one) => nodeText(names, one)).join("; then ")}`
    case "Foreign":
      return `kernel ${node.kernel}: ${node.outputs.map(({ buffer }) => names[buffer]).join(", ")}`
  }
}

/** Each node as text. */
export const lines = ({ buffers, nodes }: Plan): ReadonlyArray<string> => {
  const names = buffers.map(nameOf)
  return nodes.map((node) => nodeText(names, node))
}

/** Strides stand in brackets after a buffer's name, with the offset if there is one. */
export const print = (plan: Plan): string =>
  lines(plan)
    .map((line, at) => `${String(at).padStart(4)} ${line}`)
    .join("\n")

/** The number of nodes of each kind, such as `41: 20 map, 9 contract`. */
export const count = ({ nodes }: Plan): string => {
  const kinds = new Map<string, number>()
  for (const node of nodes) {
    const kind = node._tag === "Foreign" ? node.kernel : node._tag
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return `${nodes.length}: ${[...kinds].map(([kind, times]) => `${times} ${kind}`).join(", ")}`
}
