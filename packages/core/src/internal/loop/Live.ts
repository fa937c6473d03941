/**
 * The state of a run while it runs: the same content as a `TrainState`, decoded and held in one mutable record that only
 * the loop writes. `view` gives it as a value at any boundary.
 */
import type * as Schema from "effect/Schema"
import type { HookTable } from "../../HookTable.ts"
import type { Task } from "../../Task.ts"
import type { Owned, Tensors } from "../../Tensors.ts"
import * as Tensor from "../../Tensors.ts"
import { averages, type BestWeights, type Plain, type RollbackTensors, type TrainState } from "../../TrainState.ts"
import * as Scores from "../step/Scores.ts"
import type { StepTensors } from "../step/Stepper.ts"

export interface LiveTensors {
  parameters: Tensors
  statistics: Tensors
  slots: Owned
  callbacks: Owned
  best: { readonly [rule: string]: BestWeights }
  rollback: Partial<RollbackTensors>
  last: Partial<BestWeights>
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
  // States of before kept weights by the records of their monitors.
  const kept = Object.keys(tensors.best).flatMap((rule) => {
    const best = Object.hasOwn(rest.kept, rule) ? rest.kept[rule] : rest.best[rule]
    return best === undefined ? [] : [[rule, best] as const]
  })
  return {
    plain: { ...rest, kept: Object.fromEntries(kept) },
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
  for (const [owner, value] of Object.entries(changed)) next[owner] = replaced(Tensor.ofOwner(current, owner), value)
  live.tensors[group] = next
}

/** Puts what a step changed in the places of what it was. */
export const commit = (live: Live, { parameters, statistics, slots, callbacks }: StepTensors): void => {
  replace(live, "parameters", parameters)
  replaceOwned(live, "slots", slots)
  replace(live, "statistics", statistics)
  replaceOwned(live, "callbacks", callbacks)
}

const replaced = (current: Tensors, changed: Tensors): Tensors => {
  for (const path in changed) if (Object.hasOwn(current, path)) current[path]!.dispose()
  return { ...current, ...changed }
}

/** Keeps the present weights, and averages of them, for a rule. */
export const keepBest = (live: Live, rule: string): void => {
  if (Object.hasOwn(live.tensors.best, rule)) Tensor.disposeTree(live.tensors.best[rule]!)
  live.tensors.best = { ...live.tensors.best, [rule]: Tensor.retainTree(weightsOf(live)) }
}

/** The weights and the averages of them, with which they may have been measured. */
const weightsOf = ({ tensors }: Live): BestWeights => {
  const { parameters, statistics } = tensors
  return { parameters, statistics, callbacks: averages(tensors) }
}

/** Puts kept weights in their places; the last ones are kept, for training to continue from. */
export const endWith = (live: Live, weights: BestWeights): void => {
  live.tensors.last = Tensor.retainTree(weightsOf(live))
  restore(live, weights)
}

/** Puts the last weights back where a run ended with others. */
export const continueFromLast = (live: Live): void => {
  const { parameters, statistics, callbacks } = live.tensors.last
  if (parameters === undefined || statistics === undefined || callbacks === undefined) return
  restore(live, { parameters, statistics, callbacks })
  Tensor.disposeTree(live.tensors.last)
  live.tensors.last = {}
  live.plain = { ...live.plain, endedWith: null }
}

/** Keeps other tensors to go back to. */
export const keepForRollback = (live: Live, tensors: RollbackTensors): void => {
  Tensor.disposeTree(live.tensors.rollback)
  live.tensors.rollback = tensors
}

/** Puts tensors that were kept back in their places; they stay kept. */
export const restore = (live: Live, kept: BestWeights & { readonly slots?: Owned }): void => {
  // Averages of callbacks that are no longer part of the run have no place.
  const places = Object.entries(kept.callbacks).filter(([id]) => Object.hasOwn(live.tensors.callbacks, id))
  const { parameters, statistics, callbacks, slots } = Tensor.retainTree({
    ...kept,
    callbacks: Object.fromEntries(places)
  })
  replace(live, "parameters", parameters)
  replace(live, "statistics", statistics)
  replaceOwned(live, "callbacks", callbacks)
  if (slots !== undefined) replaceOwned(live, "slots", slots)
}
