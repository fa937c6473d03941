/** Prints expressions: each leaves its value on the stack. */
import type { Expression } from "../code/Code.ts"
import { address } from "./Address.ts"
import { type Context, localOf } from "./Context.ts"
import { extreme } from "./Extremes.ts"
import { lanewise, lesser, shift } from "./Lanes.ts"
import { fma } from "./MultiplyAdd.ts"
import { isShift, operatorsOf } from "./Operators.ts"

type Of<Op extends Expression["op"]> = Extract<Expression, { readonly op: Op }>

const four = <A>(value: A): ReadonlyArray<A> => [value, value, value, value]

const unknown = (what: string, { kind, lanes }: Expression): Error =>
  new Error(`WebAssembly code has no ${what} of ${lanes} × ${kind}.`)

const constant = ({ body }: Context, { kind, lanes, value }: Of<"constant">) => {
  if (lanes !== 1) body.v128(kind === "f32" ? "f32" : "i32", four(value))
  else if (kind === "f32") body.f32(value)
  else body.i32(value)
}

const load = (context: Context, expression: Of<"load">) => {
  const { body } = context
  const offset = address(context, expression.address, expression.offset)
  if (expression.from === "u8") {
    if (expression.lanes === 1) return body.memory("i32.load8_u", offset, 0)
    body.memory("v128.load32_zero", offset, 0)
    body.do("i16x8.extend_low_i8x16_u")
    return body.do("i32x4.extend_low_i16x8_u")
  }
  if (expression.from !== expression.kind) throw unknown(`load from ${expression.from}`, expression)
  body.memory(expression.lanes !== 1 ? "v128.load" : expression.kind === "f32" ? "f32.load" : "i32.load", offset)
}

const bufferAddress = ({ body, placements, addresses }: Context, { buffer }: Of<"address">) => {
  const local = addresses.get(buffer)
  if (local !== undefined) return body.get(local)
  const place = placements[buffer]
  if (place?._tag !== "Fixed") throw new Error(`The buffer ${buffer} has no place.`)
  body.i32(place.address)
}

const splat = (context: Context, { kind, lanes, of }: Of<"splat">) => {
  if (lanes === 1) return context.print(of)
  if (of.op === "constant") return context.body.v128(kind, four(of.value))
  if (of.op === "load" && of.from === kind && !context.sharing.isRepeated(of)) {
    return context.body.memory("v128.load32_splat", address(context, of.address, of.offset))
  }
  context.print(of)
  context.body.do(kind === "f32" ? "f32x4.splat" : "i32x4.splat")
}

const pack = (context: Context, { kind, lanes, of }: Of<"pack">) => {
  const [first, ...rest] = of
  if (first === undefined || of.length !== lanes) throw new Error(`A vector of ${lanes} is packed from ${of.length}.`)
  context.print(first)
  if (lanes === 1) return
  context.body.do(kind === "f32" ? "f32x4.splat" : "i32x4.splat")
  for (const [at, scalar] of rest.entries()) {
    context.print(scalar)
    context.body.lane(kind === "f32" ? "f32x4.replace_lane" : "i32x4.replace_lane", at + 1)
  }
}

const extract = (context: Context, { kind, lane, of }: Of<"extract">) => {
  context.print(of)
  if (of.lanes !== 1) context.body.lane(kind === "f32" ? "f32x4.extract_lane" : "i32x4.extract_lane", lane)
}

const iota = ({ body }: Context, { lanes }: Of<"iota">) => (lanes === 1 ? body.i32(0) : body.v128("i32", [0, 1, 2, 3]))

const unary = (context: Context, expression: Of<"unary">) => {
  const { kind, lanes, name, of } = expression
  const instruction = operatorsOf(kind, lanes).unary[name]
  if (instruction !== undefined) {
    context.print(of)
    return context.body.do(instruction)
  }
  if (name !== "neg") throw unknown(name, expression)
  context.body.i32(0)
  context.print(of)
  context.body.do("i32.sub")
}

const binary = (context: Context, expression: Of<"binary">) => {
  const { kind, lanes, name, left, right } = expression
  if (lanes !== 1 && isShift(name)) return shift(context, name, left, right)
  if (kind === "f32" && lanes !== 1 && (name === "min" || name === "max") && extreme(context, name, left, right)) return
  const instruction = operatorsOf(kind, lanes).binary[name]
  if (instruction !== undefined) {
    context.print(left)
    context.print(right)
    return context.body.do(instruction)
  }
  if (kind === "f32") throw unknown(name, expression)
  if (name === "min" || name === "max") return lesser(context, name, left, right)
  if (name === "div") return lanewise(context, "i32.div_s", left, right)
  throw unknown(name, expression)
}

const compare = (context: Context, expression: Of<"compare">) => {
  const { lanes, name, left, right } = expression
  const instruction = operatorsOf(left.kind, lanes).compare[name]
  if (instruction === undefined) throw unknown(name, left)
  context.print(left)
  context.print(right)
  context.body.do(instruction)
}

const select = (context: Context, { lanes, test, yes, no }: Of<"select">) => {
  context.print(yes)
  context.print(no)
  context.print(test)
  if (lanes === 1) return context.body.do("select")
  // Lanes of a test are all ones or all zeros, for which both give the same; the relaxed one is a single instruction.
  context.body.do(context.level === "fused" ? "i32x4.relaxed_laneselect" : "v128.bitselect")
}

const convert = (context: Context, { kind, lanes, of }: Of<"convert">) => {
  context.print(of)
  if (kind === "f32" && of.kind !== "f32") context.body.do(lanes === 1 ? "f32.convert_i32_s" : "f32x4.convert_i32x4_s")
  if (kind !== "f32" && of.kind === "f32") {
    context.body.do(lanes === 1 ? "i32.trunc_sat_f32_s" : "i32x4.trunc_sat_f32x4_s")
  }
}

const bits = (context: Context, { kind, lanes, of }: Of<"bits">) => {
  context.print(of)
  if (lanes === 1 && kind !== of.kind) context.body.do(kind === "f32" ? "f32.reinterpret_i32" : "i32.reinterpret_f32")
}

/** Leaves the expression's value on the stack, without reusing earlier results. */
export const compute = (context: Context, expression: Expression) => {
  switch (expression.op) {
    case "constant":
      return constant(context, expression)
    case "local":
      return context.body.get(localOf(context, expression.local))
    case "load":
      return load(context, expression)
    case "address":
      return bufferAddress(context, expression)
    case "splat":
      return splat(context, expression)
    case "pack":
      return pack(context, expression)
    case "extract":
      return extract(context, expression)
    case "iota":
      return iota(context, expression)
    case "unary":
      return unary(context, expression)
    case "binary":
      return binary(context, expression)
    case "fma":
      return fma(context, expression)
    case "compare":
      return compare(context, expression)
    case "select":
      return select(context, expression)
    case "convert":
      return convert(context, expression)
    case "bits":
      return bits(context, expression)
  }
}
