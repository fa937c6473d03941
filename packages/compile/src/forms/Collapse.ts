/** The same iteration with fewer dimensions: those of length 1 are dropped, and neighbours that every access traverses with one stride are merged. */
import type { Access, Scalar } from "../plan/Plan.ts"
import { everyOf, rewriter } from "../plan/Rewrite.ts"

export interface Collapsed {
  readonly sizes: ReadonlyArray<number>
  /** The number of leading dimensions that come from the first `kept` old ones. */
  readonly kept: number
  readonly scalar: (scalar: Scalar) => Scalar
  readonly access: (access: Access) => Access
}

export interface Iteration {
  readonly sizes: ReadonlyArray<number>
  /** The leading dimensions; they are not merged with the others. */
  readonly kept: number
  readonly scalars: ReadonlyArray<Scalar>
  /** Accesses of writes, or others outside of `scalars`; missing strides are 0. */
  readonly accesses: ReadonlyArray<Access>
  /** The number of leading dimensions that must stay as they are. */
  readonly apart?: number
  /** Whether the last dimension must stay as it is. */
  readonly keepLast?: boolean
}

const strideOf = (access: Access, dimension: number) => access.strides[dimension] ?? 0

/** A range of old dimensions that are merged. */
interface Run {
  readonly first: number
  readonly last: number
  readonly size: number
}

/** Runs of old dimensions, without those of length 1. */
const runsOf = ({ sizes, kept, scalars, accesses, keepLast, apart = 0 }: Iteration): ReadonlyArray<Run> => {
  const all = everyOf(scalars)
  const reads = [...accesses, ...all.flatMap((scalar) => (scalar.op === "read" ? [scalar.access] : []))]
  const counted = new Set(all.flatMap((scalar) => (scalar.op === "index" ? [scalar.dimension] : [])))
  const last = sizes.length - 1
  const runs: Array<Run> = []
  const joins = (before: number, next: number, size: number) =>
    before >= apart &&
    before < kept === next < kept &&
    !counted.has(before) &&
    !counted.has(next) &&
    !(keepLast === true && next === last) &&
    reads.every((access) => strideOf(access, before) === strideOf(access, next) * size)
  for (const [dimension, size] of sizes.entries()) {
    if (size === 1 && dimension >= apart) continue
    const run = runs.at(-1)
    if (run === undefined || !joins(run.last, dimension, size)) runs.push({ first: dimension, last: dimension, size })
    else runs.splice(-1, 1, { first: run.first, last: dimension, size: run.size * size })
  }
  return runs
}

export const collapse = (iteration: Iteration): Collapsed => {
  const runs = runsOf(iteration)
  const sizes = runs.map(({ size }) => size)
  const access = (access: Access): Access => ({
    ...access,
    strides: runs.map(({ last }) => strideOf(access, last))
  })
  const scalar = rewriter((leaf) => {
    if (leaf.op === "read") return { ...leaf, access: access(leaf.access) }
    if (leaf.op !== "index") return leaf
    const dimension = runs.findIndex(({ first }) => first === leaf.dimension)
    return dimension < 0 ? { op: "constant", type: "i32", value: 0 } : { ...leaf, dimension }
  })
  const kept = runs.filter(({ first }) => first < iteration.kept).length
  return { sizes, kept, scalar, access }
}
