/** Divides the iteration over a node's writes into units, rows and vectors. */
import { element } from "@etude/core/Lookup"
import * as Block from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import * as Nest from "./Nest.ts"

/** Fills one or more neighbouring vectors (or one scalar): levels that share a block and have the same parent. */
export type Fill = (levels: ReadonlyArray<Nest.Frame>) => void

/** A dimension in vectors: `block` elements per iteration, `lanes` in a vector. */
export interface Vectors {
  readonly lanes: number
  /** The number of vectors per iteration. */
  readonly vectors: number
}

/** Enough units for any number of threads to share evenly. */
const enough = 32

/** How many of the first dimensions of a row-major iteration are cut into units: as few as give enough, at least one. */
export const prefixOf = (sizes: ReadonlyArray<number>): number => {
  let units = 1
  for (const [dimension, size] of sizes.entries()) {
    units *= size
    if (units >= enough) return dimension + 1
  }
  return sizes.length
}

type Inside = Pick<Nest.Frame, "block" | "cursor" | "positions">

/** Levels for `elements` neighbours along a dimension, `shift` elements behind where the pointers stand. */
const levelsOf = (
  nest: Nest.Nest,
  parent: Nest.Frame,
  inside: Inside,
  dimension: number,
  lanes: number,
  elements: number,
  shift: number
): ReadonlyArray<Nest.Frame> =>
  Array.from({ length: Math.ceil(elements / lanes) }, (_, vector) =>
    Nest.frame(nest, {
      ...inside,
      parent,
      moving: 1 << dimension,
      across: 1 << dimension,
      lanes,
      count: Math.min(lanes, elements - vector * lanes),
      moves: new Map(parent.moves).set(dimension, shift + vector * lanes)
    })
  )

/** A whole row: a loop over full blocks, then the remainder, whose length is known. */
export const row = (nest: Nest.Nest, parent: Nest.Frame, dimension: number, vectors: Vectors, fill: Fill): void => {
  const size = element(nest.sizes, dimension)
  const block = vectors.lanes * vectors.vectors
  // A loop with one iteration is not needed.
  const full = Math.floor(size / block) > 1 ? Math.floor(size / block) : 0
  if (full > 0) {
    const range = { from: Build.index(0), to: Build.index(full * block), step: block }
    Nest.loop(nest, parent, dimension, range, (inside) =>
      fill(levelsOf(nest, parent, inside, dimension, vectors.lanes, block, 0))
    )
  }
  for (let at = full * block; at < size; at += block) {
    fill(levelsOf(nest, parent, parent, dimension, vectors.lanes, Math.min(block, size - at), at))
  }
}

/** Units of one block along a single dimension; the last may be shorter. */
const blocks = (
  nest: Nest.Nest,
  root: Nest.Frame,
  dimension: number,
  vectors: Vectors,
  [first, last]: readonly [Expression, Expression],
  fill: Fill
): void => {
  const size = element(nest.sizes, dimension)
  const block = vectors.lanes * vectors.vectors
  const full = Math.floor(size / block)
  if (full > 0) {
    const bound = Build.index(full)
    const end = size === full * block ? last : Build.select(Build.compare("lt", last, bound), last, bound)
    const range = {
      from: Build.mul(first, Build.index(block)),
      to: root.block.keep(Build.mul(end, Build.index(block)), "to"),
      step: block
    }
    Nest.loop(nest, root, dimension, range, (inside) =>
      fill(levelsOf(nest, root, inside, dimension, vectors.lanes, block, 0))
    )
  }
  const rest = size - full * block
  if (rest === 0) return
  const inside = { block: Block.make(root.block.locals), cursor: root.cursor, positions: root.positions }
  fill(levelsOf(nest, root, inside, dimension, vectors.lanes, rest, full * block))
  // Nothing is left for a thread without units, even where the last unit is the first.
  const mine = Build.and(Build.compare("lt", Build.index(full), last), Build.compare("le", first, Build.index(full)))
  root.block.statements.push(Build.when(mine, inside.block.statements))
}

/** A single element, computed by the thread with the only unit. */
const single = (
  nest: Nest.Nest,
  root: Nest.Frame,
  [first, last]: readonly [Expression, Expression],
  fill: Fill
): void => {
  const { cursor, positions } = root
  const block = Block.make(root.block.locals)
  fill([Nest.frame(nest, { parent: root, block, cursor, positions, moving: 0 })])
  root.block.statements.push(Build.when(Build.compare("lt", first, last), block.statements))
}

/** The number of units of an iteration over the first `kept` dimensions. */
export const unitsOf = (
  sizes: ReadonlyArray<number>,
  kept: number,
  { lanes, vectors }: Vectors,
  loop?: number
): number => {
  if (kept === 0) return 1
  if (kept === 1) return Math.ceil(element(sizes, 0) / (lanes * vectors))
  const prefix = loop ?? Math.min(prefixOf(sizes.slice(0, kept)), kept - 1)
  return sizes.slice(0, prefix).reduce((product, size) => product * size, 1)
}

/** The iteration over the first `kept` dimensions, the last of them in vectors, for the units of a range. */
export const iterate = (
  nest: Nest.Nest,
  root: Nest.Frame,
  kept: number,
  vectors: Vectors,
  range: readonly [Expression, Expression],
  fill: Fill
): void => {
  if (kept < 2) {
    if (kept === 0) single(nest, root, range, fill)
    else blocks(nest, root, 0, vectors, range, fill)
    return
  }
  const prefix = nest.context.loop?.dimensions ?? Math.min(prefixOf(nest.sizes.slice(0, kept)), kept - 1)
  const inner = (dimension: number, level: Nest.Frame): void => {
    if (dimension === kept - 1) row(nest, level, dimension, vectors, fill)
    else along(dimension, level, { from: Build.index(0), to: Build.index(element(nest.sizes, dimension)), step: 1 })
  }
  const along = (dimension: number, level: Nest.Frame, range: Nest.Range): void =>
    Nest.loop(nest, level, dimension, range, (inside) =>
      inner(dimension + 1, Nest.frame(nest, { ...inside, parent: level, moving: 1 << dimension }))
    )
  const [from, to] = range
  const dimensions = Array.from({ length: prefix }, (_, dimension) => dimension)
  if (prefix === 1) along(0, root, { from, to, step: 1 })
  else Nest.flatLoop(nest, root, dimensions, from, to, (inside) => inner(prefix, inside))
}
