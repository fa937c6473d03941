/** Element by element: nested loops over rows, in vectors along the last dimension. */
import * as Build from "../code/Build.ts"
import type { Task } from "../code/Code.ts"
import type { Map, Write } from "../plan/Plan.ts"
import * as Collapse from "./Collapse.ts"
import * as Cut from "./Cut.ts"
import type { Context } from "./Form.ts"
import * as Nest from "./Nest.ts"
import * as Scalars from "./Scalars.ts"
import * as Work from "./Work.ts"

export const tasks = (node: Map, context: Context): ReadonlyArray<Task> => {
  if (Work.product(node.shape) === 0) return []
  const values = node.writes.map(({ value }) => value)
  const { sizes, access, scalar } = Collapse.collapse({
    sizes: node.shape,
    kept: node.shape.length,
    scalars: values,
    accesses: node.writes.map((write) => write.access),
    ...(context.loop === undefined ? {} : { apart: context.loop.dimensions })
  })
  const writes: ReadonlyArray<Write> = node.writes.map((write) => ({
    access: access(write.access),
    value: scalar(write.value)
  }))
  const scalars = writes.map((write) => write.value)
  const written = writes.map((write) => write.access)
  const nest = Nest.make(context, sizes, scalars, written)
  const { lanes, registers } = context.target
  const vectors = { lanes, vectors: Work.vectorsFor(scalars, registers) }
  const units = Cut.unitsOf(sizes, sizes.length, vectors, context.loop?.dimensions)
  const work = Work.product(sizes) * Work.ofScalars(scalars)
  const task = Build.task(
    context.name("map"),
    units,
    work,
    (locals, first, last) => {
      const root = Nest.root(nest, locals)
      Cut.iterate(nest, root, sizes.length, vectors, [first, last], (levels) => {
        for (const level of levels) Scalars.write(writes, level)
      })
      return root.block.statements
    },
    context.loop?.locals
  )
  return [task]
}
