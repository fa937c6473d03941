/** Sums of products over named axes (Einstein's convention), by transposing, reshaping and one batched matrix product. */
import { element, entry } from "@etude/core/Lookup"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

/** A tensor whose axes have names, one letter each. */
export interface Named {
  readonly x: tf.Tensor
  readonly axes: string
}

type Sides = { readonly [axis: string]: number }

const sidesOf = (operands: ReadonlyArray<Named>): Sides =>
  Object.fromEntries(operands.flatMap(({ x, axes }) => [...axes].map((axis, place) => [axis, sideOf(x.shape, place)])))

const shapeOf = (axes: string, sides: Sides): Array<number> => [...axes].map((axis) => entry(sides, axis))
const only = (axes: string, keep: (axis: string) => boolean): string => [...axes].filter(keep).join("")

/** The axes in another order. */
const arranged = ({ x, axes }: Named, order: string): tf.Tensor =>
  axes === order
    ? x
    : tf.transpose(
        x,
        [...order].map((axis) => axes.indexOf(axis))
      )

/** Sums over axes that are not in `kept`. */
const summed = ({ x, axes }: Named, axesKept: string): Named => {
  const away = [...axes].flatMap((axis, place) => (axesKept.includes(axis) ? [] : [place]))
  return { x: away.length === 0 ? x : tf.sum(x, away), axes: only(axes, (axis) => axesKept.includes(axis)) }
}

const size = (axes: string, sides: Sides) => tf.util.sizeFromShape(shapeOf(axes, sides))

/** Σ a · b over the axes that are not in `output`, all of which some operand has. */
export const contract = (operands: ReadonlyArray<Named>, output: string): tf.Tensor => {
  const sides = sidesOf(operands)
  const first = element(operands, 0)
  const [, second] = operands
  if (second === undefined) return arranged(summed(first, output), output)
  const a = summed(first, second.axes + output)
  const b = summed(second, first.axes + output)
  const shared = only(a.axes, (axis) => b.axes.includes(axis))
  const batch = only(shared, (axis) => output.includes(axis))
  const inner = only(shared, (axis) => !output.includes(axis))
  const rows = only(a.axes, (axis) => !shared.includes(axis))
  const columns = only(b.axes, (axis) => !shared.includes(axis))
  const left = tf.reshape(
    arranged(a, batch + rows + inner),
    [batch, rows, inner].map((axes) => size(axes, sides))
  )
  const right = tf.reshape(
    arranged(b, batch + inner + columns),
    [batch, inner, columns].map((axes) => size(axes, sides))
  )
  const axes = batch + rows + columns
  return arranged({ x: tf.reshape(tf.matMul(left, right), shapeOf(axes, sides)), axes }, output)
}

/** The gradient by the operand at `place`; along axes that only it has, every element gets the same. */
export const gradientOf = (operands: ReadonlyArray<Named>, output: string, dy: tf.Tensor, place: number): tf.Tensor => {
  const { x, axes } = element(operands, place)
  const others = [{ x: dy, axes: output }, ...operands.filter((_, other) => other !== place)]
  const reachable = only(axes, (axis) => others.some((other) => other.axes.includes(axis)))
  const gradient = contract(others, reachable)
  const shape = [...axes].map((axis, side) => (reachable.includes(axis) ? sideOf(x.shape, side) : 1))
  return tf.broadcastTo(tf.reshape(gradient, shape), x.shape)
}

/** An equation's parts: the axes of each operand, and of the result. */
export const parse = (equation: string): { readonly operands: ReadonlyArray<string>; readonly output: string } => {
  const [left = "", output = ""] = equation.replaceAll(/\s/g, "").split("->")
  return { operands: left.split(","), output }
}
