/**
 * Where in nested loops a value is computed. A level is the body of one loop; it knows which dimensions move there. What doesn't
 * depend on them is computed at a level further out.
 */
import type * as Block from "../code/Block.ts"
import type { Expression } from "../code/Code.ts"
import type { Access, Buffer, Scalar } from "../plan/Plan.ts"

/** The address, in bytes, of the element that an access has at the present indices (in the first lane). */
export interface Location {
  readonly address: Expression
  readonly offset: number
}

export interface Level {
  readonly parent?: Level
  readonly block: Block.Block
  /** Dimensions that move here (and not further out), and `Dependencies.accumulator` where it is made here. */
  readonly moving: number
  /** The dimensions (and the accumulator) of which vectors hold `lanes` neighbours. Nothing: all is scalar. */
  readonly across: number
  readonly lanes: number
  /** The number of lanes that count; the contents of the others are arbitrary. */
  readonly count: number
  readonly buffers: ReadonlyArray<Buffer>
  readonly locate: (access: Access) => Location
  /** The start of a buffer. */
  readonly start: (buffer: number) => Location
  /** The present position along a dimension, i32, in the first lane. */
  readonly position: (dimension: number) => Expression
  /** The result of the reduction, with `lanes` lanes if `across`. */
  readonly accumulator?: Expression
  readonly values: Map<Scalar, Expression>
  readonly wides: Map<Scalar, Expression>
}

export type Options = Omit<Level, "values" | "wides">

export const make = (options: Options): Level => ({ ...options, values: new Map(), wides: new Map() })
