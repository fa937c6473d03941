/**
 * Reductions. Either vectors lie across the results (each lane adds up its own, in order), or along the last reduced dimension
 * in sixteen lanes that are combined at the end.
 */
import { element } from "@etude/core/Lookup"
import * as Build from "../code/Build.ts"
import type { Expression, Local, Task } from "../code/Code.ts"
import { only, zip } from "../Lists.ts"
import type { Reduce, Scalar, Write } from "../plan/Plan.ts"
import { everyOf } from "../plan/Rewrite.ts"
import * as Collapse from "./Collapse.ts"
import * as Cut from "./Cut.ts"
import type { Context } from "./Form.ts"
import * as Nest from "./Nest.ts"
import * as Operators from "./Operators.ts"
import * as Over from "./Over.ts"
import * as Work from "./Work.ts"

/** The lanes of the order `lanes`. */
const width = 16

/** A reduction over fewer dimensions, ready to be printed. */
interface Reduction {
  readonly nest: Nest.Nest
  readonly kept: number
  readonly lanes: number
  readonly operator: Operators.Operator
  readonly value: Scalar
  /** The flat index within what is reduced. */
  readonly place: Scalar
  readonly writes: ReadonlyArray<Write>
}

const flatIndex = (sizes: ReadonlyArray<number>, kept: number): Scalar => {
  const constant = (value: number): Scalar => ({ op: "constant", type: "i32", value })
  const binary = (name: "add" | "mul", left: Scalar, right: Scalar): Scalar => ({
    op: "binary",
    type: "i32",
    name,
    left,
    right
  })
  return Over.dimensions(kept, sizes.length).reduce(
    (flat, dimension): Scalar =>
      binary("add", binary("mul", flat, constant(element(sizes, dimension))), { op: "index", type: "i32", dimension }),
    constant(0)
  )
}

const simplified = (node: Reduce, context: Context): Reduction => {
  const before = [...node.shape, ...node.over]
  const { sizes, kept, scalar, access } = Collapse.collapse({
    sizes: before,
    kept: node.shape.length,
    scalars: [node.value, ...node.writes.map((write) => write.value)],
    accesses: node.writes.map((write) => write.access),
    keepLast: node.order === "lanes"
  })
  const value = scalar(node.value)
  const place = flatIndex(sizes, kept)
  const writes = node.writes.map((write) => ({ access: access(write.access), value: scalar(write.value) }))
  const operator = Operators.of(node)
  const places = node.operator === "argMax" || node.operator === "argMin" ? [place] : []
  const nest = Nest.make(
    context,
    sizes,
    [value, ...places, ...writes.map((write) => write.value)],
    writes.map((write) => write.access)
  )
  return { nest, kept, lanes: context.target.lanes, operator, value, place, writes }
}

const start = (level: Nest.Frame, running: Operators.Running): ReadonlyArray<Local> =>
  running.map((identity) => {
    const local = level.block.locals.fresh(identity.kind, identity.lanes, "sum")
    level.block.statements.push(Build.set(local, identity))
    return local
  })

const keep = (level: Nest.Frame, locals: ReadonlyArray<Local>, running: Operators.Running): void => {
  // All are computed before one is changed.
  const values = running.length === 1 ? running : running.map((one) => level.block.keep(one))
  level.block.statements.push(...zip(locals, values).map(([local, value]) => Build.set(local, value)))
}

const withNext = ({ operator, value, place }: Reduction, level: Nest.Frame, running: Operators.Running) =>
  operator.step(
    running,
    Over.valueOf(value, level),
    running.length === 1 ? Build.i32(0) : Over.valueOf(place, level),
    level.block
  )

/** Running results, in locals, or as plain values where the loops are unrolled. */
interface Sums {
  readonly get: () => Operators.Running
  readonly set: (level: Nest.Frame, running: Operators.Running) => void
}

const sumsOf = (level: Nest.Frame, identity: Operators.Running, isUnrolled: boolean): Sums => {
  if (isUnrolled) {
    let now = identity
    return {
      get: () => now,
      set: ({ block }, running) => {
        now = running.map((one) => block.keep(one))
      }
    }
  }
  const locals = start(level, identity)
  return { get: () => locals.map(Build.get), set: (inner, running) => keep(inner, locals, running) }
}

