/**
 * Runs a program once, eagerly, and takes down what it does. It listens at two places: at the binding, where every
 * operation and every upload passes, and at the backend, where values are read that no operation has used yet. A program
 * that could not be replayed faithfully ends in `Unrecordable`.
 */

import type { Binding, NativeBackend } from "@etude/core/kernels/TfjsNode"
import type { TensorTree } from "@etude/core/Tensors"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Leaves from "../Leaves.ts"
import { zip } from "../Lists.ts"
import { replacing } from "../record/replacing.ts"
import * as Unrecordable from "../record/Unrecordable.ts"
import type { Constant, Operation, Recording, Source } from "./Recording.ts"

/** TensorFlow's own generators: their state is neither in the graph nor in a checkpoint. */
const drawing = /^(Random|ParameterizedTruncatedNormal|TruncatedNormal|Multinomial)(?!Bits)/

/**
 * Attributes that tfjs-node leaves out, since they follow from inputs when an operation runs by itself: the types of the
 * inputs, in order. A graph must spell them out.
 */
const inferred: { readonly [operation: string]: ReadonlyArray<string> } = { ExpandDims: ["T", "Tdim"] }

export interface Recorded<Out extends TensorTree> {
  readonly recording: Recording
  /** The program's result. The caller owns the tensors. */
  readonly outputs: Out
}

const bytesOf = (values: tf.backend_util.BackendValues, what: string): Uint8Array => {
  if (ArrayBuffer.isView(values)) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice()
  throw Unrecordable.unknownType(what, "string")
}

/**
 * The leaves with a handle of TensorFlow's for each: two inputs that are the same data now, such as a parameter and an
 * average that begins with it, are different data at the next call.
 */
const apart = (
  backend: NativeBackend,
  leaves: ReadonlyArray<Leaves.Leaf>,
  scratch: Array<tf.Tensor>
): ReadonlyArray<Leaves.Leaf> => {
  const seen = new Set<object>()
  return leaves.map(({ path, tensor }) => {
    if (!seen.has(tensor.dataId)) {
      seen.add(tensor.dataId)
      return { path, tensor }
    }
    const own = backend.executeSingleOutput(
      "Identity",
      [{ name: "T", type: backend.binding.TF_ATTR_TYPE, value: backend.tensorMap.get(tensor.dataId).dtype }],
      [tensor]
    )
    scratch.push(own)
    return { path, tensor: own }
  })
}

