/** Tiles and filters transformed for Winograd's products, and back, by additions: one dimension after the other. */
import { element } from "@etude/core/Lookup"
import { four, three, two } from "../../../Lists.ts"
import type { Scalar } from "../../Plan.ts"
import * as S from "../../Scalars.ts"

/** Squares of values. */
export type Grid = ReadonlyArray<ReadonlyArray<Scalar>>
export type Transform = (line: ReadonlyArray<Scalar>) => ReadonlyArray<Scalar>

const half = (of: Scalar): Scalar => S.mul(of, S.f32(0.5))

export const image: Transform = (line) => {
  const [a, b, c, d] = four(line)
  return [S.sub(a, c), S.add(b, c), S.sub(c, b), S.sub(b, d)]
}
export const filter: Transform = (line) => {
  const [a, b, c] = three(line)
  const ends = S.add(a, c)
  return [a, half(S.add(ends, b)), half(S.sub(ends, b)), c]
}
/** Of the gradient of a convolution's result. */
export const slope: Transform = (line) => {
  const [a, b] = two(line)
  return [a, half(S.add(a, b)), half(S.sub(a, b)), b]
}
/** Back, to two places of the result. */
export const result: Transform = (line) => {
  const [a, b, c, d] = four(line)
  return [S.add(a, S.add(b, c)), S.sub(S.sub(b, c), d)]
}
/** Back, to three places of the filter. */
export const back: Transform = (line) => {
  const [a, b, c, d] = four(line)
  const sum = S.add(b, c)
  return [S.add(a, sum), S.sub(b, c), S.sub(sum, d)]
}

const transposed = (grid: Grid): Grid => element(grid, 0).map((_, column) => grid.map((row) => element(row, column)))

export const inBoth = (grid: Grid, transform: Transform): Grid =>
  transposed(transposed(grid.map(transform)).map(transform))

export const gridOf = (side: number, at: (row: number, column: number) => Scalar): Grid =>
  Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) => at(row, column)))
