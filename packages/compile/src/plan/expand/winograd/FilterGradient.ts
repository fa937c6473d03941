/** The gradient of a filter of 3×3 by products of transformed tiles. */
import { element } from "@etude/core/Lookup"
import { four, three } from "../../../Lists.ts"
import type { Contract, Node } from "../../Plan.ts"
import * as S from "../../Scalars.ts"
import { sizeOf } from "../../Shapes.ts"
import {
  along,
  apart,
  bufferOf,
  divisor,
  type Expanded,
  placed,
  read,
  seen,
  squares,
  sum,
  temporary,
  together,
  units
} from "./Tiles.ts"
import { back, gridOf, image, inBoth, slope } from "./Transforms.ts"

/** The gradient of a filter [3, 3, from, to]: sums over [samples, lines, columns]. */
export const byFilter = (node: Contract, id: number): Expanded => {
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
