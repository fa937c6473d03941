/** How a run ends and how it continues: what is known of both, as functions of plain data. */
import type { Decision } from "../../Decision.ts"
import type { Values } from "../../Event.ts"
import type * as Extent from "../../Extent.ts"
import type { Ended, HistoryEntry, Plain } from "../../TrainState.ts"

/** What a user who resumes a state should know before the first step. */
export const warnings = (until: Extent.Until, resumed: Plain | undefined): ReadonlyArray<string> => {
  if (resumed === undefined) return []
  const { epoch, step } = resumed.progress
  const short = (["epochs", "steps"] as const).flatMap((unit) => {
    const [limit, done] = [until[unit], unit === "epochs" ? epoch : step]
    return limit === undefined || done <= limit
      ? []
      : [
          `until.${unit} is ${limit}, and the run has done ${done} ${unit} already: nothing is trained. ` +
            `Set it above ${done} to train further.`
        ]
  })
  return short
}

/** How callbacks ended a run, by what they decided. */
export const endOf = ({ stopRun, stoppers = [] }: Decision): Ended => ({ reason: stopRun.join(", "), by: stoppers })

/** Whether a run that callbacks ended continues: on request, or when none of those callbacks is part of it any more. */
export const continues = (ended: Ended | null, ids: ReadonlyArray<string>, beyondEnd: boolean): boolean =>
  ended !== null && (beyondEnd || (ended.by.length > 0 && !ended.by.some((id) => ids.includes(id))))

/** What the running epoch has come to, of a run that ends in its middle. */
export interface Partial {
  readonly values: Values
  readonly learningRate: number
}

/**
 * The history of a run that ends here. In the middle of an epoch its last entry holds what that epoch came to so far, beside
 * what a validation measured at this very step. The state's own history has no such entry: a run that continues from it
 * finishes the epoch.
 */
export const historyAt = (
  { history, progress: { epoch, step, samples } }: Pick<Plain, "history" | "progress">,
  partial: Partial | undefined
): ReadonlyArray<HistoryEntry> => {
  if (partial === undefined) return history
  const { learningRate, values } = partial
  const last = history.at(-1)
  const isHere = last?.step === step && last.epoch === epoch
  const entry = { epoch, step, samples, learningRate, values: { ...values, ...(isHere ? last.values : {}) } }
  return [...(isHere ? history.slice(0, -1) : history), entry]
}
