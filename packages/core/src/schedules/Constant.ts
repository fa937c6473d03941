import * as Schema from "effect/Schema"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("Constant", { rate: Fields.rate })

/** The same rate throughout. */
export const entry = make({
  tag: "Constant",
  schema,
  at: ({ rate }) => rate
})
