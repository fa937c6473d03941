/** A convolution with a filter of 3×3 by products of transformed tiles. */
import { element } from "@etude/core/Lookup"
import { four, three } from "../../../Lists.ts"
import type { Contract, Map as MapNode } from "../../Plan.ts"
import { affine } from "../../Reshape.ts"
import * as S from "../../Scalars.ts"
import {
  along,
  apart,
  bufferOf,
  divisor,
  type Expanded,
  type Images,
  placed,
  read,
  type Scratch,
  seen,
  squares,
  sum,
  together,
  units,
  written
} from "./Tiles.ts"
import { filter, gridOf, image, inBoth, result } from "./Transforms.ts"

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
export const forward = (node: Contract, id: number): Expanded => {
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
  /** Strides over loop and tiles, from those along samples, lines and columns. */
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
