import * as Schema from "effect/Schema"
import type { Tagged } from "../Entry.ts"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

const schema = <T, E>(schedule: Schema.Codec<T, E>) =>
  Schema.TaggedStruct("Sequence", {
    parts: Schema.Array(Schema.Struct({ for: Fields.Span, use: schedule })),
    last: schedule
  })

/** One schedule after another, each from its own beginning; `last` follows them. PyTorch's SequentialLR. */
export const entry = make({
  tag: "Sequence",
  schema: (schedule: Schema.Codec<Tagged, unknown>) => schema(schedule),
  at: ({ parts, last }, { measure, follow }) => {
    const measured = parts.map((part) => ({ ...measure(part.for), rate: follow(part.use) }))
    const lastRate = follow(last)
    return (step, begin) => {
      let start = begin
      for (const { elapsed, end, length, rate } of measured) {
        if (elapsed(step, start) < length) return rate(step, start)
        start = end(start)
      }
      return lastRate(step, start)
    }
  }
})
