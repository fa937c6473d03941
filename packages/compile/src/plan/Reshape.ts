/**
 * Seeing an iteration over one shape as one over another shape of the same size. Dimensions fall into groups of equal size: one
 * dimension that becomes several is always possible; several become one only where strides agree.
 */
import { element } from "@etude/core/Lookup"
import { zip } from "../Lists.ts"
import type { Access, Scalar } from "./Plan.ts"
import { rewriter } from "./Rewrite.ts"
import * as S from "./Scalars.ts"
import { type Dimension, dimensionsOf, type Shape, sizeOf, stridesOf } from "./Shapes.ts"

/** Dimensions of the old shape, and those of the new shape that they become; dimensions of extent 1 are in none. */
interface Group {
  readonly from: ReadonlyArray<Dimension>
  readonly to: ReadonlyArray<Place>
}

/** A dimension of the new shape. */
interface Place {
  readonly axis: number
  readonly extent: number
}

/** The next remaining dimension. There is one, since both shapes have the same number of elements. */
const take = <A>(left: Array<A>): A => {
  const next = left.shift()
  if (next === undefined) throw new Error("the shapes have different sizes")
  return next
}

const groupsOf = (from: ReadonlyArray<Dimension>, to: Shape): ReadonlyArray<Group> => {
  const olds = from.filter(({ extent }) => extent !== 1)
  const news = to.map((extent, axis) => ({ axis, extent })).filter(({ extent }) => extent !== 1)
  const groups: Array<Group> = []
  while (olds.length > 0) {
    const group = { from: [take(olds)], to: [take(news)] }
    let [left, right] = [extentOf(group.from), extentOf(group.to)]
    while (left !== right) {
      if (left < right) group.from.push(take(olds))
      else group.to.push(take(news))
      ;[left, right] = [extentOf(group.from), extentOf(group.to)]
    }
    groups.push(group)
  }
  return groups
}

const extentOf = (dimensions: ReadonlyArray<{ readonly extent: number }>): number =>
  sizeOf(dimensions.map(({ extent }) => extent))

/** The stride of some dimensions as one; `undefined` where they have none. */
const merged = (dimensions: ReadonlyArray<Dimension>): number | undefined => {
  const innermost = element(dimensions, -1).stride
  let next = innermost
  for (const { extent, stride } of dimensions.toReversed()) {
    if (stride !== next) return undefined
    next *= extent
  }
  return innermost
}

/** Translates `strides` over `from` into strides over `to`; `undefined` if there are none. The sizes are equal. */
export const strides = (from: Shape, old: Shape, to: Shape): Array<number> | undefined => {
  if (sizeOf(from) === 0) return stridesOf(to)
  const result = to.map(() => 0)
  for (const group of groupsOf(dimensionsOf(from, old), to)) {
    const stride = merged(group.from)
    if (stride === undefined) return undefined
    const weights = stridesOf(group.to.map(({ extent }) => extent))
    for (const [{ axis }, weight] of zip(group.to, weights)) result[axis] = weight * stride
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

/** Translates an expression over `from` into one over `to`; `undefined` if that is impossible. */
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
