/** The instructions for operations on scalars and on vectors. Operations without an instruction are not in these tables. */
import type { Binary, Compare, Unary } from "../code/Code.ts"
import type { Plain } from "./Opcodes.ts"

type Table<Name extends string> = { readonly [name in Name]?: Plain }

export interface Operators {
  readonly unary: Table<Unary>
  readonly binary: Table<Binary>
  readonly compare: Table<Compare>
}

/** Shifts of vectors take a scalar. */
export type Shift = "shl" | "shrSigned" | "shrUnsigned"

export const isShift = (name: Binary): name is Shift => name === "shl" || name === "shrSigned" || name === "shrUnsigned"

const f32: Operators = {
  unary: {
    neg: "f32.neg",
    abs: "f32.abs",
    sqrt: "f32.sqrt",
    floor: "f32.floor",
    ceil: "f32.ceil",
    trunc: "f32.trunc",
    round: "f32.nearest"
  },
  binary: { add: "f32.add", sub: "f32.sub", mul: "f32.mul", div: "f32.div", min: "f32.min", max: "f32.max" },
  compare: { eq: "f32.eq", ne: "f32.ne", lt: "f32.lt", le: "f32.le", gt: "f32.gt", ge: "f32.ge" }
}

const i32: Operators = {
  unary: {},
  binary: {
    add: "i32.add",
    sub: "i32.sub",
    mul: "i32.mul",
    div: "i32.div_s",
    and: "i32.and",
    or: "i32.or",
    xor: "i32.xor",
    shl: "i32.shl",
    shrSigned: "i32.shr_s",
    shrUnsigned: "i32.shr_u"
  },
  compare: {
    eq: "i32.eq",
    ne: "i32.ne",
    lt: "i32.lt_s",
    le: "i32.le_s",
    gt: "i32.gt_s",
    ge: "i32.ge_s",
    ltUnsigned: "i32.lt_u"
  }
}

const f32x4: Operators = {
  unary: {
    neg: "f32x4.neg",
    abs: "f32x4.abs",
    sqrt: "f32x4.sqrt",
    floor: "f32x4.floor",
    ceil: "f32x4.ceil",
    trunc: "f32x4.trunc",
    round: "f32x4.nearest"
  },
  binary: {
    add: "f32x4.add",
    sub: "f32x4.sub",
    mul: "f32x4.mul",
    div: "f32x4.div",
    min: "f32x4.min",
    max: "f32x4.max"
  },
  compare: { eq: "f32x4.eq", ne: "f32x4.ne", lt: "f32x4.lt", le: "f32x4.le", gt: "f32x4.gt", ge: "f32x4.ge" }
}

const i32x4: Operators = {
  unary: { neg: "i32x4.neg", abs: "i32x4.abs" },
  binary: {
    add: "i32x4.add",
    sub: "i32x4.sub",
    mul: "i32x4.mul",
    min: "i32x4.min_s",
    max: "i32x4.max_s",
    and: "v128.and",
    or: "v128.or",
    xor: "v128.xor"
  },
  compare: {
    eq: "i32x4.eq",
    ne: "i32x4.ne",
    lt: "i32x4.lt_s",
    le: "i32x4.le_s",
    gt: "i32x4.gt_s",
    ge: "i32x4.ge_s",
    ltUnsigned: "i32x4.lt_u"
  }
}

/** The shift of all lanes by one scalar. */
export const shifts: Record<Shift, Plain> = {
  shl: "i32x4.shl",
  shrSigned: "i32x4.shr_s",
  shrUnsigned: "i32x4.shr_u"
}

/** Addresses and counters are i32. */
export const operatorsOf = (kind: "f32" | "i32" | "index", lanes: number): Operators => {
  if (kind === "f32") return lanes === 1 ? f32 : f32x4
  return lanes === 1 ? i32 : i32x4
}
