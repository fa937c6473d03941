/**
 * The state of a run while it runs: the same content as a `TrainState`, decoded and held in one mutable record that only
 * the loop writes. `view` gives it as a value at any boundary.
 */
import type * as Schema from "effect/Schema"
import type { HookTable } from "./HookTable.ts"
import * as Scores from "./Scores.ts"
import type { Task } from "./Task.ts"
import type { Tensors } from "./Tensors.ts"
import * as Tensor from "./Tensors.ts"
import type { Plain, TensorGroup, TrainState } from "./TrainState.ts"

export interface Live {
  plain: Omit<Plain, "metrics" | "callbacks">
  /** Losses and metrics of the running epoch. */
  scores: Scores.Scores
  readonly tensors: { [group in TensorGroup]: Tensors }
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
export const replace = (live: Live, group: TensorGroup, changed: Tensors): void => {
  const current = live.tensors[group]
  for (const path in changed) current[path]?.dispose()
  live.tensors[group] = { ...current, ...changed }
}

/** Puts a whole group aside for another one. */
export const exchange = (live: Live, group: TensorGroup, tensors: Tensors): void => {
  Tensor.dispose(live.tensors[group])
  live.tensors[group] = tensors
}
