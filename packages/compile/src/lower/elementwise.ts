/** Kernels of one element of each input. */
import { element } from "@etude/core/Lookup"
import type { Arithmetic, Comparison, FloatArithmetic, FloatFunction, Scalar } from "../plan/Plan.ts"
import * as S from "../plan/Scalars.ts"
import { map, read, type View } from "./Builder.ts"
import { type Call, input, inputList, type Lowering, type Lowerings, number, output } from "./Kernel.ts"
import { broadcastTo, withDimensions } from "./Views.ts"

type Pair = (x: Scalar, y: Scalar) => Scalar

/** An input's element at the index of an iteration over the recorded shape. */
const elementOf = (call: Call, name: string): Scalar => read(broadcastTo(input(call, name), output(call).shape))

/** A value at each index of the recorded shape, in the recorded dtype. */
const mapped = (call: Call, value: Scalar): ReadonlyArray<View> => {
  const { shape, dtype } = output(call)
  return [map(call.builder, shape, dtype, value)]
}

/** The result of `value`, an expression of the elements of an input. */
const ofOne =
  (name: string, value: (x: Scalar, call: Call) => Scalar): Lowering =>
  (call) =>
    mapped(call, value(elementOf(call, name), call))

/** The same for two inputs. */
const ofTwo =
  (left: string, right: string, value: Pair): Lowering =>
  (call) =>
    mapped(call, value(elementOf(call, left), elementOf(call, right)))

const float = (x: Scalar): Scalar => S.convert("f32", x)
/** Truth values are computed with as whole numbers. */
const numeric = (x: Scalar): Scalar => (x.type === "bool" ? S.convert("i32", x) : x)

const zeroOf = (x: Scalar): Scalar => S.constant(x.type === "i32" ? "i32" : "f32", 0)
const one = S.f32(1)

/** `value` where x is a number, x itself where it is NaN. */
const keepNaN = (x: Scalar, value: Scalar): Scalar => S.select(S.compare("ne", x, x), x, value)

const unaryOf = (value: (x: Scalar, call: Call) => Scalar): Lowering => ofOne("x", (x, call) => value(numeric(x), call))
const floatOf = (value: (x: Scalar, call: Call) => Scalar): Lowering => unaryOf((x, call) => value(float(x), call))
const functionOf = (name: FloatFunction): Lowering => floatOf((x) => S.unary(name, x))

const functions: Readonly<Record<string, FloatFunction>> = {
  Sqrt: "sqrt",
  Rsqrt: "rsqrt",
  Floor: "floor",
  Ceil: "ceil",
  Round: "round",
  Exp: "exp",
  Expm1: "expm1",
  Log: "log",
  Log1p: "log1p",
  Tanh: "tanh",
  Sigmoid: "sigmoid",
  Softplus: "softplus",
  Erf: "erf",
  Sin: "sin",
  Cos: "cos",
  Tan: "tan",
  Asin: "asin",
  Acos: "acos",
  Atan: "atan",
  Sinh: "sinh",
  Cosh: "cosh",
  Asinh: "asinh",
  Acosh: "acosh",
  Atanh: "atanh"
}

export const relu = (x: Scalar): Scalar => S.max(x, zeroOf(x))
const relu6 = (x: Scalar): Scalar => S.min(S.max(x, zeroOf(x)), S.constant(x.type === "i32" ? "i32" : "f32", 6))
const elu = (x: Scalar): Scalar => S.select(S.compare("ge", x, S.f32(0)), x, S.unary("expm1", x))
export const leakyRelu = (x: Scalar, alpha: Scalar): Scalar =>
  S.select(S.compare("lt", x, S.f32(0)), S.mul(alpha, x), x)
const step = (x: Scalar, alpha: number): Scalar => keepNaN(x, S.select(S.compare("gt", x, S.f32(0)), one, S.f32(alpha)))
const sign = (x: Scalar): Scalar => {
  const [up, zero] = [S.constant(x.type === "i32" ? "i32" : "f32", 1), zeroOf(x)]
  const below = S.select(S.compare("lt", x, zero), S.neg(up), x)
  return S.select(S.compare("gt", x, zero), up, below)
}

