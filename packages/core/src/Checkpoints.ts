/** Where a run's states are saved, as a service. Without one, a controller's wish to save is reported as a warning. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { CheckpointError } from "./Errors.ts"
import type { TrainState } from "./TrainState.ts"

export class Checkpoints extends Context.Service<
  Checkpoints,
  {
    /** Saves a state, whose tensors the store must retain if it reads them after this effect has ended. */
    readonly save: (state: TrainState) => Effect.Effect<{ readonly path: string }, CheckpointError>
  }
>()("@etude/core/Checkpoints") {}
