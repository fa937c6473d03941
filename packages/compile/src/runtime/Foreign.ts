/** Runs kernels of the current backend on data in an arena. */
import * as tf from "@tensorflow/tfjs-core"
import type { Buffer, Foreign, Tensor } from "../plan/Plan.ts"
import type { Handles } from "./Handles.ts"

/** The inputs in the form that the kernel takes: an array where they are named by position. */
const asTaken = (named: ReadonlyArray<readonly [name: string, tensor: tf.Tensor]>): tf.NamedTensorMap => {
  const isArray = named.length > 0 && named.every(([name], index) => name === String(index))
  // tfjs types arrays of inputs so, too.
  const array: ReadonlyArray<tf.Tensor> & object = named.map(([, tensor]) => tensor)
  return isArray ? (array as object as tf.NamedTensorMap) : Object.fromEntries(named)
}

/** Runs a kernel on tensors. The caller owns the results. */
export const call = (
  kernel: string,
  named: ReadonlyArray<readonly [name: string, tensor: tf.Tensor]>,
  attributes: Readonly<Record<string, unknown>>
): ReadonlyArray<tf.Tensor> => {
  const taken = asTaken(named)
  const result: tf.Tensor | Array<tf.Tensor> = tf.engine().runKernel(kernel, taken, attributes as tf.NamedAttrMap)
  return Array.isArray(result) ? result : [result]
}

/** Where a buffer of a plan is. */
export interface Located {
  readonly buffer: Buffer
  readonly address: number
}

/** The contents of a buffer as a tensor of the current backend. */
const tensorIn = ({ views }: Handles, { address, buffer }: Located, { dtype, shape }: Tensor): tf.Tensor => {
  const held = buffer.type === "u8" ? "uint8" : dtype
  const first = views.index(held, address)
  const values = views.of(held).subarray(first, first + buffer.size)
  // tfjs has truth values as bytes, and bytes as whole numbers; the memory itself is not for it to keep.
  const copy = dtype === "bool" ? Uint8Array.from(values) : held === "uint8" ? Int32Array.from(values) : values.slice()
  return tf.tensor(copy, [...shape], dtype)
}

/** Runs a node on the data of the arena. */
export const run = (node: Foreign, handles: Handles, locate: (buffer: number) => Located): void =>
  tf.tidy(() => {
    const of = (tensor: Tensor) => tensorIn(handles, locate(tensor.buffer), tensor)
    const named = node.inputs.flatMap(({ name, tensors }) =>
      "buffer" in tensors
        ? [[name, of(tensors)] as const]
        : tensors.map((tensor, index) => [String(index), of(tensor)] as const)
    )
    const results = call(node.kernel, named, node.attributes)
    for (const [index, { buffer, dtype }] of node.outputs.entries()) {
      const values = results[index]!.dataSync()
      handles.views.of(dtype).set(values, handles.views.index(dtype, locate(buffer).address))
    }
  })

/** The kernels among a program's parts, with the number of calls of each. */
export const counted = (nodes: ReadonlyArray<Foreign>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { kernel } of nodes) counts.set(kernel, (counts.get(kernel) ?? 0) + 1)
  return counts
}
