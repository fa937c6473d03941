/** Vectors for tokens, and for positions. */
import * as Rng from "@etude/core/Rng"
import { isTensor, sideOf, sizeOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Initializer from "./Initializer.ts"
import { isSpec } from "./internal/Trace.ts"
import * as Layer from "./Layer.ts"

export interface EmbeddingOptions {
  /** Default: normal, with a deviation of 0.02. */
  readonly initializer?: Initializer.Initializer
}

/**
 * A vector for each token: int32 ids [batch, …] to [batch, …, width]. Called with `{ hidden }` [batch, …, width], it gives the logits of
 * all tokens, hidden · tableᵀ [batch, …, tokens], with the same table: Press and Wolf 2017, arXiv:1608.05859.
 *
 * Parameters: `table` [tokens, width].
 *
 * ```ts
 * embedding(256, 64) // int32 [20] → [20, 64], 16384 parameters
 * ```
 *
 * With one table for both ends of a model:
 *
 * ```ts
 * Layer.compose({ tokens: embedding(256, 64), body }, ({ tokens, body }, ids: tf.Tensor) => tokens({ hidden: body(tokens(ids)) }))
 * ```
 */
export const embedding = (
  tokens: number,
  width: number,
  { initializer = Initializer.normal(0.02) }: EmbeddingOptions = {}
): Layer.Layer<tf.Tensor | { readonly hidden: tf.Tensor }> => {
  const logitsShape = ({ hidden }: { readonly [name: string]: Layer.Spec }): ReadonlyArray<number> =>
    hidden === undefined ? [tokens] : [...hidden.shape.slice(0, -1), tokens]
  return Layer.make<{ readonly table: tf.Tensor }, tf.Tensor | { readonly hidden: tf.Tensor }>({
    kind: "embedding",
    init: (key) => ({
      table: initializer(Rng.named(key, "table"), [tokens, width], { fanIn: tokens, fanOut: width })
    }),
    outputs: (inputs) => ({ shape: isSpec(inputs) ? [...inputs.shape, width] : logitsShape(inputs), dtype: "float32" }),
    multiplyAdds: (inputs) => (isSpec(inputs) ? 0 : sizeOf(logitsShape(inputs)) * width),
    apply: ({ table }, inputs) => {
      if (isTensor(inputs)) return tf.gather(table, inputs as tf.Tensor1D)
      const { hidden } = inputs
      const logits = tf.matMul(tf.reshape(hidden, [-1, width]), table, false, true)
      return tf.reshape(logits, [...hidden.shape.slice(0, -1), tokens])
    }
  })
}

/** A sequence [batch, time, width], or one time of it [batch, 1, width] with its position, int32 [1]. */
export type PositionInputs = tf.Tensor | { readonly x: tf.Tensor; readonly position: tf.Tensor }

/**
 * x + table of positions, [batch, time, width], time up to `maximum`. Called with `{ x, position }`, it adds the vector of that position
 * to x [batch, 1, width], for a sequence that is written time by time. Radford et al. 2018.
 *
 * Parameters: `table` [maximum, width].
 *
 * Throws where a sequence is longer than `maximum`.
 *
 * ```ts
 * learnedPositions(512) // [20, 64] → [20, 64], 32768 parameters
 * ```
 */
export const learnedPositions = (
  maximum: number,
  { initializer = Initializer.normal(0.02) }: EmbeddingOptions = {}
): Layer.Layer<PositionInputs> => {
  const specOf = (inputs: Layer.SpecOf<PositionInputs>): Layer.Spec => (isSpec(inputs) ? inputs : inputs.x)
  return Layer.make<{ readonly table: tf.Tensor }, PositionInputs>({
    kind: "learnedPositions",
    init: (key, inputs) => {
      const [time, width] = sequenceOf(specOf(inputs).shape)
      if (time > maximum) throw new Error(`expected at most ${maximum} positions, found ${time}`)
      return { table: initializer(Rng.named(key, "table"), [maximum, width], { fanIn: maximum, fanOut: width }) }
    },
    outputs: specOf,
    apply: ({ table }, inputs) => {
      if (!isTensor(inputs)) return tf.add(inputs.x, tf.gather(table, inputs.position as tf.Tensor1D))
      return tf.add(inputs, tf.slice(table, [0, 0], [sideOf(inputs.shape, 1), sideOf(inputs.shape, 2)]))
    }
  })
}

const sequenceOf = (shape: ReadonlyArray<number>): readonly [time: number, width: number] => {
  if (shape.length === 2) return [sideOf(shape, 0), sideOf(shape, 1)]
  throw new Error(`expected sequences [time, width], found [${shape.join(", ")}]`)
}

/** sin and cos of position / base^(2i / width): [time, width / 2] each, computed in float64. */
const waves = (time: number, width: number, base: number) => {
  const half = Math.ceil(width / 2)
  const angle = (index: number) => Math.floor(index / half) / base ** ((2 * (index % half)) / width)
  const tableOf = (wave: (angle: number) => number) =>
    tf.tensor(
      Float32Array.from({ length: time * half }, (_, index) => wave(angle(index))),
      [time, half]
    )
  return { sines: tableOf(Math.sin), cosines: tableOf(Math.cos) }
}

/**
 * x + sines and cosines of the position, in turns, [batch, time, width], for any time. No parameters. Throws where inputs are no sequences.
 * Vaswani et al. 2017, arXiv:1706.03762, §3.5.
 *
 * ```ts
 * sinusoidalPositions() // [20, 64] → [20, 64], 0 parameters
 * ```
 *
 * @param base of the wavelengths, from 2π to 2π · base; default 10,000
 */
export const sinusoidalPositions = (base = 10_000): Layer.Layer =>
  Layer.make({
    kind: "sinusoidalPositions",
    init: (_, { shape }) => {
      sequenceOf(shape)
      return {}
    },
    outputs: (inputs) => inputs,
    apply: (_, x) => {
      const [time, width] = [sideOf(x.shape, 1), sideOf(x.shape, 2)]
      const { sines, cosines } = waves(time, width, base)
      const inTurns = tf.reshape(tf.stack([sines, cosines], 2), [time, -1])
      return tf.add(x, tf.slice(inTurns, [0, 0], [time, width]))
    }
  })

/**
 * Rotates pairs of features (i, i + size / 2) of x [batch, heads, time, size] by position / base^(2i / size): dot products then depend on
 * distances alone. Su et al. 2021, arXiv:2104.09864, in the layout of GPT-NeoX and Llama.
 *
 * @param positions the position of each time, [time] float32; 0, 1, … by default
 */
export const rotate = (x: tf.Tensor, base: number, positions?: tf.Tensor): tf.Tensor => {
  const [time, size] = [sideOf(x.shape, 2), sideOf(x.shape, 3)]
  const half = size / 2
  const { sines, cosines } = positions === undefined ? waves(time, size, base) : wavesAt(positions, size, base)
  const [first, second] = tf.split(x, 2, 3)
  if (first === undefined || second === undefined || !Number.isInteger(half)) {
    throw new Error(`rotary positions need an even size of heads, found ${size}`)
  }
  const one = tf.sub(tf.mul(first, cosines), tf.mul(second, sines))
  const other = tf.add(tf.mul(second, cosines), tf.mul(first, sines))
  return tf.concat([one, other], 3)
}

/** The waves at positions that are known in the step only. */
const wavesAt = (positions: tf.Tensor, width: number, base: number) => {
  const frequencies = Float32Array.from({ length: width / 2 }, (_, index) => 1 / base ** ((2 * index) / width))
  const angles = tf.mul(tf.expandDims(positions, 1), tf.tensor(frequencies, [1, width / 2]))
  return { sines: tf.sin(angles), cosines: tf.cos(angles) }
}
