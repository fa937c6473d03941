/** Expressions as C. Every operation becomes an operator of C or a function of the prelude, `TYPE_operation`. */
import type { Binary, Expression, Kind } from "../../code/Code.ts"
import { EmitFailed } from "../Errors.ts"
import { literal } from "./Literal.ts"
import type { Names } from "./Names.ts"

/** A value's type in C. */
export const typeOf = ({ kind, lanes }: { readonly kind: Kind; readonly lanes: number }): string => {
  if (kind === "index") return "index_t"
  return lanes === 1 ? kind : `${kind}x`
}

/** The prefix of the prelude's functions. */
const family = (of: { readonly kind: Kind; readonly lanes: number }): string =>
  of.kind === "index" ? "index" : typeOf(of)

const operators: Partial<Record<Binary, string>> = { add: "+", sub: "-", mul: "*", and: "&", or: "|", xor: "^" }
const relations = { eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=" } as const

const splat = (kind: Kind, lanes: number, scalar: string): string =>
  lanes === 1 ? scalar : `${kind}x_splat(${scalar})`

type Of<Op extends Expression["op"]> = Extract<Expression, { readonly op: Op }>

const binary = (names: Names, expression: Of<"binary">): string => {
  const { kind, name } = expression
  const [left, right] = [print(names, expression.left), print(names, expression.right)]
  const operator = name === "div" && kind === "f32" ? "/" : operators[name]
  if (operator !== undefined) return `(${left} ${operator} ${right})`
  if (kind === "f32" && (name === "min" || name === "max")) return extreme(names, expression, left, right)
  return `${family(expression)}_${name}(${left}, ${right})`
}

/**
 * The machine's own minimum and maximum give their second operand where either is NaN, and where both are zeros. With a
 * constant as the first one that is right, unless it is the zero that has to win.
 */
const extreme = (names: Names, expression: Of<"binary">, left: string, right: string): string => {
  const type = family(expression)
  const [name, winner] = expression.name === "min" ? ["lesser", -0] : ["greater", 0]
  for (const [operand, constant, other] of [
    [expression.left, left, right],
    [expression.right, right, left]
  ] as const) {
    const value = names.constant(operand)
    if (value === undefined || Number.isNaN(value)) continue
    const raw = `${type}_${name}(${constant}, ${other})`
    if (!Object.is(Math.fround(value), winner)) return raw
    // Adding 0 makes 0 of −0 and changes nothing else.
    if (name === "greater") return `(${raw} + ${constant})`
  }
  return `${type}_${expression.name}(${left}, ${right})`
}

/** Expressions that have a name as a mask, not as lanes. */
export const isMask = ({ op, lanes }: Expression): boolean => op === "compare" && lanes > 1

/** A comparison of vectors as a mask, in the machine's own representation. */
export const mask = (names: Names, test: Expression): string => {
  const known = names.known.get(test)
  if (known !== undefined) return isMask(test) ? known : `mask_of(${known})`
  if (test.op === "compare") {
    const [left, right] = [print(names, test.left), print(names, test.right)]
    const type = family(test.left)
    if (test.name === "gt") return `${type}_lt(${right}, ${left})`
    if (test.name === "ge") return `${type}_le(${right}, ${left})`
    return `${type}_${test.name}(${left}, ${right})`
  }
  if (test.op === "binary" && (test.name === "and" || test.name === "or" || test.name === "xor")) {
    return `(mask)(${mask(names, test.left)} ${operators[test.name]} ${mask(names, test.right)})`
  }
  return `mask_of(${print(names, test)})`
}

const compare = (names: Names, expression: Of<"compare">): string => {
  if (expression.lanes > 1) return `lanes_of(${mask(names, expression)})`
  const [left, right] = [print(names, expression.left), print(names, expression.right)]
  if (expression.name === "ltUnsigned") return `${family(expression.left)}_ltUnsigned(${left}, ${right})`
  return `(i32)(${left} ${relations[expression.name]} ${right})`
}

const select = (names: Names, expression: Of<"select">): string => {
  const [yes, no] = [print(names, expression.yes), print(names, expression.no)]
  if (expression.lanes > 1) return `${typeOf(expression)}_select(${mask(names, expression.test)}, ${yes}, ${no})`
  return `(${print(names, expression.test)} ? ${yes} : ${no})`
}

/** An address in memory; the base M is added where the address is used. */
export const place = (names: Names, address: Expression, offset: number): string =>
  `${print(names, address)} + ${names.number(offset)}`

const load = (names: Names, expression: Of<"load">): string => {
  const { kind, lanes, from } = expression
  const at = place(names, expression.address, expression.offset)
  if (from === "u8" && kind === "i32") return lanes === 1 ? `(i32)AT(const u8, ${at})` : `i32x_from_bytes(M + ${at})`
  if (from !== kind) throw new EmitFailed({ reason: `${from} can't be loaded as ${kind}` })
  const type = typeOf(expression)
  return `(${type})AT(const ${type}_m, ${at})`
}

const convert = (names: Names, expression: Of<"convert">): string => {
  const of = print(names, expression.of)
  const [from, to] = [typeOf(expression.of), typeOf(expression)]
  if (from === to) return of
  return from === "index_t" || to === "index_t" ? `(${to})${of}` : `${to}_from_${from}(${of})`
}

const unary = (names: Names, expression: Of<"unary">): string => {
  const of = print(names, expression.of)
  if (expression.kind === "f32") return `${typeOf(expression)}_${expression.name}(${of})`
  if (expression.name === "neg") return `(-${of})`
  throw new EmitFailed({ reason: `there is no ${expression.name} of ${expression.kind}` })
}

/** An expression as C, with all parentheses that any context needs. */
export const print = (names: Names, expression: Expression): string => {
  if (expression.lanes !== 1 && expression.lanes !== names.lanes)
    throw new EmitFailed({ reason: `there are no vectors of ${expression.lanes} lanes` })
  const known = names.known.get(expression)
  if (known !== undefined) return isMask(expression) ? `lanes_of(${known})` : known
  switch (expression.op) {
    case "constant":
      return splat(expression.kind, expression.lanes, literal(expression.kind, expression.value))
    case "local":
      return names.local(expression.local)
    case "load":
      return load(names, expression)
    case "address":
      return names.address(expression.buffer)
    case "splat":
      return splat(expression.kind, expression.lanes, print(names, expression.of))
    case "pack":
      return `(${typeOf(expression)}){${expression.of.map((of) => print(names, of)).join(", ")}}`
    case "extract":
      return `(${print(names, expression.of)})[${expression.lane}]`
    case "iota":
      return `(i32x){${Array.from({ length: expression.lanes }, (_, lane) => lane).join(", ")}}`
    case "unary":
      return unary(names, expression)
    case "binary":
      return binary(names, expression)
    case "fma": {
      const [left, right] = [print(names, expression.left), print(names, expression.right)]
      return `${typeOf(expression)}_fma(${left}, ${right}, ${print(names, expression.addend)})`
    }
    case "compare":
      return compare(names, expression)
    case "select":
      return select(names, expression)
    case "convert":
      return convert(names, expression)
    case "bits":
      return expression.of.kind === expression.kind
        ? print(names, expression.of)
        : `${typeOf(expression)}_bits(${print(names, expression.of)})`
  }
}
