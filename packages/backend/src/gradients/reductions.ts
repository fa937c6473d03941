/** Gradients of reductions and of running sums and products, over any axes. */
import { element } from "@etude/core/Lookup"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { type Gradient, type GradientCall, gradient } from "../Gradients.ts"

const axesOf = (x: tf.Tensor, axis: unknown): Array<number> =>
  tf.util.parseAxisParam((axis ?? x.shape.map((_, place) => place)) as number | Array<number>, x.shape)

const keptShape = (x: tf.Tensor, axes: ReadonlyArray<number>) =>
  x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side))

/** Equal extrema share the gradient; tfjs gives the whole gradient to each. */
const extremum = (name: string) =>
  gradient({
    name,
    inputs: ["x"],
    outputs: [true],
    differentiable: true,
    run: ({ dy, inputs, outputs: [y], attributes }) => ({
      x: () => {
        const { x } = inputs
        const axes = axesOf(x, attributes["reductionIndices"] ?? attributes["axis"])
        const shape = keptShape(x, axes)
        const places = tf.cast(tf.equal(x, tf.reshape(y!, shape)), "float32")
        return tf.mul(places, tf.div(tf.reshape(dy, shape), tf.sum(places, axes, true)))
      }
    })
  })

/** The product of the others, by running products from both sides: it is right also where factors are 0. */
const prod = gradient({
  name: tf.Prod,
  inputs: ["x"],
  differentiable: true,
  run: ({ dy, inputs, attributes }) => ({
    x: () => {
      const x = tf.cast(inputs.x, "float32")
      const axes = axesOf(x, attributes["axis"])
      const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
      const order = [...others, ...axes]
      const arranged = tf.transpose(x, order)
      const rows = tf.reshape(arranged, [...others.map((axis) => sideOf(x.shape, axis)), -1])
      const last = rows.rank - 1
      const rest = tf.mul(tf.cumprod(rows, last, true, false), tf.cumprod(rows, last, true, true))
      const back = order.map((_, axis) => order.indexOf(axis))
      return tf.mul(tf.transpose(tf.reshape(rest, arranged.shape), back), tf.reshape(dy, keptShape(x, axes)))
    }
  })
})

/** The running sum from the other side; tfjs turns axes around in it. */
const cumsum = gradient({
  name: tf.Cumsum,
  inputs: ["x"],
  differentiable: true,
  run: ({ dy, inputs, attributes }) => ({
    x: () => {
      const axis = element(axesOf(inputs.x, attributes["axis"]), 0)
      return tf.cumsum(dy, axis, attributes["exclusive"] === true, attributes["reverse"] !== true)
    }
  })
})

/** `x` moved by `by` places towards the front of its first axis; `fill` comes in at the end. */
const ahead = (x: tf.Tensor, by: number, fill: number): tf.Tensor => {
  const rest = x.shape.slice(1)
  const moved = tf.slice(x, [by, ...rest.map(() => 0)], [sideOf(x.shape, 0) - by, ...rest])
  return tf.concat([moved, tf.fill([by, ...rest], fill)], 0)
}

/**
 * With y the running product of x: dx[j] = y[j − 1] · s[j], where s[j] = dy[j] + x[j + 1] · s[j + 1]. That recurrence is
 * solved by doubling; nothing is divided by x, which may be 0.
 */
const inclusiveProductGradient = (x: tf.Tensor, dy: tf.Tensor): tf.Tensor => {
  const length = sideOf(x.shape, 0)
  if (length === 0) return tf.zerosLike(x)
  let [factors, sums] = [ahead(x, 1, 0), dy]
  for (let by = 1; by < length; by *= 2) {
    sums = tf.add(sums, tf.mul(factors, ahead(sums, by, 0)))
    factors = tf.mul(factors, ahead(factors, by, 0))
  }
  return tf.mul(tf.cumprod(x, 0, true), sums)
}

/** An exclusive product is an inclusive one of what comes before, and a reverse one runs on the reversed axis. */
const productGradient = (x: tf.Tensor, dy: tf.Tensor, exclusive: boolean, reverse: boolean): tf.Tensor => {
  if (reverse) return tf.reverse(productGradient(tf.reverse(x, 0), tf.reverse(dy, 0), exclusive, false), 0)
  return inclusiveProductGradient(x, exclusive ? ahead(dy, 1, 0) : dy)
}

const cumprod = gradient({
  name: tf.Cumprod,
  inputs: ["x"],
  differentiable: true,
  run: ({ dy, inputs, attributes }: GradientCall<unknown, "x", tf.CumprodAttrs>) => ({
    x: () => {
      const { x } = inputs
      const axis = element(axesOf(x, attributes.axis), 0)
      // The axis and the first one change places.
      const order = x.shape.map((_, place) => (place === 0 ? axis : place === axis ? 0 : place))
      const { exclusive, reverse } = attributes
      const gradient = productGradient(tf.transpose(x, order), tf.transpose(dy, order), exclusive, reverse)
      return tf.transpose(gradient, order)
    }
  })
})

export const reductionGradients: ReadonlyArray<Gradient> = [extremum(tf.Max), extremum(tf.Min), prod, cumsum, cumprod]
