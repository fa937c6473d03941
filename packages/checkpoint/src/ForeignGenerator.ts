/**
 * Generators of other libraries in a run that must be resumable: seedrandom, pure-rand, or a custom one. Etude's own
 * streams are keyed and have nothing to capture; a foreign one declares how its state is read and restored.
 */
import { Callback } from "@etude/core"
import type * as Schema from "effect/Schema"

export interface ForeignGenerator<S> {
  /** Names the generator within a run. */
  readonly name: string
  readonly state: Schema.Codec<S, any>
  /** The current state. */
  readonly read: () => S
  /** Restores the generator to a state. */
  readonly restore: (state: S) => void
}

/**
 * Makes a generator's state part of the run: it is saved with every checkpoint and put back at a resume.
 *
 * The generator must be drawn from in the run's own order only: in a dataset's synchronous `read` or in hooks. A loader
 * that reads ahead (`Prefetch`) draws early; with it, a state would be saved that is ahead of the batch.
 */
export const layer = <S>({ name, state, read, restore }: ForeignGenerator<S>): Callback.CallbackLayer =>
  Callback.observer({
    id: `generator/${name}`,
    state: { schema: state, initial: read(), outside: { read, restore } },
    hooks: {}
  })
