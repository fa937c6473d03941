/** Gradients of operations that choose and place elements: what was read from a place comes back to it, added up. */
import { element } from "@etude/core/Lookup"
import { sideOf, sizeOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { slicePlaces } from "../cpu/stridedSlice.ts"
import { type Gradient, type GradientCall, gradient } from "../Gradients.ts"

/** Rows of `values`, [rows, …], added up at their places among `count`. */
const addedAt = (values: tf.Tensor, places: tf.Tensor, count: number): tf.Tensor =>
  tf.unsortedSegmentSum(values, places as tf.Tensor1D, count)

/** The strides of the axes, row-major. */
const stridesOf = (shape: ReadonlyArray<number>): Array<number> => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))

/** An order of axes that takes `order` back. */
const undo = (order: ReadonlyArray<number>): Array<number> => order.map((_, axis) => order.indexOf(axis))

const numbers = (from: number, to: number): Array<number> =>
  Array.from({ length: to - from }, (_, place) => from + place)

/** With batch dimensions: each batch's rows are added up among its own. */
const gather = gradient({
  name: tf.GatherV2,
  inputs: ["x", "indices"],
  differentiable: true,
  run: ({ dy, inputs, attributes, replaced }) => {
    const { x, indices } = inputs
    const batchDims = (attributes["batchDims"] as number | undefined) ?? 0
    const zeros = { indices: () => tf.zeros(indices.shape) }
    if (batchDims === 0) return { ...replaced(), ...zeros }
    const x_ = () => {
      const axis = element(tf.util.parseAxisParam(attributes["axis"] as number, x.shape), 0)
      const batch = sizeOf(x.shape.slice(0, batchDims))
      const side = sideOf(x.shape, axis)
      const outer = sizeOf(x.shape.slice(batchDims, axis))
      const inner = sizeOf(x.shape.slice(axis + 1))
      const each = batch === 0 ? 0 : indices.size / batch
      const rows = tf.transpose(tf.reshape(dy, [batch, outer, each, inner]), [0, 2, 1, 3])
      const firsts = tf.tensor2d(
        numbers(0, batch).map((place) => place * side),
        [batch, 1],
        "int32"
      )
      const places = tf.reshape(tf.add(tf.reshape(tf.cast(indices, "int32"), [batch, each]), firsts), [-1])
      const sums = addedAt(tf.reshape(rows, [batch * each, outer * inner]), places, batch * side)
      return tf.reshape(tf.transpose(tf.reshape(sums, [batch, side, outer, inner]), [0, 2, 1, 3]), x.shape)
    }
    return { x: x_, ...zeros }
  }
})

/** The rows of a tensor of `shape` that indices [..., depth] point to. */
const rowsOf = (
  indices: tf.Tensor,
  shape: ReadonlyArray<number>
): { readonly places: tf.Tensor; readonly count: number } => {
  const depth = sideOf(indices.shape, -1)
  const strides = tf.tensor1d(stridesOf(shape.slice(0, depth)), "int32")
  return {
    places: tf.reshape(tf.sum(tf.mul(tf.cast(indices, "int32"), strides), -1), [-1]),
    count: sizeOf(shape.slice(0, depth))
  }
}

const gatherNd = gradient({
  name: tf.GatherNd,
  inputs: ["params", "indices"],
  differentiable: true,
  run: ({ dy, inputs }) => {
    const { params, indices } = inputs
    return {
      params: () => {
        const { places, count } = rowsOf(indices, params.shape)
        const rows = tf.reshape(dy, [places.size, count === 0 ? 0 : params.size / count])
        return tf.reshape(addedAt(rows, places, count), params.shape)
      },
      indices: () => tf.zeros(indices.shape)
    }
  }
})

const scatterNd = gradient({
  name: tf.ScatterNd,
  inputs: ["indices"],
  differentiable: true,
  run: ({ dy, inputs }) => ({
    updates: () => tf.gatherND(dy, inputs.indices),
    indices: () => tf.zeros(inputs.indices.shape)
  })
})

