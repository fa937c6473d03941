/**
 * Seeing an iteration over one shape as one over another shape of the same size. Dimensions fall into groups of equal size: one
 * dimension that becomes several is always possible; several become one only where strides agree.
 */
import type { Access, Scalar } from "./Plan.ts"
import { rewriter } from "./Rewrite.ts"
import * as S from "./Scalars.ts"
import { type Shape, sizeOf, stridesOf } from "./Shapes.ts"

/** Dimensions of the old shape, and those of the new shape that they become; dimensions of extent 1 are in none. */
interface Group {
  readonly from: ReadonlyArray<number>
  readonly to: ReadonlyArray<number>
}

const groupsOf = (from: Shape, to: Shape): ReadonlyArray<Group> => {
  const real = (shape: Shape) => [...shape.keys()].filter((axis) => shape[axis] !== 1)
  const [olds, news] = [real(from), real(to)]
  const groups: Array<Group> = []
  while (olds.length > 0) {
    const group = { from: [olds.shift()!], to: [news.shift()!] }
    let [left, right] = [from[group.from[0]!]!, to[group.to[0]!]!]
    while (left !== right) {
      const next = left < right ? olds.shift()! : news.shift()!
      if (left < right) {
        group.from.push(next)
        left *= from[next]!
      } else {
        group.to.push(next)
        right *= to[next]!
      }
    }
    groups.push(group)
  }
  return groups
}

/** The stride of the group's dimensions as one; `undefined` where they have none. */
const merged = (from: Shape, strides: Shape, { from: axes }: Group): number | undefined => {
  let stride = strides[axes.at(-1)!]!
  const innermost = stride
  for (const axis of axes.toReversed()) {
    if (strides[axis] !== stride) return undefined
    stride *= from[axis]!
  }
  return innermost
}

/** Positions within a group, for each of its new dimensions. */
const weights = (to: Shape, group: Group): Array<number> => stridesOf(group.to.map((axis) => to[axis]!))

/** Strides over `to` of what has `strides` over `from`; `undefined` where there are none. The sizes are equal. */
export const strides = (from: Shape, old: Shape, to: Shape): Array<number> | undefined => {
  if (sizeOf(from) === 0) return stridesOf(to)
  const result = to.map(() => 0)
  for (const group of groupsOf(from, to)) {
    const stride = merged(from, old, group)
    if (stride === undefined) return undefined
    for (const [which, weight] of weights(to, group).entries()) result[group.to[which]!] = weight * stride
  }
  return result
}

export const access = (from: Shape, old: Access, to: Shape): Access | undefined => {
  const made = strides(from, old.strides, to)
  return made === undefined ? undefined : { ...old, strides: made }
}

/** Σ factor · index + offset, as an expression. */
export const affine = (factors: ReadonlyArray<number>, offset: number): Scalar => {
  const terms = factors.flatMap((factor, axis) =>
    factor === 0 ? [] : [factor === 1 ? S.index(axis) : S.mul(S.index(axis), S.i32(factor))]
  )
  const sum = terms.length === 0 ? S.i32(0) : terms.reduce(S.add)
  return offset === 0 ? sum : S.add(sum, S.i32(offset))
}

/** The index along a dimension of `from`, by those of `to`; `undefined` where that takes a division. */
const position = (from: Shape, to: Shape, dimension: number): Scalar | undefined => {
  if (from[dimension] === 1) return S.i32(0)
  const unit = strides(
    from,
    from.map((_, axis) => (axis === dimension ? 1 : 0)),
    to
  )
  return unit === undefined ? undefined : affine(unit, 0)
}

/** An expression over an iteration over `from` as one over `to`; `undefined` where it can't be. */
export const scalars = (from: Shape, to: Shape): ((scalar: Scalar) => Scalar | undefined) => {
  let possible = true
  const rewrite = rewriter((scalar) => {
    if (scalar.op === "read") {
      const moved = access(from, scalar.access, to)
      possible &&= moved !== undefined
      return moved === undefined ? scalar : { ...scalar, access: moved }
    }
    if (scalar.op !== "index") return scalar
    const moved = position(from, to, scalar.dimension)
    possible &&= moved !== undefined
    return moved ?? scalar
  })
  return (scalar) => {
    const result = rewrite(scalar)
    return possible ? result : undefined
  }
}
