import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("Exponential", {
  rate: Fields.rate,
  factor: Config.positive.annotate({ description: "Factor of the rate over `every`" }),
  every: Config.withDefault(Fields.Span, { epochs: 1 }, "The span over which the factor applies once")
})

/** rate · factor^(t / every), smoothly from step to step. PyTorch's ExponentialLR with `every` one step. */
export const entry = make({
  tag: "Exponential",
  schema,
  at: ({ rate, factor, every }, { measure }) => {
    const { length, elapsed } = measure(every)
    return (step, begin) => rate * factor ** (elapsed(step, begin) / length)
  }
})
