/**
 * Tensors of a shape and a dtype without data, by which a program that was recorded before is recorded again: no kernel
 * computes. What a kernel gives is known from what it gave, as long as it is the same kernel with the same attributes of the
 * same values.
 */
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import type * as Leaves from "../Leaves.ts"
import * as Difference from "./Difference.ts"
import * as Kernels from "./Kernels.ts"
import type { Operation, Recording, Spec } from "./Recording.ts"
import type { Call, Result, Running } from "./Running.ts"
import { replacing } from "./replacing.ts"

/** The program departs from its recording. */
export class Departed extends Error {
  override readonly name = "Departed"
}

type Shaped = Pick<tf.TensorInfo, "shape" | "dtype">

/** Counts the handles on data that does not exist. */
class Hollow extends tf.KernelBackend {
  readonly #references = new Map<object, number>()

  make({ shape, dtype }: Shaped): tf.Tensor {
    const dataId = {}
    this.#references.set(dataId, 1)
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype }, this)
  }

  /** A second handle on a tensor's data, which the program may have created itself. */
  share({ dataId }: tf.TensorInfo, { shape, dtype }: Shaped): tf.Tensor {
    const references = this.#references.get(dataId)
    if (references === undefined) tf.engine().state.tensorInfo.get(dataId)?.backend.incRef(dataId)
    else this.#references.set(dataId, references + 1)
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype }, this)
  }

  override disposeData(dataId: object): boolean {
    const left = (this.#references.get(dataId) ?? 0) - 1
    if (left > 0) this.#references.set(dataId, left)
    else this.#references.delete(dataId)
    return left <= 0
  }
}

const sameSpec = (a: Spec | undefined, b: Spec | undefined): boolean =>
  a?.dtype === b?.dtype && a?.shape.join() === b?.shape.join()

/** Whether a kernel's recorded outputs are still valid. Constants may have other values: they are compared later. */
const isSame = (before: Recording, { index, kernel, attributes, taken, constants }: Call): boolean => {
  const operation = before.operations[index]
  if (operation === undefined || operation.kernel !== kernel) return false
  const names = Object.keys(taken)
  return (
    names.length === Object.keys(operation.inputs).length &&
    names.every((name) => {
      const [source, was] = [taken[name], operation.inputs[name]]
      if (source === undefined || was === undefined || !Difference.sameSource(source, was)) return false
      return source._tag !== "Constant" || sameSpec(constants[source.index], before.constants[source.index])
    }) &&
    Kernels.textOf(operation.attributes) ===
      Kernels.textOf(Kernels.snapshot(attributes ?? {}) as Readonly<Record<string, unknown>>)
  )
}

/** A kernel's outputs, as they were recorded. */
const resultOf = (hollow: Hollow, { givesList, outputs, sharing }: Operation, inputs: tf.NamedTensorMap): Result => {
  const tensors = outputs.map(({ shape, dtype }, output) => {
    const name = sharing[output]
    const like = { shape: [...shape], dtype: dtype === "uint8" ? "int32" : dtype } satisfies Shaped
    const shared = name === undefined ? undefined : inputs[name]
    return shared === undefined ? hollow.make(like) : hollow.share(shared, like)
  })
  return givesList ? tensors : element(tensors, 0)
}

/** Does everything that surrounds a kernel (handles, the tape), with `give` instead of the kernel. */
const inPlaceOf = (kernel: string, give: () => Result, run: () => Result): Result => {
  const registered = tf.getKernel(kernel, tf.getBackend())
  if (registered === undefined) throw new Departed()
  return replacing(registered, { kernelFunc: give }, run)
}

/** Runs a program that has a recording. Throws {@link Departed} at the first kernel that differs from it. */
export const running = (before: Recording): Running => {
  const hollow = new Hollow()
  return {
    inputs: (leaves: ReadonlyArray<Leaves.Leaf>) => leaves.map(({ tensor }) => hollow.make(tensor)),
    outermost: (call, run) => {
      if (!isSame(before, call)) throw new Departed()
      const operation = element(before.operations, call.index)
      return inPlaceOf(call.kernel, () => resultOf(hollow, operation, call.inputs), run)
    },
    // Where no kernel computes, there are second handles only, which the tape keeps.
    inner: (kernel, inputs, run) => {
      const { x } = inputs
      if (kernel !== tf.Identity || x === undefined) throw new Departed()
      return inPlaceOf(kernel, () => hollow.share(x, x), run)
    }
  }
}
