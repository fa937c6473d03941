import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import type { Tagged } from "../Entry.ts"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

const schema = <T, E>(schedule: Schema.Codec<T, E>) =>
  Schema.TaggedStruct("Warmup", {
    over: Fields.Span,
    from: Config.withDefault(Fields.fraction, 0, "Fraction of the rate at the first update"),
    then: schedule
  })

/**
 * A linear rise from `from` times the rate at which `then` begins, over the span; `then` begins when the rise ends. PyTorch's
 * LinearLR before another by SequentialLR. With `from` 0 the first update changes nothing, as is usual for warm-ups.
 */
export const entry = make({
  tag: "Warmup",
  schema: (schedule: Schema.Codec<Tagged, unknown>) => schema(schedule),
  at: ({ over, from, then }, { measure, follow }) => {
    const { length, elapsed, end } = measure(over)
    const rateOf = follow(then)
    return (step, begin) => {
      const [since, top] = [elapsed(step, begin), end(begin)]
      return since < length ? rateOf(top, top) * (from + (1 - from) * (since / length)) : rateOf(step, top)
    }
  }
})
