import * as Schema from "effect/Schema"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("Cosine", {
  rate: Fields.rate,
  over: Fields.Span,
  minimum: Fields.minimum
}).check(Fields.falls)

/** From rate to minimum along half a cosine over the span, then the minimum. Loshchilov and Hutter 2017, arXiv:1608.03983. */
export const entry = make({
  tag: "Cosine",
  schema,
  at: ({ rate, over, minimum }, { measure }) => {
    const { length, elapsed } = measure(over)
    return (step, begin) => Fields.halfCosine(rate, minimum, Math.min(1, elapsed(step, begin) / length))
  }
})
