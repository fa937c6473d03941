/** Additions at computed positions, in order; only the disjoint dimensions are divided among threads. The buffer is filled first. */
import { element } from "@etude/core/Lookup"
import * as Block from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression, Task } from "../code/Code.ts"
import { only } from "../Lists.ts"
import * as Float from "../math/Float.ts"
import * as Integer from "../math/Integer.ts"
import type { Scatter } from "../plan/Plan.ts"
import * as Collapse from "./Collapse.ts"
import * as Cut from "./Cut.ts"
import type { Context } from "./Form.ts"
import * as MapForm from "./Map.ts"
import * as Nest from "./Nest.ts"
import * as Over from "./Over.ts"
import * as Work from "./Work.ts"

const filling = (node: Scatter, context: Context): ReadonlyArray<Task> => {
  const { type, size } = element(context.buffers, node.buffer)
  const value = { op: "constant", type: type === "f32" ? "f32" : "i32", value: node.initial } as const
  const access = { buffer: node.buffer, offset: 0, strides: [1] }
  return MapForm.tasks({ _tag: "Map", shape: [size], writes: [{ access, value }] }, context)
}

const combined = (node: Scatter, before: Expression, value: Expression, block: Block.Block): Expression => {
  if (node.operator === "set") return value
  return value.kind === "f32"
    ? Float.binary(node.operator, before, value, block)
    : Integer.binary(node.operator, before, value, block, 1)
}

const scattering = (node: Scatter, context: Context): ReadonlyArray<Task> => {
  if (Work.product(node.shape) === 0) return []
  const { sizes, kept, scalar } = Collapse.collapse({
    sizes: node.shape,
    kept: node.disjoint,
    scalars: [node.index, node.value],
    accesses: []
  })
  const [index, value] = [scalar(node.index), scalar(node.value)]
  const nest = Nest.make(context, sizes, [index, value], [])
  const vectors = { lanes: 1, vectors: 1 }
  const fill: Cut.Fill = (levels) =>
    Over.loops(nest, levels, Over.dimensions(kept, sizes.length), (frames) => {
      const inner = only(frames)
      const { block } = inner
      const [target, number] = [block.keep(Over.valueOf(index, inner)), block.keep(Over.valueOf(value, inner))]
      const chosen = Block.make(block.locals)
      const start = nest.pointers.start(node.buffer)
      const at = Build.add(start.address, Build.mul(Build.convert("index", target), Build.index(4)))
      const kept = chosen.keep(at, "at")
      const sum = combined(
        node,
        Build.load(number.kind === "f32" ? "f32" : "i32", 1, kept, start.offset),
        number,
        chosen
      )
      chosen.statements.push(Build.store(kept, start.offset, sum))
      block.statements.push(Build.when(Build.compare("ge", target, Build.i32(0)), chosen.statements))
    })
  const work = Work.product(sizes) * (4 + Work.ofScalars([index, value]))
  const task = Build.task(context.name("scatter"), Cut.unitsOf(sizes, kept, vectors), work, (locals, first, last) => {
    const root = Nest.root(nest, locals)
    Cut.iterate(nest, root, kept, vectors, [first, last], fill)
    return root.block.statements
  })
  return [task]
}

/** Two phases: one fills, one scatters. */
export const phases = (node: Scatter, context: Context): ReadonlyArray<ReadonlyArray<Task>> => [
  filling(node, context),
  scattering(node, context)
]
