/** From what a call did, kernel by kernel, to a plan: naive, one node or a few for each kernel. Fusion comes after. */
import { element } from "@etude/core/Lookup"
import type { Plan, Tensor } from "../plan/Plan.ts"
import { sizeOf } from "../plan/Shapes.ts"
import type { Constant, DType, Operation, Recording, Source } from "../record/Recording.ts"
import * as Builder from "./Builder.ts"
import type { Lowerings } from "./Kernel.ts"
import { lowerings } from "./lowerings.ts"
import * as Views from "./Views.ts"

/** Inside, truth values are whole numbers. */
const bytesOf = ({ dtype, bytes }: Constant): Uint8Array =>
  dtype === "bool" ? new Uint8Array(Int32Array.from(bytes).buffer) : bytes

const tensorOf = ({ access, shape, dtype }: Builder.View): Tensor => ({
  buffer: access.buffer,
  shape,
  dtype: dtype === "uint8" ? "int32" : dtype
})

/** The kernel of the backend, on buffers of its own. */
const foreign = (
  builder: Builder.Builder,
  operation: Operation,
  inputs: Readonly<Record<string, Builder.View>>
): ReadonlyArray<Builder.View> => {
  const outputs = operation.outputs.map(({ shape, dtype }) => Builder.allocate(builder, shape, numeric(dtype)))
  const settled = Object.entries(inputs).map(([name, view]) => ({
    name,
    tensors: tensorOf(Views.settle(builder, view))
  }))
  const { kernel, attributes } = operation
  builder.push({ _tag: "Foreign", kernel, attributes, inputs: settled, outputs: outputs.map(tensorOf) })
  return outputs
}

const numeric = (dtype: DType): DType => (dtype === "uint8" ? "int32" : dtype)

/** Whether an output is a whole buffer that is there anyway: an input, a constant, or another output. */
const isThere = ({ buffers }: Builder.Builder, view: Builder.View): boolean => {
  const { place, size } = element(buffers, view.access.buffer)
  if (view.dtype === "uint8" || size !== sizeOf(view.shape) || !Views.isWhole(view)) return false
  return place._tag === "Input" || (place._tag === "Constant" && view.dtype !== "bool")
}

/** Other outputs have buffers that the caller binds: one for all that are the same. */
const output = (builder: Builder.Builder, view: Builder.View, index: number): Tensor => {
  if (isThere(builder, view)) return tensorOf(view)
  const key = JSON.stringify(["output", view.access, view.shape])
  const made = builder.once(key, () => {
    const target = Builder.allocate(builder, view.shape, numeric(view.dtype), { _tag: "Output", index })
    Builder.write(builder, target, Builder.read(view))
    return target
  })
  return tensorOf(made)
}

/** The plan of a recording. `table` says how kernels are lowered; what isn't in it stays a kernel of the backend. */
export const lower = (recording: Recording, table: Lowerings = lowerings): Plan => {
  const builder = Builder.make()
  const inputs = recording.inputs.map(({ shape, dtype }, index) =>
    Builder.allocate(builder, shape, dtype, { _tag: "Input", index })
  )
  const constants = recording.constants.map((constant) =>
    Builder.allocate(builder, constant.shape, constant.dtype, { _tag: "Constant", bytes: bytesOf(constant) })
  )
  const made: Array<ReadonlyArray<Builder.View>> = []
  const viewOf = (source: Source): Builder.View => {
    switch (source._tag) {
      case "Input":
        return element(inputs, source.index)
      case "Constant":
        return element(constants, source.index)
      case "Operation":
        return element(element(made, source.index), source.output)
    }
  }
  for (const operation of recording.operations) {
    const { kernel, attributes, outputs } = operation
    const given = Object.fromEntries(Object.entries(operation.inputs).map(([name, source]) => [name, viewOf(source)]))
    const lowered = table[kernel]?.({ kernel, builder, inputs: given, attributes, outputs })
    made.push(lowered ?? foreign(builder, operation, given))
  }
  const outputs = recording.outputs.map(({ source }, index) => output(builder, viewOf(source), index))
  return { buffers: builder.buffers, nodes: builder.nodes, inputs: inputs.map(tensorOf), outputs }
}