/** Each lane has its own result. */
const across =
  (reduction: Reduction): Cut.Fill =>
  (levels) => {
    const { nest, kept, operator, writes } = reduction
    const over = Over.dimensions(kept, nest.sizes.length)
    const sums = levels.map((level) => sumsOf(level, operator.identity(level.lanes), Over.isUnrolled(nest, over)))
    Over.loops(nest, levels, over, (inner) => {
      for (const [level, sum] of zip(inner, sums)) sum.set(level, withNext(reduction, level, sum.get()))
    })
    for (const [level, sum] of zip(levels, sums)) {
      Over.finish(nest, level, level.block.keep(operator.result(sum.get())), writes)
    }
  }

/** Vectors combined by halves, then the lanes of the last: lane i and i + 8, i + 4, i + 2, i + 1. */
const tree = ({ operator }: Reduction, level: Nest.Frame, all: ReadonlyArray<Operators.Running>): Expression => {
  const { block } = level
  const kept = (running: Operators.Running) => running.map((one) => block.keep(one))
  const halve = (some: ReadonlyArray<Operators.Running>): Operators.Running => {
    if (some.length === 1) return only(some)
    const half = some.length / 2
    const pairs = zip(some.slice(0, half), some.slice(half))
    return halve(pairs.map(([one, other]) => kept(operator.merge(one, other, block))))
  }
  const vector = halve(all)
  const lanes = Array.from({ length: element(vector, 0).lanes }, (_, lane) =>
    kept(vector.map((one) => Build.extract(one, lane)))
  )
  return block.keep(operator.result(halve(lanes)))
}

/** Takes one more vector, of which some lanes may be masked out. */
const addVector = (reduction: Reduction, vector: Nest.Frame, sum: ReadonlyArray<Local>): void => {
  const { lanes, count, block } = vector
  const running = sum.map(Build.get)
  const next = withNext(reduction, vector, running)
  if (count === lanes) {
    keep(vector, sum, next)
    return
  }
  const counts = block.keep(Build.compare("lt", Build.iota(lanes), Build.i32(count, lanes)))
  keep(
    vector,
    sum,
    zip(next, running).map(([one, before]) => Build.select(counts, one, before))
  )
}

/** Sixteen lanes along the last dimension, one result at a time. */
const along =
  (reduction: Reduction): Cut.Fill =>
  (levels) => {
    const { nest, kept, lanes, operator, writes } = reduction
    const last = nest.sizes.length - 1
    for (const level of levels) {
      const sums = Array.from({ length: width / lanes }, () => start(level, operator.identity(lanes)))
      Over.loops(nest, [level], Over.dimensions(kept, last), (inner) =>
        Cut.row(nest, only(inner), last, { lanes, vectors: width / lanes }, (vectors) => {
          for (const [vector, sum] of zip(vectors, sums.slice(0, vectors.length))) addVector(reduction, vector, sum)
        })
      )
      Over.finish(
        nest,
        level,
        tree(
          reduction,
          level,
          sums.map((locals) => locals.map(Build.get))
        ),
        writes
      )
    }
  }

/** Whether neighbouring results read neighbouring elements. */
const isContiguous = ({ value, kept }: Reduction): boolean =>
  kept > 0 && everyOf([value]).every((one) => one.op !== "read" || [0, 1].includes(one.access.strides[kept - 1] ?? 0))

const isAlong = (node: Reduce, reduction: Reduction): boolean => {
  const { nest, kept, lanes, operator } = reduction
  if (nest.sizes.length === kept) return false
  // A last dimension of length 1 leaves all to the first lane.
  if (!operator.free) return node.order === "lanes" && node.over.at(-1) !== 1
  return !isContiguous(reduction) && element(nest.sizes, -1) >= 2 * lanes
}

export const tasks = (node: Reduce, context: Context): ReadonlyArray<Task> => {
  if (Work.product(node.shape) === 0) return []
  const reduction = simplified(node, context)
  const { nest, kept, lanes } = reduction
  const isLanes = isAlong(node, reduction)
  const most = Math.max(1, Math.floor((nest.sizes[kept - 1] ?? 1) / (kept === 1 ? 8 * lanes : lanes)))
  const vectors = isLanes
    ? { lanes: 1, vectors: 1 }
    : { lanes, vectors: Math.min(most, Work.vectorsFor([reduction.value], context.target.registers)) }
  const work =
    Work.product(nest.sizes) * Work.ofScalars([reduction.value]) +
    Work.product(node.shape) * Work.ofScalars(node.writes.map((write) => write.value))
  const task = Build.task(
    context.name("reduce"),
    Cut.unitsOf(nest.sizes, kept, vectors),
    work,
    (locals, first, last) => {
      const root = Nest.root(nest, locals)
      Cut.iterate(nest, root, kept, vectors, [first, last], isLanes ? along(reduction) : across(reduction))
      return root.block.statements
    }
  )
  return [task]
}
