/** What is known of the tensors that exist while a program is recorded: where the data of each comes from. */
import type * as tf from "@tensorflow/tfjs-core"
import type { Constant, DType, Source, Spec } from "./Recording.ts"
import * as Unrecordable from "./Unrecordable.ts"

/** The dtype of a tensor, which must be one of those that are compiled. `what` is for messages. */
export const dtypeOf = ({ dtype }: Pick<tf.TensorInfo, "dtype">, what: string): DType => {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype
  throw Unrecordable.unknownType(what, dtype)
}

/** A tensor's spec in a recording. */
export const specOf = (tensor: Pick<tf.TensorInfo, "dtype" | "shape">, what: string): Spec => ({
  shape: [...tensor.shape],
  dtype: dtypeOf(tensor, what)
})

const bytesOf = (values: tf.backend_util.BackendValues | tf.TensorLike, dtype: DType): Uint8Array => {
  if (ArrayBuffer.isView(values)) {
    const { BYTES_PER_ELEMENT: width } = values as Uint8Array
    const wanted = dtype === "bool" || dtype === "uint8" ? 1 : 4
    if (width === wanted) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice()
  }
  const numbers = Array.from(values as ArrayLike<number | boolean>, Number)
  if (dtype === "float32") return new Uint8Array(Float32Array.from(numbers).buffer)
  return dtype === "int32" ? new Uint8Array(Int32Array.from(numbers).buffer) : Uint8Array.from(numbers)
}

/** A value of JavaScript's that no operation has used yet; it becomes a constant where one does. */
interface Given {
  readonly spec: Spec
  readonly bytes: Uint8Array
  source: Source | undefined
}

export interface Sources {
  /** The constants that were used, in the order of first use. */
  readonly constants: ReadonlyArray<Constant>
  readonly input: (tensor: tf.TensorInfo, index: number) => void
  readonly given: (tensor: tf.TensorInfo, values: tf.backend_util.BackendValues | tf.TensorLike, spec: Spec) => void
  readonly made: (tensor: tf.TensorInfo, source: Source) => void
  /** Whether JavaScript gave the data while the program ran, so that they are the same at every call. */
  readonly isGiven: (dataId: object) => boolean
  /** Throws `Unrecordable` if the tensor was not created inside the program; `user` names its consumer. */
  readonly of: (tensor: tf.TensorInfo, user: string) => Source
}

/** Views of the same data with different shapes are different values. */
const viewOf = ({ dtype, shape }: Pick<tf.TensorInfo, "dtype" | "shape">): string => `${dtype} ${shape.join()}`

export const make = (): Sources => {
  const constants: Array<Constant> = []
  const known = new Map<object, Map<string, Source | Given>>()
  /** The first entry of a view is kept: a second handle on it is the same value. */
  const note = (tensor: tf.TensorInfo, source: Source | Given): void => {
    const views = known.get(tensor.dataId)
    if (views === undefined) known.set(tensor.dataId, new Map([[viewOf(tensor), source]]))
    else if (!views.has(viewOf(tensor))) views.set(viewOf(tensor), source)
  }
  const used = (given: Given): Source => {
    if (given.source === undefined) {
      given.source = { _tag: "Constant", index: constants.length }
      constants.push({ ...given.spec, bytes: given.bytes })
    }
    return given.source
  }
  return {
    constants,
    input: (tensor, index) => note(tensor, { _tag: "Input", index }),
    given: (tensor, values, spec) => note(tensor, { spec, bytes: bytesOf(values, spec.dtype), source: undefined }),
    made: note,
    isGiven: (dataId) => {
      const views = known.get(dataId)
      return views !== undefined && [...views.values()].some((source) => "spec" in source)
    },
    of: (tensor, user) => {
      const source = known.get(tensor.dataId)?.get(viewOf(tensor))
      if (source === undefined) throw Unrecordable.foreign(user)
      return "spec" in source ? used(source) : source
    }
  }
}
