/** Running something for a law: what fails on the way is reported as the law's own failure. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { LawBroken } from "./LawBroken.ts"

const sentence = (cause: Cause.Cause<unknown>): string => {
  if (Cause.hasInterruptsOnly(cause)) return "the run was interrupted from outside"
  const error = Cause.squash(cause)
  // The law's own sentence continues after it.
  return `the run failed: ${(error instanceof Error ? error.message : String(error)).replace(/\.$/, "")}`
}

/** The result of a run, or the law's failure with what made it fail. */
export const ranOr = <A, R>(
  run: Effect.Effect<A, unknown, R>,
  broken: (found: string) => LawBroken
): Effect.Effect<A, LawBroken, R> => Effect.catchCause(run, (cause) => Effect.fail(broken(sentence(cause))))
