/** Nested loops over an iteration, with the pointers and levels that values are computed with. */
import { element, mapEntry } from "@etude/core/Lookup"
import * as Block from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import type { Access, Scalar } from "../plan/Plan.ts"
import { everyOf } from "../plan/Rewrite.ts"
import type { Context } from "./Form.ts"
import type * as Level from "./Level.ts"
import * as Pointers from "./Pointers.ts"

export type Moves = ReadonlyMap<number, number>

/** A level of a nest: where its pointers and positions stand. */
export interface Frame extends Level.Level {
  readonly parent?: Frame
  readonly cursor: Pointers.Cursor
  readonly positions: ReadonlyMap<number, Expression>
  /** Offsets in elements along some dimensions, relative to pointers and positions. */
  readonly moves: Moves
}

/** The parts of a nest of loops that are the same at all levels. */
export interface Nest {
  readonly context: Context
  readonly sizes: ReadonlyArray<number>
  readonly pointers: Pointers.Pointers
  /** The dimensions whose position is used by a value. */
  readonly counted: ReadonlySet<number>
}

export const make = (
  context: Context,
  sizes: ReadonlyArray<number>,
  scalars: ReadonlyArray<Scalar>,
  written: ReadonlyArray<Access>
): Nest => {
  const all = everyOf(scalars)
  const reads = all.flatMap((scalar) => (scalar.op === "read" ? [scalar.access] : []))
  const counted = new Set(all.flatMap((scalar) => (scalar.op === "index" ? [scalar.dimension] : [])))
  return { context, sizes, pointers: Pointers.make(context, [...reads, ...written]), counted }
}

interface Parts {
  readonly parent?: Frame
  readonly block: Block.Block
  readonly moving: number
  readonly cursor: Pointers.Cursor
  readonly positions: ReadonlyMap<number, Expression>
  readonly across?: number
  readonly lanes?: number
  readonly count?: number
  readonly moves?: Moves
  readonly accumulator?: Expression
}

/** A level; unspecified properties are those of its parent. */
export const frame = (nest: Nest, parts: Parts): Frame => {
  const { parent, cursor, positions, block, moving } = parts
  const across = parts.across ?? parent?.across ?? 0
  const lanes = parts.lanes ?? parent?.lanes ?? 1
  const count = parts.count ?? parent?.count ?? 1
  const moves: Moves = parts.moves ?? parent?.moves ?? new Map()
  const accumulator = parts.accumulator ?? parent?.accumulator
  const position = (dimension: number): Expression => {
    const at = Build.convert("i32", positions.get(dimension) ?? Build.index(0))
    const moved = moves.get(dimension) ?? 0
    if (at.op === "constant") return Build.i32(at.value + moved)
    return moved === 0 ? at : Build.add(at, Build.i32(moved))
  }
  return {
    ...(parent === undefined ? {} : { parent }),
    cursor,
    positions,
    moves,
    values: new Map(),
    wides: new Map(),
    block,
    moving,
    across,
    lanes,
    count,
    position,
    buffers: nest.context.buffers,
    locate: (access) => nest.pointers.locate(cursor, access, moves),
    start: nest.pointers.start,
    ...(accumulator === undefined ? {} : { accumulator })
  }
}

/** The outermost level of a task. The bound buffers' addresses are read here, once. */
export const root = (nest: Nest, locals: Build.Locals): Frame => {
  const block = Block.make(locals)
  const cursor = new Map([...nest.pointers.origin].map(([group, origin]) => [group, block.keep(origin, "at")] as const))
  return frame(nest, { block, moving: 0, cursor, positions: new Map() })
}

export interface Range {
  readonly from: Expression
  readonly to: Expression
  readonly step: number
}

const scaled = (base: Expression, count: Expression, by: number) => Build.add(base, Build.mul(count, Build.index(by)))

/** Pointers of the groups that a dimension moves, as locals; one of them counts where it can. */
const moved = (nest: Nest, outer: Frame, dimension: number) => {
  const locals = nest.pointers.groups.flatMap((group) => {
    const stride = group.strides[dimension] ?? 0
    return stride === 0 ? [] : [{ group, stride, local: outer.block.locals.fresh("index", 1, "p") }]
  })
  const counting = nest.counted.has(dimension)
    ? undefined
    : locals.find(({ group, stride }) => group.relative && stride > 0)
  return { locals, counting }
}

/**
 * A loop along one dimension, behind what is in the outer level's block. `body` fills the level inside; it may make several
 * levels of its own in the same block (`inside`).
 */
export const loop = (
  nest: Nest,
  outer: Frame,
  dimension: number,
  { from, to, step }: Range,
  body: (inside: Pick<Frame, "block" | "cursor" | "positions">) => void
): void => {
  const { locals, counting } = moved(nest, outer, dimension)
  const others = locals.filter((one) => one !== counting)
  for (const { group, stride, local } of others) {
    outer.block.statements.push(Build.set(local, scaled(mapEntry(outer.cursor, group), from, stride)))
  }
  const counter = counting?.local ?? outer.block.locals.fresh("index", 1, "i")
  const cursor = new Map(outer.cursor)
  for (const { group, local } of locals) cursor.set(group, Build.get(local))
  const positions = new Map(outer.positions)
  if (counting === undefined) positions.set(dimension, Build.get(counter))
  const block = Block.make(outer.block.locals)
  body({ block, cursor, positions })
  for (const { stride, local } of others) {
    block.statements.push(Build.set(local, Build.add(Build.get(local), Build.index(step * stride))))
  }
  const base = counting && mapEntry(outer.cursor, counting.group)
  const unit = counting?.stride ?? 1
  const bound = (at: Expression) => (base === undefined ? at : scaled(base, at, unit))
  outer.block.statements.push(Build.loop(counter, bound(from), bound(to), step * unit, block.statements))
}

/** A loop over the flat index of several dimensions, from any index to any other: positions are computed by division in each iteration. */
export const flatLoop = (
  nest: Nest,
  outer: Frame,
  dimensions: ReadonlyArray<number>,
  from: Expression,
  to: Expression,
  body: (inside: Frame) => void
): void => {
  const block = Block.make(outer.block.locals)
  const counter = block.locals.fresh("index", 1, "i")
  const positions = new Map(outer.positions)
  let rest = Build.get(counter)
  for (const dimension of [...dimensions].reverse()) {
    const size = Build.index(element(nest.sizes, dimension))
    const quotient = dimension === dimensions[0] ? Build.index(0) : block.keep(Build.div(rest, size))
    positions.set(
      dimension,
      dimension === dimensions[0] ? rest : block.keep(Build.sub(rest, Build.mul(quotient, size)))
    )
    rest = quotient
  }
  const cursor = new Map(outer.cursor)
  for (const group of nest.pointers.groups) {
    const at = dimensions.reduce(
      (sum, d) => scaled(sum, mapEntry(positions, d), group.strides[d] ?? 0),
      mapEntry(outer.cursor, group)
    )
    cursor.set(group, block.keep(at, "p"))
  }
  const moving = dimensions.reduce((mask, d) => mask | (1 << d), 0)
  body(frame(nest, { parent: outer, block, moving, cursor, positions }))
  outer.block.statements.push(Build.loop(counter, from, to, 1, block.statements))
}
