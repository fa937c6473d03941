/**
 * Convolutions with filters of 3×3, and the gradients of such filters, with 16 products for what takes 36 otherwise: Winograd's
 * F(2×2, 3×3) and F(3×3, 2×2). Tiles of 4×4 of the image and the filter are transformed by additions, multiplied place by place
 * (a contraction over channels for each of 16 places), and the results are transformed back. Sums are rounded otherwise than in
 * the plain convolution, with errors of the same order.
 */

import { element } from "@etude/core/Lookup"
import { four, three, two } from "../../Lists.ts"
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

const read = (access: Access): Scalar => ({ op: "read", type: "f32", access })

/**
 * Transformed tiles: 16 places, each of so many tiles of so many channels, for each index of a loop's first dimension. The
 * others use the same memory again. From one place to the next it is a few lines of the cache more than the elements take,
 * since what lies a power of 2 apart shares its lines.
 */
interface Scratch {
  readonly buffer: number
  readonly tiles: number
  readonly channels: number
  /** Whether nothing is left between the places, so that all of them can be read as one. */
  readonly isDense?: true
}

const apart = ({ tiles, channels, isDense }: Omit<Scratch, "buffer">): number =>
  isDense ? tiles * channels : Math.ceil((tiles * channels) / 16) * 16 + 64

const temporary = (id: number, size: number): Buffer => ({ id, type: "f32", size, place: { _tag: "Temporary" } })

const bufferOf = (scratch: Scratch, units: number): Buffer => temporary(scratch.buffer, 16 * apart(scratch) * units)

/** Along a loop's dimensions. */
const along = (scratch: Scratch, loop: Shape): ReadonlyArray<number> =>
  loop.map((_, axis) => (axis === 0 ? 16 * apart(scratch) : 0))

/** One of the 16 places, over the loop's dimensions, those of tiles, and channels. */
const placed = (scratch: Scratch, place: number, loop: Shape, tiles: Shape): Access => ({
  buffer: scratch.buffer,
  offset: place * apart(scratch),
  strides: [...along(scratch, loop), ...stridesOf([...tiles, scratch.channels])]
})

const written = (grid: Grid, access: (place: number) => Access): ReadonlyArray<Write> =>
  grid.flat().map((value, place) => ({ access: access(place), value }))

