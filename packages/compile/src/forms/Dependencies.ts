/** What a scalar expression depends on, and the same expression over other dimensions. */
import type { Access, Scalar } from "../plan/Plan.ts"

/** The bit of `accumulator`; dimension d has bit 2^d. */
export const accumulator = 1 << 30

const ofAccess = ({ strides }: Access): number =>
  strides.reduce((mask, stride, d) => (stride === 0 ? mask : mask | (1 << d)), 0)

/** The operands of an expression, in order. */
export const operands = (scalar: Scalar): ReadonlyArray<Scalar> => {
  switch (scalar.op) {
    case "read":
    case "constant":
    case "index":
    case "accumulator":
      return []
    case "gather":
      return [scalar.index]
    case "unary":
    case "integer":
    case "not":
    case "convert":
    case "bits":
      return [scalar.of]
    case "binary":
    case "compare":
    case "logic":
      return [scalar.left, scalar.right]
    case "fma":
      return [scalar.left, scalar.right, scalar.addend]
    case "select":
      return [scalar.test, scalar.yes, scalar.no]
  }
}

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

/** Each distinct expression below some, once. */
export const reachable = (scalars: ReadonlyArray<Scalar>): ReadonlyArray<Scalar> => {
  const all = new Set<Scalar>()
  const visit = (scalar: Scalar) => {
    if (all.has(scalar)) return
    operands(scalar).forEach(visit)
    all.add(scalar)
  }
  scalars.forEach(visit)
  return [...all]
}

const withOperands = (scalar: Scalar, map: (scalar: Scalar) => Scalar): Scalar => {
  switch (scalar.op) {
    case "read":
    case "constant":
    case "index":
    case "accumulator":
      return scalar
    case "gather":
      return { ...scalar, index: map(scalar.index) }
    case "unary":
    case "integer":
    case "not":
    case "convert":
    case "bits":
      return { ...scalar, of: map(scalar.of) }
    case "binary":
    case "compare":
    case "logic":
      return { ...scalar, left: map(scalar.left), right: map(scalar.right) }
    case "fma":
      return { ...scalar, left: map(scalar.left), right: map(scalar.right), addend: map(scalar.addend) }
    case "select":
      return { ...scalar, test: map(scalar.test), yes: map(scalar.yes), no: map(scalar.no) }
  }
}

/** Exchanges leaves (reads and indices); what was shared stays shared. */
export const replaceLeaves = (leaf: (scalar: Scalar) => Scalar): ((scalar: Scalar) => Scalar) => {
  const done = new Map<Scalar, Scalar>()
  const replace = (scalar: Scalar): Scalar => {
    const before = done.get(scalar)
    if (before !== undefined) return before
    const after = operands(scalar).length === 0 ? leaf(scalar) : withOperands(scalar, replace)
    done.set(scalar, after)
    return after
  }
  return replace
}
