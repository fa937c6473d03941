/** Loops inside the levels of a fill: over what is reduced, scanned or scattered, in row-major order. */
import { element } from "@etude/core/Lookup"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import type { Scalar, Write } from "../plan/Plan.ts"
import type * as Cut from "./Cut.ts"
import * as Dependencies from "./Dependencies.ts"
import * as Nest from "./Nest.ts"
import * as Scalars from "./Scalars.ts"
import * as Work from "./Work.ts"

/** Up to this many elements (those of a pooling window, say) are unrolled. */
const few = 9

const unrolled = (
  nest: Nest.Nest,
  levels: ReadonlyArray<Nest.Frame>,
  [dimension, ...rest]: ReadonlyArray<number>,
  body: Cut.Fill
): void => {
  if (dimension === undefined) {
    body(levels)
    return
  }
  for (let at = 0; at < element(nest.sizes, dimension); at++) {
    const inner = levels.map((parent) => {
      const { block, cursor, positions } = parent
      const moves = new Map(parent.moves).set(dimension, at)
      return Nest.frame(nest, { parent, block, cursor, positions, moves, moving: 1 << dimension })
    })
    unrolled(nest, inner, rest, body)
  }
}

/** Whether the elements are unrolled. */
export const isUnrolled = (nest: Nest.Nest, dimensions: ReadonlyArray<number>): boolean =>
  Work.product(dimensions.map((one) => element(nest.sizes, one))) <= few

/** One loop for each of `dimensions`; all levels move together. */
export const loops = (
  nest: Nest.Nest,
  levels: ReadonlyArray<Nest.Frame>,
  dimensions: ReadonlyArray<number>,
  body: Cut.Fill
): void => {
  const [dimension, ...rest] = dimensions
  if (dimension === undefined || isUnrolled(nest, dimensions)) {
    unrolled(nest, levels, dimensions, body)
    return
  }
  const range = { from: Build.index(0), to: Build.index(element(nest.sizes, dimension)), step: 1 }
  Nest.loop(nest, element(levels, 0), dimension, range, (inside) => {
    const inner = levels.map((parent) => Nest.frame(nest, { ...inside, parent, moving: 1 << dimension }))
    loops(nest, inner, rest, body)
  })
}

/** The dimensions from `from` to before `to`. */
export const dimensions = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at)

/** Writes the accumulated results at a level. */
export const finish = (
  nest: Nest.Nest,
  level: Nest.Frame,
  accumulator: Expression,
  writes: ReadonlyArray<Write>
): void => {
  const { block, cursor, positions } = level
  const across = accumulator.lanes > 1 ? level.across | Dependencies.accumulator : level.across
  const moving = Dependencies.accumulator
  Scalars.write(writes, Nest.frame(nest, { parent: level, block, cursor, positions, moving, across, accumulator }))
}

/** The value of one element as a reduction takes it, in the lanes of its level. */
export const valueOf = (scalar: Scalar, level: Nest.Frame): Expression =>
  Scalars.stored(scalar, level, level.across === 0 ? 1 : level.lanes)
