/**
 * The two interfaces of a checkpoint store: `Checkpoints` for its users, and `Store`, which splits a save in two, so
 * that `AsyncSaving` can name a checkpoint immediately and write it later.
 */
import {
  Checkpoints,
  type CheckpointsService,
  type Loaded,
  type RunDescription,
  type Saved
} from "@etude/core/Checkpoints"
import type { CheckpointCorrupt, CheckpointError, CheckpointMissing } from "@etude/core/Errors"
import type { Values } from "@etude/core/Event"
import type { Plain, TrainState } from "@etude/core/TrainState"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** A checkpoint that has a name and is not yet written. */
export interface Prepared {
  readonly saved: Saved
  /**
   * Reads the state's tensors, which must be alive until it ends, and writes. May be run again after a failure. The name
   * that it gives differs from the prepared one only when another process has taken that in the meantime.
   */
  readonly write: Effect.Effect<Saved, CheckpointError>
}

export interface StoreService extends Omit<CheckpointsService, "save" | "settled"> {
  /** Names a checkpoint and encodes all that is not tensors. Reads no tensor. */
  readonly prepare: (
    state: TrainState,
    description: RunDescription,
    savers?: ReadonlyArray<string>
  ) => Effect.Effect<Prepared, CheckpointError>
}

export class Store extends Context.Service<Store, StoreService>()("@etude/checkpoint/Store") {}

/** The store as the loop sees it: saving ends when everything is written. */
export const checkpoints = ({ prepare, ...store }: StoreService): CheckpointsService => ({
  ...store,
  save: (state, description, savers) => Effect.flatMap(prepare(state, description, savers), ({ write }) => write),
  settled: Effect.void
})

/** A store as a layer, under both of its names. */
export const layer = <E, R>(make: Effect.Effect<StoreService, E, R>) =>
  Layer.effect(Checkpoints, Effect.map(Store, checkpoints)).pipe(Layer.provideMerge(Layer.effect(Store, make)))

/** The values that a state was measured at: those measured on exactly its parameters. */
export const valuesOf = ({ measured }: Plain): Values => measured

/**
 * The one with the best value of a monitor, of a list with the oldest first; a tie keeps the earlier one. NaN does not
 * count.
 */
export const best = (
  saved: ReadonlyArray<Saved>,
  monitor: string,
  better: "higher" | "lower"
): Option.Option<Saved> => {
  let best: Saved | undefined
  for (const one of saved) {
    const value = one.values[monitor]
    if (value === undefined || Number.isNaN(value)) continue
    const record = best?.values[monitor]
    if (record === undefined || (better === "higher" ? value > record : value < record)) best = one
  }
  return Option.fromUndefinedOr(best)
}

/**
 * The newest intact one of a list with the oldest first. A checkpoint deleted in the meantime does not count as
 * damaged.
 */
export const latest = (
  ids: ReadonlyArray<string>,
  load: (id: string) => Effect.Effect<Loaded, CheckpointCorrupt | CheckpointMissing | CheckpointError>
): Effect.Effect<Option.Option<Loaded>, CheckpointCorrupt | CheckpointError> =>
  Effect.gen(function* () {
    const passedOver: Array<CheckpointCorrupt> = []
    for (const id of ids.toReversed()) {
      const loaded = yield* load(id).pipe(
        Effect.map(Option.some),
        Effect.catchTags({
          CheckpointCorrupt: (damage) => {
            passedOver.push(damage)
            return Effect.succeedNone
          },
          CheckpointMissing: () => Effect.succeedNone
        })
      )
      if (Option.isSome(loaded)) return Option.some({ ...loaded.value, passedOver })
    }
    const [first] = passedOver
    return first === undefined ? Option.none() : yield* first
  })
