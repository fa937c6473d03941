/**
 * Matrix products and convolutions as code: loops over tiles that fit into registers, each of which is summed in one go and
 * then written with all that follows it (bias, activation, mask).
 */
import * as Build from "../code/Build.ts"
import type { Statement, Target } from "../code/Code.ts"
import * as Contraction from "../plan/expand/Contraction.ts"
import type { Contract } from "../plan/Plan.ts"
import * as Blocking from "./contract/Blocking.ts"
import * as Operands from "./contract/Operands.ts"
import * as Order from "./contract/Order.ts"
import * as Outputs from "./contract/Outputs.ts"
import * as Registers from "./contract/Registers.ts"
import { runs } from "./contract/Split.ts"
import * as Sums from "./contract/Sums.ts"
import * as Tiles from "./contract/Tiles.ts"
import type { Context, Form } from "./Form.ts"

/** The number of units that threads can share evenly. */
const enough = 64

const plain = (dimension: Contraction.Dimension): Tiles.Loop => ({
  dimension,
  role: "outer",
  runs: [{ from: 0, to: dimension.size, size: 1, origin: 0, unit: 1 }]
})

/** Vectors along the last columns dimension; the last one may be stored in part. */
const vectorLoop = (dimension: Contraction.Dimension, blocking: Blocking.Blocking, lanes: number): Tiles.Loop => {
  const blocks = runs(blocking.vectors).map((run) => ({ ...run, unit: lanes, lanes }))
  const rest = dimension.size % lanes
  const last = blocks.pop()
  if (last === undefined) return { dimension, role: "vectors", runs: [] }
  if (rest === 0) return { dimension, role: "vectors", runs: [...blocks, last] }
  const before = last.from < last.to - 1 ? [{ ...last, to: last.to - 1 }] : []
  return { dimension, role: "vectors", runs: [...blocks, ...before, { ...last, from: last.to - 1, lanes: rest }] }
}

/** The loops over blocks of rows, the outermost first. */
const rowLoops = ({ rows }: Contraction.Contraction, blocking: Blocking.Blocking): ReadonlyArray<Tiles.Loop> =>
  rows.map((dimension, i) => {
    if (i < rows.length - 2) return plain(dimension)
    const [role, split] =
      i === rows.length - 1 ? (["rows", blocking.rows] as const) : (["outerRows", blocking.outerRows] as const)
    return { dimension, role, runs: runs(split).map((run) => ({ ...run, unit: 1 })) }
  })

/** The bytes that the writes read and store, in all accesses. */
const outputBytes = ({ batch, rows, columns, accesses }: Contraction.Contraction): number => {
  const moving = (access: number) => [...batch, ...rows, ...columns].filter(({ outer }) => outer[access] !== 0)
  return accesses.reduce((sum, _, access) => sum + Operands.bytes * Contraction.count(moving(access)), 0)
}

/** All loops around the tiles, in the order that uses caches best. */
const loopsOf = (contraction: Contraction.Contraction, target: Target): ReadonlyArray<Tiles.Loop> => {
  const extent = (dimensions: ReadonlyArray<Contraction.Dimension>, position: number) =>
    dimensions.at(position)?.size ?? 1
  const [rows, outerRows, columns] = [
    extent(contraction.rows, -1),
    extent(contraction.rows, -2),
    extent(contraction.columns, -1)
  ]
  const overlapping = contraction.rows.at(-1)?.left === contraction.inner.at(-1)?.left
  const blocking = Blocking.choose({ rows, outerRows, columns, overlapping }, target)
  const overRows = rowLoops(contraction, blocking)
  const overColumns = contraction.columns.map((dimension, i) =>
    i === contraction.columns.length - 1 ? vectorLoop(dimension, blocking, target.lanes) : plain(dimension)
  )
  const around = Order.panelsAround({
    rows: overRows.map((loop) => ({ dimension: loop.dimension, times: Tiles.times(loop) })),
    panels: overColumns.reduce((product, loop) => product * Tiles.times(loop), 1),
    columns: contraction.columns,
    inner: contraction.inner,
    outputs: {
      size: outputBytes(contraction),
      together: (blocking.vectors.small + Math.sign(blocking.vectors.bigs)) * target.lanes * Operands.bytes
    }
  })
  const cut = overRows.length - around
  return [...contraction.batch.map(plain), ...overRows.slice(0, cut), ...overColumns, ...overRows.slice(cut)]
}

