/** Fewer dimensions for the same iteration: those of length 1 go, neighbours that every access walks as one become one. */
import type { Access, Scalar } from "../plan/Plan.ts"
import { everyOf, rewriter } from "../plan/Rewrite.ts"

export interface Collapsed {
  readonly sizes: ReadonlyArray<number>
  /** How many of the first dimensions come from the first `kept` before. */
  readonly kept: number
  readonly scalar: (scalar: Scalar) => Scalar
  readonly access: (access: Access) => Access
}

export interface Iteration {
  readonly sizes: ReadonlyArray<number>
  /** The first dimensions; they don't become one with the others. */
  readonly kept: number
  readonly scalars: ReadonlyArray<Scalar>
  /** Written accesses, or others outside of `scalars`; missing strides are 0. */
  readonly accesses: ReadonlyArray<Access>
  /** Whether the last dimension must stay as it is. */
  readonly keepLast?: boolean
}

const strideOf = (access: Access, dimension: number) => access.strides[dimension] ?? 0

/** Runs of old dimensions that become one, without those of length 1. */
const runsOf = ({ sizes, kept, scalars, accesses, keepLast }: Iteration): ReadonlyArray<ReadonlyArray<number>> => {
  const all = everyOf(scalars)
  const reads = [...accesses, ...all.flatMap((scalar) => (scalar.op === "read" ? [scalar.access] : []))]
  const counted = new Set(all.flatMap((scalar) => (scalar.op === "index" ? [scalar.dimension] : [])))
  const last = sizes.length - 1
  const runs: Array<Array<number>> = []
  const joins = (before: number, next: number) =>
    before < kept === next < kept &&
    !counted.has(before) &&
    !counted.has(next) &&
    !(keepLast === true && next === last) &&
    reads.every((access) => strideOf(access, before) === strideOf(access, next) * sizes[next]!)
  for (const [dimension, size] of sizes.entries()) {
    if (size === 1) continue
    const run = runs.at(-1)
    if (run !== undefined && joins(run.at(-1)!, dimension)) run.push(dimension)
    else runs.push([dimension])
  }
  return runs
}

export const collapse = (iteration: Iteration): Collapsed => {
  const runs = runsOf(iteration)
  const sizes = runs.map((run) => run.reduce((product, dimension) => product * iteration.sizes[dimension]!, 1))
  const access = (access: Access): Access => ({
    ...access,
    strides: runs.map((run) => strideOf(access, run.at(-1)!))
  })
  const scalar = rewriter((leaf) => {
    if (leaf.op === "read") return { ...leaf, access: access(leaf.access) }
    if (leaf.op !== "index") return leaf
    const dimension = runs.findIndex((run) => run[0] === leaf.dimension)
    return dimension < 0 ? { op: "constant", type: "i32", value: 0 } : { ...leaf, dimension }
  })
  const kept = runs.filter((run) => run[0]! < iteration.kept).length
  return { sizes, kept, scalar, access }
}
