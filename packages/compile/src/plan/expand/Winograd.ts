/**
 * Convolutions with filters of 3×3, and the gradients of such filters, with 16 products for what takes 36 otherwise: Winograd's
 * F(2×2, 3×3) and F(3×3, 2×2). Tiles of 4×4 of the image and the filter are transformed by additions, multiplied place by place
 * (a contraction over channels for each of 16 places), and the results are transformed back. Sums are rounded otherwise than in
 * the plain convolution, with errors of the same order.
 */

import type { Access, Buffer, Contract, Map as MapNode, Node, Scalar, Write } from "../Plan.ts"
import { affine } from "../Reshape.ts"
import { rewriter } from "../Rewrite.ts"
import * as S from "../Scalars.ts"
import { type Shape, sizeOf, stridesOf } from "../Shapes.ts"

/** Channels on either side from which on transforming is cheaper than multiplying. */
const fewest = 12
/** Multiply-adds of the plain convolution from which on it is worth three passes. */
const worthwhile = 1 << 20
type Grid = ReadonlyArray<ReadonlyArray<Scalar>>
type Transform = (line: ReadonlyArray<Scalar>) => ReadonlyArray<Scalar>

const half = (of: Scalar): Scalar => S.mul(of, S.f32(0.5))

const image: Transform = ([a, b, c, d]) => [S.sub(a!, c!), S.add(b!, c!), S.sub(c!, b!), S.sub(b!, d!)]
const filter: Transform = ([a, b, c]) => {
  const ends = S.add(a!, c!)
  return [a!, half(S.add(ends, b!)), half(S.sub(ends, b!)), c!]
}
/** Of the gradient of a convolution's result. */
const slope: Transform = ([a, b]) => [a!, half(S.add(a!, b!)), half(S.sub(a!, b!)), b!]
/** Back, to two places of the result. */
const result: Transform = ([a, b, c, d]) => [S.add(a!, S.add(b!, c!)), S.sub(S.sub(b!, c!), d!)]
/** Back, to three places of the filter. */
const back: Transform = ([a, b, c, d]) => {
  const sum = S.add(b!, c!)
  return [S.add(a!, sum), S.sub(b!, c!), S.sub(sum, d!)]
}

const transposed = (grid: Grid): Grid => grid[0]!.map((_, column) => grid.map((row) => row[column]!))

const inBoth = (grid: Grid, transform: Transform): Grid => transposed(transposed(grid.map(transform)).map(transform))

const gridOf = (side: number, at: (row: number, column: number) => Scalar): Grid =>
  Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) => at(row, column)))

type Origin = Pick<Access, "buffer" | "offset">

/** Images: where they begin, and their strides along samples, lines, columns and channels. */
interface Images extends Origin {
  readonly strides: readonly [number, number, number, number]
}

/** Samples, tiles down, tiles across. */
type Tiles = readonly [number, number, number]

const read = (access: Access): Scalar => ({ op: "read", type: "f32", access })

/**
 * From one of the 16 places to the next: a few lines of the cache more than their elements, since what lies a power of 2 apart
 * shares its lines.
 */
const apart = (shape: Shape): number => Math.ceil(sizeOf(shape) / 16) * 16 + 64

/** Strides over [16, ...shape]. */
const strides16 = (shape: Shape): ReadonlyArray<number> => [apart(shape), ...stridesOf(shape)]

/** 16 results at each index of `shape`. */
const sixteen = (shape: Shape, grid: Grid, buffer: number): MapNode => ({
  _tag: "Map",
  shape,
  writes: grid.flat().map((value, place): Write => {
    const access = { buffer, offset: place * apart(shape), strides: stridesOf(shape) }
    return { access, value }
  })
})

