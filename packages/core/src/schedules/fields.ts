/** Options that several schedules have. */
import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"

export const rate = Schema.Finite.check(
  Schema.isGreaterThan(0, { message: "expected a learning rate above 0" })
).annotate({ description: "Learning rate, above 0" })
export const atLeastOne = Schema.Finite.check(
  Schema.isGreaterThanOrEqualTo(1, { message: "expected a number of at least 1" })
)
export const fraction = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1 }, { message: "expected a number between 0 and 1" })
)

/** A length of training, in epochs or in steps (updates). */
export type Span = { readonly epochs: number } | { readonly steps: number }
// A struct with a check reports a wrong key or number once; a union would report it once for each member.
export const Span = Config.narrowed<Span>(
  Schema.Struct({
    epochs: Schema.optionalKey(Config.count("epochs")),
    steps: Schema.optionalKey(Config.count("steps"))
  })
    .annotate({ message: "expected { epochs: n } or { steps: n }" })
    .check(
      Schema.isMinProperties(1, { message: "expected { epochs: n } or { steps: n }" }),
      Schema.isMaxProperties(1, { message: "expected { epochs: n } or { steps: n }, one of the two" })
    )
)

export const minimum = Config.withDefault(Config.notNegative, 0, "The rate at the end, at most the rate at the start")

export const falls = Schema.makeFilter((schedule: { readonly rate: number; readonly minimum: number }) =>
  schedule.minimum <= schedule.rate
    ? undefined
    : { path: ["minimum"], issue: `expected at most the rate (${schedule.rate})` }
)

/** Half a cosine between two rates; `progress` from 0 to 1. */
export const halfCosine = (from: number, to: number, progress: number): number =>
  // Halved before it is multiplied: the same bits, and no overflow of rates near the largest number.
  to + (from - to) * ((1 + Math.cos(Math.PI * progress)) / 2)