/** The outer loops, as many as it takes to have enough units. */
const countedOf = (loops: ReadonlyArray<Tiles.Loop>): number => {
  let counted = 0
  while (counted < loops.length && Tiles.units(loops, counted) < enough) counted++
  return counted
}

const outputsOf = (
  contraction: Contraction.Contraction,
  operands: ReadonlyArray<Operands.Operand>,
  { buffers }: Context
): Outputs.Outputs => {
  const [b, r, c] = [contraction.batch.length, contraction.rows.length, contraction.columns.length]
  const bit = (dimension: number) => 2 ** dimension
  const tiled = [r > 1 ? bit(b + r - 2) : 0, r > 0 ? bit(b + r - 1) : 0]
  return {
    writes: contraction.writes,
    accesses: contraction.accesses,
    operands: operands.slice(2),
    buffers,
    outerRow: contraction.rows.at(-2),
    row: contraction.rows.at(-1),
    column: contraction.columns.at(-1),
    rowBits: tiled.reduce((all, one) => all | one, 0),
    columnBit: c > 0 ? bit(b + r + c - 1) : 0,
    allBits: 2 ** (b + r + c) - 1
  }
}

/** The rows of a tile. */
const rowsOf = (chosen: Tiles.Chosen): ReadonlyArray<Outputs.Row> => {
  const [outer, inner] = [chosen.get("outerRows")?.size ?? 1, chosen.get("rows")?.size ?? 1]
  return Array.from({ length: outer * inner }, (_, i) => ({ outer: Math.floor(i / inner), inner: i % inner }))
}

/** Computes and writes a tile. */
const tileOf = (contraction: Contraction.Contraction, context: Context, lanes: number, locals: Build.Locals) => {
  const operands = Operands.of(contraction)
  const outputs = outputsOf(contraction, operands, context)
  const registers = Registers.make(locals, lanes)
  const stride = (dimension: Contraction.Dimension | undefined) => (dimension?.left ?? 0) * Operands.bytes
  const tile = (place: Operands.Place, chosen: Tiles.Chosen): ReadonlyArray<Statement> => {
    const rows = rowsOf(chosen)
    const vectors = chosen.get("vectors")?.size ?? 1
    const offsets = rows.map(({ outer, inner }) => outer * stride(outputs.outerRow) + inner * stride(outputs.row))
    const [left = Build.index(0), right = Build.index(0)] = place.addresses
    return [
      ...Sums.sums({ rows: offsets, vectors, inner: contraction.inner, registers }, left, right),
      ...Outputs.write(
        outputs,
        { rows, vectors, lanes: chosen.get("vectors")?.lanes ?? lanes, place, registers },
        locals
      )
    ]
  }
  return { operands, tile }
}

/** Few columns would leave most of a wide vector empty. */
const lanesOf = ({ columns }: Contraction.Contraction, { lanes }: Target): number => {
  const last = columns.at(-1)
  return last === undefined ? 1 : lanes === 16 && last.size <= 8 ? 8 : lanes
}

/** One task; none if nothing is written. Nodes with `parts` must have been expanded by the planner. */
export const tasks: Form<Contract> = (node, context) => {
  if (node.parts !== 1) throw new Error("a contraction in parts must be expanded")
  const contraction = Contraction.of(node)
  const outputs = Contraction.count([...contraction.batch, ...contraction.rows, ...contraction.columns])
  if (outputs === 0) return []
  const lanes = lanesOf(contraction, context.target)
  const loops = loopsOf(contraction, { ...context.target, lanes })
  const counted = context.loop?.dimensions ?? countedOf(loops)
  const work = outputs * Contraction.count(contraction.inner)
  const made = Build.task(
    context.name("contract"),
    Tiles.units(loops, counted),
    work,
    (locals, first, last) => {
      const { operands, tile } = tileOf(contraction, context, lanes, locals)
      return Tiles.tiles({ loops, counted, operands, locals, first, last, tile })
    },
    context.loop?.locals
  )
  return [made]
}