/** Squares of `side` pixels, two apart, transformed. */
const squares = (
  { buffer, offset, strides: [sample, line, column, channel] }: Images,
  [samples, down, across]: Tiles,
  channels: number,
  side: number,
  transform: Transform,
  into: number
): MapNode => {
  const strides = [sample, 2 * line, 2 * column, channel]
  const grid = gridOf(side, (y, x) => read({ buffer, offset: offset + y * line + x * column, strides }))
  return sixteen([samples, down, across, channels], inBoth(grid, transform), into)
}

/** What was multiplied: 16 products at each index of `shape`, transformed back. */
const products = (shape: Shape, buffer: number, transform: Transform): Grid => {
  const strides = stridesOf(shape)
  const grid = gridOf(4, (row, column) => read({ buffer, offset: (4 * row + column) * apart(shape), strides }))
  return inBoth(grid, transform)
}

/** A node's writes at some of its indices: seen over another iteration, with what was summed up there. */
interface Seen {
  readonly access: (access: Access) => Access
  readonly index: (dimension: number) => Scalar
  readonly sum: Scalar
}

const seen = (writes: ReadonlyArray<Write>, { access, index, sum }: Seen): ReadonlyArray<Write> => {
  const rewrite = rewriter((scalar) => {
    if (scalar.op === "read") return { ...scalar, access: access(scalar.access) }
    if (scalar.op === "index") return index(scalar.dimension)
    return scalar.op === "accumulator" ? sum : scalar
  })
  return writes.map((write) => ({ access: access(write.access), value: rewrite(write.value) }))
}

/** For each place of a tile of 2×2 results, what the node writes there. */
const writesOfTiles = (writes: ReadonlyArray<Write>, grid: Grid): ReadonlyArray<Write> =>
  grid.flatMap((row, y) =>
    row.flatMap((sum, x) =>
      seen(writes, {
        access: ({ buffer, offset, strides: [sample, line, column, channel] }) => ({
          buffer,
          offset: offset + y * line! + x * column!,
          strides: [sample!, 2 * line!, 2 * column!, channel!]
        }),
        index: (dimension) =>
          dimension === 1 || dimension === 2
            ? affine(dimension === 1 ? [0, 2] : [0, 0, 2], dimension === 1 ? y : x)
            : S.index(dimension),
        sum
      })
    )
  )

/** For each place of a filter, what the node writes there. */
const writesOfFilter = (writes: ReadonlyArray<Write>, grid: Grid): ReadonlyArray<Write> =>
  grid.flatMap((row, y) =>
    row.flatMap((sum, x) =>
      seen(writes, {
        access: ({ buffer, offset, strides: [line, column, from, to] }) => ({
          buffer,
          offset: offset + y * line! + x * column!,
          strides: [from!, to!]
        }),
        index: (dimension) => (dimension < 2 ? S.i32(dimension === 0 ? y : x) : S.index(dimension - 2)),
        sum
      })
    )
  )

export interface Expanded {
  readonly nodes: ReadonlyArray<Node>
  readonly buffers: ReadonlyArray<Buffer>
}

/** A buffer for 16 results at each index of a shape. */
const temporary = (id: number, shape: Shape): Buffer => ({
  id,
  type: "f32",
  size: 16 * apart(shape),
  place: { _tag: "Temporary" }
})

const accumulated = (buffer: number, shape: Shape): Write => ({
  access: { buffer, offset: 0, strides: strides16(shape) },
  value: S.accumulator("f32")
})

