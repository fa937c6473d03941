/**
 * Kernels that the native backend has beyond tfjs-node's, or instead of them. tfjs-node's versions of the latter call chained
 * methods of tensors, which exist only where the whole of `@tensorflow/tfjs` is loaded.
 */
import { kernelName, type RandomBitsAttributes, type RandomBitsInputs } from "@etude/core/RandomBits"
import * as tf from "@tensorflow/tfjs-core"
import type { NativeBackend } from "./Binding.ts"

/** The name under which tfjs knows the native backend. */
export const tfjsName = "tensorflow"

/** How a kernel is written here; tfjs's own type gives up the types of inputs and attributes. */
type Kernel = (args: {
  readonly inputs: Readonly<Record<string, tf.Tensor>>
  readonly backend: NativeBackend
  readonly attrs: Readonly<Record<string, unknown>>
}) => tf.TensorInfo | Array<tf.TensorInfo>

const typeAttribute = ({ binding }: NativeBackend, name: string, value: number) => ({
  name,
  type: binding.TF_ATTR_TYPE,
  value
})

/** `RandomBits` by TensorFlow's stateless random integers: Philox, keyed by both words of the key. */
const randomBits: Kernel = ({ inputs, backend, attrs }) => {
  const { key } = inputs as unknown as RandomBitsInputs
  const { shape } = attrs as unknown as RandomBitsAttributes
  const shapeTensor = tf.tensor1d([...shape], "int32")
  try {
    const { TF_INT32 } = backend.binding
    return backend.executeSingleOutput(
      "StatelessRandomUniformFullInt",
      ["dtype", "T", "Tseed"].map((name) => typeAttribute(backend, name, TF_INT32)),
      [shapeTensor, key]
    )
  } finally {
    shapeTensor.dispose()
  }
}

/** max(x, 0) + alpha · min(x, 0) */
const prelu: Kernel = ({ inputs }) =>
  tf.tidy(() => tf.add(tf.relu(inputs["x"]!), tf.mul(inputs["alpha"]!, tf.minimum(inputs["x"]!, 0))))

/** A kernel of tfjs-node's, given an input of the dtype that it handles without chained methods. */
const castFirst = (name: string, from: ReadonlyArray<tf.DataType>, to: tf.DataType): readonly [string, Kernel] => {
  const original = tf.getKernel(name, tfjsName)!.kernelFunc as unknown as Kernel
  const kernel: Kernel = (args) => {
    const x = args.inputs["x"]!
    if (!from.includes(x.dtype)) return original(args)
    const cast = tf.cast(x, to)
    try {
      return original({ ...args, inputs: { ...args.inputs, x: cast } })
    } finally {
      cast.dispose()
    }
  }
  return [name, kernel]
}

/** Registers these kernels, once. Comes after tfjs-node's. */
export const registerKernels = (): void => {
  if (tf.getKernel(kernelName, tfjsName) !== undefined) return
  const kernels: ReadonlyArray<readonly [string, Kernel]> = [
    [kernelName, randomBits],
    [tf.Prelu, prelu],
    castFirst(tf.Exp, ["int32"], "float32"),
    castFirst(tf.ArgMax, ["bool"], "int32"),
    castFirst(tf.ArgMin, ["bool"], "int32")
  ]
  for (const [name, kernel] of kernels) {
    if (tf.getKernel(name, tfjsName) !== undefined) tf.unregisterKernel(name, tfjsName)
    tf.registerKernel({ kernelName: name, backendName: tfjsName, kernelFunc: kernel as unknown as tf.KernelFunc })
  }
}
