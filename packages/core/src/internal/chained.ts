/** Advice on `x.add(y)`: tfjs-core and tfjs-layers alone have no chained methods of tensors. */
import * as tf from "@tensorflow/tfjs-core"
import { entry } from "../Lookup.ts"

/** The functions of chained methods that have another name. */
const renamed: { readonly [method: string]: string } = {
  as1D: "tf.reshape($, [-1])",
  as2D: "tf.reshape($, [rows, columns])",
  as3D: "tf.reshape($, shape)",
  as4D: "tf.reshape($, shape)",
  as5D: "tf.reshape($, shape)",
  asScalar: "tf.reshape($, [])",
  asType: "tf.cast($, dtype)",
  flatten: "tf.reshape($, [-1])",
  reshapeAs: "tf.reshape($, other.shape)",
  resizeBilinear: "tf.image.resizeBilinear($, size)",
  resizeNearestNeighbor: "tf.image.resizeNearestNeighbor($, size)",
  toBool: 'tf.cast($, "bool")',
  toFloat: 'tf.cast($, "float32")',
  toInt: 'tf.cast($, "int32")'
}

/** Functions that take a tensor and nothing else. */
const alone = new Set(
  (
    "abs acos acosh asin asinh atan atanh ceil clone cos cosh elu erf exp expm1 floor isFinite isInf isNaN log log1p " +
    "logicalNot neg onesLike reciprocal relu relu6 round rsqrt selu sigmoid sign sin sinh softplus sqrt square tan tanh zerosLike"
  ).split(" ")
)

/** What to write instead, for a message that a method of tensors is not a function; else nothing. */
export const adviceOnChained = (message: string): string | undefined => {
  const [, before = "", method = ""] = /^(.*)\.(\w+) is not a function/.exec(message) ?? []
  const isFunction = typeof Reflect.get(tf, method) === "function"
  if (!isFunction && !Object.hasOwn(renamed, method)) return undefined
  const receiver = /^[\w$.]+$/.test(before) ? before : "x"
  const written = Object.hasOwn(renamed, method)
    ? entry(renamed, method).replace("$", receiver)
    : `tf.${method}(${receiver}${alone.has(method) ? "" : ", …"})`
  return `tensors have no chained methods here: write ${written}`
}
