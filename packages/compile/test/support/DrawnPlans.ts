/** Plans of many nodes of all kinds, one after the other, each of what came before it. */
import type { Access, Buffer, Node, Plan, Scalar, Tensor } from "../../src/plan/Plan.ts"
import * as S from "../../src/plan/Scalars.ts"
import { reach, type Shape, sizeOf, stridesOf } from "../../src/plan/Shapes.ts"
import type { Draw } from "./Drawn.ts"

interface Growing {
  readonly draw: Draw
  readonly buffers: Array<Buffer>
  readonly nodes: Array<Node>
}

const add = ({ buffers }: Growing, size: number, place: Buffer["place"] = { _tag: "Temporary" }): number =>
  buffers.push({ id: buffers.length, type: "f32", size, place }) - 1

/** A read of one of the first `known` buffers: in order, transposed, broadcast or reversed, as far as it is large enough. */
const access = ({ draw, buffers }: Growing, sizes: Shape, known: number): Access => {
  const { id, size } = buffers[known > 4 && draw.below(3) > 0 ? known - 1 - draw.below(4) : draw.below(known)]!
  const plain = stridesOf(sizes)
  const some = plain.map((stride) => (draw.below(4) === 0 ? 0 : stride))
  const transposed = stridesOf([...sizes].reverse()).reverse()
  const all = [draw.of([plain, plain, some, transposed]), plain.map((stride) => (stride === 1 ? 1 : 0))]
  const fits = (strides: ReadonlyArray<number>) => (reach({ buffer: id, offset: 0, strides }, sizes)?.[1] ?? 0) < size
  const strides = all.find(fits) ?? sizes.map(() => 0)
  return { buffer: id, offset: 0, strides }
}

const read = (growing: Growing, sizes: Shape, known = growing.buffers.length): Scalar =>
  S.read("f32", access(growing, sizes, known))

/** Numbers stay small. */
const value = (growing: Growing, sizes: Shape, known?: number): Scalar => {
  const [one, other] = [read(growing, sizes, known), read(growing, sizes, known)]
  const sum = S.add(S.mul(one, S.f32(0.5)), S.mul(other, S.f32(0.25)))
  return growing.draw.of([sum, S.max(one, S.f32(0)), S.sub(one, sum), S.select(S.compare("gt", other, one), sum, one)])
}

const shape = ({ draw }: Growing, rank: number): Array<number> =>
  Array.from({ length: rank }, () => draw.of([1, 2, 3, 5, 8, 16, 17, 33]))

const whole = (buffer: number, sizes: Shape): Access => ({ buffer, offset: 0, strides: stridesOf(sizes) })

