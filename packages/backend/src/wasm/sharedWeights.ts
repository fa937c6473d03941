/**
 * Products and convolutions whose weights are the same data in two shapes. tfjs-backend-wasm prepares weights once and finds
 * them again by their data alone: for the second shape (of a reshaped tensor, say) it would compute with the first one's, read
 * outside of it, or crash. Here, the second shape gets its own data.
 */
import { entry } from "@etude/core/Lookup"
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import type * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"

type Inputs = { readonly [name: string]: tf.TensorInfo }

/** The shape in which data was first taken as weights. */
const shapes = new WeakMap<object, string>()

const copy = (x: tf.TensorInfo, engine: BackendWasm): tf.TensorInfo => {
  const output = engine.makeOutput(x.shape, x.dtype)
  engine.typedArrayFromHeap(output).set(engine.typedArrayFromHeap(x))
  return output
}

const ofOneShape = (name: string, weights: string): Kernel =>
  kernel<Inputs, unknown, BackendWasm>(name, ({ inputs, attributes, engine, replaced }) => {
    const tensor = entry(inputs, weights)
    const shape = tensor.shape.join()
    const first = shapes.get(tensor.dataId) ?? shape
    shapes.set(tensor.dataId, first)
    if (first === shape) return replaced(inputs, attributes)
    const copied = copy(tensor, engine)
    try {
      return replaced({ ...inputs, [weights]: copied }, attributes)
    } finally {
      engine.disposeData(copied.dataId)
    }
  })

export const sharedWeights: ReadonlyArray<Kernel> = [
  ofOneShape("BatchMatMul", "b"),
  ofOneShape("_FusedMatMul", "b"),
  ofOneShape("Conv2D", "filter"),
  ofOneShape("FusedConv2D", "filter"),
  ofOneShape("DepthwiseConv2dNative", "filter"),
  ofOneShape("FusedDepthwiseConv2D", "filter")
]
