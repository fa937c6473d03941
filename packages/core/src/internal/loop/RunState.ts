/**
 * The state of a run while it runs: the same content as a `TrainState`, decoded. It is a value: `commit` is the only place that
 * puts a new one in the place of the old one. Tensors belong to the state; what replaces them gives their memory back.
 */
import type * as Schema from "effect/Schema"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import { averages, type BestWeights, evaluated, type RollbackTensors, type TrainState } from "../../TrainState.ts"
import { ahead } from "../../Update.ts"
import * as Scores from "../step/Scores.ts"
import type { StepTensors } from "../step/Stepper.ts"
import type { Books } from "./Bookkeeping.ts"
import * as CallbackStates from "./CallbackStates.ts"
import type { Definition } from "./Definition.ts"

export interface RunState extends Omit<TrainState, "plain"> {
  readonly plain: Books
  /** Losses and metrics of the running epoch. */
  readonly scores: Scores.Scores
  readonly callbackStates: CallbackStates.States
}

/** Whoever has a state; a run. */
export interface Owner {
  state: RunState
}

/** What the encoded parts of a state are of. */
export interface Parts {
  readonly task: Task
  readonly callbacks: ReadonlyArray<Definition>
}

/** Begins with a state, whose tensors it takes over. */
export const fromState = ({ task, callbacks }: Parts, state: TrainState): RunState => {
  const { metrics, callbacks: encoded, ...books } = state.plain
  // States of before kept weights by the records of their monitors.
  const kept = Object.keys(state.best).flatMap((rule) => {
    const best = Object.hasOwn(books.kept, rule) ? books.kept[rule] : books.best[rule]
    return best === undefined ? [] : [[rule, best] as const]
  })
  return {
    ...state,
    plain: { ...books, kept: Object.fromEntries(kept) },
    scores: Scores.decode(task, metrics as { [name: string]: Schema.Json }),
    callbackStates: CallbackStates.decode(callbacks, encoded)
  }
}

const tensorsOf = ({ plain: _, scores: _scores, callbackStates: _states, ...tensors }: RunState) => tensors

/** The state as a value for others. Its tensors are the run's own: retain them to keep them. */
export const view = ({ task, callbacks }: Parts, state: RunState): TrainState => ({
  plain: {
    ...state.plain,
    metrics: Scores.encode(task, state.scores),
    callbacks: CallbackStates.encode(callbacks, state.callbackStates)
  },
  ...tensorsOf(state)
})

/** The state with what callbacks keep outside of it as that is now. */
export const current = ({ callbacks }: Parts, state: RunState): RunState => ({
  ...state,
  callbackStates: CallbackStates.withOutside(callbacks, state.callbackStates)
})

/** The state with separate handles, to continue from if what comes next is cut short. */
export const retain = (state: RunState): RunState => ({ ...state, ...Tensors.retainTree(tensorsOf(state)) })

export const dispose = (state: RunState): void => Tensors.disposeTree(tensorsOf(state))

/** Puts what changed in its place: the only place in which a run's state is written. */
export const commit = (run: Owner, changed: Partial<RunState>): void => {
  run.state = { ...run.state, ...changed }
}

/** Writes into the books. */
export const book = (run: Owner, entry: (books: Books) => Books): void => commit(run, { plain: entry(run.state.plain) })

/** Tensors with some of them changed; what they replace gives its memory back. */
const merged = (current: Tensors.Tensors, changed: Tensors.Tensors): Tensors.Tensors => {
  const [before, after] = [Object.keys(current), Object.keys(changed)]
  if (after.length === 0) return current
  for (const path of after) if (Object.hasOwn(current, path)) Tensors.get(current, path).dispose()
  const areSame = before.length === after.length && before.every((path, index) => path === after[index])
  return areSame ? changed : { ...current, ...changed }
}

