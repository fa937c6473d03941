/** Small constructors of scalar expressions. They check types, and compute nothing. */
import type {
  Access,
  Arithmetic,
  Comparison,
  FloatArithmetic,
  FloatFunction,
  IntegerArithmetic,
  Scalar,
  ScalarType
} from "./Plan.ts"

export type NumberType = "f32" | "i32"

const wrong = (what: string, ...operands: ReadonlyArray<Scalar>): never => {
  throw new Error(`${what} of ${operands.map(({ type }) => type).join(" and ")}`)
}

export const read = (type: NumberType, access: Access): Scalar => ({ op: "read", type, access })
export const gather = (type: NumberType, buffer: number, index: Scalar): Scalar =>
  index.type === "i32" ? { op: "gather", type, buffer, index } : wrong("a gather", index)
export const constant = (type: NumberType, value: number): Scalar => ({ op: "constant", type, value })
export const f32 = (value: number): Scalar => constant("f32", value)
export const i32 = (value: number): Scalar => constant("i32", value)
export const index = (dimension: number): Scalar => ({ op: "index", type: "i32", dimension })
export const accumulator = (type: NumberType): Scalar => ({ op: "accumulator", type })

export const unary = (name: FloatFunction, of: Scalar): Scalar =>
  of.type === "f32" ? { op: "unary", type: "f32", name, of } : wrong(name, of)
export const integer = (name: "neg" | "abs", of: Scalar): Scalar =>
  of.type === "i32" ? { op: "integer", type: "i32", name, of } : wrong(name, of)
export const not = (of: Scalar): Scalar => (of.type === "bool" ? { op: "not", type: "bool", of } : wrong("not", of))

export const binary = (name: Arithmetic | FloatArithmetic | IntegerArithmetic, left: Scalar, right: Scalar): Scalar =>
  left.type === right.type && left.type !== "bool"
    ? { op: "binary", type: left.type, name, left, right }
    : wrong(name, left, right)
export const add = (left: Scalar, right: Scalar): Scalar => binary("add", left, right)
export const sub = (left: Scalar, right: Scalar): Scalar => binary("sub", left, right)
export const mul = (left: Scalar, right: Scalar): Scalar => binary("mul", left, right)
export const div = (left: Scalar, right: Scalar): Scalar => binary("div", left, right)
export const min = (left: Scalar, right: Scalar): Scalar => binary("min", left, right)
export const max = (left: Scalar, right: Scalar): Scalar => binary("max", left, right)
export const neg = (of: Scalar): Scalar => (of.type === "i32" ? integer("neg", of) : unary("neg", of))
export const abs = (of: Scalar): Scalar => (of.type === "i32" ? integer("abs", of) : unary("abs", of))

export const compare = (name: Comparison, left: Scalar, right: Scalar): Scalar =>
  left.type === right.type && left.type !== "bool"
    ? { op: "compare", type: "bool", name, left, right }
    : wrong(name, left, right)
export const logic = (name: "and" | "or" | "xor", left: Scalar, right: Scalar): Scalar =>
  left.type === "bool" && right.type === "bool"
    ? { op: "logic", type: "bool", name, left, right }
    : wrong(name, left, right)
export const select = (test: Scalar, yes: Scalar, no: Scalar): Scalar =>
  test.type === "bool" && yes.type === no.type
    ? { op: "select", type: yes.type, test, yes, no }
    : wrong("a choice", test, yes, no)
/** Of its own type, the expression itself. */
export const convert = (type: ScalarType, of: Scalar): Scalar => (of.type === type ? of : { op: "convert", type, of })