/** 1 at the rows that indices point to, else 0. */
const covered = (indices: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor => {
  const { places, count } = rowsOf(indices, shape)
  const depth = sideOf(indices.shape, -1)
  const hits = addedAt(tf.ones([places.size]), places, count)
  const all = [...shape.slice(0, depth), ...shape.slice(depth).map(() => 1)]
  return tf.broadcastTo(tf.reshape(tf.greater(hits, 0), all), [...shape])
}

const tensorScatterUpdate = gradient({
  name: tf.TensorScatterUpdate,
  inputs: ["indices"],
  differentiable: true,
  run: ({ dy, inputs }) => {
    const { indices } = inputs
    return {
      tensor: () => tf.where(covered(indices, dy.shape), tf.zerosLike(dy), dy),
      updates: () => tf.gatherND(dy, indices),
      indices: () => tf.zeros(indices.shape)
    }
  }
})

const sparseToDense = gradient({
  name: tf.SparseToDense,
  inputs: ["sparseIndices", "sparseValues"],
  differentiable: true,
  run: ({ dy, inputs }) => {
    const [indices, values] = [inputs.sparseIndices, inputs.sparseValues]
    const spelledOut = tf.reshape(indices, [-1, dy.rank])
    return {
      sparseIndices: () => tf.zeros(indices.shape),
      sparseValues: () => {
        const gathered = tf.gatherND(dy, spelledOut)
        return values.rank === 0 ? tf.sum(gathered) : tf.reshape(gathered, values.shape)
      },
      defaultValue: () => tf.sum(tf.where(covered(spelledOut, dy.shape), tf.zerosLike(dy), dy))
    }
  }
})

/** The values' gradients go to the elements that were chosen. */
const topK = gradient({
  name: tf.TopK,
  inputs: ["x"],
  outputs: [false, true],
  differentiable: true,
  run: ({ dy, inputs, outputs: [chosen] }) => ({
    x: () => {
      const { shape, size } = inputs.x
      const side = sideOf(shape, -1)
      const rows = side === 0 ? 0 : size / side
      const firsts = tf.tensor2d(
        numbers(0, rows).map((row) => row * side),
        [rows, 1],
        "int32"
      )
      const places = tf.add(tf.reshape(chosen!, [rows, -1]), firsts)
      return tf.reshape(addedAt(tf.reshape(dy, [-1]), tf.reshape(places, [-1]), size), shape)
    }
  })
})

const stridedSlice = gradient({
  name: tf.StridedSlice,
  inputs: ["x"],
  differentiable: true,
  run: ({ dy, inputs, attributes }: GradientCall<unknown, "x", tf.StridedSliceAttrs>) => ({
    x: () => {
      const { shape, size } = inputs.x
      const { places } = slicePlaces(shape, attributes)
      return tf.reshape(addedAt(tf.reshape(dy, [-1]), tf.tensor1d(places, "int32"), size), shape)
    }
  })
})

/** The element along one axis that each element of the padded axis repeats. */
const mirrored = (side: number, [before, after]: readonly [number, number], mode: string): Array<number> => {
  const offset = mode === "reflect" ? 0 : 1
  return numbers(-before, side + after).map((place) => {
    if (place < 0) return -place - offset
    return place < side ? place : 2 * side - 2 - place + offset
  })
}

/** Elements that are repeated in the padding get their copies' gradients too, which tfjs leaves out. */
const mirrorPad = gradient({
  name: tf.MirrorPad,
  inputs: ["x"],
  differentiable: true,
  run: ({ dy, inputs, attributes }: GradientCall<unknown, "x", tf.MirrorPadAttrs>) => ({
    x: () => {
      const { paddings, mode } = attributes
      return paddings.reduce((gradient, padding, axis) => {
        if (padding[0] + padding[1] === 0) return gradient
        const side = sideOf(inputs.x.shape, axis)
        const order = [axis, ...gradient.shape.map((_, place) => place).filter((place) => place !== axis)]
        const places = tf.tensor1d(mirrored(side, padding, mode), "int32")
        return tf.transpose(addedAt(tf.transpose(gradient, order), places, side), undo(order))
      }, dy)
    }
  })
})

/** One axis after the other, for any rank; tfjs stops at rank 4. */
const tile = gradient({
  name: tf.Tile,
  inputs: ["x"],
  differentiable: true,
  run: ({ dy, inputs, attributes }) => ({
    x: () => {
      const { shape } = inputs.x
      const reps = attributes["reps"] as Array<number>
      return reps.reduce((gradient, times, axis) => {
        if (times === 1) return gradient
        const [outer, inner] = [gradient.shape.slice(0, axis), gradient.shape.slice(axis + 1)]
        const apart = tf.reshape(gradient, [sizeOf(outer), times, sideOf(shape, axis) * sizeOf(inner)])
        return tf.reshape(tf.sum(apart, 1), [...outer, sideOf(shape, axis), ...inner])
      }, dy)
    }
  })
})

const depthToSpace = gradient({
  name: tf.DepthToSpace,
  inputs: ["x"],
  differentiable: true,
  run: ({ dy, inputs, attributes }) => ({
    x: () => {
      const { shape } = inputs.x
      const [block, isLast] = [attributes["blockSize"] as number, attributes["dataFormat"] !== "NCHW"]
      const [batch, height, width, depth] = (isLast ? shape : [0, 2, 3, 1].map((axis) => sideOf(shape, axis))) as [
        number,
        number,
        number,
        number
      ]
      const channelsLast = isLast ? dy : tf.transpose(dy, [0, 2, 3, 1])
      const blocks = tf.reshape(channelsLast, [batch * height, block, width, block * (depth / (block * block))])
      const gathered = tf.reshape(tf.transpose(blocks, [0, 2, 1, 3]), [batch, height, width, depth])
      return isLast ? gathered : tf.transpose(gathered, [0, 3, 1, 2])
    }
  })
})

const flipLeftRight = gradient({
  name: tf.FlipLeftRight,
  differentiable: true,
  run: ({ dy }) => ({ image: () => tf.reverse(dy, 2) })
})

const diagonal = gradient({
  name: tf.Diag,
  inputs: ["x"],
  differentiable: true,
  run: ({ dy, inputs }) => ({
    x: () => {
      const { shape, size } = inputs.x
      const places = tf.tensor1d(
        numbers(0, size).map((place) => place * (size + 1)),
        "int32"
      )
      return tf.reshape(tf.gather(tf.reshape(dy, [-1]), places), shape)
    }
  })
})

/** Counts of whole numbers have no gradient by these, but one by their weights. */
const bincount = (name: string) =>
  gradient({
    name,
    inputs: ["x", "weights"],
    differentiable: true,
    run: ({ dy, inputs }) => {
      const { x, weights } = inputs
      return {
        x: () => tf.zeros(x.shape),
        weights: () => {
          if (weights.size === 0) return tf.zerosLike(weights)
          const counted = x as tf.Tensor1D
          return x.rank === 2 ? tf.gather(dy, counted, 1, 1) : tf.gather(dy, counted)
        }
      }
    }
  })

export const indexingGradients: ReadonlyArray<Gradient> = [
  gather,
  gatherNd,
  scatterNd,
  tensorScatterUpdate,
  sparseToDense,
  topK,
  stridedSlice,
  mirrorPad,
  tile,
  depthToSpace,
  flipLeftRight,
  diagonal,
  bincount(tf.Bincount),
  bincount(tf.DenseBincount)
]
