/** The writes of a tile: those of the node, with the accumulators still in registers. */
import * as Block from "../../code/Block.ts"
import * as Build from "../../code/Build.ts"
import type { Statement } from "../../code/Code.ts"
import type { Dimension } from "../../plan/expand/Contraction.ts"
import type { Access, Buffer, Write } from "../../plan/Plan.ts"
import * as Dependencies from "../Dependencies.ts"
import * as Level from "../Level.ts"
import * as Scalars from "../Scalars.ts"
import type { Operand, Place } from "./Operands.ts"
import type { Registers } from "./Registers.ts"

/** One row of a tile: how far it lies from the tile's first along two dimensions. */
export interface Row {
  readonly outer: number
  readonly inner: number
}

export interface Outputs {
  readonly writes: ReadonlyArray<Write>
  readonly accesses: ReadonlyArray<Access>
  /** By access. */
  readonly operands: ReadonlyArray<Operand>
  readonly buffers: ReadonlyArray<Buffer>
  /** The dimensions that a tile extends along; none where there is only one index. */
  readonly outerRow: Dimension | undefined
  readonly row: Dimension | undefined
  readonly column: Dimension | undefined
  /** Bits of the dimensions that the rows and the vectors move along, and of all dimensions. */
  readonly rowBits: number
  readonly columnBit: number
  readonly allBits: number
}

export interface Tile {
  readonly rows: ReadonlyArray<Row>
  readonly vectors: number
  /** The number of lanes of the last vector that are stored. */
  readonly lanes: number
  readonly place: Place
  readonly registers: Registers
}

type Steps = ReadonlyArray<readonly [Dimension | undefined, number]>

/** Addresses and positions at some steps from the tile's beginning. */
const at = (outputs: Outputs, { place }: Tile, steps: Steps): Pick<Level.Level, "locate" | "start" | "position"> => ({
  locate: (access) => {
    const operand = outputs.accesses.indexOf(access)
    const stride = outputs.operands[operand]?.stride ?? (() => 0)
    const offset = steps.reduce(
      (sum, [dimension, by]) => sum + (dimension === undefined ? 0 : stride(dimension) * by),
      0
    )
    const address = place.addresses[operand + 2] ?? Build.index(0)
    return offset < 0 ? { address: Build.add(address, Build.index(offset)), offset: 0 } : { address, offset }
  },
  start: (buffer) => ({ address: Build.address(buffer), offset: 0 }),
  position: (dimension) => {
    const by = steps.find(([one]) => one?.named === dimension)?.[1] ?? 0
    return Build.convert("i32", Build.add(place.positions.get(dimension) ?? Build.index(0), Build.index(by)))
  }
})

/** Writes all outputs of a tile after its sums. */
export const write = (outputs: Outputs, tile: Tile, locals: Build.Locals): ReadonlyArray<Statement> => {
  const { rows, vectors, registers } = tile
  const { lanes } = registers
  const block = Block.make(locals)
  const across = lanes > 1 ? outputs.columnBit | Dependencies.accumulator : 0
  const common = { block, across, lanes, buffers: outputs.buffers }
  const moving = outputs.allBits & ~outputs.rowBits & ~outputs.columnBit
  const whole = Level.make({ ...common, moving, count: lanes, ...at(outputs, tile, []) })
  for (let v = 0; v < vectors; v++) {
    const count = v === vectors - 1 ? tile.lanes : lanes
    const step = [outputs.column, v * lanes] as const
    const column = Level.make({
      ...common,
      parent: whole,
      moving: outputs.columnBit,
      count,
      ...at(outputs, tile, [step])
    })
    for (const [r, { outer, inner }] of rows.entries()) {
      const steps: Steps = [step, [outputs.outerRow, outer], [outputs.row, inner]]
      const level = Level.make({
        ...common,
        parent: column,
        moving: outputs.rowBits | Dependencies.accumulator,
        count,
        accumulator: Build.get(registers.accumulator(r * vectors + v)),
        ...at(outputs, tile, steps)
      })
      Scalars.write(outputs.writes, level)
    }
  }
  return block.statements
}
