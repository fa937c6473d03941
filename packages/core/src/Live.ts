/**
 * The state of a run while it runs: the same content as a `TrainState`, decoded and held in one mutable record that only
 * the loop writes. `view` gives it as a value at any boundary.
 */
import type * as Schema from "effect/Schema"
import type { HookTable } from "./HookTable.ts"
import * as Scores from "./Scores.ts"
import type { Task } from "./Task.ts"
import type { Owned, Tensors } from "./Tensors.ts"
import * as Tensor from "./Tensors.ts"
import type { BestWeights, Plain, RollbackTensors, TrainState } from "./TrainState.ts"

export interface LiveTensors {
  parameters: Tensors
  statistics: Tensors
  slots: Owned
  callbacks: Owned
  best: { readonly [monitor: string]: BestWeights }
  rollback: Partial<RollbackTensors>
}

export interface Live {
  plain: Omit<Plain, "metrics" | "callbacks">
  /** Losses and metrics of the running epoch. */
  scores: Scores.Scores
  readonly tensors: LiveTensors
  /** The state before the boundary that is being worked on, to go on from if that work is cut short. */
  held: TrainState | undefined
}

/** Begins with a state, whose tensors it takes over. */
export const fromState = (task: Task, { plain, ...tensors }: TrainState): Live => {
  const { metrics, callbacks: _, ...rest } = plain
  return {
    plain: rest,
    scores: Scores.decode(task, metrics as { [name: string]: Schema.Json }),
    tensors: { ...tensors },
    held: undefined
  }
}

/** The state as it is now. Its tensors are the run's own: retain them to keep them. */
export const view = (task: Task, live: Live, hooks: HookTable): TrainState => ({
  plain: { ...live.plain, metrics: Scores.encode(task, live.scores), callbacks: hooks.encodeStates() },
  ...live.tensors
})

/** Puts new tensors in the place of old ones, whose memory is given back. */
export const replace = (live: Live, group: "parameters" | "statistics", changed: Tensors): void => {
  live.tensors[group] = replaced(live.tensors[group], changed)
}

/** The same for tensors of owners; those of owners that are not in `changed` stay. */
export const replaceOwned = (live: Live, group: "slots" | "callbacks", changed: Owned): void => {
  const current = live.tensors[group]
  const next: Record<string, Tensors> = { ...current }
  for (const owner in changed) next[owner] = replaced(Tensor.ofOwner(current, owner), changed[owner]!)
  live.tensors[group] = next
}

const replaced = (current: Tensors, changed: Tensors): Tensors => {
  for (const path in changed) if (Object.hasOwn(current, path)) current[path]!.dispose()
  return { ...current, ...changed }
}

/** Keeps other weights for a monitor. */
export const keepBest = (live: Live, monitor: string, weights: BestWeights): void => {
  if (Object.hasOwn(live.tensors.best, monitor)) Tensor.disposeTree(live.tensors.best[monitor]!)
  live.tensors.best = { ...live.tensors.best, [monitor]: weights }
}

/** Keeps other tensors to go back to. */
export const keepForRollback = (live: Live, tensors: RollbackTensors): void => {
  Tensor.disposeTree(live.tensors.rollback)
  live.tensors.rollback = tensors
}

/** Puts tensors that were kept back in their places; they stay kept. */
export const restore = (live: Live, kept: BestWeights & { readonly slots?: Owned }): void => {
  const { parameters, statistics, callbacks, slots } = Tensor.retainTree(kept)
  replace(live, "parameters", parameters)
  replace(live, "statistics", statistics)
  replaceOwned(live, "callbacks", callbacks)
  if (slots !== undefined) replaceOwned(live, "slots", slots)
}
