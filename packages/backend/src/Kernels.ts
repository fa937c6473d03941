/**
 * Kernels as values: what a backend adds to the operations of tfjs, installed for as long as a scope is open and never by
 * an import. For authors of backends.
 */
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A kernel of one backend. */
export interface Kernel {
  /** The name by which tfjs calls it, such as `Conv2DBackpropFilter`. */
  readonly name: string
  /** Makes its function; `replaced` is the one that the backend had under this name, if any. */
  readonly make: (replaced: tf.KernelFunc | undefined) => tf.KernelFunc
}

/** The arguments of a kernel's function. */
export interface KernelCall<Inputs, Attributes, Engine> {
  readonly inputs: Inputs
  readonly attributes: Attributes
  /** tfjs's backend object. */
  readonly engine: Engine
  /** The kernel that was registered under this name before, with other inputs or attributes if wanted. */
  readonly replaced: (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | Array<tf.TensorInfo>
}

/**
 * A kernel from a function that may itself use tfjs operations: inside a kernel they are not recorded for gradients.
 * Intermediate tensors are the function's to clean up (`tf.tidy`).
 */
export const kernel = <Inputs, Attributes, Engine = unknown>(
  name: string,
  run: (call: KernelCall<Inputs, Attributes, Engine>) => tf.TensorInfo | Array<tf.TensorInfo>
): Kernel => ({
  name,
  make:
    (replaced) =>
    ({ inputs, attrs, backend }) =>
      run({
        // tfjs types kernels by name only: what a kernel of this name is called with is its author's knowledge.
        inputs: inputs as Inputs,
        attributes: attrs as Attributes,
        engine: backend as Engine,
        replaced: (otherInputs, otherAttributes) => {
          if (replaced === undefined) throw new Error(`the backend had no kernel ${name} before`)
          return replaced({
            inputs: otherInputs as tf.NamedTensorInfoMap,
            attrs: otherAttributes as tf.NamedAttrMap,
            backend
          })
        }
      })
})

/**
 * What a kernel gave, as a tensor. A kernel that is written with operations of tfjs gives a tensor already; a second one of the same
 * data would give it back twice.
 */
export const asTensor = (result: tf.TensorInfo | Array<tf.TensorInfo>): tf.Tensor => {
  const info = Array.isArray(result) ? element(result, 0) : result
  return info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info)
}

/**
 * Registers `kernels` for the tfjs backend `backend`, which must be initialized, until the scope closes; what they
 * replace is put back then.
 */
export const install = (backend: string, kernels: ReadonlyArray<Kernel>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      kernels.map(({ name, make }) => {
        const replaced = tf.getKernel(name, backend)
        if (replaced !== undefined) tf.unregisterKernel(name, backend)
        tf.registerKernel({ kernelName: name, backendName: backend, kernelFunc: make(replaced?.kernelFunc) })
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
