/**
 * Products with the zeros around a padded image are left out. Where a row of outputs meets the image with some positions of
 * the filter only, its sums run over these alone; rows with nearly the same positions are taken together. What is left out
 * would have added 0 to each sum.
 */
import { writesOf } from "../Nodes.ts"
import type { Access, Node, Plan } from "../Plan.ts"
import type { Contraction, Dimension, Origin } from "./Contraction.ts"

/** The maximum number of row groups. */
const most = 5
/** The minimum fraction of the work to be saved. */
const worthwhile = 0.15

/** An access and the sizes of the dimensions that it moves along. */
interface Box {
  readonly access: Access
  readonly sizes: ReadonlyArray<number>
}

const boxesOf = (node: Node, buffer: number): ReadonlyArray<Box> => {
  if (node._tag !== "Map" && node._tag !== "Reduce" && node._tag !== "Contract") return []
  const sizes = node._tag === "Contract" ? [...node.batch, ...node.rows, ...node.columns] : node.shape
  return node.writes.flatMap(({ access }) => (access.buffer === buffer ? [{ access, sizes }] : []))
}

/** Whether a node fills a whole buffer with 0. */
const isBlank = (node: Node, buffer: number, size: number): boolean =>
  node._tag === "Map" &&
  node.writes.length === 1 &&
  node.shape.reduce((product, extent) => product * extent, 1) === size &&
  node.writes.every(({ access, value }) => access.buffer === buffer && value.op === "constant" && value.value === 0)

/** Where in a temporary buffer, which is 0 elsewhere, one node writes. */
const imageIn = ({ nodes, buffers }: Plan, buffer: number): Box | undefined => {
  const padded = buffers[buffer]
  if (padded?.place._tag !== "Temporary") return undefined
  const writers = nodes.filter((node) => writesOf(node).includes(buffer))
  const [blank, image] = writers
  if (writers.length !== 2 || blank === undefined || image === undefined) return undefined
  if (!isBlank(blank, buffer, padded.size)) return undefined
  const boxes = boxesOf(image, buffer)
  return boxes.length === 1 ? boxes[0] : undefined
}

/** From the first to the last row of `stride` elements that is reached within a period, counted from its beginning. */
const reach = ({ access, sizes }: Box, stride: number, period: number): readonly [number, number] | undefined => {
  let last = access.offset % period
  const first = last
  for (const [i, step] of access.strides.entries()) {
    if (step % period === 0 || (sizes[i] ?? 1) <= 1) continue
    if (step < 0) return undefined
    last += step * ((sizes[i] ?? 1) - 1)
  }
  return last < period ? [Math.floor(first / stride), Math.floor(last / stride)] : undefined
}

/** Positions of the filter, from `from` to before `to`, that meet the image from row `row` on, for `rows` rows. */
interface Group {
  readonly row: number
  readonly rows: number
  readonly from: number
  readonly to: number
}

const joined = (a: Group, b: Group): Group => {
  const [from, to] =
    a.from >= a.to ? [b.from, b.to] : b.from >= b.to ? [a.from, a.to] : [Math.min(a.from, b.from), Math.max(a.to, b.to)]
  return { row: a.row, rows: a.rows + b.rows, from, to }
}

const work = ({ rows, from, to }: Group): number => rows * Math.max(0, to - from)

/** Merges the neighbours whose union is cheapest, until few groups are left. */
const grouped = (rows: ReadonlyArray<Group>): ReadonlyArray<Group> => {
  const groups = [...rows]
  const price = (i: number): number => {
    const [a, b] = [groups[i], groups[i + 1]]
    return a === undefined || b === undefined ? Number.POSITIVE_INFINITY : work(joined(a, b)) - work(a) - work(b)
  }
  for (;;) {
    const prices = groups.map((_, i) => price(i))
    const least = Math.min(...prices)
    const at = prices.indexOf(least)
    const [a, b] = [groups[at], groups[at + 1]]
    if (a === undefined || b === undefined || (least > 0 && groups.length <= most)) return groups
    groups.splice(at, 2, joined(a, b))
  }
}

/** A rows dimension and an inner one that move along the left operand alike. */
interface Pair {
  readonly row: Dimension
  readonly position: Dimension
}

const pairOf = ({ rows, inner }: Contraction): Pair | undefined => {
  for (const row of rows) {
    const position = inner.find(({ left }) => left === row.left)
    if (position !== undefined && row.left > 1 && row.named === undefined && position.size > 1) return { row, position }
  }
  return undefined
}

/** The filter positions with which each row meets the image. */
const metBy = (contraction: Contraction, { row, position }: Pair, image: Box): ReadonlyArray<Group> | undefined => {
  const stride = row.left
  const others = [...contraction.batch, ...contraction.rows, ...contraction.inner].filter(
    (one) => one !== row && one !== position
  )
  const longer = others.filter(({ left, size }) => size > 1 && left > stride).map(({ left }) => left)
  const period = longer.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...longer)
  if (longer.some((left) => left % period !== 0) || (longer.length > 0 && period % stride !== 0)) return undefined
  const own = {
    access: { ...contraction.left, strides: others.map(({ left }) => left) },
    sizes: others.map(({ size }) => size)
  }
  const [seen, filled] = [reach(own, stride, period), reach(image, stride, period)]
  if (seen === undefined || filled === undefined || seen[0] !== seen[1]) return undefined
  if ((seen[0] + row.size + position.size - 1) * stride > period) return undefined
  return Array.from({ length: row.size }, (_, i) => ({
    row: i,
    rows: 1,
    from: Math.max(0, filled[0] - seen[0] - i),
    to: Math.min(position.size, filled[1] + 1 - seen[0] - i)
  }))
}

const moved = (origin: Origin, by: number): Origin => ({ buffer: origin.buffer, offset: origin.offset + by })

/** The sums of one group of rows, over its positions. */
const part = (contraction: Contraction, { row, position }: Pair, group: Group): Contraction => {
  const from = group.to > group.from ? group.from : 0
  return {
    ...contraction,
    rows: contraction.rows.map((one) => (one === row ? { ...row, size: group.rows } : one)),
    inner: contraction.inner.map((one) =>
      one === position ? { ...position, size: Math.max(0, group.to - group.from) } : one
    ),
    left: moved(contraction.left, group.row * row.left + from * position.left),
    right: moved(contraction.right, from * position.right),
    shifts: row.outer.map((stride) => group.row * stride)
  }
}

/** Splits the contraction so that each part leaves out the products with zeros. */
export const leaveOut = (contraction: Contraction, plan: Plan): ReadonlyArray<Contraction> => {
  const image = imageIn(plan, contraction.left.buffer)
  const pair = pairOf(contraction)
  const met = image === undefined || pair === undefined ? undefined : metBy(contraction, pair, image)
  if (pair === undefined || met === undefined) return [contraction]
  const groups = grouped(met)
  const left = groups.reduce((sum, group) => sum + work(group), 0)
  if (left > (1 - worthwhile) * pair.row.size * pair.position.size) return [contraction]
  return groups.map((group) => part(contraction, pair, group))
}
