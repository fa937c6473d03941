import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import * as Fields from "./fields.ts"
import { make } from "./ScheduleEntry.ts"

export const schema = Schema.TaggedStruct("MultiStep", {
  rate: Fields.rate,
  milestones: Schema.Array(Fields.Span),
  factor: Config.withDefault(Config.positive, 0.1, "Factor of the rate at each milestone")
})

/** rate · factor^(number of milestones reached). PyTorch's MultiStepLR. */
export const entry = make({
  tag: "MultiStep",
  schema,
  at: ({ rate, milestones, factor }, { measure }) => {
    const measured = milestones.map(measure)
    return (step, begin) =>
      rate * factor ** measured.filter(({ elapsed, length }) => elapsed(step, begin) >= length).length
  }
})
