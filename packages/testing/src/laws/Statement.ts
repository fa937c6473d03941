/** A law about one thing, ready to be checked. */
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import type * as Effect from "effect/Effect"
import type { LawBroken } from "./LawBroken.ts"
import type { LawSkipped } from "./LawSkipped.ts"

export interface Statement<R = Backend | StepExecutor> {
  /** What must hold, as the name of a test. */
  readonly statement: string
  /** `LawSkipped` if there is nothing to check. */
  readonly check: Effect.Effect<void, LawBroken | LawSkipped, R>
}
