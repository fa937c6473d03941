/**
 * What stands around each synchronous stretch of a run (data reading, steps, and the plain hooks between them), as a
 * reference with a default that adds nothing. A layer may put something in its place for exactly that time, such as a
 * captured generator for `Math.random`, which the rest of the process continues to use unchanged.
 */
import * as Context from "effect/Context"

export interface SurroundingsService {
  /** Runs `body` once and gives what it gives; puts back what it changed, also when `body` throws. */
  readonly around: <A>(body: () => A) => A
}

export const Surroundings: Context.Reference<SurroundingsService> = Context.Reference("@etude/core/Surroundings", {
  defaultValue: (): SurroundingsService => ({ around: (body) => body() })
})
