/** Losses of embeddings: what belongs together comes close, what doesn't goes apart. */
import { asFloat, checkSame, type Loss, wrongValues } from "@etude/core/Loss"
import * as Losses from "@etude/core/Losses"
import { sideOf, type TensorSpec } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

/** Added to squared lengths, so that the slope of a length of 0 is finite. PyTorch's `cosine_similarity`, squared. */
const leastSquare = 1e-16

const lengths = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.maximum(tf.sum(tf.square(x), -1, true), leastSquare))

/** Vectors of length 1 in the same direction. */
const directions = (x: tf.Tensor): tf.Tensor => tf.div(x, lengths(x))

/**
 * 1 − cos(output, target) over the last dimension: outputs and targets [batch, …, n], values [batch, …], from 0 (same direction) to 2.
 * PyTorch's `cosine_embedding_loss` of pairs that belong together.
 *
 * Refuses other shapes. Salton, Wong and Yang 1975.
 *
 * ```ts
 * cosine // [64] with [64] → []
 * ```
 */
export const cosine: Loss = {
  name: "cosine",
  targets: "values",
  values: (outputs, targets) => tf.sub(1, tf.sum(tf.mul(directions(outputs), directions(asFloat(targets))), -1)),
  check: checkSame("cosine")
}

/** Two or three embeddings of the same shape. */
type Several<Name extends string> = { readonly [name in Name]: tf.Tensor }

const sameShapes = (name: string, specs: { readonly [name: string]: TensorSpec }): ReadonlyArray<string> => {
  const shapes = Object.entries(specs).map(([field, { shape }]) => [
    field,
    shape.map((side) => side ?? "batch").join(", ")
  ])
  const isSame = shapes.every(([, shape]) => shape === shapes[0]?.[1])
  const listed = shapes.map(([field, shape]) => `${field} is [${shape}]`).join(", ")
  return isSame ? [] : [`${name} compares embeddings of one shape, but ${listed}`]
}

/**
 * Of pairs that belong together (target 1) 1 − cos(first, second), of others (target −1) max(0, cos − margin). Outputs are `first` and
 * `second`, [batch, n]; targets and values [batch]. PyTorch's `cosine_embedding_loss`.
 *
 * Refuses targets other than −1 and 1, and embeddings of different shapes. Chopra, Hadsell and LeCun 2005.
 *
 * ```ts
 * cosineEmbedding(0.5) // { first: [64], second: [64] } with [] → []
 * ```
 *
 * @param margin in [−1, 1]; default 0
 */
export const cosineEmbedding = (margin = 0): Loss<Several<"first" | "second">, tf.Tensor> => ({
  name: "cosineEmbedding",
  targets: "values",
  fields: { outputs: ["first", "second"] },
  values: ({ first, second }, targets) => {
    const similarity = tf.sum(tf.mul(directions(first), directions(second)), -1)
    const belongs = tf.cast(tf.greater(asFloat(targets), 0), "float32")
    const apart = tf.relu(tf.sub(similarity, margin))
    return tf.add(tf.mul(belongs, tf.sub(1, similarity)), tf.mul(tf.sub(1, belongs), apart))
  },
  checkFields: (outputs) => sameShapes("cosineEmbedding", outputs),
  checkTargets: (targets) =>
    wrongValues(
      targets,
      (value) => value === 1 || value === -1,
      (value, where) => `target ${value} of ${where}: cosineEmbedding needs targets −1 or 1`
    )
})

/** ‖a − b + ε‖ over the last dimension, as PyTorch's `pairwise_distance`. */
const distance = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(tf.add(tf.sub(a, b), 1e-6)), -1))

/**
 * max(0, ‖anchor − positive‖ − ‖anchor − negative‖ + margin) of outputs `anchor`, `positive` and `negative`, [batch, n]: shape [batch].
 * It has no targets. Schroff, Kalenichenko and Philbin 2015, arXiv:1503.03832; PyTorch's `triplet_margin_loss`.
 *
 * Refuses embeddings of different shapes.
 *
 * ```ts
 * triplet() // { anchor: [64], positive: [64], negative: [64] } → []
 * ```
 *
 * @param margin above 0; default 1
 */
export const triplet = (margin = 1): Loss<Several<"anchor" | "positive" | "negative">, any> => ({
  name: "triplet",
  fields: { outputs: ["anchor", "positive", "negative"], targets: [] },
  values: ({ anchor, positive, negative }) =>
    tf.relu(tf.add(tf.sub(distance(anchor, positive), distance(anchor, negative)), margin)),
  checkFields: (outputs) => sameShapes("triplet", outputs)
})

/**
 * InfoNCE: how well each query finds its own key among all keys of the batch, as cross-entropy of cos(query, key) / temperature.
 * Outputs are `queries` and `keys`, [batch, n]; values [batch]. It has no targets. Samples of a batch influence each other: microbatches
 * have fewer keys to choose from. van den Oord, Li and Vinyals 2018, arXiv:1807.03748.
 *
 * Refuses embeddings of different shapes.
 *
 * ```ts
 * infoNce() // { queries: [64], keys: [64] } → []
 * ```
 *
 * @param temperature above 0; default 0.1
 */
export const infoNce = (temperature = 0.1): Loss<Several<"queries" | "keys">, any> => {
  const crossEntropy = Losses.softmaxCrossEntropy()
  return {
    name: "infoNce",
    crossSample: true,
    fields: { outputs: ["queries", "keys"], targets: [] },
    values: ({ queries, keys }) => {
      const [query, key] = [directions(queries), directions(keys)]
      const similarities = tf.div(tf.matMul(query as tf.Tensor2D, key as tf.Tensor2D, false, true), temperature)
      return crossEntropy.values(similarities, tf.range(0, sideOf(queries.shape, 0), 1, "int32"))
    },
    checkFields: (outputs) => [
      ...sameShapes("infoNce", outputs),
      ...(temperature > 0 ? [] : [`infoNce's temperature is ${temperature}; expected a number above 0`])
    ]
  }
}
