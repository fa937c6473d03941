/**
 * Gradients of convolutions with dilations above 1, which tfjs lacks. A dilated filter is a longer one with zeros between its
 * taps: the gradients are those of the longer one, of which the filter's keeps the taps.
 */
import { element } from "@etude/core/Lookup"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { type Gradient, type GradientCall, gradient } from "../Gradients.ts"

const perAxis = (value: unknown, axes: number): Array<number> =>
  Array.isArray(value) ? (value as Array<number>) : Array<number>(axes).fill((value as number | null | undefined) ?? 1)

/** A tensor with `by` − 1 zeros between its elements along `axis`. */
const spreadAxis = (x: tf.Tensor, axis: number, by: number): tf.Tensor => {
  if (by === 1 || sideOf(x.shape, axis) < 2) return x
  const [outer, side, inner] = [x.shape.slice(0, axis), sideOf(x.shape, axis), x.shape.slice(axis + 1)]
  const apart = tf.pad(tf.reshape(x, [tf.util.sizeFromShape(outer), side, 1, tf.util.sizeFromShape(inner)]), [
    [0, 0],
    [0, 0],
    [0, by - 1],
    [0, 0]
  ])
  const length = (side - 1) * by + 1
  const whole = tf.reshape(apart, [...outer, side * by, ...inner])
  return tf.slice(whole, Array<number>(x.rank).fill(0), [...outer, length, ...inner])
}

/** The filter with zeros between its taps. */
const spread = (filter: tf.Tensor, dilations: ReadonlyArray<number>): tf.Tensor =>
  dilations.reduce((wide, by, axis) => spreadAxis(wide, axis, by), filter)

/** The taps of a filter that was spread. */
const taps = (wide: tf.Tensor, dilations: ReadonlyArray<number>): tf.Tensor =>
  tf.stridedSlice(wide, Array<number>(wide.rank).fill(0), wide.shape, [
    ...dilations,
    ...Array<number>(wide.rank - dilations.length).fill(1)
  ])

interface Backward {
  /** The kernels of the gradients by the input and by the filter. */
  readonly input: string
  readonly filter: string
  /** The attributes that both take as the convolution has them. */
  readonly shared: ReadonlyArray<string>
}

const dilated = (name: string, axes: number, { input, filter: filterKernel, shared }: Backward) =>
  gradient({
    name,
    inputs: ["x", "filter"],
    run: ({ dy, inputs, attributes, replaced }: GradientCall<unknown, "x" | "filter">) => {
      const dilations = perAxis(attributes["dilations"], axes)
      if (dilations.every((by) => by === 1)) return replaced()
      const { x, filter } = inputs
      const wideShape = filter.shape.map((side, axis) =>
        axis < axes ? (side - 1) * element(dilations, axis) + 1 : side
      )
      const others = {
        ...Object.fromEntries(shared.map((attribute) => [attribute, attributes[attribute]])),
        dilations: Array<number>(axes).fill(1)
      }
      const run = (kernel: string, tensors: tf.NamedTensorMap, more: tf.NamedAttrMap): tf.Tensor =>
        tf.engine().runKernel(kernel, tensors, { ...others, ...more })
      return {
        x: () => run(input, { dy, filter: spread(filter, dilations) }, { inputShape: x.shape }),
        filter: () => taps(run(filterKernel, { x, dy }, { filterShape: wideShape }), dilations)
      }
    }
  })

/** A transposed convolution in space is linear in both: its gradients are the convolution, and that one's filter's. */
const transposed3D = gradient({
  name: tf.Conv3DBackpropInputV2,
  inputs: ["dy", "filter"],
  run: ({
    dy: gradient,
    inputs: { dy, filter },
    attributes: { strides, pad }
  }: GradientCall<unknown, "dy" | "filter", tf.Conv3DBackpropInputV2Attrs>) => {
    const run = (kernel: string, tensors: tf.NamedTensorMap, more: tf.NamedAttrMap): tf.Tensor =>
      tf.engine().runKernel(kernel, tensors, { strides, pad, dataFormat: "NDHWC", dilations: [1, 1, 1], ...more })
    return {
      dy: () => run(tf.Conv3D, { x: gradient, filter }, {}),
      filter: () => run(tf.Conv3DBackpropFilterV2, { x: gradient, dy }, { filterShape: filter.shape })
    }
  }
})

export const convolutionGradients: ReadonlyArray<Gradient> = [
  transposed3D,
  dilated(tf.Conv2D, 2, {
    input: tf.Conv2DBackpropInput,
    filter: tf.Conv2DBackpropFilter,
    shared: ["strides", "pad", "dataFormat", "dimRoundingMode"]
  }),
  dilated(tf.DepthwiseConv2dNative, 2, {
    input: tf.DepthwiseConv2dNativeBackpropInput,
    filter: tf.DepthwiseConv2dNativeBackpropFilter,
    shared: ["strides", "pad", "dimRoundingMode"]
  }),
  dilated(tf.Conv3D, 3, {
    input: tf.Conv3DBackpropInputV2,
    filter: tf.Conv3DBackpropFilterV2,
    shared: ["strides", "pad"]
  })
]