/** Klambauer et al. 2017, arXiv:1706.02515. */
const seluAlpha = 1.7580993408473768
const seluScale = 1.0507009873554805
const selu = (x: Scalar): Scalar =>
  S.select(S.compare("ge", x, S.f32(0)), S.mul(S.f32(seluScale), x), S.mul(S.f32(seluAlpha), S.unary("expm1", x)))

const infinite = (x: Scalar): Scalar => S.compare("eq", S.abs(x), S.f32(Number.POSITIVE_INFINITY))

const clip = (x: Scalar, call: Call): Scalar => {
  const limit = (name: string) => S.constant(x.type === "i32" ? "i32" : "f32", number(call, name))
  const [low, high] = [limit("clipValueMin"), limit("clipValueMax")]
  return S.select(S.compare("gt", x, high), high, S.select(S.compare("lt", x, low), low, x))
}

const unaries: Lowerings = {
  ...Object.fromEntries(Object.entries(functions).map(([kernel, name]) => [kernel, functionOf(name)])),
  Neg: unaryOf(S.neg),
  Abs: unaryOf(S.abs),
  Square: unaryOf((x) => S.mul(x, x)),
  Reciprocal: floatOf((x) => S.div(one, x)),
  Relu: unaryOf(relu),
  Relu6: unaryOf(relu6),
  Elu: floatOf(elu),
  Selu: floatOf(selu),
  LeakyRelu: floatOf((x, call) => leakyRelu(x, S.f32(number(call, "alpha", 0.2)))),
  Step: floatOf((x, call) => step(x, number(call, "alpha", 0))),
  Sign: unaryOf(sign),
  ClipByValue: unaryOf(clip),
  IsNan: floatOf((x) => S.compare("ne", x, x)),
  IsInf: floatOf(infinite),
  IsFinite: floatOf((x) => S.compare("lt", S.abs(x), S.f32(Number.POSITIVE_INFINITY))),
  LogicalNot: ofOne("x", (x) => S.not(S.convert("bool", x))),
  Cast: ofOne("x", (x) => x)
}

/** Both sides in one type: whole numbers where both are, else float. */
const same = (value: Pair): Pair => {
  return (x, y) => {
    const [left, right] = [numeric(x), numeric(y)]
    return left.type === right.type ? value(left, right) : value(float(left), float(right))
  }
}

const binaryOf = (value: Pair): Lowering => ofTwo("a", "b", same(value))
const arithmetic = (name: Arithmetic | FloatArithmetic): Lowering => binaryOf((x, y) => S.binary(name, x, y))
const floatArithmetic = (name: Arithmetic | FloatArithmetic): Lowering =>
  ofTwo("a", "b", (x, y) => S.binary(name, float(x), float(y)))
const comparison = (name: Comparison): Lowering => binaryOf((x, y) => S.compare(name, x, y))
const truth = (name: "and" | "or" | "xor"): Lowering =>
  ofTwo("a", "b", (x, y) => S.logic(name, S.convert("bool", x), S.convert("bool", y)))

/** Whole numbers have no power here. */
const pow: Lowering = (call) =>
  input(call, "a").dtype === "float32" || input(call, "b").dtype === "float32"
    ? floatArithmetic("pow")(call)
    : undefined

const squaredDifference = binaryOf((x, y) => {
  const difference = S.sub(x, y)
  return S.mul(difference, difference)
})

/** dy · (y ≥ 0 ? 1 : y + 1), by the output y. */
const eluGrad = ofTwo("dy", "y", (dy, y) => S.select(S.compare("ge", y, S.f32(0)), dy, S.mul(dy, S.add(y, one))))