/** A convolution over [samples, lines, columns] with a filter [3, 3, from, to]. */
const forward = (node: Contract, id: number): Expanded => {
  const [samples, lines, columns] = node.rows as [number, number, number]
  const [from, to] = [node.inner[2]!, node.columns[0]!]
  const tiles: Tiles = [samples, lines / 2, columns / 2]
  const count = sizeOf(tiles)
  const [sample, line, column, , , channel] = node.left.strides as [number, number, number, number, number, number]
  const [filterLine, filterColumn, fromStride, toStride] = node.right.strides as [number, number, number, number]
  const weights = gridOf(3, (y, x) => {
    const offset = node.right.offset + y * filterLine + x * filterColumn
    return read({ buffer: node.right.buffer, offset, strides: [fromStride, toStride] })
  })
  const [filters, images, multiplied] = [id, id + 1, id + 2]
  const sums = products([...tiles, to], multiplied, result)
  return {
    buffers: [temporary(filters, [from, to]), temporary(images, [count, from]), temporary(multiplied, [count, to])],
    nodes: [
      sixteen([from, to], inBoth(weights, filter), filters),
      squares({ ...node.left, strides: [sample, line, column, channel] }, tiles, from, 4, image, images),
      {
        _tag: "Contract",
        batch: [16],
        rows: [count],
        columns: [to],
        inner: [from],
        parts: 1,
        left: { buffer: images, offset: 0, strides: strides16([count, from]) },
        right: { buffer: filters, offset: 0, strides: strides16([from, to]) },
        writes: [accumulated(multiplied, [count, to])]
      },
      { _tag: "Map", shape: [...tiles, to], writes: writesOfTiles(node.writes, sums) }
    ]
  }
}

/** The gradient of a filter [3, 3, from, to]: sums over [samples, lines, columns]. */
const byFilter = (node: Contract, id: number): Expanded => {
  const [samples, lines, columns] = node.inner as [number, number, number]
  const [from, to] = [node.rows[2]!, node.columns[0]!]
  const tiles: Tiles = [samples, lines / 2, columns / 2]
  const count = sizeOf(tiles)
  const [line, column, channel, sample] = node.left.strides as [number, number, number, number]
  const [images, slopes, multiplied] = [id, id + 1, id + 2]
  const right = node.right.strides as [number, number, number, number]
  return {
    buffers: [temporary(images, [count, from]), temporary(slopes, [count, to]), temporary(multiplied, [from, to])],
    nodes: [
      squares({ ...node.left, strides: [sample, line, column, channel] }, tiles, from, 4, image, images),
      squares({ ...node.right, strides: right }, tiles, to, 2, slope, slopes),
      {
        _tag: "Contract",
        batch: [16],
        rows: [from],
        columns: [to],
        inner: [count],
        parts: 1,
        left: { buffer: images, offset: 0, strides: [apart([count, from]), 1, from] },
        right: { buffer: slopes, offset: 0, strides: strides16([count, to]) },
        writes: [accumulated(multiplied, [from, to])]
      },
      {
        _tag: "Map",
        shape: [from, to],
        writes: writesOfFilter(node.writes, products([from, to], multiplied, back))
      }
    ]
  }
}

/** Whether two dimensions of 3 move along the images as two others, of even size, do. */
const slides = (
  positions: ReadonlyArray<number>,
  strides: ReadonlyArray<number>,
  lines: ReadonlyArray<number>,
  others: ReadonlyArray<number>
): boolean => [0, 1].every((axis) => positions[axis] === 3 && lines[axis]! % 2 === 0 && strides[axis] === others[axis])

/** The nodes that do the same for a convolution or a filter's gradient; `undefined` for others. `id` is the next free buffer. */
export const expand = (node: Contract, id: number): Expanded | undefined => {
  const { batch, rows, columns, inner, left } = node
  if (batch.length > 0 || rows.length !== 3 || inner.length !== 3 || columns.length !== 1 || node.parts > 1)
    return undefined
  if (sizeOf([...rows, ...inner, ...columns]) < worthwhile || columns[0]! < fewest) return undefined
  const [first, second] = [left.strides.slice(0, 3), left.strides.slice(3)]
  if (inner[2]! >= fewest && slides(inner, second, rows.slice(1), first.slice(1))) return forward(node, id)
  if (rows[2]! >= fewest && slides(rows, first, inner.slice(1), second.slice(1))) return byFilter(node, id)
  return undefined
}
