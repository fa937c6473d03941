/** Softmax, cross-entropy and batch normalization. */
import { element } from "@etude/core/Lookup"
import { two } from "../Lists.ts"
import type { Scalar } from "../plan/Plan.ts"
import * as S from "../plan/Scalars.ts"
import { broadcast, type Shape } from "../plan/Shapes.ts"
import { type Builder, map, read, type View } from "./Builder.ts"
import { axis, type Call, input, type Lowering, type Lowerings, number } from "./Kernel.ts"
import { keptShape, reduce } from "./reductions.ts"
import { surrounded } from "./shaping.ts"
import * as Views from "./Views.ts"

/** A reduction along one axis, seen in the shape of what was reduced. */
const along = (
  builder: Builder,
  view: View,
  axes: ReadonlyArray<number>,
  operator: "sum" | "max",
  value?: (element: Scalar) => Scalar
): View => {
  const result = reduce(builder, view, axes, { operator, dtype: "float32", ...(value === undefined ? {} : { value }) })
  return Views.broadcastTo(Views.reshape(builder, result, keptShape(view.shape, axes)), view.shape)
}

/** x − max x, e to that, and the sum of these. */
const exponentials = (builder: Builder, x: View, at: number) => {
  const shifted = map(builder, x.shape, "float32", S.sub(read(x), read(along(builder, x, [at], "max"))))
  const powers = map(builder, x.shape, "float32", S.unary("exp", read(shifted)))
  return { shifted, powers, sum: along(builder, powers, [at], "sum") }
}

const softmax: Lowering = (call) => {
  const x = input(call, "logits")
  if (x.dtype !== "float32") return undefined
  const { powers, sum } = exponentials(call.builder, x, axis(call, "dim", x.shape.length, -1))
  return [map(call.builder, x.shape, "float32", S.div(read(powers), read(sum)))]
}

const logProbabilities = (builder: Builder, x: View, at: number): View => {
  const { shifted, sum } = exponentials(builder, x, at)
  return map(builder, x.shape, "float32", S.sub(read(shifted), S.unary("log", read(sum))))
}

const logSoftmax: Lowering = (call) => {
  const x = input(call, "logits")
  return x.dtype === "float32" ? [logProbabilities(call.builder, x, axis(call, "axis", x.shape.length, -1))] : undefined
}

/** −Σ targets · log softmax of each row, and softmax − targets. */
const crossEntropy: Lowering = (call) => {
  const { builder } = call
  const [logits, labels] = [input(call, "logits"), input(call, "labels")]
  const [rows, classes] = two(logits.shape)
  const smoothing = number(call, "smoothing", 0)
  const { shifted, powers, sum } = exponentials(builder, logits, 1)
  const label = read(Views.broadcastTo(Views.reshape(builder, labels, [rows, 1]), [rows, classes]))
  const [on, off] = [1 - smoothing + smoothing / classes, smoothing / classes]
  const target = S.select(S.compare("eq", label, S.index(1)), S.f32(on), S.f32(off))
  const logs = S.sub(read(shifted), S.unary("log", read(sum)))
  const losses = map(builder, logits.shape, "float32", S.mul(S.neg(target), logs))
  const values = reduce(builder, losses, [1], { operator: "sum", dtype: "float32" })
  const slopes = S.sub(S.div(read(powers), read(sum)), target)
  return [values, map(builder, logits.shape, "float32", slopes)]
}

/** (x − mean) · (scale / √(variance + ε)) + offset; the factor is computed once for all elements that share it. */
const batchNorm: Lowering = (call) => {
  const { builder, inputs } = call
  const [x, variance] = [input(call, "x"), input(call, "variance")]
  const epsilon = S.f32(Math.fround(number(call, "varianceEpsilon", 0.001)))
  const of = (name: string, shape: Shape, absent: number) => {
    const view = inputs[name]
    return view === undefined ? S.f32(absent) : read(Views.broadcastTo(view, shape))
  }
  const common = broadcast(variance.shape, inputs["scale"]?.shape ?? [])
  const deviation = S.unary("sqrt", S.add(of("variance", common, 1), epsilon))
  const factor = map(builder, common, "float32", S.div(of("scale", common, 1), deviation))
  const normalized = S.mul(S.sub(read(x), of("mean", x.shape, 0)), read(Views.broadcastTo(factor, x.shape)))
  return [map(builder, x.shape, "float32", S.add(normalized, of("offset", x.shape, 0)))]
}

/** Σ of what neighbouring channels have, `radius` to either side. */
const overNeighbours = (call: Call, x: View, value: (element: Scalar) => Scalar): View => {
  const { builder } = call
  const radius = number(call, "depthRadius")
  const padded = padChannels(builder, x, radius)
  const window: View = {
    ...padded,
    shape: [...x.shape, 2 * radius + 1],
    access: { ...padded.access, strides: [...padded.access.strides, element(padded.access.strides, -1)] }
  }
  return reduce(builder, window, [x.shape.length], { operator: "sum", value, dtype: "float32" })
}

/** bias + α · Σ of squares of neighbouring channels */
const localNorm = (call: Call, x: View): View => {
  const squares = overNeighbours(call, x, (element) => S.mul(element, element))
  const [bias, alpha] = [S.f32(number(call, "bias")), S.f32(number(call, "alpha"))]
  return map(call.builder, x.shape, "float32", S.add(bias, S.mul(alpha, read(squares))))
}

/** norm^−β */
const weakened = (call: Call, norm: View): Scalar => S.binary("pow", read(norm), S.f32(-number(call, "beta")))

/** x · norm^−β */
const localResponse: Lowering = (call) => {
  const x = input(call, "x")
  return [map(call.builder, x.shape, "float32", S.mul(read(x), weakened(call, localNorm(call, x))))]
}

/** dy · norm^−β − 2αβ · x · Σ of y · dy / norm of neighbouring channels */
const localResponseGradient: Lowering = (call) => {
  const { builder } = call
  const [x, y, dy] = [input(call, "x"), input(call, "y"), input(call, "dy")]
  const norm = localNorm(call, x)
  const ratios = map(builder, x.shape, "float32", S.div(S.mul(read(y), read(dy)), read(norm)))
  const around = read(overNeighbours(call, ratios, (element) => element))
  const factor = S.f32(-2 * number(call, "alpha") * number(call, "beta"))
  const value = S.add(S.mul(read(dy), weakened(call, norm)), S.mul(S.mul(factor, read(x)), around))
  return [map(builder, x.shape, "float32", value)]
}

const padChannels = (builder: Builder, x: View, radius: number): View => {
  const shape = [...x.shape.slice(0, -1), element(x.shape, -1) + 2 * radius]
  return surrounded(builder, x, {
    begin: shape.map((_, at) => (at === shape.length - 1 ? radius : 0)),
    shape,
    value: 0
  })
}

export const normalizationLowerings: Lowerings = {
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  SparseSoftmaxCrossEntropy: crossEntropy,
  FusedBatchNorm: batchNorm,
  LRN: localResponse,
  LRNGrad: localResponseGradient
}
