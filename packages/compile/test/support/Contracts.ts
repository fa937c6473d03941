/** Contractions drawn at random, with all that their operands' strides can be. */
import type { Access, Contract, Plan, Scalar, Write } from "../../src/plan/Plan.ts"
import * as Scalars from "../../src/plan/Scalars.ts"

/** A whole number from 0 to before `below`. */
export type Draw = (below: number) => number

export const drawing = (seed: number): Draw => {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

type Sizes = ReadonlyArray<number>

const product = (sizes: Sizes): number => sizes.reduce((all, size) => all * size, 1)

/** Sizes of some dimensions: mostly small, sometimes 1 or longer than a tile, seldom 0. */
const sizes = (draw: Draw, most: number): Sizes =>
  Array.from({ length: draw(most + 1) }, () => (draw(60) === 0 ? 0 : 1 + draw([3, 6, 9, 20][draw(4)] ?? 1)))

const shuffled = (draw: Draw, length: number): Array<number> => {
  const order = Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i--) {
    const j = draw(i + 1)
    const [a = 0, b = 0] = [order[i], order[j]]
    order[i] = b
    order[j] = a
  }
  return order
}

/** Strides in which no two indices share an element, in any order of the dimensions; `last` is the one of unit stride. */
const dense = (draw: Draw, dims: Sizes, last?: number): Array<number> => {
  const order = draw(2) === 0 ? dims.map((_, i) => i) : shuffled(draw, dims.length)
  const ordered = last === undefined ? order : [...order.filter((i) => i !== last), last]
  const strides = new Array<number>(dims.length).fill(0)
  let stride = 1
  for (const dimension of ordered.toReversed()) {
    strides[dimension] = stride
    stride *= Math.max(1, dims[dimension] ?? 1)
  }
  return strides
}

/** An access whose elements begin at 0, and how many elements the buffer has. */
const access = (buffer: number, dims: Sizes, strides: Sizes): { readonly access: Access; readonly size: number } => {
  let [low, high] = [0, 0]
  for (const [i, stride] of strides.entries()) {
    const reach = stride * Math.max(0, (dims[i] ?? 1) - 1)
    low += Math.min(0, reach)
    high += Math.max(0, reach)
  }
  return { access: { buffer, offset: -low, strides }, size: high - low + 1 }
}

/** Strides of what is read: some reversed, some 0, some so short that indices share elements, as a convolution's do. */
const loose = (draw: Draw, dims: Sizes, last?: number): Array<number> =>
  dense(draw, dims, last).map((stride, i) => {
    if (i === last) return stride
    const how = draw(8)
    return how === 0 ? 0 : how === 1 ? -stride : how === 2 ? 1 + draw(Math.max(1, stride)) : stride
  })

const values = (draw: Draw, read: (strides: number) => Access, dims: number): Scalar => {
  const sum = Scalars.accumulator("f32")
  const other = Scalars.read("f32", read(draw(3)))
  switch (draw(6)) {
    case 0:
      return Scalars.max(Scalars.add(sum, other), Scalars.f32(0))
    case 1:
      return Scalars.select(Scalars.compare("gt", other, Scalars.f32(0.5)), sum, Scalars.f32(0))
    case 2:
      return Scalars.mul(Scalars.convert("f32", dims === 0 ? Scalars.i32(3) : Scalars.index(draw(dims))), sum)
    case 3:
      return Scalars.unary("sqrt", Scalars.abs(Scalars.sub(sum, other)))
    default:
      return sum
  }
}

/**
 * A plan of one contraction: operands 0 and 1, what its writes read in 2, what they fill in 3 and 4. With `unit` the right
 * operand's last columns dimension has unit stride. As the nth of several plans it has ids and indices behind the others'.
 */
export const plan = (draw: Draw, unit: boolean, nth = 0): Plan => {
  const id = 5 * nth
  const [batch, rows, columns, inner] = [sizes(draw, 2), sizes(draw, 3), sizes(draw, 2), sizes(draw, 3)]
  const outer = [...batch, ...rows, ...columns]
  const [ofLeft, ofRight] = [
    [...batch, ...rows, ...inner],
    [...batch, ...inner, ...columns]
  ]
  const last = columns.length > 0 ? ofRight.length - 1 : undefined
  const left = access(id, ofLeft, loose(draw, ofLeft))
  const right = access(id + 1, ofRight, loose(draw, ofRight, unit ? last : undefined))
  let others = 1
  const read = (kind: number): Access => {
    const strides = kind === 0 ? outer.map((_, i) => (i === outer.length - 1 ? 1 : 0)) : loose(draw, outer)
    const made = access(id + 2, outer, strides)
    others = Math.max(others, made.size)
    return made.access
  }
  const write = (buffer: number, value: Scalar): Write => ({
    access: access(buffer, outer, dense(draw, outer)).access,
    value
  })
  const value = values(draw, read, outer.length)
  const writes = [write(id + 3, value), write(id + 4, draw(4) === 0 ? values(draw, read, outer.length) : value)]
  const node: Contract = {
    _tag: "Contract",
    batch,
    rows,
    columns,
    inner,
    parts: 1,
    left: left.access,
    right: right.access,
    writes
  }
  return planOf(node, [left.size, right.size, others, product(outer), product(outer)], nth)
}

/** Three inputs and two outputs of these sizes, and one node. */
export const planOf = (node: Contract, sizes: Sizes, nth = 0): Plan => ({
  buffers: sizes.map((size, i) => ({
    id: 5 * nth + i,
    type: "f32",
    size,
    place: i < 3 ? { _tag: "Input", index: 3 * nth + i } : { _tag: "Output", index: 2 * nth + i - 3 }
  })),
  nodes: [node],
  inputs: [0, 1, 2].map((i) => ({ buffer: 5 * nth + i, shape: [sizes[i] ?? 0], dtype: "float32" })),
  outputs: [3, 4].map((i) => ({ buffer: 5 * nth + i, shape: [sizes[i] ?? 0], dtype: "float32" }))
})

/** Several plans as one. */
export const together = (plans: ReadonlyArray<Plan>): Plan => ({
  buffers: plans.flatMap(({ buffers }) => buffers),
  nodes: plans.flatMap(({ nodes }) => nodes),
  inputs: plans.flatMap(({ inputs }) => inputs),
  outputs: plans.flatMap(({ outputs }) => outputs)
})

/** What the inputs hold: numbers whose sums depend on their order, or small whole numbers, whose sums don't. */
export const inputs = ({ inputs, buffers }: Plan, draw: Draw, whole = false): ReadonlyArray<Float32Array> =>
  inputs.map(({ buffer }) =>
    new Float32Array(buffers[buffer]?.size ?? 0).map(() => (whole ? draw(9) - 4 : (draw(2 ** 20) - 2 ** 19) / 12_345))
  )
