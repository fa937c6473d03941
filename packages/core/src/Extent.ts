/** Lengths of training: how far a run goes, and how often something is due. A number always carries its unit. */
import * as Schema from "effect/Schema"
import type { Progress } from "./Progress.ts"

const count = (what: string) =>
  Schema.Int.check(Schema.isGreaterThan(0, { message: `expected a whole number of ${what} above 0` }))
const minutes = Schema.Finite.check(Schema.isGreaterThan(0, { message: "expected minutes above 0" }))

/** The end of a run: the first of its limits to be reached. */
export const Until = Schema.Struct({
  epochs: Schema.optionalKey(count("epochs")),
  steps: Schema.optionalKey(count("steps")),
  samples: Schema.optionalKey(count("samples")),
  minutes: Schema.optionalKey(minutes)
}).check(
  Schema.makeFilter((until) =>
    Object.keys(until).length > 0 ? undefined : "expected at least one of epochs, steps, samples, minutes"
  )
)
export type Until = typeof Until.Type

/** How often something is due: every so many epochs, steps or minutes. */
export type Every = { readonly epochs: number } | { readonly steps: number } | { readonly minutes: number }
const oneOf = "expected one of { epochs: n }, { steps: n }, { minutes: n }"
// A struct with a check reports a wrong key or number once; a union would report it once for each member.
export const Every = Schema.Struct({
  epochs: Schema.optionalKey(count("epochs")),
  steps: Schema.optionalKey(count("steps")),
  minutes: Schema.optionalKey(minutes)
})
  .annotate({ message: oneOf })
  .check(
    Schema.isMinProperties(1, { message: oneOf }),
    Schema.isMaxProperties(1, { message: oneOf })
  ) as unknown as Schema.Codec<Every> // the check leaves exactly the members of the union

/** Which limit of `until` has been reached, if any. */
export const reached = (until: Until, progress: Progress): keyof Until | undefined => {
  if (until.epochs !== undefined && progress.epoch >= until.epochs) return "epochs"
  if (until.steps !== undefined && progress.step >= until.steps) return "steps"
  if (until.samples !== undefined && progress.samples >= until.samples) return "samples"
  if (until.minutes !== undefined && progress.elapsedSeconds >= until.minutes * 60) return "minutes"
  return undefined
}

/** What a rule in wall-clock time needs to know: when it last was due, in elapsed seconds of the run. */
export interface LastDue {
  readonly step: number
  readonly elapsedSeconds: number
}

/** Whether a rule is due at a boundary after a batch; `epochEnded` when that batch was the last of its epoch. */
export const due = (every: Every, progress: Progress, epochEnded: boolean, last: LastDue): boolean => {
  if ("epochs" in every) return epochEnded && progress.epoch % every.epochs === 0
  if (progress.step === last.step) return false
  if ("steps" in every) return progress.step % every.steps === 0
  return progress.elapsedSeconds - last.elapsedSeconds >= every.minutes * 60
}
