/** Clipping of gradients: pure functions from named tensors to named tensors. */
import * as tf from "@tensorflow/tfjs-core"
import * as Match from "effect/Match"
import * as Schema from "effect/Schema"
import * as Tensors from "./Tensors.ts"

const positive = Schema.Finite.check(Schema.isGreaterThan(0, { message: "expected a number above 0" }))

/** Gradient clipping, as written in a config. */
export type Clip =
  /** Scale all gradients together so that their joint L2 norm is at most `maximum`. */
  | { readonly _tag: "GlobalNorm"; readonly maximum: number }
  /** Scale each tensor's gradient so that its own L2 norm is at most `maximum`. */
  | { readonly _tag: "Norm"; readonly maximum: number }
  /** Limit each element to [−limit, limit]. */
  | { readonly _tag: "Value"; readonly limit: number }
export const Clip: Schema.Codec<Clip> = Schema.TaggedUnion({
  GlobalNorm: { maximum: positive },
  Norm: { maximum: positive },
  Value: { limit: positive }
}).annotate({
  description: "Gradient clipping: by the norm of all gradients together, by each tensor's norm, or by value",
  message: "expected { _tag: GlobalNorm, maximum }, { _tag: Norm, maximum } or { _tag: Value, limit }"
})

const block = 64

/**
 * The sum of all elements, by blocks where there are many: TensorFlow adds up hundreds of float32 numbers one after the other,
 * which loses 2e-6 of a million equal ones.
 */
const sumInBlocks = (values: tf.Tensor): tf.Tensor => {
  if (values.size <= block * block) return tf.sum(values)
  const flat = tf.reshape(values, [-1]) as tf.Tensor1D
  const whole = flat.size - (flat.size % block)
  const blocks = whole === flat.size ? flat : tf.slice(flat, 0, whole)
  const sum = sumInBlocks(tf.sum(tf.reshape(blocks, [whole / block, block]), -1))
  return whole === flat.size ? sum : tf.add(sum, tf.sum(tf.slice(flat, whole)))
}

const sumOfSquares = (tensor: tf.Tensor): tf.Tensor => sumInBlocks(tf.square(tensor))

/** The L2 norm of one tensor, a scalar, to 1e-6. */
export const norm = (tensor: tf.Tensor): tf.Tensor => tf.sqrt(sumOfSquares(tensor))

/** The L2 norm over all tensors together, a scalar, to 1e-6. 0 without tensors. */
export const globalNorm = (tensors: Tensors.Tensors): tf.Tensor => {
  const squares = Object.values(tensors).map(sumOfSquares)
  if (squares.length === 0) return tf.scalar(0)
  return tf.sqrt(Tensors.total(squares))
}

/** min(1, maximum / norm); 1 for a norm of 0, NaN for a norm of NaN, so that the non-finite policy sees it. */
const scaleFor = (size: tf.Tensor, maximum: number): tf.Tensor => tf.div(maximum, tf.maximum(size, maximum))

/**
 * Scales gradients so that their joint L2 norm is at most `maximum`: g ← g · min(1, maximum / ‖g‖₂), with ‖g‖₂ over all
 * tensors together. Shapes are kept. All zero stays zero, NaN stays NaN. PyTorch adds 1e-6 to the norm; this doesn't.
 * With `maximum` 1, [3, 4] becomes [0.6, 0.8]. Pascanu et al. 2013, §3.2, arXiv:1211.5063.
 *
 * @param maximum above 0. 1 is common for transformers, 5 for recurrent networks.
 */
export const clipByGlobalNorm =
  (maximum: number) =>
  (gradients: Tensors.Tensors): Tensors.Tensors => {
    const scale = scaleFor(globalNorm(gradients), maximum)
    return Tensors.map(gradients, (gradient) => tf.mul(gradient, scale))
  }

/** Scales each tensor's gradient so that its own L2 norm is at most `maximum`. Zero stays zero, NaN stays NaN. */
export const clipByNorm =
  (maximum: number) =>
  (gradients: Tensors.Tensors): Tensors.Tensors =>
    Tensors.map(gradients, (gradient) => tf.mul(gradient, scaleFor(norm(gradient), maximum)))

/** Limits each element to [−limit, limit]. NaN stays NaN. */
export const clipByValue =
  (limit: number) =>
  (gradients: Tensors.Tensors): Tensors.Tensors =>
    Tensors.map(gradients, (gradient) => tf.minimum(tf.maximum(gradient, -limit), limit))

/** The clipping function that a config describes. */
export const fromConfig: (clip: Clip) => (gradients: Tensors.Tensors) => Tensors.Tensors = Match.type<Clip>().pipe(
  Match.tagsExhaustive({
    GlobalNorm: ({ maximum }) => clipByGlobalNorm(maximum),
    Norm: ({ maximum }) => clipByNorm(maximum),
    Value: ({ limit }) => clipByValue(limit)
  })
)
