/** How a run ended, in the words of the laws. */
import * as Cause from "effect/Cause"
import * as EffectExit from "effect/Exit"

export type Exit = "success" | "typed failure" | "defect" | "interruption"

export const exitOf = (exit: EffectExit.Exit<unknown, unknown>): Exit => {
  if (EffectExit.isSuccess(exit)) return "success"
  if (Cause.hasInterruptsOnly(exit.cause)) return "interruption"
  return Cause.hasDies(exit.cause) ? "defect" : "typed failure"
}
