/**
 * Saving during training, as one callback: a rule when, a rule what to keep, and saving on interruption (SIGINT, SIGTERM)
 * and failure. Needs a store as `Checkpoints`.
 */
import { Callback, Checkpoints, Decision, type Errors, type TrainState } from "@etude/core"
import type * as Best from "@etude/core/Best"
import type * as Monitors from "@etude/core/Monitors"
import type { Progress } from "@etude/core/Progress"
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
  /** The monitors that `when` and `keep` use, to be checked before the first step. */
  readonly follows?: ReadonlyArray<Best.RuleInput>
  /** Save the last good state when the run is interrupted, unless that very state is saved already; on by default. */
  readonly onInterruption?: boolean
  /** The same when the run fails; on by default. */
  readonly onFailure?: boolean
  /** Save where a run ends in the middle of an epoch, or where a callback ends it; on by default. */
  readonly onEnd?: boolean
  /** The checkpoint that is being resumed from; never deleted. */
  readonly resumedFrom?: string
}

const Last = Schema.Struct({ step: Schema.Natural, elapsedSeconds: Schema.Finite })
type Last = typeof Last.Type

/** The ids of the checkpoints at which each best value of these monitors was reached. */
const bestIds = (
  saved: ReadonlyArray<Checkpoints.Saved>,
  best: TrainState.Plain["best"],
  watched: ReadonlyArray<string>
): ReadonlyArray<string> =>
  Object.entries(best).flatMap(([monitor, { value }]) => {
    const holder = watched.includes(monitor) ? saved.find(({ values }) => values[monitor] === value) : undefined
    return holder === undefined ? [] : [holder.id]
  })

/** Whether the position of a checkpoint is that of a run, or behind the same step in the boundary that the run is in. */
const isReached = ({ state }: Pick<Callback.At, "state">, checkpoint: Progress | undefined): boolean => {
  const { step, epoch, batch } = state().plain.progress
  if (checkpoint === undefined || checkpoint.step !== step) return false
  return checkpoint.epoch > epoch || (checkpoint.epoch === epoch && checkpoint.batch >= batch)
}

/** The savers of this process, by the store that they save to: what one of them keeps, the others do not delete. */
const companions = new WeakMap<Checkpoints.CheckpointsService, Map<string, Keep.Saver>>()

/**
 * Saves by a rule and deletes what is no longer kept, of its own checkpoints only: each records which savers
 * requested it. Never deleted: the checkpoint being resumed from, and the checkpoints with the best value of each
 * monitor that a callback of the run watches.
 *
 * A run is saved where it ends, so that it can be continued from there. Writing beside training, a
 * checkpoint is deleted when those that are kept instead are written, at the latest at the end of the run.
 */
export const layer = (
  options: SavingOptions = {}
): Callback.CallbackLayer<Errors.CheckpointError, never, never, Checkpoints.Checkpoints> => {
  const { id = "checkpoints", when = Rule.everyEpochs(1), keep = Keep.all, resumedFrom } = options
  const { onInterruption = true, onFailure = true, onEnd = true } = options
  const decide = (moment: Omit<Moment, "last">, last: Last): readonly [Last, Decision.Decision] | Decision.Decision => {
    if (!when({ ...moment, last })) return Decision.proceed
    const { step, elapsedSeconds } = moment.progress
    return [{ step, elapsedSeconds }, Decision.saveNow]
  }
  const make = Effect.gen(function* () {
    const store = yield* Checkpoints.Checkpoints
    const savers = companions.get(store) ?? new Map<string, Keep.Saver>()
    companions.set(store, savers)
    savers.set(id, { keep, protectedIds: new Set(resumedFrom === undefined ? [] : [resumedFrom]) })
    let watched: ReadonlyArray<string> = []
    let stepOfResumed: number | undefined
    /** Of what a run that ends badly here would continue from: what is saved already, or was resumed from. */
    let reached: Progress | undefined
    const clean = Effect.fnUntraced(function* (best: TrainState.Plain["best"], monitors: Monitors.Monitors) {
      const saved = yield* store.list
      const protectedIds = new Set(bestIds(saved, best, watched))
      for (const { id: expired } of Keep.expiredOf(id, saved, savers, protectedIds, monitors))
        yield* store.delete(expired)
    })
    return Callback.controller({
      id,
      // What it observes decides when to save, not how the run continues.
      monitors: [],
      follows: options.follows ?? [],
      state: { schema: Last, initial: { step: 0, elapsedSeconds: 0 } },
      // Before hooks are called, in which another callback may end the run.
      onEvent: (event) => {
        const isSaved = event._tag === "CheckpointSaved" || (event._tag === "Resumed" && resumedFrom !== undefined)
        if (isSaved) reached = event.progress
      },
      hooks: {
        trainBegin: ({ description, progress }) => {
          watched = description.watched ?? []
          if (resumedFrom !== undefined) stepOfResumed = progress.step
        },
        batchEnd: ({ progress }, last) => decide({ progress, epochEnded: false, values: {}, best: {} }, last),
        validationEnd: ({ progress, values, state }, last) =>
          decide({ progress, epochEnded: false, values, best: state().plain.best }, last),
        epochEnd: ({ progress, values, state }, last) =>
          decide({ progress, epochEnded: true, values, best: state().plain.best }, last),
        checkpointSaved: ({ state, monitors }) => clean(state().plain.best, monitors),
        ended: ({ progress, savedHere }) =>
          onEnd && !savedHere && progress.step !== stepOfResumed ? Decision.saveNow : Decision.proceed,
        interrupted: (at) => (onInterruption && !isReached(at, reached) ? Decision.saveNow : Decision.proceed),
        failed: (at) => (onFailure && !isReached(at, reached) ? Decision.saveNow : Decision.proceed),
        trainEnd: ({ state, monitors }) =>
          Effect.andThen(
            store.settled,
            Effect.suspend(() => clean(state().plain.best, monitors))
          )
      },
      finalizer: () => Effect.sync(() => void savers.delete(id))
    })
  })
  return Layer.unwrap(make)
}
