/**
 * Kernels of the backend in use that take data of an arena as they are, for as long as a scope is open: second handles and other
 * shapes of the same data, which would move otherwise, and bytes, which tfjs has no dtype for.
 */
import * as Bytes from "@etude/core/kernels/Bytes"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Handles } from "./Handles.ts"

type Kernel = readonly [name: string, make: (handles: Handles, replaced: tf.KernelFunc | undefined) => tf.KernelFunc]

/** A kernel that returns its input's data in the shape given by `shapeOf`, if the data is in the arena. */
const sharing = (name: string, shapeOf: (x: tf.TensorInfo, attributes: tf.NamedAttrMap) => Array<number>): Kernel => [
  name,
  (handles, replaced) => (call) => {
    const [x] = Object.values(call.inputs) as [tf.TensorInfo]
    const block = handles.find(x.dataId)
    if (block === undefined) return replaced!(call)
    block.references++
    return { dataId: block, shape: shapeOf(x, call.attrs ?? {}), dtype: x.dtype }
  }
]

const kernels: ReadonlyArray<Kernel> = [
  sharing("Identity", ({ shape }) => shape),
  sharing("Reshape", ({ shape }, attributes) =>
    tf.util.inferFromImplicitShape(attributes["shape"] as Array<number>, tf.util.sizeFromShape(shape))
  ),
  [
    Bytes.uploadName,
    (handles) =>
      ({ attrs }) => {
        const { values, shape } = attrs as tf.NamedAttrMap & Bytes.UploadAttributes
        return handles.upload(values, { shape, dtype: "uint8" })
      }
  ],
  [
    Bytes.scaleName,
    () =>
      ({ inputs, attrs }) => {
        const { bytes } = inputs as { readonly bytes: tf.Tensor }
        const { scale, offset } = attrs as tf.NamedAttrMap & Bytes.Scaling
        const levels = tf.engine().readSync(bytes.dataId) as Int32Array
        return tf.tensor(Bytes.widen(Uint8Array.from(levels), { scale, offset }), bytes.shape, "float32")
      }
  ]
]

/** Replaces the backend's own kernels with these until the scope closes. */
export const install = (backend: string, handles: Handles): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      kernels.map(([name, make]) => {
        const replaced = tf.getKernel(name, backend)
        if (replaced !== undefined) tf.unregisterKernel(name, backend)
        tf.registerKernel({ kernelName: name, backendName: backend, kernelFunc: make(handles, replaced?.kernelFunc) })
        return () => {
          tf.unregisterKernel(name, backend)
          if (replaced !== undefined) tf.registerKernel(replaced)
        }
      })
    ),
    (undo) =>
      Effect.sync(() => {
        for (const restore of undo.reverse()) restore()
      })
  )
