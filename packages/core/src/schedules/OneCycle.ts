import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import * as Fields from "./fields.ts"
import { type Course, make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("OneCycle", {
  maximum: Fields.rate,
  over: Fields.Span,
  warmupFraction: Config.withDefault(Fields.fraction, 0.3, "Fraction of the span in which the rate rises"),
  divisor: Config.withDefault(Fields.atLeastOne, 25, "The rate starts at maximum / divisor"),
  finalDivisor: Config.withDefault(Fields.atLeastOne, 10_000, "The rate ends at maximum / (divisor · finalDivisor)")
})

/** From `first` to `top` and on to `last`, both along half a cosine, with the turn after a fraction of the span. */
export const cycle = (
  { first, top, last: end }: { readonly first: number; readonly top: number; readonly last: number },
  { over, warmupFraction }: { readonly over: Fields.Span; readonly warmupFraction: number },
  { measure }: Pick<Course, "measure">
) => {
  const { length, elapsed } = measure(over)
  // As in PyTorch: the last step of the rise is warmupFraction · over − 1, which need not be whole, nor above 0.
  const last = length - 1
  const peak = warmupFraction * (last + 1) - 1
  return (step: number, begin: number): number => {
    const since = elapsed(step, begin)
    if (since <= peak) return Fields.halfCosine(first, top, peak === 0 ? 1 : since / peak)
    const fall = last <= peak ? 1 : Math.min(1, (since - peak) / (last - peak))
    return Fields.halfCosine(top, end, fall)
  }
}

/**
 * Up from maximum / divisor to maximum, then down to maximum / (divisor · finalDivisor), both along half a cosine: the rate of PyTorch's
 * OneCycleLR. `OneCycleMomentum` is the momentum beside it. Smith and Topin 2018, arXiv:1708.07120.
 */
export const entry = make({
  tag: "OneCycle",
  schema,
  at: ({ maximum, divisor, finalDivisor, ...span }, course) => {
    const first = maximum / divisor
    return cycle({ first, top: maximum, last: first / finalDivisor }, span, course)
  }
})