/** Records one call of a program. Throws `Unrecordable`, and whatever the program throws. */
export const record = <In extends TensorTree, Out extends TensorTree>(
  backend: NativeBackend,
  program: (inputs: In) => Out,
  given: In
): Recorded<Out> => {
  const { binding, tensorMap } = backend
  const scratch: Array<tf.Tensor> = []
  const leaves = apart(backend, Leaves.of(given), scratch)
  const uploaded = backend.getInputTensorIds(leaves.map(({ tensor }) => tensor))
  const inputs = leaves.map(({ path, tensor }) => {
    const { shape, dtype } = tensorMap.get(tensor.dataId)
    return { path, shape: [...shape], dtype }
  })
  const sources = new Map<number, Source>(uploaded.map((id, index) => [id, { _tag: "Input", index }]))
  const dtypes = new Map<number, number>(zip(uploaded, inputs).map(([id, { dtype }]) => [id, dtype]))
  const constants: Array<Constant> = []
  const operations: Array<Operation> = []
  /** The last operation that used each resource, by the operation that made it. */
  const lastUse = new Map<number, number>()
  const resources = new Map<number, number>()
  /** The data that came into being while the program ran, or is its input. */
  const known = new Set<object>(leaves.map(({ tensor }) => tensor.dataId))

  const constantOf = (values: tf.backend_util.BackendValues, shape: ReadonlyArray<number>, dtype: number): Source => {
    constants.push({ shape: [...shape], dtype, bytes: bytesOf(values, "a constant") })
    return { _tag: "Constant", index: constants.length - 1 }
  }
  const sourceOf = (id: number, operation: string): Source => {
    const source = sources.get(id)
    if (source !== undefined) return source
    throw Unrecordable.foreign(operation)
  }
  const reading = () => Unrecordable.reading(operations.at(-1)?.name)
  /** A read whose values arrive later: the program continues, and must not fail because of it. */
  let reads: Unrecordable.Unrecordable | undefined
  const listening: Partial<Binding> = {
    createTensor: (shape, dtype, values) => {
      const id = binding.createTensor(shape, dtype, values)
      sources.set(id, constantOf(values, shape, dtype))
      dtypes.set(id, dtype)
      return id
    },
    executeOp: (name, attributes, ids, count) => {
      if (drawing.test(name)) {
        throw Unrecordable.drawing(name, "TensorFlow's")
      }
      const taken = ids.map((id) => sourceOf(id, name))
      const made = binding.executeOp(name, attributes, ids, count)
      const index = operations.length
      const after = ids.flatMap((id) => {
        const resource = resources.get(id)
        if (resource === undefined) return []
        const before = lastUse.get(resource)
        lastUse.set(resource, index)
        return before === undefined ? [] : [before]
      })
      const given = new Set(attributes.map((attribute) => attribute.name))
      const types = (inferred[name] ?? []).map((type, at) => ({
        name: type,
        type: binding.TF_ATTR_TYPE,
        value: dtypes.get(ids[at]!)
      }))
      const missing = types.filter((attribute) => !given.has(attribute.name))
      const outputs = made.map(({ shape, dtype }) => ({ shape, dtype }))
      operations.push({ name, attributes: [...attributes, ...missing], inputs: taken, outputs, after })
      made.forEach(({ id, dtype }, output) => {
        dtypes.set(id, dtype)
        sources.set(id, { _tag: "Operation", index, output })
        if (dtype === binding.TF_RESOURCE) resources.set(id, index)
      })
      return made
    },
    tensorDataSync: () => {
      throw reading()
    }
  }
  const members = {
    // The binding's own members are read-only, which an assignment would find.
    binding: Object.create(
      binding,
      Object.fromEntries(Object.entries(listening).map(([name, value]) => [name, { value }]))
    ),
    getInputTensorIds: (tensors: ReadonlyArray<tf.TensorInfo>) => {
      for (const { dataId } of tensors) if (dataId !== undefined && !known.has(dataId)) sourceOf(-1, "an operation")
      return Object.getPrototypeOf(backend).getInputTensorIds.call(backend, tensors)
    },
    readSync: (dataId: object) => {
      const { values } = tensorMap.get(dataId)
      // Values that the program itself brought, and that no operation has touched, are the same at every call. Inputs are
      // uploaded before it runs, so they are not among these.
      if (values !== null && known.has(dataId)) return values
      throw reading()
    },
    read: async (dataId: object) => {
      reads ??= reading()
      const { values, id } = tensorMap.get(dataId)
      return values ?? binding.tensorDataSync(id)
    }
  }
  const watch = {
    set: (dataId: object, data: unknown) => {
      known.add(dataId)
      return Object.getPrototypeOf(tensorMap).set.call(tensorMap, dataId, data)
    }
  }
  const random = {
    random: () => {
      throw Unrecordable.callingRandom()
    }
  }
  const inputTree = Leaves.rebuild(
    given,
    leaves.map(({ tensor }) => tensor)
  ) as In
  let outputs: Out
  try {
    outputs = replacing(backend, members, () =>
      replacing(tensorMap, watch, () => replacing(Math, random, () => Tensors.tidy(() => program(inputTree))))
    )
  } finally {
    tf.dispose(scratch)
  }
  const made = Leaves.of(outputs)
  try {
    if (reads !== undefined) throw reads
    return {
      recording: {
        inputs,
        constants,
        operations,
        outputs: made.map(({ path, tensor }) => {
          const { values, id, shape, dtype } = tensorMap.get(tensor.dataId)
          if (values !== null && !known.has(tensor.dataId)) sourceOf(-1, `the output ${path}`)
          return {
            path,
            source: values === null ? sourceOf(id, `the output ${path}`) : constantOf(values, shape, dtype)
          }
        })
      },
      outputs
    }
  } catch (error) {
    dispose(made, leaves)
    throw error
  }
}

/** Releases the tensors that a recorded call returned; its inputs stay. */
export const dispose = (outputs: ReadonlyArray<Leaves.Leaf>, inputs: ReadonlyArray<Leaves.Leaf>): void => {
  const kept = new Set(inputs.map(({ tensor }) => tensor))
  for (const { tensor } of outputs) if (!kept.has(tensor)) tensor.dispose()
}
