/** How reductions take one more element, and combine with each other. A running result is a number, or a best value and its position. */

import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import { only, two, zip } from "../Lists.ts"
import * as Float from "../math/Float.ts"
import * as Integer from "../math/Integer.ts"
import type { Reduce } from "../plan/Plan.ts"

export type Running = ReadonlyArray<Expression>

export interface Operator {
  readonly identity: (lanes: number) => Running
  /** Takes one more element, after all others; `place` is its flat index. */
  readonly step: (running: Running, value: Expression, place: Expression, block: Block) => Running
  /** Combines the results of two ranges of elements. */
  readonly merge: (one: Running, other: Running, block: Block) => Running
  readonly result: (running: Running) => Expression
  /** Whether the order of the elements has no effect on the bits. */
  readonly free: boolean
}

type Kind = "f32" | "i32"

const names = { sum: "add", product: "mul", max: "max", min: "min" } as const

const largest = { f32: Number.POSITIVE_INFINITY, i32: 2 ** 31 - 1 }
const smallest = { f32: Number.NEGATIVE_INFINITY, i32: -(2 ** 31) }

const plain = (operator: keyof typeof names, kind: Kind): Operator => {
  const identity = { sum: 0, product: 1, max: smallest[kind], min: largest[kind] }[operator]
  const combine = (left: Expression, right: Expression, block: Block): Expression =>
    // What is combined with the identity stays as it is, but for the sign of a sum of 0.
    operator !== "sum" && left.op === "constant" && left.value === identity
      ? right
      : kind === "f32"
        ? Float.binary(names[operator], left, right, block)
        : Integer.binary(names[operator], left, right, block, left.lanes)
  return {
    identity: (lanes) => [Build.constant(kind, identity, lanes)],
    step: (running, value, _, block) => [combine(only(running), value, block)],
    merge: (one, other, block) => [combine(only(one), only(other), block)],
    result: only,
    free: kind === "i32" || operator === "max" || operator === "min"
  }
}

/** The position is −1 at first, which is the largest unsigned number. NaN is never better. */
const extreme = (operator: "argMax" | "argMin", kind: Kind): Operator => {
  const better = operator === "argMax" ? "gt" : "lt"
  const choose = (test: Expression, yes: Running, no: Running, block: Block): Running => {
    const kept = block.keep(test)
    return zip(yes, no).map(([one, other]) => Build.select(kept, one, other))
  }
  const beats = (value: Expression, best: Expression, isBefore: Expression): Expression =>
    Build.or(Build.compare(better, value, best), Build.and(Build.compare("eq", value, best), isBefore))
  return {
    identity: (lanes) => [
      Build.constant(kind, operator === "argMax" ? smallest[kind] : largest[kind], lanes),
      Build.i32(-1, lanes)
    ],
    step: (running, value, place, block) => {
      const kept = block.keep(value)
      const [best, at] = two(running)
      // What comes later is before nothing but no place at all.
      const isBefore = Build.compare("lt", at, Build.i32(0, place.lanes))
      return choose(beats(kept, best, isBefore), [kept, place], running, block)
    },
    merge: (one, other, block) => {
      const [[best, at], [value, place]] = [two(one), two(other)]
      const isBefore = Build.compare("ltUnsigned", place, at)
      return choose(beats(value, best, isBefore), other, one, block)
    },
    // Nothing but NaN: the first place.
    result: (running) => {
      const [, at] = two(running)
      return Build.select(Build.compare("lt", at, Build.i32(0, at.lanes)), Build.i32(0, at.lanes), at)
    },
    free: true
  }
}

export const of = ({ operator, value }: Reduce): Operator => {
  const kind = value.type === "f32" ? "f32" : "i32"
  return operator === "argMax" || operator === "argMin" ? extreme(operator, kind) : plain(operator, kind)
}
