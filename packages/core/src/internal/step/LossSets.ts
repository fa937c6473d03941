/** Which losses are differentiated together. */
import type { StepPlan } from "./Plan.ts"

/** Losses that the same parameters follow. */
export interface LossSet {
  readonly losses: ReadonlyArray<string>
  readonly paths: ReadonlyArray<string>
  /** Losses that are only measured. */
  readonly watched: ReadonlyArray<string>
}

/** Losses that the same groups follow: one backward pass each. What no group follows is measured in the first one. */
export const lossSets = ({ groups, task }: Pick<StepPlan, "groups" | "task">): ReadonlyArray<LossSet> => {
  const sets = new Map<string, { losses: ReadonlyArray<string>; paths: Array<string> }>()
  for (const { losses, paths } of groups) {
    const id = JSON.stringify(losses)
    const set = sets.get(id) ?? { losses, paths: [] }
    set.paths.push(...paths)
    sets.set(id, set)
  }
  const followed = new Set(groups.flatMap(({ losses }) => losses))
  const others = Object.keys(task.objectives).filter((loss) => !followed.has(loss))
  return [...sets.values()].map((set, index) => ({ ...set, watched: index === 0 ? others : [] }))
}
