/** From a placed plan to programs: the nodes' tasks in phases, cut where a kernel of the backend is called. */
import type { Phase, Program, Target, Task } from "../code/Code.ts"
import type { Context } from "../forms/Form.ts"
import * as Forms from "../forms/Forms.ts"
import type { Foreign, Plan } from "../plan/Plan.ts"
import type { Placed } from "./Place.ts"

/** Names that are counted by what they begin with. */
const namer = (): ((prefix: string) => string) => {
  const counts = new Map<string, number>()
  return (prefix) => {
    const count = counts.get(prefix) ?? 0
    counts.set(prefix, count + 1)
    return `${prefix}${count}`
  }
}

/** Parts to be run one after the other. */
export type Part = Program | Foreign

export const isForeign = (part: Part): part is Foreign => "_tag" in part

const programOf = (placed: Placed, phases: ReadonlyArray<ReadonlyArray<Task>>): Program => ({
  table: placed.table,
  placements: placed.placements,
  phases: phases.filter((tasks) => tasks.length > 0).map((tasks): Phase => ({ tasks }))
})

export const make = (plan: Plan, placed: Placed, target: Target): ReadonlyArray<Part> => {
  const { placements, phases: firsts } = placed
  const context: Context = { buffers: plan.buffers, placements, target, name: namer() }
  const phases: Array<Array<Task>> = []
  const foreigns = new Map<number, Foreign>()
  for (const [at, node] of plan.nodes.entries()) {
    const first = firsts[at]!
    if (node._tag === "Foreign") {
      foreigns.set(first, node)
      continue
    }
    for (const [later, tasks] of Forms.phases(node, context).entries()) {
      phases[first + later] = [...(phases[first + later] ?? []), ...tasks]
    }
  }
  const parts: Array<Part> = []
  let start = 0
  const cut = (end: number) => {
    const some = Array.from({ length: end - start }, (_, at) => phases[start + at] ?? [])
    if (some.some((tasks) => tasks.length > 0)) parts.push(programOf(placed, some))
  }
  for (const [phase, foreign] of [...foreigns].sort(([a], [b]) => a - b)) {
    cut(phase)
    parts.push(foreign)
    start = phase + 1
  }
  cut(phases.length)
  return parts
}
