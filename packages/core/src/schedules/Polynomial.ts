import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("Polynomial", {
  rate: Fields.rate,
  over: Fields.Span,
  power: Config.withDefault(Config.positive, 1, "1 is a straight line"),
  minimum: Fields.minimum
}).check(Fields.falls)

/** (rate − minimum) · (1 − t / over)^power + minimum, then the minimum. With minimum 0 it is PyTorch's PolynomialLR. */
export const entry = make({
  tag: "Polynomial",
  schema,
  at: ({ rate, over, power, minimum }, { measure }) => {
    const { length, elapsed } = measure(over)
    return (step, begin) => (rate - minimum) * Math.max(0, 1 - elapsed(step, begin) / length) ** power + minimum
  }
})
