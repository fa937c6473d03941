/**
 * "Same" padding in space where a filter is shorter than the stride. tfjs works out a negative padding then, and begins
 * inside of the input; TensorFlow and Keras begin at its first element and leave the last ones out. Here the left-out
 * elements are cut off first, so that no padding is needed.
 */
import { element } from "@etude/core/Lookup"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { asTensor, type Kernel, kernel } from "../Kernels.ts"

type Shape = ReadonlyArray<number>
type Triple = [number, number, number]

interface Attributes {
  readonly strides: number | Triple
  readonly pad: "valid" | "same" | number
  readonly dilations?: number | Triple | null
}

const triple = (value: number | Triple | null | undefined): Triple =>
  typeof value === "number" ? [value, value, value] : (value ?? [1, 1, 1])

/** The elements along each axis that some window covers; all, unless windows leave gaps. */
const used = (shape: Shape, window: Shape, { strides, pad, dilations }: Attributes): Array<number> => {
  const [steps, spacing] = [triple(strides), triple(dilations)]
  return shape.map((side, axis) => {
    const place = axis - 1
    if (pad !== "same" || place < 0 || place > 2) return side
    const step = element(steps, place)
    const reach = (element(window, place) - 1) * element(spacing, place) + 1
    const windows = Math.ceil(side / step)
    return Math.min(side, Math.max(reach, (windows - 1) * step + reach))
  })
}

const cut = (x: tf.Tensor, shape: Shape): tf.Tensor => tf.slice(x, Array(x.rank).fill(0), [...shape])

const padded = (x: tf.Tensor, shape: Shape): tf.Tensor =>
  tf.pad(
    x,
    shape.map((side, axis) => [0, side - sideOf(x.shape, axis)])
  )

/** How a kernel names the tensor that is cut, and where the shape of its window is; `grows` when it gives a gradient of it. */
interface Layout<Inputs, Attrs> {
  readonly shape: (inputs: Inputs, attributes: Attrs) => Shape
  readonly window: (inputs: Inputs, attributes: Attrs) => Shape
  readonly cut: (inputs: Inputs, attributes: Attrs, shape: Shape) => readonly [Inputs, Attrs]
  readonly grows?: boolean
}

const fitted = <Inputs, Attrs extends Attributes>(name: string, layout: Layout<Inputs, Attrs>): Kernel =>
  kernel<Inputs, Attrs>(name, ({ inputs, attributes, replaced }) => {
    const shape = layout.shape(inputs, attributes)
    const part = used(shape, layout.window(inputs, attributes), attributes)
    if (tf.util.arraysEqual([...shape], part)) return replaced(inputs, attributes)
    return tf.tidy(() => {
      const output = asTensor(replaced(...layout.cut(inputs, attributes, part)))
      return layout.grows === true ? padded(output, shape) : output
    })
  })

interface Image {
  readonly x: tf.Tensor
}
type PoolAttributes = Attributes & { readonly filterSize: number | Triple }

const cutImage = <I extends Image, A>(inputs: I, attributes: A, shape: Shape) =>
  [{ ...inputs, x: cut(inputs.x, shape) }, attributes] as const

const pool = (name: string) =>
  fitted<Image, PoolAttributes>(name, {
    shape: ({ x }) => x.shape,
    window: (_, { filterSize }) => triple(filterSize),
    cut: cutImage
  })

const poolGradient = (name: string) =>
  fitted<{ readonly input: tf.Tensor }, PoolAttributes>(name, {
    shape: ({ input }) => input.shape,
    window: (_, { filterSize }) => triple(filterSize),
    cut: (inputs, attributes, shape) => [{ ...inputs, input: cut(inputs.input, shape) }, attributes],
    grows: true
  })

/** Wrappers of the kernels in space; they come after the kernels that they wrap. */
export const spacePadding: ReadonlyArray<Kernel> = [
  ...["MaxPool3D", "AvgPool3D"].map(pool),
  ...["MaxPool3DGrad", "AvgPool3DGrad"].map(poolGradient),
  fitted<Image & { readonly filter: tf.Tensor }, Attributes>("Conv3D", {
    shape: ({ x }) => x.shape,
    window: ({ filter }) => filter.shape,
    cut: cutImage
  }),
  fitted<Image, Attributes & { readonly filterShape: Shape }>("Conv3DBackpropFilterV2", {
    shape: ({ x }) => x.shape,
    window: (_, { filterShape }) => filterShape,
    cut: cutImage
  }),
  fitted<{ readonly filter: tf.Tensor }, Attributes & { readonly inputShape: Shape }>("Conv3DBackpropInputV2", {
    shape: (_, { inputShape }) => inputShape,
    window: ({ filter }) => filter.shape,
    cut: (inputs, attributes, shape) => [inputs, { ...attributes, inputShape: shape }],
    grows: true
  })
]
