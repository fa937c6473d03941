/** A learning-rate schedule, as an example of what a config can name beside callbacks. */
import * as Config from "@etude/core/Config"
import * as LearningRate from "@etude/core/LearningRate"
import * as Schema from "effect/Schema"

/** rate / (1 + t / over), with t the updates done: half of the rate is left after `over`. */
export const schedule = LearningRate.make({
  tag: "Hyperbolic",
  schema: Schema.TaggedStruct("Hyperbolic", {
    rate: Config.positive.annotate({ description: "The learning rate at the first update" }),
    over: LearningRate.Span.annotate({ description: "Until the rate is halved" })
  }),
  // A pure function of the step: a resumed run asks again. `measure` knows how many updates an epoch has.
  at: ({ rate, over }, { measure }) => {
    const { length, elapsed } = measure(over)
    return (step, begin) => rate / (1 + elapsed(step, begin) / length)
  }
})
