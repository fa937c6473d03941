/**
 * Convolutions with filters of 3×3, and the gradients of such filters, with 16 products for what takes 36 otherwise: Winograd's
 * F(2×2, 3×3) and F(3×3, 2×2). Tiles of 4×4 of the image and the filter are transformed by additions, multiplied place by place
 * (a contraction over channels for each of 16 places), and the results are transformed back. Sums are rounded otherwise than in
 * the plain convolution, with errors of the same order.
 */

import { element } from "@etude/core/Lookup"
import { four, three, two, zip } from "../../Lists.ts"
import type { Access, Buffer, Contract, Map as MapNode, Node, Scalar, Write } from "../Plan.ts"
import { affine } from "../Reshape.ts"
import { rewriter } from "../Rewrite.ts"
import * as S from "../Scalars.ts"
import { type Dimension, dimensionsOf, type Shape, sizeOf, stridesOf } from "../Shapes.ts"

/** Channels on either side from which on transforming is cheaper than multiplying. */
const fewest = 12
/** Multiply-adds of the plain convolution from which on it is worth three passes. */
const worthwhile = 1 << 20
type Grid = ReadonlyArray<ReadonlyArray<Scalar>>
type Transform = (line: ReadonlyArray<Scalar>) => ReadonlyArray<Scalar>

const half = (of: Scalar): Scalar => S.mul(of, S.f32(0.5))

const image: Transform = (line) => {
  const [a, b, c, d] = four(line)
  return [S.sub(a, c), S.add(b, c), S.sub(c, b), S.sub(b, d)]
}
const filter: Transform = (line) => {
  const [a, b, c] = three(line)
  const ends = S.add(a, c)
  return [a, half(S.add(ends, b)), half(S.sub(ends, b)), c]
}
/** Of the gradient of a convolution's result. */
const slope: Transform = (line) => {
  const [a, b] = two(line)
  return [a, half(S.add(a, b)), half(S.sub(a, b)), b]
}
/** Back, to two places of the result. */
const result: Transform = (line) => {
  const [a, b, c, d] = four(line)
  return [S.add(a, S.add(b, c)), S.sub(S.sub(b, c), d)]
}
/** Back, to three places of the filter. */
const back: Transform = (line) => {
  const [a, b, c, d] = four(line)
  const sum = S.add(b, c)
  return [S.add(a, sum), S.sub(b, c), S.sub(sum, d)]
}

const transposed = (grid: Grid): Grid => element(grid, 0).map((_, column) => grid.map((row) => element(row, column)))

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
        access: ({ buffer, offset, strides }) => {
          const [sample, line, column, channel] = four(strides)
          return {
            buffer,
            offset: offset + y * line + x * column,
            strides: [sample, 2 * line, 2 * column, channel]
          }
        },
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
        access: ({ buffer, offset, strides }) => {
          const [line, column, from, to] = four(strides)
          return { buffer, offset: offset + y * line + x * column, strides: [from, to] }
        },
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
  const [samples, lines, columns] = three(node.rows)
  const [from, to] = [element(node.inner, 2), element(node.columns, 0)]
  const tiles: Tiles = [samples, lines / 2, columns / 2]
  const count = sizeOf(tiles)
  const [sample, line, column] = three(node.left.strides.slice(0, 3))
  const channel = element(node.left.strides, 5)
  const [filterLine, filterColumn, fromStride, toStride] = four(node.right.strides)
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
  const [samples, lines, columns] = three(node.inner)
  const [from, to] = [element(node.rows, 2), element(node.columns, 0)]
  const tiles: Tiles = [samples, lines / 2, columns / 2]
  const count = sizeOf(tiles)
  const [line, column, channel, sample] = four(node.left.strides.slice(0, 4))
  const [images, slopes, multiplied] = [id, id + 1, id + 2]
  const right = four(node.right.strides)
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

/** Whether the first two of some dimensions are of 3 and move along the images as the last two others, of even extent, do. */
const slides = (positions: ReadonlyArray<Dimension>, images: ReadonlyArray<Dimension>): boolean =>
  zip(positions.slice(0, 2), images.slice(1)).every(
    ([position, line]) => position.extent === 3 && line.extent % 2 === 0 && position.stride === line.stride
  )

/** The nodes that do the same for a convolution or a filter's gradient; `undefined` for others. `id` is the next free buffer. */
export const expand = (node: Contract, id: number): Expanded | undefined => {
  const { batch, rows, columns, inner, left } = node
  if (batch.length > 0 || rows.length !== 3 || inner.length !== 3 || columns.length !== 1 || node.parts > 1)
    return undefined
  if (sizeOf([...rows, ...inner, ...columns]) < worthwhile || element(columns, 0) < fewest) return undefined
  const outer = dimensionsOf(rows, left.strides.slice(0, 3))
  const summed = dimensionsOf(inner, left.strides.slice(3))
  if (element(inner, 2) >= fewest && slides(summed, outer)) return forward(node, id)
  if (element(rows, 2) >= fewest && slides(outer, summed)) return byFilter(node, id)
  return undefined
}
