/** Lengths of training: how far a run goes, and how often something is due. A number always carries its unit. */
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import { count, narrowed } from "./Config.ts"
import type { Progress } from "./Progress.ts"

const minutes = Schema.Finite.check(Schema.isGreaterThan(0, { message: "expected minutes above 0" }))

/** The end of a run: the first of its limits to be reached. */
export interface Until {
  readonly epochs?: number
  readonly steps?: number
  readonly samples?: number
  readonly minutes?: number
}
export const Until: Schema.Codec<Until> = Schema.Struct({
  epochs: Schema.optionalKey(count("epochs")),
  steps: Schema.optionalKey(count("steps")),
  samples: Schema.optionalKey(count("samples")),
  minutes: Schema.optionalKey(minutes)
}).check(
  Schema.makeFilter((until) =>
    Object.keys(until).length > 0 ? undefined : "expected at least one of epochs, steps, samples, minutes"
  )
)

type Units = { readonly [unit: string]: Schema.Codec<number> | Schema.Codec<ReadonlyArray<number>> }
/** A number with its unit, or a list of them: exactly one of the keys. */
type AmountOf<U extends Units> = { [Unit in keyof U]: { readonly [_ in Unit]: U[Unit]["Type"] } }[keyof U]

/** The Schema of an amount in one of these units. */
export const amount = <const U extends Units>(units: U): Schema.Codec<AmountOf<U>> => {
  const message = `expected one of ${Object.keys(units)
    .map((unit) => `{ ${unit}: n }`)
    .join(", ")}`
  // A struct with a check reports a wrong key or number once; a union would report it once for each member.
  return narrowed(
    Schema.Struct(Record.map(units, (schema) => Schema.optionalKey(schema)))
      .annotate({ message })
      .check(Schema.isMinProperties(1, { message }), Schema.isMaxProperties(1, { message }))
  )
}

/** How often something is due: every n epochs, steps or minutes. */
export type Every = { readonly epochs: number } | { readonly steps: number } | { readonly minutes: number }
export const Every: Schema.Codec<Every> = amount({ epochs: count("epochs"), steps: count("steps"), minutes })

/** An amount of waiting: in measurements of what is waited for, epochs or steps. */
export type Patience = { readonly evaluations: number } | { readonly epochs: number } | { readonly steps: number }
export const Patience: Schema.Codec<Patience> = amount({
  evaluations: Schema.Natural,
  epochs: Schema.Natural,
  steps: Schema.Natural
})

/** A position of the run: after that many epochs or steps. */
export type Position = { readonly epochs: number } | { readonly steps: number }
export const Position: Schema.Codec<Position> = amount({ epochs: Schema.Natural, steps: Schema.Natural })

/** The limit of `until` that has been reached, if any. */
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