/** Squares of `side` pixels of images, two apart, transformed. `strides` are those of tiles, over loop and tiles. */
const squares = (
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

export interface Expanded {
  readonly nodes: ReadonlyArray<Node>
  readonly buffers: ReadonlyArray<Buffer>
}

/** The largest divisor that is at most `most`. */
const divisor = (of: number, most: number): number => {
  let found = Math.min(of, most)
  while (of % found !== 0) found--
  return found
}

/** Elements of a transformed image that are multiplied at a time, so that they are still in a near cache. */
const together = { convolution: 1 << 14, gradient: 1 << 16 }
/** Units of a loop, at most: enough for threads, few enough that what they leave in memory is small. */
const units = { convolution: 32, gradient: 16 }

const sum = S.accumulator("f32")

/** Transformed filters [16, from, to]. */
const filters = ({ right }: Contract, scratch: Scratch): MapNode => {
  const [line, column, from, to] = four(right.strides)
  const grid = gridOf(3, (y, x) =>
    read({ buffer: right.buffer, offset: right.offset + y * line + x * column, strides: [from, to] })
  )
  const { tiles, channels } = scratch
  return {
    _tag: "Map",
    shape: [tiles, channels],
    writes: written(inBoth(grid, filter), (place) => placed(scratch, place, [], [tiles]))
  }
}

/** A convolution over [samples, lines, columns] with a filter [3, 3, from, to]. */
const forward = (node: Contract, id: number): Expanded => {
  const [samples, lines, columns] = three(node.rows)
  const [from, to] = [element(node.inner, 2), element(node.columns, 0)]
  const [down, across] = [lines / 2, columns / 2]
  const most = Math.max(1, Math.floor(together.convolution / (16 * across * Math.max(from, to))))
  const [groups, high] = [divisor(samples, units.convolution), divisor(down, most)]
  const [loop, tiles] = [
    [groups, samples / groups, down / high],
    [high, across]
  ]
  const [weights, images, products] = [
    { buffer: id, tiles: from, channels: to, isDense: true } as const,
    { buffer: id + 1, tiles: high * across, channels: from },
    { buffer: id + 2, tiles: high * across, channels: to }
  ]
  const [sample, line, column] = three(node.left.strides.slice(0, 3))
  const channel = element(node.left.strides, -1)
  /** Strides over loop and tiles of what has these along samples, lines and columns. */
  const overTiles = (sample: number, line: number, column: number) => [
    sample * (samples / groups),
    sample,
    2 * high * line,
    2 * line,
    2 * column
  ]
  const source: Images = { ...node.left, strides: [sample, line, column, channel] }
  const product: Contract = {
    _tag: "Contract",
    batch: [...loop, 16],
    rows: [high * across],
    columns: [to],
    inner: [from],
    parts: 1,
    left: { buffer: images.buffer, offset: 0, strides: [...along(images, loop), apart(images), from, 1] },
    right: { buffer: weights.buffer, offset: 0, strides: [0, 0, 0, apart(weights), to, 1] },
    writes: [
      {
        access: { buffer: products.buffer, offset: 0, strides: [...along(products, loop), apart(products), to, 1] },
        value: sum
      }
    ]
  }
  const sums = inBoth(
    gridOf(4, (row, column) => read(placed(products, 4 * row + column, loop, tiles))),
    result
  )
  const indices = [
    [samples / groups, 1],
    [0, 0, 2 * high, 2],
    [0, 0, 0, 0, 2]
  ]
  const writes = sums.flatMap((row, y) =>
    row.flatMap((value, x) =>
      seen(node.writes, {
        access: ({ buffer, offset, strides }) => {
          const [sample, line, column, channel] = four(strides)
          return {
            buffer,
            offset: offset + y * line + x * column,
            strides: [...overTiles(sample, line, column), channel]
          }
        },
        index: (dimension) =>
          dimension === 3 ? S.index(5) : affine(element(indices, dimension), element([0, y, x], dimension)),
        sum: value
      })
    )
  )
  const body = [
    squares(source, overTiles(sample, line, column), 4, image, images, loop, tiles),
    product,
    { _tag: "Map", shape: [...loop, ...tiles, to], writes } as const
  ]
  return {
    buffers: [bufferOf(weights, 1), bufferOf(images, groups), bufferOf(products, groups)],
    nodes: [filters(node, weights), { _tag: "Loop", shape: loop, body }]
  }
}

/** The gradient of a filter [3, 3, from, to]: sums over [samples, lines, columns]. */
const byFilter = (node: Contract, id: number): Expanded => {
  const [samples, lines, columns] = three(node.inner)
  const [from, to] = [element(node.rows, 2), element(node.columns, 0)]
  const [down, across] = [lines / 2, columns / 2]
  const most = Math.max(1, Math.floor(together.gradient / (16 * down * across * Math.max(from, to))))
  const some = divisor(samples, most)
  const parts = samples / some
  const groups = divisor(parts, units.gradient)
  const [loop, tiles] = [
    [groups, parts / groups],
    [some, down, across]
  ]
  const [images, slopes] = [
    { buffer: id, tiles: sizeOf(tiles), channels: from },
    { buffer: id + 1, tiles: sizeOf(tiles), channels: to }
  ]
  const [products, total] = [id + 2, { buffer: id + 3, tiles: from, channels: to }]
  const [line, column, channel, sample] = four(node.left.strides.slice(0, 4))
  const [outSample, outLine, outColumn, outChannel] = four(node.right.strides)
  const overTiles = (sample: number, line: number, column: number) => [
    sample * some * (parts / groups),
    sample * some,
    sample,
    2 * line,
    2 * column
  ]
  const size = 16 * from * to
  const product: Contract = {
    _tag: "Contract",
    batch: [...loop, 16],
    rows: [from],
    columns: [to],
    inner: [sizeOf(tiles)],
    parts: 1,
    left: { buffer: images.buffer, offset: 0, strides: [...along(images, loop), apart(images), 1, from] },
    right: { buffer: slopes.buffer, offset: 0, strides: [...along(slopes, loop), apart(slopes), to, 1] },
    writes: [
      {
        access: {
          buffer: products,
          offset: 0,
          strides: [size * (parts / groups), size, from * to, to, 1]
        },
        value: sum
      }
    ]
  }
  const body = [
    squares(
      { ...node.left, strides: [sample, line, column, channel] },
      overTiles(sample, line, column),
      4,
      image,
      images,
      loop,
      tiles
    ),
    squares(
      { ...node.right, strides: [outSample, outLine, outColumn, outChannel] },
      overTiles(outSample, outLine, outColumn),
      2,
      slope,
      slopes,
      loop,
      tiles
    ),
    product
  ]
  const strides = [apart(total), to, 1]
  const sums: Node = {
    _tag: "Reduce",
    shape: [16, from, to],
    over: [parts],
    operator: "sum",
    order: "sequence",
    value: read({ buffer: products, offset: 0, strides: [from * to, to, 1, size] }),
    writes: [{ access: { buffer: total.buffer, offset: 0, strides }, value: sum }]
  }
  const grid = inBoth(
    gridOf(4, (row, column) => read(placed(total, 4 * row + column, [], [from]))),
    back
  )
  const writes = grid.flatMap((row, y) =>
    row.flatMap((value, x) =>
      seen(node.writes, {
        access: ({ buffer, offset, strides }) => {
          const [line, column, from, to] = four(strides)
          return { buffer, offset: offset + y * line + x * column, strides: [from, to] }
        },
        index: (dimension) => (dimension < 2 ? S.i32(dimension === 0 ? y : x) : S.index(dimension - 2)),
        sum: value
      })
    )
  )
  return {
    buffers: [
      bufferOf(images, groups),
      bufferOf(slopes, groups),
      temporary(products, size * parts),
      bufferOf(total, 1)
    ],
    nodes: [{ _tag: "Loop", shape: loop, body }, sums, { _tag: "Map", shape: [from, to], writes }]
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