const kinds: ReadonlyArray<(growing: Growing) => ReadonlyArray<Node>> = [
  (growing) => {
    const [sizes, known] = [shape(growing, 1 + growing.draw.below(2)), growing.buffers.length]
    const writes = Array.from({ length: 1 + growing.draw.below(2) }, () => {
      const written = value(growing, sizes, known)
      return { access: whole(add(growing, sizeOf(sizes)), sizes), value: written }
    })
    return [{ _tag: "Map", shape: sizes, writes }]
  },
  (growing) => {
    const [outer, over] = [shape(growing, growing.draw.below(3)), shape(growing, 1 + growing.draw.below(2))]
    const own = value(growing, [...outer, ...over])
    const operator = growing.draw.of(["sum", "max", "min"] as const)
    const mean = S.mul(S.accumulator("f32"), S.f32(1 / sizeOf(over)))
    const writes = [{ access: whole(add(growing, sizeOf(outer)), outer), value: mean }]
    const order = growing.draw.of(["sequence", "lanes"] as const)
    return [{ _tag: "Reduce", shape: outer, over, operator, order, value: own, writes }]
  },
  (growing) => {
    const [rows, columns, inner] = [shape(growing, 1), shape(growing, 1), shape(growing, 1)]
    const known = growing.buffers.length
    const left = access(growing, [...rows, ...inner], known)
    const right = access(growing, [...inner, ...columns], known)
    const strides = [right.strides[0]!, 1]
    const unit = (reach({ ...right, strides }, [...inner, ...columns])?.[1] ?? 0) < growing.buffers[right.buffer]!.size
    const outer = [...rows, ...columns]
    const finish = S.add(S.mul(S.accumulator("f32"), S.f32(1 / 32)), read(growing, outer, known))
    const writes = [{ access: whole(add(growing, sizeOf(outer)), outer), value: finish }]
    const operands = { left, right: unit ? { ...right, strides } : { ...right, strides: [0, 0] } }
    const own = unit ? columns : [1]
    if (!unit) return [{ _tag: "Map", shape: outer, writes: [{ ...writes[0]!, value: read(growing, outer, known) }] }]
    return [{ _tag: "Contract", batch: [], rows, columns: own, inner, parts: 1, ...operands, writes }]
  },
  (growing) => {
    const [sizes, length] = [shape(growing, 1), growing.draw.of([1, 3, 7])]
    const own = value(growing, [...sizes, length])
    const write = whole(add(growing, sizeOf(sizes) * length), [...sizes, length])
    return [{ _tag: "Scan", shape: sizes, length, operator: "sum", exclusive: false, value: own, write }]
  },
  (growing) => {
    const [rows, more] = [growing.draw.of([1, 4, 9, 40]), growing.draw.of([1, 5, 16])]
    const own = value(growing, [rows, more])
    const within = S.binary("and", S.mul(S.index(1), S.i32(5)), S.i32(7))
    const index = S.add(S.mul(S.index(0), S.i32(8)), within)
    const operator = growing.draw.of(["add", "max", "set"] as const)
    const buffer = add(growing, rows * 8)
    return [{ _tag: "Scatter", shape: [rows, more], disjoint: 1, buffer, initial: 0, operator, index, value: own }]
  },
  // An image with a margin: filled, then written in two parts.
  (growing) => {
    const [height, width] = [growing.draw.of([2, 5, 12]), growing.draw.of([1, 6, 15])]
    const [known, across] = [growing.buffers.length, width + 2]
    const sizes = [height, width]
    const inner = [value(growing, sizes, known), value(growing, sizes, known)]
    const buffer = add(growing, 2 * (height + 2) * across)
    const blank = { access: whole(buffer, [2 * (height + 2) * across]), value: S.f32(0) }
    return [
      { _tag: "Map", shape: [2 * (height + 2) * across], writes: [blank] },
      ...inner.map((own, which): Node => {
        const offset = which * (height + 2) * across + across + 1
        return {
          _tag: "Map",
          shape: sizes,
          writes: [{ access: { buffer, offset, strides: [across, 1] }, value: own }]
        }
      })
    ]
  }
]

/** A plan of `length` steps, with two inputs, a constant, and outputs among what is computed. */
export const plan = (
  draw: Draw,
  length: number
): { readonly plan: Plan; readonly inputs: ReadonlyArray<Float32Array> } => {
  const growing: Growing = { draw, buffers: [], nodes: [] }
  const sizes = [draw.of([7, 64, 300]), draw.of([1, 33, 1100])]
  const inputs = sizes.map((size) => Float32Array.from({ length: size }, () => (draw.below(2001) - 1000) / 512))
  for (const [index, size] of sizes.entries()) add(growing, size, { _tag: "Input", index })
  const constant = Float32Array.from({ length: 40 }, () => draw.below(9) - 4)
  add(growing, 40, { _tag: "Constant", bytes: new Uint8Array(constant.buffer) })
  const first = growing.buffers.length
  for (let at = 0; at < length; at++) growing.nodes.push(...draw.of(kinds)(growing))
  let outputs = 0
  const buffers = growing.buffers.map((buffer): Buffer => {
    const isOutput = buffer.id >= first && (buffer.id === growing.buffers.length - 1 || draw.below(6) === 0)
    return isOutput ? { ...buffer, place: { _tag: "Output", index: outputs++ } } : buffer
  })
  const tensors = (tag: Buffer["place"]["_tag"]) =>
    buffers.flatMap(
      ({ id, size, place }): ReadonlyArray<Tensor> =>
        place._tag === tag ? [{ buffer: id, shape: [size], dtype: "float32" }] : []
    )
  return { plan: { buffers, nodes: growing.nodes, inputs: tensors("Input"), outputs: tensors("Output") }, inputs }
}
