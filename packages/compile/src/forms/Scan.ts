/** Cumulative sums and products: one after the other along the scanned dimension, vectors across the others. */

import * as Build from "../code/Build.ts"
import type { Task } from "../code/Code.ts"
import { only } from "../Lists.ts"
import type { Reduce, Scan } from "../plan/Plan.ts"
import * as Collapse from "./Collapse.ts"
import * as Cut from "./Cut.ts"
import type { Context } from "./Form.ts"
import * as Nest from "./Nest.ts"
import * as Operators from "./Operators.ts"
import * as Over from "./Over.ts"
import * as Work from "./Work.ts"

const operatorOf = ({ operator, value, shape, length }: Scan): Operators.Operator => {
  const reduce: Reduce = { _tag: "Reduce", shape, over: [length], operator, order: "sequence", value, writes: [] }
  return Operators.of(reduce)
}

export const tasks = (node: Scan, context: Context): ReadonlyArray<Task> => {
  if (Work.product(node.shape) * node.length === 0) return []
  const { sizes, kept, scalar, access } = Collapse.collapse({
    sizes: [...node.shape, node.length],
    kept: node.shape.length,
    scalars: [node.value],
    accesses: [node.write]
  })
  const value = scalar(node.value)
  const write = {
    access: access(node.write),
    value: { op: "accumulator", type: value.type === "f32" ? "f32" : "i32" }
  } as const
  const nest = Nest.make(context, sizes, [value], [write.access])
  const operator = operatorOf(node)
  const vectors = { lanes: context.target.lanes, vectors: 1 }
  const fill: Cut.Fill = (levels) => {
    const { block: outer, lanes } = only(levels)
    const identity = only(operator.identity(lanes))
    const total = outer.locals.fresh(identity.kind, identity.lanes, "total")
    outer.statements.push(Build.set(total, identity))
    Over.loops(nest, levels, Over.dimensions(kept, sizes.length), (frames) => {
      const inner = only(frames)
      const { block } = inner
      const sum = only(operator.step([Build.get(total)], Over.valueOf(value, inner), Build.i32(0), block))
      const next = block.keep(sum)
      Over.finish(nest, inner, node.exclusive ? Build.get(total) : next, [write])
      block.statements.push(Build.set(total, next))
    })
  }
  const work = Work.product(sizes) * Work.ofScalars([value])
  const task = Build.task(context.name("scan"), Cut.unitsOf(sizes, kept, vectors), work, (locals, first, last) => {
    const root = Nest.root(nest, locals)
    Cut.iterate(nest, root, kept, vectors, [first, last], fill)
    return root.block.statements
  })
  return [task]
}
