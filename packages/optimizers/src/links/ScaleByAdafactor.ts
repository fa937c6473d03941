import * as Tensors from "@etude/core/Tensors"
import type * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"

export interface AdafactorOptions {
  /** The mean of squares moves by step^betaDecay; −0.8 by default. */
  readonly betaDecay?: number
  /** ε₁: squares count as at least ε₁²; 1.1920929e-7 (float32's rounding) by default. */
  readonly epsilon?: number
  /** ε₂: the size of a parameter counts as at least this; 0.001 by default. */
  readonly leastSize?: number
  /** d: the largest root mean square of an update before it is scaled; 1 by default. */
  readonly clipping?: number
}

const rootMeanSquare = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.mean(tf.square(x)))

const move = (from: tf.Tensor, to: tf.Tensor, share: tf.Tensor): tf.Tensor =>
  tf.add(from, tf.mul(tf.sub(to, from), share))

type Slot = "rows" | "columns" | "square"
type Slots = { readonly [slot in Slot]?: tf.Tensor }

const isMatrix = ({ rank }: tf.Tensor): boolean => rank >= 2

/** The new means of squares, and the estimate of the squares that they give. */
const estimate = (gradient: tf.Tensor, slots: Slots, share: tf.Tensor, least: number): readonly [tf.Tensor, Slots] => {
  const squares = tf.square(gradient)
  if (slots.rows === undefined || slots.columns === undefined) {
    const square = slots.square === undefined ? squares : move(slots.square, squares, share)
    return [square, { square }]
  }
  const rows = move(slots.rows, tf.mean(squares, -1, true), share)
  const columns = move(slots.columns, tf.mean(squares, -2, true), share)
  const scale = tf.maximum(tf.mean(rows, -2, true), least)
  return [tf.div(tf.matMul(rows, columns), scale), { rows, columns }]
}

/**
 * g / √v with v as the product of the means of rows and columns, so that a matrix [n, m] needs n + m numbers of memory; clipped by its
 * root mean square and scaled by the parameter's size and by min(rate, 1 / √step) / rate: the learning rate is the next link. Vectors have their squares
 * themselves. Shazeer and Stern 2018, arXiv:1804.04235, in PyTorch's form.
 *
 * Slots: `rows`, `columns`, `square`.
 */
export const scaleByAdafactor = ({
  betaDecay = -0.8,
  epsilon = 1.1920929e-7,
  leastSize = 0.001,
  clipping = 1
}: AdafactorOptions = {}): Update.Update<"share" | "relative", Slot> => ({
  name: "scaleByAdafactor",
  elementwise: false,
  slots: ["rows", "columns", "square"],
  init: (parameters) => {
    const of = (keep: boolean, shape: (parameter: tf.Tensor) => Array<number>) => {
      const chosen = Object.entries(parameters).filter(([, parameter]) => isMatrix(parameter) === keep)
      return Object.fromEntries(chosen.map(([path, parameter]) => [path, tf.zeros(shape(parameter))]))
    }
    return {
      rows: of(true, ({ shape }) => [...shape.slice(0, -1), 1]),
      columns: of(true, ({ shape }) => [...shape.slice(0, -2), 1, ...shape.slice(-1)]),
      square: of(false, ({ shape }) => [...shape])
    }
  },
  numbers: (step, learningRate) => ({
    share: step ** betaDecay,
    relative: learningRate === 0 ? 0 : Math.min(learningRate, 1 / Math.sqrt(step)) / learningRate
  }),
  update: (updates, { parameters, slots, numbers }) => {
    const next: { readonly [slot in Slot]: Record<string, tf.Tensor> } = { rows: {}, columns: {}, square: {} }
    const changed = Tensors.map(updates, (gradient, path) => {
      const parameter = Tensors.get(parameters, path)
      const held: Slots = isMatrix(parameter)
        ? { rows: Tensors.get(slots.rows, path), columns: Tensors.get(slots.columns, path) }
        : { square: Tensors.get(slots.square, path) }
      const [squares, moved] = estimate(gradient, held, numbers.share, epsilon)
      for (const [slot, tensor] of Object.entries(moved)) next[slot as Slot][path] = tensor
      const update = tf.div(gradient, tf.sqrt(tf.maximum(squares, epsilon * epsilon)))
      const size = tf.maximum(rootMeanSquare(parameter), leastSize)
      const factor = tf.div(tf.mul(size, numbers.relative), tf.maximum(tf.div(rootMeanSquare(update), clipping), 1))
      return tf.mul(update, factor)
    })
    return [changed, next]
  }
})
