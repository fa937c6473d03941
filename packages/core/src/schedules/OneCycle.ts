import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("OneCycle", {
  maximum: Fields.rate,
  over: Fields.Span,
  warmupFraction: Config.withDefault(Fields.fraction, 0.3, "Fraction of the span in which the rate rises"),
  divisor: Config.withDefault(Fields.atLeastOne, 25, "The rate starts at maximum / divisor"),
  finalDivisor: Config.withDefault(Fields.atLeastOne, 10_000, "The rate ends at maximum / (divisor · finalDivisor)")
})

/**
 * Up from maximum / divisor to maximum, then down to maximum / (divisor · finalDivisor), both along half a cosine. PyTorch's
 * OneCycleLR without momentum. Smith and Topin 2018, arXiv:1708.07120.
 */
export const entry = make({
  tag: "OneCycle",
  schema,
  at: ({ maximum, over, warmupFraction, divisor, finalDivisor }, { measure }) => {
    const { length, elapsed } = measure(over)
    // As in PyTorch: the last step of the rise is warmupFraction · over − 1, which need not be whole, nor above 0.
    const last = length - 1
    const peak = warmupFraction * (last + 1) - 1
    const first = maximum / divisor
    return (step, begin) => {
      const since = elapsed(step, begin)
      if (since <= peak) return Fields.halfCosine(first, maximum, peak === 0 ? 1 : since / peak)
      const fall = last <= peak ? 1 : Math.min(1, (since - peak) / (last - peak))
      return Fields.halfCosine(maximum, first / finalDivisor, fall)
    }
  }
})
