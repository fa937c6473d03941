/** A plan that calls each kernel of a recording as it is: the slowest that is right. */
import type { Buffer, Foreign, Plan, Tensor } from "../../src/plan/Plan.ts"
import type { Constant, Recording, Source, Spec } from "../../src/record/Recording.ts"

/** Truth values take four bytes in plans. */
const bytesOf = ({ bytes, dtype }: Constant): Uint8Array =>
  dtype === "bool" ? new Uint8Array(Int32Array.from(bytes).buffer) : bytes

export const make = ({ constants, inputs, operations, outputs }: Recording): Plan => {
  const buffers: Array<Buffer> = []
  const add = ({ dtype, shape }: Spec, place: Buffer["place"]): Tensor => {
    const id = buffers.length
    const type = dtype === "float32" ? "f32" : dtype === "uint8" ? "u8" : "i32"
    buffers.push({ id, type, size: shape.reduce((size, side) => size * side, 1), place })
    return { buffer: id, shape, dtype: dtype === "uint8" ? "int32" : dtype }
  }
  const given = inputs.map((input, index) => add(input, { _tag: "Input", index }))
  const held = constants.map((constant) => add(constant, { _tag: "Constant", bytes: bytesOf(constant) }))
  const made = operations.map((operation) => operation.outputs.map((spec) => add(spec, { _tag: "Temporary" })))
  const of = (source: Source): Tensor => {
    if (source._tag === "Input") return given[source.index]!
    return source._tag === "Constant" ? held[source.index]! : made[source.index]![source.output]!
  }
  const nodes = operations.map(
    ({ attributes, inputs: taken, kernel }, at): Foreign => ({
      _tag: "Foreign",
      kernel,
      attributes,
      inputs: Object.entries(taken).map(([name, source]) => ({ name, tensors: of(source) })),
      outputs: made[at]!
    })
  )
  const results = outputs.map(({ source }) => of(source))
  for (const [index, { buffer }] of results.entries()) {
    const before = buffers[buffer]!
    if (before.place._tag === "Temporary") buffers[buffer] = { ...before, place: { _tag: "Output", index } }
  }
  return { buffers, nodes, inputs: given, outputs: results }
}
