/** The reads and writes of a product, and the position of a tile in it. */
import * as Build from "../../code/Build.ts"
import type { Expression, Statement } from "../../code/Code.ts"
import type { Contraction, Dimension, Origin } from "../../plan/expand/Contraction.ts"

/** Bytes of an element. */
export const bytes = 4

export interface Operand {
  readonly origin: Origin
  /** In bytes, along a dimension. */
  readonly stride: (dimension: Dimension) => number
}

/** The left operand, the right one, then every access of the writes. */
export const of = (contraction: Contraction): ReadonlyArray<Operand> => [
  { origin: contraction.left, stride: ({ left }) => left * bytes },
  { origin: contraction.right, stride: ({ right }) => right * bytes },
  ...contraction.accesses.map((origin, i) => ({ origin, stride: ({ outer }: Dimension) => (outer[i] ?? 0) * bytes }))
]

/** The position of the open loops. */
export interface Place {
  /** The present address in each operand. */
  readonly addresses: ReadonlyArray<Expression>
  /** The current index along the dimensions whose index the writes use, by the node's dimension. */
  readonly positions: ReadonlyMap<number, Expression>
}

/** The start address of every operand, in locals. */
export const start = (operands: ReadonlyArray<Operand>, locals: Build.Locals) => {
  const statements: Array<Statement> = []
  const addresses = operands.map(({ origin }) => {
    const local = locals.fresh("index", 1, "base")
    statements.push(Build.set(local, Build.add(Build.address(origin.buffer), Build.index(origin.offset * bytes))))
    return Build.get(local)
  })
  return { statements, place: { addresses, positions: new Map<number, Expression>() } }
}

/** Moves by `by` along a dimension, for operands that depend on it. */
export const moved = (
  place: Place,
  operands: ReadonlyArray<Operand>,
  dimension: Dimension,
  by: Expression,
  locals: Build.Locals
): { readonly statements: ReadonlyArray<Statement>; readonly place: Place } => {
  const statements: Array<Statement> = []
  const addresses = place.addresses.map((address, i) => {
    const stride = operands[i]?.stride(dimension) ?? 0
    if (stride === 0) return address
    const local = locals.fresh("index", 1, "at")
    statements.push(Build.set(local, Build.add(address, Build.mul(by, Build.index(stride)))))
    return Build.get(local)
  })
  const { named } = dimension
  const positions = named === undefined ? place.positions : new Map([...place.positions, [named, by] as const])
  return { statements, place: { addresses, positions } }
}
