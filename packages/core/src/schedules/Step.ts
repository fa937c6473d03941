import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("Step", {
  rate: Fields.rate,
  every: Fields.Span,
  factor: Config.withDefault(Config.positive, 0.1, "Factor of the rate at each step")
})

/** rate · factor^⌊t / every⌋. PyTorch's StepLR. */
export const entry = make({
  tag: "Step",
  schema,
  at: ({ rate, every, factor }, { measure }) => {
    const { length, elapsed } = measure(every)
    return (step, begin) => rate * factor ** Math.floor(elapsed(step, begin) / length)
  }
})
