/** From a placed plan to programs: the nodes' tasks in phases, cut where a kernel of the backend is called. */
import { element } from "@etude/core/Lookup"
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

/** Parts that run one after the other. */
export type Part = Program | Foreign

export const isForeign = (part: Part): part is Foreign => "_tag" in part

const programOf = (placed: Placed, phases: ReadonlyArray<ReadonlyArray<Task>>): Program => ({
  table: placed.table,
  placements: placed.placements,
  phases: phases.filter((tasks) => tasks.length > 0).map((tasks): Phase => ({ tasks }))
})

/** A task and the plan node that it computes. */
export interface NodeTask {
  readonly node: number
  readonly task: Task
}

/** The tasks of each phase. Phases of kernels of the backend have none. */
export const phasesOf = (plan: Plan, placed: Placed, target: Target): ReadonlyArray<ReadonlyArray<NodeTask>> => {
  const { placements, phases: firsts } = placed
  const context: Context = { buffers: plan.buffers, placements, target, name: namer() }
  const phases: Array<Array<NodeTask>> = []
  for (const [node, one] of plan.nodes.entries()) {
    const own = one._tag === "Foreign" ? [[]] : Forms.phases(one, context)
    for (const [later, tasks] of own.entries()) {
      const phase = element(firsts, node) + later
      phases[phase] = [...(phases[phase] ?? []), ...tasks.map((task) => ({ node, task }))]
    }
  }
  return Array.from(phases, (tasks) => tasks ?? [])
}

export const make = (plan: Plan, placed: Placed, target: Target): ReadonlyArray<Part> => {
  const phases = phasesOf(plan, placed, target).map((tasks) => tasks.map(({ task }) => task))
  const foreigns = plan.nodes.flatMap((node, at) =>
    node._tag === "Foreign" ? [[element(placed.phases, at), node] as const] : []
  )
  const parts: Array<Part> = []
  let start = 0
  const cut = (end: number) => {
    const some = phases.slice(start, end)
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
