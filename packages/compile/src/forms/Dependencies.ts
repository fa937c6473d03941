/** What a scalar expression depends on. */
import type { Access, Scalar } from "../plan/Plan.ts"
import { operands } from "../plan/Rewrite.ts"

/** The bit of `accumulator`; dimension d has bit 2^d. */
export const accumulator = 1 << 30

const ofAccess = ({ strides }: Access): number =>
  strides.reduce((mask, stride, d) => (stride === 0 ? mask : mask | (1 << d)), 0)

const known = new WeakMap<Scalar, number>()

/** Which dimensions change the value, as a set of bits. */
export const of = (scalar: Scalar): number => {
  const before = known.get(scalar)
  if (before !== undefined) return before
  const own =
    scalar.op === "read"
      ? ofAccess(scalar.access)
      : scalar.op === "index"
        ? 1 << scalar.dimension
        : scalar.op === "accumulator"
          ? accumulator
          : 0
  const mask = operands(scalar).reduce((all, operand) => all | of(operand), own)
  known.set(scalar, mask)
  return mask
}