/** The same for tensors of owners; those of owners that are not in `changed` stay. */
const mergedOwned = (current: Tensors.Owned, changed: Tensors.Owned): Tensors.Owned => ({
  ...current,
  ...Tensors.mapOwned(changed, (tensors, owner) => merged(Tensors.ofOwner(current, owner), tensors))
})

/** The tensors of a state with some of them changed; those that are replaced are gone. */
export const replaced = (
  { parameters, statistics, slots, callbacks }: StepTensors,
  changed: BestWeights & Partial<StepTensors>
): StepTensors => ({
  parameters: merged(parameters, changed.parameters),
  statistics: merged(statistics, changed.statistics),
  callbacks: mergedOwned(callbacks, changed.callbacks),
  slots: changed.slots === undefined ? slots : mergedOwned(slots, changed.slots)
})

/** The weights and the averages of them, with which they may have been measured. */
const weightsOf = (state: RunState): BestWeights => {
  const { parameters, statistics } = state
  return { parameters, statistics, callbacks: averages(state) }
}

/** The same as they are evaluated, with handles of the caller's. */
const measuredOf = (state: RunState): BestWeights => {
  const { parameters: _, ...others } = weightsOf(state)
  return { parameters: evaluated(state), ...Tensors.retainTree(others) }
}

/** Keeps the present weights, and averages of them, for rules by these keys. */
export const keepBest = (run: Owner, keys: ReadonlyArray<string>): void => {
  const { best } = run.state
  for (const key of keys) if (Object.hasOwn(best, key)) Tensors.disposeTree(best[key] ?? {})
  const kept = keys.map((key) => [key, measuredOf(run.state)] as const)
  if (keys.length > 0) commit(run, { best: { ...best, ...Object.fromEntries(kept) } })
}

/** Puts tensors that were kept back in their places; they stay kept. */
export const restore = (run: Owner, kept: BestWeights & { readonly slots?: Tensors.Owned }): void => {
  // Averages of callbacks that are no longer part of the run have no place.
  const placed = Object.entries(kept.callbacks).filter(([id]) => Object.hasOwn(run.state.callbacks, id))
  commit(run, replaced(run.state, Tensors.retainTree({ ...kept, callbacks: Object.fromEntries(placed) })))
}

/** Puts kept weights in their places; the last ones are kept, for training to continue from. */
export const endWith = (run: Owner, weights: BestWeights): void => {
  commit(run, { last: Tensors.retainTree(weightsOf(run.state)) })
  restore(run, weights)
}

/** Ends with the last weights as they are evaluated, where these are others than those that are trained. */
export const endWithEvaluated = (run: Owner): void => {
  if (!Object.hasOwn(run.state.slots, ahead) || Object.keys(run.state.last).length > 0) return
  const weights = measuredOf(run.state)
  endWith(run, weights)
  Tensors.disposeTree(weights)
}

/** Puts the last weights back where a run ended with others. */
export const continueFromLast = (run: Owner): void => {
  const { parameters, statistics, callbacks } = run.state.last
  if (parameters === undefined || statistics === undefined || callbacks === undefined) return
  restore(run, { parameters, statistics, callbacks })
  Tensors.disposeTree(run.state.last)
  commit(run, { last: {}, plain: { ...run.state.plain, endedWith: null } })
}

/** Keeps the present tensors to go back to. */
export const keepForRollback = (run: Owner): void => {
  const { slots, rollback } = run.state
  Tensors.disposeTree(rollback)
  // Of callbacks' tensors the averages: they would else keep what was not finite, or too large, for thousands of steps.
  commit(run, { rollback: Tensors.retainTree({ ...weightsOf(run.state), slots }) })
}

/** Puts back what a rollback goes back to. */
export const rollBack = (run: Owner): void => {
  const { parameters = {}, statistics = {}, slots = {}, callbacks = {} }: Partial<RollbackTensors> = run.state.rollback
  restore(run, { parameters, statistics, slots, callbacks })
}
