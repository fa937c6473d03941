/** Shapes and strides of row-major arrays. */
import { element } from "@etude/core/Lookup"
import { zip } from "../Lists.ts"
import type { Access } from "./Plan.ts"

export type Shape = ReadonlyArray<number>

/** The number of elements. */
export const sizeOf = (shape: Shape): number => shape.reduce((size, extent) => size * extent, 1)

/** Strides, in elements, of a row-major array without gaps. */
export const stridesOf = (shape: Shape): Array<number> => {
  let next = 1
  const backwards = shape.toReversed().map((extent) => {
    const stride = next
    next *= extent
    return stride
  })
  return backwards.reverse()
}

/** One dimension of an iteration over a buffer: its number of elements, and the distance between them. */
export interface Dimension {
  readonly extent: number
  readonly stride: number
}

/** Each dimension's extent with its stride. */
export const dimensionsOf = (shape: Shape, strides: ReadonlyArray<number>): Array<Dimension> =>
  zip(shape, strides).map(([extent, stride]) => ({ extent, stride }))

/** A whole buffer, read or written in order by an iteration over `shape`. */
export const whole = (buffer: number, shape: Shape): Access => ({ buffer, offset: 0, strides: stridesOf(shape) })

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis])

/** The shape that both broadcast to; dimensions are aligned at their ends. */
export const broadcast = (a: Shape, b: Shape): Array<number> => {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1]
    return left === 1 ? right : left
  })
}

/** Calls `body` with each index of `shape` in row-major order. The array is reused. */
export const forEachIndex = (shape: Shape, body: (index: Array<number>) => void): void => {
  const index = shape.map(() => 0)
  for (let left = sizeOf(shape); left > 0; left--) {
    body(index)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
}

/** The most pieces into which a range is divided. */
const mostPieces = 64

/**
 * The ranges of elements that an access touches, where its longest stride leaves gaps between them; one range where it leaves
 * none, or too many.
 */
export const reaches = (access: Access, shape: Shape): ReadonlyArray<readonly [lowest: number, highest: number]> => {
  const whole = reach(access, shape)
  if (whole === undefined) return []
  const strides = access.strides.map((stride, axis) => (element(shape, axis) > 1 ? Math.abs(stride) : 0))
  const longest = Math.max(0, ...strides)
  const axis = strides.indexOf(longest)
  const count = axis < 0 ? 1 : element(shape, axis)
  const inner = strides.reduce(
    (sum, stride, other) => sum + (other === axis ? 0 : stride * (element(shape, other) - 1)),
    0
  )
  if (longest <= inner + 1 || count > mostPieces) return [whole]
  const [lowest] = whole
  return Array.from({ length: count }, (_, piece) => [lowest + piece * longest, lowest + piece * longest + inner])
}

/** The lowest and the highest element that an access touches; `undefined` where the iteration is empty. */
export const reach = (access: Access, shape: Shape): readonly [lowest: number, highest: number] | undefined => {
  if (sizeOf(shape) === 0) return undefined
  let [lowest, highest] = [access.offset, access.offset]
  for (const [axis, stride] of access.strides.entries()) {
    const last = stride * (element(shape, axis) - 1)
    if (last < 0) lowest += last
    else highest += last
  }
  return [lowest, highest]
}
