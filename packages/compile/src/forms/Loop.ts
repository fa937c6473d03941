/** Loops over nodes: one task, whose units are the indices of the first dimension. */
import * as Build from "../code/Build.ts"
import type { Expression, Task } from "../code/Code.ts"
import type { Loop } from "../plan/Plan.ts"
import * as Contract from "./Contract.ts"
import type { Context } from "./Form.ts"
import * as MapForm from "./Map.ts"
import * as Work from "./Work.ts"

/** The tasks of the body, whose units are the indices of the loop. */
const steps = ({ body, shape }: Loop, context: Context, locals: Build.Locals): ReadonlyArray<Task> => {
  const inside = { ...context, loop: { dimensions: shape.length, locals } }
  return body.flatMap((one) => (one._tag === "Map" ? MapForm.tasks(one, inside) : Contract.tasks(one, inside)))
}

export const tasks = (node: Loop, context: Context): ReadonlyArray<Task> => {
  const [units = 1, ...others] = node.shape
  const turns = Work.product(others)
  if (units * turns === 0) return []
  const shared = Build.locals()
  const body = steps(node, context, shared)
  for (const step of body) {
    if (step.units !== units * turns) throw new Error(`${step.name} has ${step.units} units, not ${units * turns}`)
  }
  const work = body.reduce((sum, step) => sum + step.work, 0)
  const task = Build.task(context.name("loop"), units, work, (_, first, last) => {
    const [turn, end] = [shared.fresh("index", 1, "turn"), shared.fresh("index", 1, "end")]
    const bound = (unit: Expression) => Build.mul(unit, Build.index(turns))
    const once = body.flatMap((step) => [
      Build.set(step.first, Build.get(turn)),
      Build.set(step.last, Build.get(end)),
      ...step.body
    ])
    const following = Build.set(end, Build.add(Build.get(turn), Build.index(1)))
    return [Build.loop(turn, bound(first), bound(last), 1, [following, ...once])]
  })
  return [{ ...task, locals: shared.all }]
}
