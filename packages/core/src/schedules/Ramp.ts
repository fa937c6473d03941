import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("Ramp", {
  from: Config.notNegative.annotate({ description: "The value at the first update" }),
  to: Config.notNegative.annotate({ description: "The value after the span, where it stays" }),
  over: Fields.Span,
  shape: Config.withDefault(Schema.Literals(["linear", "cosine"]), "linear", "A line, or half a cosine")
})

/**
 * From one value to another, up or down, over a span: a weight decay that grows (Caron et al. 2021, arXiv:2104.14294, §3.2, along half a
 * cosine), a dropout that ends early. Optax' `linear_schedule`.
 */
export const entry = make({
  tag: "Ramp",
  schema,
  at: ({ from, to, over, shape }, { measure }) => {
    const { length, elapsed } = measure(over)
    return (step, begin) => {
      const progress = Math.min(1, elapsed(step, begin) / length)
      return shape === "cosine" ? Fields.halfCosine(from, to, progress) : from + (to - from) * progress
    }
  }
})
