/** The memory accesses of a placed plan's nodes, by phase. */
import { element } from "@etude/core/Lookup"
import type { Placement } from "../code/Code.ts"
import { zip } from "../Lists.ts"
import { domainOf, readsOf, scalarsOf, writesOf } from "../plan/Nodes.ts"
import type { Access, Buffer, Node, Plan, Scalar } from "../plan/Plan.ts"
import { everyOf } from "../plan/Rewrite.ts"
import { reaches, type Shape } from "../plan/Shapes.ts"
import * as Phases from "./Phases.ts"
import type { Placed } from "./Place.ts"

/** Bytes that a node reads or writes in a phase, from the first to before the last element that it reaches. */
export interface Touch {
  /** The node's position in the plan. */
  readonly node: number
  readonly buffer: number
  readonly phase: number
  readonly isWrite: boolean
  /** The address space: the arena for buffers with a fixed address; each table entry is a space of its own. */
  readonly space: string
  readonly from: number
  readonly to: number
}

type Range = readonly [lowest: number, highest: number]

interface Part {
  readonly buffer: number
  readonly range: Range
}

const wholeOf = (buffers: ReadonlyArray<Buffer>, buffer: number): ReadonlyArray<Part> => {
  const { size } = element(buffers, buffer)
  return size === 0 ? [] : [{ buffer, range: [0, size - 1] }]
}

const partOf = (access: Access, shape: Shape): ReadonlyArray<Part> =>
  reaches(access, shape).map((range) => ({ buffer: access.buffer, range }))

/** The reads of expressions over an iteration. */
const inScalars = (buffers: ReadonlyArray<Buffer>, scalars: ReadonlyArray<Scalar>, shape: Shape) =>
  everyOf(scalars).flatMap((scalar) =>
    scalar.op === "read" ? partOf(scalar.access, shape) : scalar.op === "gather" ? wholeOf(buffers, scalar.buffer) : []
  )

/** The parts of buffers that a node reads. */
const readParts = (buffers: ReadonlyArray<Buffer>, node: Node): ReadonlyArray<Part> => {
  const inWrites = () =>
    "writes" in node
      ? inScalars(
          buffers,
          node.writes.map(({ value }) => value),
          domainOf(node)
        )
      : []
  switch (node._tag) {
    case "Foreign":
      return readsOf(node).flatMap((buffer) => wholeOf(buffers, buffer))
    case "Map":
      return inWrites()
    case "Loop": {
      const own = new Set(writesOf(node))
      return node.body.flatMap((one) => readParts(buffers, one)).filter(({ buffer }) => !own.has(buffer))
    }
    case "Reduce":
      return [...inScalars(buffers, [node.value], [...node.shape, ...node.over]), ...inWrites()]
    case "Scan":
      return inScalars(buffers, scalarsOf(node), [...node.shape, node.length])
    case "Scatter":
      return inScalars(buffers, scalarsOf(node), node.shape)
    case "Contract": {
      const { batch, rows, columns, inner } = node
      const left = partOf(node.left, [...batch, ...rows, ...inner])
      return [...left, ...partOf(node.right, [...batch, ...inner, ...columns]), ...inWrites()]
    }
  }
}

/** The parts of buffers that a node writes. */
const writtenParts = (buffers: ReadonlyArray<Buffer>, node: Node): ReadonlyArray<Part> => {
  if (node._tag === "Scan") return partOf(node.write, [...node.shape, node.length])
  if (node._tag === "Loop") return node.body.flatMap((one) => writtenParts(buffers, one))
  if ("writes" in node) return node.writes.flatMap(({ access }) => partOf(access, domainOf(node)))
  return writesOf(node).flatMap((buffer) => wholeOf(buffers, buffer))
}

const placesOf = (placements: ReadonlyArray<Placement>, { id, type }: Buffer, [lowest, highest]: Range) => {
  const placement = element(placements, id)
  const bytes = type === "u8" ? 1 : 4
  const [space, start] = placement._tag === "Fixed" ? ["arena", placement.address] : [`entry ${placement.entry}`, 0]
  return { space, from: start + lowest * bytes, to: start + (highest + 1) * bytes }
}

/** All touches, in the order of the nodes. A scatter fills in its first phase, and reads and writes in its second. */
export const of = ({ buffers, nodes }: Plan, { placements, phases }: Placed): ReadonlyArray<Touch> =>
  zip(nodes, phases).flatMap(([node, first], at) => {
    const last = Phases.last(node, first)
    const touch = (phase: number, isWrite: boolean) => (part: Part) => {
      const { buffer, range } = part
      return { node: at, buffer, phase, isWrite, ...placesOf(placements, element(buffers, buffer), range) }
    }
    const written = writtenParts(buffers, node)
    return [
      ...readParts(buffers, node).map(touch(last, false)),
      ...(first < last ? written.map(touch(first, true)) : []),
      ...written.map(touch(last, true))
    ]
  })
