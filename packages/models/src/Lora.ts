/**
 * Low-rank adaptation: a large model is trained further by few numbers. Its kernels stay as they are, and to each one a product of two
 * narrow matrices is added, which are trained. Hu et al. 2021, arXiv:2106.09685.
 *
 * ```ts
 * const adapted = Lora.apply(model, { match: ["**\/query/kernel", "**\/value/kernel"], rank: 8 })
 * // train it; then:
 * const weights = Lora.merge(adapted, state) // variables of `model`, with the same outputs
 * ```
 */
import type { Model, Variables } from "@etude/core/Model"
import { matcherOfAny } from "@etude/core/PathPattern"
import * as Rng from "@etude/core/Rng"
import { sideOf, sizeOf, type TensorOrRecord, type Tensors, tidied } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

export interface Options {
  /** Patterns over the paths of parameters with two or more axes; default: `**\/kernel`, all kernels. */
  readonly match?: string | ReadonlyArray<string>
  /** Columns of the narrow matrices, at most as many as the kernel's smaller side. Default: 8. */
  readonly rank?: number
  /** The product is multiplied by alpha / rank, so that learning rates suit all ranks. Default: the rank. */
  readonly alpha?: number
  /** Patterns over other parameters that are trained too, such as a new head. Default: none. */
  readonly train?: string | ReadonlyArray<string>
}

/** A model with added matrices. */
export interface Adapted<In extends TensorOrRecord, Out extends TensorOrRecord> extends Model<In, Out> {
  /** The model without them. */
  readonly base: Model<In, Out>
  /** alpha / rank. */
  readonly scale: number
}

const [first, second] = ["/lora/a", "/lora/b"] as const

/** Whether a path is that of an added matrix. */
export const isFactor = (path: string): boolean => path.endsWith(first) || path.endsWith(second)

/** A kernel as a matrix: all that an output sums over, by outputs. */
const matrixOf = (shape: ReadonlyArray<number>): readonly [rows: number, columns: number] => [
  sizeOf(shape.slice(0, -1)),
  sideOf(shape, -1)
]

/** `a` uniform in ±1 / √rows, as in the original code; `b` zero, so that the product is zero at first. */
const factorsOf = (key: Rng.Key, path: string, { shape }: tf.Tensor, rank: number): Tensors => {
  if (shape.length < 2)
    throw new Error(`${path} has the shape [${shape.join(", ")}]; only matrices and kernels have a rank`)
  const [rows, columns] = matrixOf(shape)
  const [width, limit] = [Math.min(rank, rows, columns), 1 / Math.sqrt(rows)]
  const values = Rng.uniforms(Rng.named(key, `${path}${first}`), rows * width, -limit, limit)
  return { [`${path}${first}`]: tf.tensor(values, [rows, width]), [`${path}${second}`]: tf.zeros([width, columns]) }
}

/** The base model's parameters, with the products added. */
const added = (parameters: Tensors, scale: number): Tensors => {
  const result: Record<string, tf.Tensor> = {}
  for (const [path, parameter] of Object.entries(parameters)) {
    if (isFactor(path)) continue
    const [a, b] = [parameters[`${path}${first}`], parameters[`${path}${second}`]]
    result[path] =
      a === undefined || b === undefined
        ? parameter
        : tf.add(parameter, tf.reshape(tf.mul(tf.matMul(a, b), scale), parameter.shape))
  }
  return result
}

const demandRank = (rank: number, alpha: number): void => {
  if (!(Number.isInteger(rank) && rank >= 1)) throw new Error(`rank is ${rank}, expected a whole number of at least 1`)
  if (!Number.isFinite(alpha)) throw new Error(`alpha is ${alpha}, expected a finite number`)
}

/**
 * The model whose kernels are kernel + (alpha / rank) · a · b, reshaped to the kernel. It begins as the model itself: the same key gives the
 * same parameters, and b is zero. Only a and b are trained, whatever the model says of the others.
 *
 * Parameters: those of the model, and for each kernel [..., outputs] `<kernel>/lora/a` [rows, rank] and `<kernel>/lora/b` [rank, outputs],
 * where rows are all elements that an output sums over. A kernel of a convolution is such a matrix, too.
 *
 * Throws where the rank is no whole number of at least 1, and, when the model is initialized, where no parameter matches or one is a vector.
 */
export const apply = <In extends TensorOrRecord, Out extends TensorOrRecord>(
  base: Model<In, Out>,
  { match = "**/kernel", rank = 8, alpha = rank, train = [] }: Options = {}
): Adapted<In, Out> => {
  demandRank(rank, alpha)
  const [matches, isTrained, scale] = [matcherOfAny(match), matcherOfAny(train), alpha / rank]
  const init = (key: Rng.Key): Variables => {
    const { parameters, statistics } = base.init(key)
    const matched = Object.entries(parameters).filter(([path]) => matches(path))
    if (matched.length === 0) {
      const paths = Object.keys(parameters).slice(0, 50).join(", ")
      throw new Error(`no parameter matches ${[match].flat().join(", ")}; the model has ${paths}`)
    }
    const factors = matched.map(([path, kernel]) => factorsOf(key, path, kernel, rank))
    return { parameters: Object.assign({}, parameters, ...factors), statistics }
  }
  return {
    ...base,
    name: `${base.name}-lora`,
    base,
    scale,
    init,
    apply: ({ parameters, statistics }, inputs, context) =>
      base.apply({ parameters: added(parameters, scale), statistics }, inputs, context),
    trainable: (path) => isFactor(path) || isTrained(path)
  }
}

/**
 * Variables of the model without added matrices, whose outputs are the same: the products are in the kernels. The caller owns all of the
 * tensors; those that came in stay.
 *
 * @param variables the state of a run of the adapted model, or whatever has its parameters and statistics
 */
export const merge = <In extends TensorOrRecord, Out extends TensorOrRecord>(
  { scale }: Adapted<In, Out>,
  { parameters, statistics }: Variables
): Variables => ({
  parameters: tidied(() => added(parameters, scale)),
  statistics: tidied(() => statistics)
})
