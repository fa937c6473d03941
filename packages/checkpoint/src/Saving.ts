/**
 * Saving during training, as one callback: a rule when, a rule what to keep, and saving on interruption (SIGINT, SIGTERM)
 * and failure. Needs a store as `Checkpoints`.
 */
import { Callback, Checkpoints, Decision, type Errors, type TrainState } from "@etude/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Keep from "./Keep.ts"
import type { Moment, SaveWhen } from "./SaveWhen.ts"
import * as Rule from "./SaveWhen.ts"

export interface SavingOptions {
  /** `checkpoints` by default; two savers in one run need two ids. */
  readonly id?: string
  /** At the end of every epoch, by default. */
  readonly when?: SaveWhen
  /** All, by default. */
  readonly keep?: Keep.Keep
  /** Save the last good state when the run is interrupted; on by default. */
  readonly onInterruption?: boolean
  /** Save the last good state when the run fails; on by default. */
  readonly onFailure?: boolean
  /** The checkpoint that is being resumed from; never deleted. */
  readonly resumedFrom?: string
}

const Last = Schema.Struct({ step: Schema.Natural, elapsedSeconds: Schema.Finite })
type Last = typeof Last.Type

/** The ids of the checkpoints at which each best value was reached. */
const bestIds = (saved: ReadonlyArray<Checkpoints.Saved>, best: TrainState.Plain["best"]): ReadonlyArray<string> =>
  Object.entries(best).flatMap(([monitor, { value }]) => {
    const holder = saved.find(({ values }) => values[monitor] === value)
    return holder === undefined ? [] : [holder.id]
  })

/**
 * Saves by a rule and deletes what is no longer kept. Never deleted: what is being resumed from, and the checkpoints with
 * the best value of each monitor that a callback watches.
 */
export const layer = (
  options: SavingOptions = {}
): Callback.CallbackLayer<Errors.CheckpointError, never, never, Checkpoints.Checkpoints> => {
  const { id = "checkpoints", when = Rule.everyEpochs(1), keep = Keep.all, resumedFrom } = options
  const { onInterruption = true, onFailure = true } = options
  const judge = (moment: Omit<Moment, "last">, last: Last): readonly [Last, Decision.Decision] | Decision.Decision => {
    if (!when({ ...moment, last })) return Decision.proceed
    const { step, elapsedSeconds } = moment.progress
    return [{ step, elapsedSeconds }, Decision.saveNow]
  }
  const make = Effect.map(Checkpoints.Checkpoints, (store) => {
    const clean = Effect.fnUntraced(function* (best: TrainState.Plain["best"]) {
      const saved = yield* store.list
      const protectedIds = new Set([...bestIds(saved, best), ...(resumedFrom === undefined ? [] : [resumedFrom])])
      for (const { id } of Keep.expired(saved, keep, protectedIds)) yield* store.delete(id)
    })
    return Callback.controller({
      id,
      // Whatever it looks at decides when to save, and nothing of how the run continues.
      monitors: [],
      state: { schema: Last, initial: { step: 0, elapsedSeconds: 0 } },
      hooks: {
        batchEnd: ({ progress }, last) => judge({ progress, epochEnded: false, values: {}, best: {} }, last),
        validationEnd: ({ progress, values, state }, last) =>
          judge({ progress, epochEnded: false, values, best: state().plain.best }, last),
        epochEnd: ({ progress, values, state }, last) =>
          judge({ progress, epochEnded: true, values, best: state().plain.best }, last),
        checkpointSaved: ({ state }) => clean(state().plain.best),
        interrupted: ({ state, description }) =>
          onInterruption ? Effect.andThen(store.save(state(), description), store.settled) : Effect.void,
        failed: ({ state, description }) =>
          onFailure ? Effect.andThen(store.save(state(), description), store.settled) : Effect.void,
        trainEnd: ({ reason }) => (reason === "interrupted" || reason === "failed" ? Effect.void : store.settled)
      }
    })
  })
  return Layer.unwrap(make)
}