/** The condition may be a vector over the first dimension. */
const select: Lowering = (call) => {
  const { shape } = output(call)
  const condition = input(call, "condition")
  const rows = condition.shape.length === 1 && shape.length > 1
  const aligned = rows
    ? withDimensions(
        condition,
        shape.map((extent, at) => ({ extent, stride: at === 0 ? element(condition.access.strides, 0) : 0 }))
      )
    : broadcastTo(condition, shape)
  return mapped(call, S.select(S.convert("bool", read(aligned)), elementOf(call, "t"), elementOf(call, "e")))
}

const addN: Lowering = (call) => {
  const terms = inputList(call).map((view) => numeric(read(view)))
  return mapped(call, terms.reduce(same(S.add)))
}

/** What `activation` of a fused kernel makes of x; `undefined` where it is unknown. */
export const activated = (call: Call, x: Scalar, alpha: Scalar | undefined): Scalar | undefined => {
  switch (call.attributes["activation"] ?? "linear") {
    case "linear":
      return x
    case "relu":
      return relu(x)
    case "relu6":
      return relu6(x)
    case "elu":
      return elu(x)
    case "sigmoid":
      return S.unary("sigmoid", x)
    case "leakyrelu":
      return leakyRelu(x, S.f32(number(call, "leakyreluAlpha", 0.2)))
    case "prelu":
      return alpha === undefined ? undefined : leakyRelu(x, alpha)
    default:
      return undefined
  }
}

/** bias and activation of a fused kernel, applied to what its product gave. */
export const finished = (call: Call, product: View): ReadonlyArray<View> | undefined => {
  const { inputs, builder } = call
  const { shape } = product
  const of = (view: View | undefined) => (view === undefined ? undefined : read(broadcastTo(view, shape)))
  const [bias, alpha] = [of(inputs["bias"]), of(inputs["preluActivationWeights"])]
  const sum = bias === undefined ? read(product) : S.add(read(product), bias)
  const value = activated(call, sum, alpha)
  return value === undefined ? undefined : [map(builder, shape, "float32", value)]
}

/** A tensor of one value, in the recorded shape. */
const filled = (call: Call, value: number): ReadonlyArray<View> =>
  mapped(call, output(call).dtype === "float32" ? S.f32(value) : S.i32(value))

const fill: Lowering = (call) => {
  const value = call.attributes["value"]
  return typeof value === "string" ? undefined : filled(call, Number(value))
}

export const elementwiseLowerings: Lowerings = {
  ...unaries,
  Add: arithmetic("add"),
  Sub: arithmetic("sub"),
  Multiply: arithmetic("mul"),
  RealDiv: floatArithmetic("div"),
  FloorDiv: arithmetic("floorDiv"),
  Mod: arithmetic("mod"),
  Maximum: arithmetic("max"),
  Minimum: arithmetic("min"),
  Atan2: floatArithmetic("atan2"),
  Pow: pow,
  SquaredDifference: squaredDifference,
  Equal: comparison("eq"),
  NotEqual: comparison("ne"),
  Less: comparison("lt"),
  LessEqual: comparison("le"),
  Greater: comparison("gt"),
  GreaterEqual: comparison("ge"),
  LogicalAnd: truth("and"),
  LogicalOr: truth("or"),
  LogicalXor: truth("xor"),
  BitwiseAnd: ofTwo("a", "b", (x, y) => S.binary("and", numeric(x), numeric(y))),
  Prelu: ofTwo("x", "alpha", (x, alpha) => leakyRelu(float(x), float(alpha))),
  EluGrad: eluGrad,
  Select: select,
  AddN: addN,
  Fill: fill,
  ZerosLike: (call) => filled(call, 0),
  OnesLike: (call) => filled(call, 1),
  /** Bytes as numbers: level · scale + offset, rounded after each. */
  ScaleBytes: (call) => {
    const bytes = input(call, "bytes")
    const [scale, offset] = [number(call, "scale"), number(call, "offset")]
    const value = S.add(S.mul(float(read(bytes)), S.f32(Math.fround(scale))), S.f32(Math.fround(offset)))
    return [map(call.builder, bytes.shape, "float32", value)]
  }
}
