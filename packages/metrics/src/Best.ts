/** The best value so far, and when it was: what "best epoch" in a table means. Pure; keep it in a state or fold it over a history. */
import type { Better } from "@etude/core/Metric"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** Nothing, or a value and its position: an epoch, a step, whatever counts up. */
export const Best = Schema.NullOr(Schema.Struct({ value: Schema.Number, at: Schema.Number }))
export type Best = typeof Best.Type

export const empty: Best = null

/** The better of both; of equal ones the earlier. Associative and commutative; `empty` changes nothing. */
export const combine =
  (better: Exclude<Better, "neither">) =>
  (a: Best, b: Best): Best => {
    if (a === null || b === null) return a ?? b
    if (a.value === b.value) return a.at <= b.at ? a : b
    return a.value > b.value === (better === "higher") ? a : b
  }

/** A value at a position. NaN is never the best of anything. */
export const of = (value: number, position: number): Best => (Number.isNaN(value) ? null : { value, at: position })

/** The best of values at the positions 0, 1, … */
export const fold = (
  better: Exclude<Better, "neither">,
  values: ReadonlyArray<number>
): Option.Option<NonNullable<Best>> => Option.fromNullishOr(values.map(of).reduce(combine(better), empty))
