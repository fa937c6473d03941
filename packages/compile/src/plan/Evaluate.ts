/** Scalar expressions as JavaScript functions, for the reference interpreter. */
import * as Numbers from "./Numbers.ts"
import type { Access, Scalar } from "./Plan.ts"

/** The contents of a buffer. */
export type Values = Float32Array | Int32Array | Uint8Array

export type Memory = ReadonlyArray<Values>

/** The value at an index of the iteration; `sum` is the result of the reduction. */
export type Evaluate = (index: ReadonlyArray<number>, sum: number) => number

export const elementAt = ({ offset, strides }: Access, index: ReadonlyArray<number>): number => {
  let element = offset
  for (let axis = 0; axis < strides.length; axis++) element += strides[axis]! * index[axis]!
  return element
}

/** Throws if a buffer is read beyond its end. */
export const load = (values: Values, position: number): number => {
  const value = values[position]
  if (value === undefined) throw new Error(`element ${position} of ${values.length} is read`)
  return value
}

type Of = (scalar: Scalar) => Evaluate
type With<Op extends Scalar["op"]> = Extract<Scalar, { readonly op: Op }>

const leaf = (scalar: With<"read" | "constant" | "index" | "accumulator">, memory: Memory): Evaluate => {
  switch (scalar.op) {
    case "read": {
      const { access } = scalar
      return (index) => load(memory[access.buffer]!, elementAt(access, index))
    }
    case "constant": {
      const value = scalar.type === "f32" ? Math.fround(scalar.value) : scalar.value | 0
      return () => value
    }
    case "index":
      return (index) => index[scalar.dimension]!
    case "accumulator":
      return (_, sum) => sum
  }
}

const ofOne = (scalar: With<"unary" | "integer" | "not" | "convert" | "bits">): ((x: number) => number) => {
  const from = scalar.of.type
  switch (scalar.op) {
    case "unary":
      return (x) => Numbers.unary(scalar.name, x)
    case "integer":
      return (x) => (scalar.name === "neg" ? -x : Math.abs(x)) | 0
    case "not":
      return (x) => 1 - x
    case "convert":
      return (x) => Numbers.convert(scalar.type, from, x)
    case "bits":
      return (x) => Numbers.bits(scalar.type, from, x)
  }
}

const ofTwo = (scalar: With<"binary" | "compare" | "logic">): ((x: number, y: number) => number) => {
  switch (scalar.op) {
    case "binary":
      return (x, y) => Numbers.binary(scalar.name, scalar.type, x, y)
    case "compare":
      return (x, y) => Numbers.compare(scalar.name, x, y)
    case "logic":
      return (x, y) => Numbers.binary(scalar.name, "i32", x, y)
  }
}

const inner = (scalar: Scalar, of: Of, memory: Memory): Evaluate => {
  switch (scalar.op) {
    case "gather": {
      const position = of(scalar.index)
      return (index, sum) => load(memory[scalar.buffer]!, position(index, sum))
    }
    case "fma": {
      const [x, y, z] = [of(scalar.left), of(scalar.right), of(scalar.addend)]
      return (index, sum) => Numbers.fma(x(index, sum), y(index, sum), z(index, sum))
    }
    case "select": {
      const [test, yes, no] = [of(scalar.test), of(scalar.yes), of(scalar.no)]
      return (index, sum) => {
        // Both sides are computed, as vectors do, so that a read out of range is found.
        const [x, y] = [yes(index, sum), no(index, sum)]
        return test(index, sum) === 0 ? y : x
      }
    }
    case "binary":
    case "compare":
    case "logic": {
      const [x, y, combine] = [of(scalar.left), of(scalar.right), ofTwo(scalar)]
      return (index, sum) => combine(x(index, sum), y(index, sum))
    }
    case "unary":
    case "integer":
    case "not":
    case "convert":
    case "bits": {
      const [x, apply] = [of(scalar.of), ofOne(scalar)]
      return (index, sum) => apply(x(index, sum))
    }
    default:
      return leaf(scalar, memory)
  }
}

/** Evaluators that share common subexpressions: an object is evaluated once between two calls of `next`. */
export interface Evaluator {
  readonly of: Of
  readonly next: () => void
}

export const make = (memory: Memory): Evaluator => {
  const made = new Map<Scalar, Evaluate>()
  let now = 0
  const once = (evaluate: Evaluate): Evaluate => {
    let [at, value] = [-1, 0]
    return (index, sum) => {
      if (at !== now) [at, value] = [now, evaluate(index, sum)]
      return value
    }
  }
  const of: Of = (scalar) => {
    const before = made.get(scalar)
    if (before !== undefined) return before
    const evaluate = once(inner(scalar, of, memory))
    made.set(scalar, evaluate)
    return evaluate
  }
  return {
    of,
    next: () => {
      now++
    }
  }
}
