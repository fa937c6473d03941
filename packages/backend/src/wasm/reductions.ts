/**
 * Sums and means. tfjs-backend-wasm adds float32 up one after the other, which is off by percents over a million elements,
 * and gives for no elements what the memory held. Here they are added up in float64, as on the cpu backend.
 */
import { element } from "@etude/core/Lookup"
import { sideOf } from "@etude/core/Tensors"
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import * as tf from "@tensorflow/tfjs-core"
import { keptShape } from "../cpu/emptyReductions.ts"
import { type Kernel, kernel } from "../Kernels.ts"

interface Inputs {
  readonly x: tf.Tensor
}
type Attributes = tf.SumAttrs

/** The axes as one block in the middle of the shape: out[o, i] = Σ x[o, r, i] over r. */
interface Block {
  readonly x: tf.Tensor
  readonly outer: number
  readonly reduced: number
  readonly inner: number
}

const product = (sides: ReadonlyArray<number>): number => sides.reduce((size, side) => size * side, 1)

const isBlock = (axes: ReadonlyArray<number>): boolean => axes.every((axis, place) => axis === element(axes, 0) + place)

/** Axes that are not neighbours are brought to the end. */
const blockOf = (x: tf.Tensor, axes: ReadonlyArray<number>): Block => {
  const { shape } = x
  if (isBlock(axes)) {
    const [first, end] = axes.length === 0 ? [0, 0] : [element(axes, 0), element(axes, -1) + 1]
    const [outer, reduced, inner] = [shape.slice(0, first), shape.slice(first, end), shape.slice(end)]
    return { x, outer: product(outer), reduced: product(reduced), inner: product(inner) }
  }
  const others = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const sides = (of: ReadonlyArray<number>) => of.map((axis) => sideOf(shape, axis))
  return {
    x: tf.transpose(x, [...others, ...axes]),
    outer: product(sides(others)),
    reduced: product(sides(axes)),
    inner: 1
  }
}

type Values = Float32Array | Int32Array | Uint8Array

/** Σ x[start … start + length), in four sums side by side, which keeps the processor from waiting for each addition. */
const sumOfRow = (x: Values, start: number, length: number): number => {
  let [a, b, c, d] = [0, 0, 0, 0]
  const [end, whole] = [start + length, start + length - (length % 4)]
  let place = start
  for (; place < whole; place += 4) {
    a += x[place]!
    b += x[place + 1]!
    c += x[place + 2]!
    d += x[place + 3]!
  }
  for (; place < end; place++) a += x[place]!
  return a + b + (c + d)
}

const sums = (x: Values, { outer, reduced, inner }: Block): Float64Array => {
  const results = new Float64Array(outer * inner)
  for (let row = 0; row < outer; row++) {
    if (inner === 1) {
      results[row] = sumOfRow(x, row * reduced, reduced)
      continue
    }
    const result = row * inner
    for (let place = row * reduced * inner; place < (row + 1) * reduced * inner; place += inner) {
      for (let column = 0; column < inner; column++) results[result + column]! += x[place + column]!
    }
  }
  return results
}

const adding = (name: string, isMean: boolean): Kernel =>
  kernel<Inputs, Attributes, BackendWasm>(name, ({ inputs: { x }, attributes: { axis, keepDims }, engine }) =>
    tf.tidy(() => {
      const axes = tf.util.parseAxisParam(axis, x.shape).toSorted((a, b) => a - b)
      const block = blockOf(x, axes)
      const dtype = isMean ? "float32" : x.dtype
      const values = sums(engine.typedArrayFromHeap(block.x) as Values, block)
      if (isMean) for (let place = 0; place < values.length; place++) values[place]! /= block.reduced
      const output = engine.makeOutput(keptShape(x.shape, axes, keepDims), dtype)
      engine.typedArrayFromHeap(output).set(values)
      return output as tf.Tensor
    })
  )

/** Sums, and means of any dtype as float32. */
export const sumKernels: ReadonlyArray<Kernel> = [adding("Sum", false), adding("Mean", true)]
