/** Transformed tiles in memory: their location, the nodes that compute them, and a node's writes at some of its indices. */
import type { Access, Buffer, Map as MapNode, Node, Scalar, Write } from "../../Plan.ts"
import { rewriter } from "../../Rewrite.ts"
import * as S from "../../Scalars.ts"
import { type Shape, stridesOf } from "../../Shapes.ts"
import { type Grid, gridOf, inBoth, type Transform } from "./Transforms.ts"

export type Origin = Pick<Access, "buffer" | "offset">

/** Images: where they begin, and their strides along samples, lines, columns and channels. */
export interface Images extends Origin {
  readonly strides: readonly [number, number, number, number]
}

export const read = (access: Access): Scalar => ({ op: "read", type: "f32", access })

/**
 * Transformed tiles: 16 places, each of so many tiles of so many channels, for each index of a loop's first dimension. The
 * others use the same memory again. From one place to the next it is a few lines of the cache more than the elements take,
 * since what lies a power of 2 apart shares its lines.
 */
export interface Scratch {
  readonly buffer: number
  readonly tiles: number
  readonly channels: number
  /** Whether nothing is left between the places, so that all of them can be read as one. */
  readonly isDense?: true
}

export const apart = ({ tiles, channels, isDense }: Omit<Scratch, "buffer">): number =>
  isDense ? tiles * channels : Math.ceil((tiles * channels) / 16) * 16 + 64

export const temporary = (id: number, size: number): Buffer => ({ id, type: "f32", size, place: { _tag: "Temporary" } })

export const bufferOf = (scratch: Scratch, units: number): Buffer =>
  temporary(scratch.buffer, 16 * apart(scratch) * units)

/** Along a loop's dimensions. */
export const along = (scratch: Scratch, loop: Shape): ReadonlyArray<number> =>
  loop.map((_, axis) => (axis === 0 ? 16 * apart(scratch) : 0))

/** One of the 16 places, over the loop's dimensions, those of tiles, and channels. */
export const placed = (scratch: Scratch, place: number, loop: Shape, tiles: Shape): Access => ({
  buffer: scratch.buffer,
  offset: place * apart(scratch),
  strides: [...along(scratch, loop), ...stridesOf([...tiles, scratch.channels])]
})

export const written = (grid: Grid, access: (place: number) => Access): ReadonlyArray<Write> =>
  grid.flat().map((value, place) => ({ access: access(place), value }))

/** Squares of `side` pixels of images, two apart, transformed. `strides` are those of tiles, over loop and tiles. */
export const squares = (
  { buffer, offset, strides: [, line, column, channel] }: Images,
  strides: ReadonlyArray<number>,
  side: number,
  transform: Transform,
  into: Scratch,
  loop: Shape,
  tiles: Shape
): MapNode => {
  const at = (y: number, x: number): Access => ({
    buffer,
    offset: offset + y * line + x * column,
    strides: [...strides, channel]
  })
  const grid = inBoth(
    gridOf(side, (y, x) => read(at(y, x))),
    transform
  )
  return {
    _tag: "Map",
    shape: [...loop, ...tiles, into.channels],
    writes: written(grid, (place) => placed(into, place, loop, tiles))
  }
}

/** A node's writes at some of its indices: seen over another iteration, with what was summed up there. */
export interface Seen {
  readonly access: (access: Access) => Access
  readonly index: (dimension: number) => Scalar
  readonly sum: Scalar
}

export const seen = (writes: ReadonlyArray<Write>, { access, index, sum }: Seen): ReadonlyArray<Write> => {
  const rewrite = rewriter((scalar) => {
    if (scalar.op === "read") return { ...scalar, access: access(scalar.access) }
    if (scalar.op === "index") return index(scalar.dimension)
    return scalar.op === "accumulator" ? sum : scalar
  })
  return writes.map((write) => ({ access: access(write.access), value: rewrite(write.value) }))
}

export interface Expanded {
  readonly nodes: ReadonlyArray<Node>
  readonly buffers: ReadonlyArray<Buffer>
}

/** The largest divisor that is at most `most`. */
export const divisor = (of: number, most: number): number => {
  let found = Math.min(of, most)
  while (of % found !== 0) found--
  return found
}

/** Elements of a transformed image that are multiplied at a time, so that they are still in a near cache. */
export const together = { convolution: 1 << 14, gradient: 1 << 16 }
/** The maximum number of units of a loop: enough for threads, and few enough that their results in memory stay small. */
export const units = { convolution: 32, gradient: 16 }

export const sum = S.accumulator("f32")
