/** A plan under construction, with the recording's tensors as views of its buffers. */
import type { Access, Buffer, ElementType, Node, Place, Scalar } from "../plan/Plan.ts"
import * as S from "../plan/Scalars.ts"
import { type Shape, sizeOf, whole } from "../plan/Shapes.ts"
import type { DType } from "../record/Recording.ts"

/** A tensor: its elements are those of a buffer, in the order that the access over `shape` says. */
export interface View {
  readonly shape: Shape
  readonly dtype: DType
  readonly access: Access
}

export interface Builder {
  readonly buffers: ReadonlyArray<Buffer>
  readonly nodes: ReadonlyArray<Node>
  /** A new buffer's number; temporary by default. */
  readonly buffer: (type: ElementType, size: number, place?: Place) => number
  readonly push: (node: Node) => void
  /** The cached result of `make` for this key: nothing is computed twice. */
  readonly once: (key: string, make: () => View) => View
}

export const make = (): Builder => {
  const buffers: Array<Buffer> = []
  const nodes: Array<Node> = []
  const made = new Map<string, View>()
  return {
    buffers,
    nodes,
    buffer: (type, size, place = { _tag: "Temporary" }) => {
      buffers.push({ id: buffers.length, type, size, place })
      return buffers.length - 1
    },
    push: (node) => {
      nodes.push(node)
    },
    once: (key, build) => {
      const view = made.get(key) ?? build()
      made.set(key, view)
      return view
    }
  }
}

/** The storage type of a dtype. */
export const elementOf = (dtype: DType): ElementType => (dtype === "float32" ? "f32" : dtype === "uint8" ? "u8" : "i32")

/** The type of a dtype's elements in expressions. */
export const scalarType = (dtype: DType): "f32" | "i32" | "bool" =>
  dtype === "float32" ? "f32" : dtype === "bool" ? "bool" : "i32"

/** The element of a view at the index of an iteration over its shape. */
export const read = ({ access, dtype }: View): Scalar =>
  S.convert(scalarType(dtype), S.read(dtype === "float32" ? "f32" : "i32", access))

/** A view of a new buffer, in row-major order. */
export const allocate = (builder: Builder, shape: Shape, dtype: DType, place?: Place): View => ({
  shape,
  dtype,
  access: whole(builder.buffer(elementOf(dtype), sizeOf(shape), place), shape)
})

/** A value as it is written to a buffer of a dtype. */
export const stored = (dtype: DType, value: Scalar): Scalar => {
  const meant = S.convert(scalarType(dtype), value)
  return S.convert(dtype === "float32" ? "f32" : "i32", meant)
}

/** A tensor with `value` at each index of `shape`. */
export const map = (builder: Builder, shape: Shape, dtype: DType, value: Scalar): View => {
  const view = allocate(builder, shape, dtype)
  builder.push({ _tag: "Map", shape, writes: [{ access: view.access, value: stored(dtype, value) }] })
  return view
}

/** Writes `value`, an expression over the target's shape, to a view. */
export const write = (builder: Builder, target: View, value: Scalar): void =>
  builder.push({
    _tag: "Map",
    shape: target.shape,
    writes: [{ access: target.access, value: stored(target.dtype, value) }]
  })

const bytesOf = (values: ArrayLike<number>, dtype: "float32" | "int32"): Uint8Array =>
  new Uint8Array((dtype === "float32" ? Float32Array.from(values) : Int32Array.from(values)).buffer)

/** A tensor of numbers that are known when the plan is made. */
export const known = (builder: Builder, shape: Shape, dtype: "float32" | "int32", values: ArrayLike<number>): View =>
  allocate(builder, shape, dtype, { _tag: "Constant", bytes: bytesOf(values, dtype) })
