import * as LearningRate from "@etude/core/LearningRate"
import * as Options from "@etude/core/Options"
import * as Schema from "effect/Schema"

const schema = Schema.TaggedStruct("Cyclic", {
  minimum: Options.positive.annotate({ description: "The rate at the beginning of each cycle" }),
  maximum: Options.positive.annotate({ description: "The rate at the top of the first cycle" }),
  rise: LearningRate.Span.annotate({ description: "From the minimum to the top" }),
  fall: Schema.optionalKey(LearningRate.Span).annotate({
    description: "From the top to the minimum; as long as the rise"
  }),
  shape: Options.withDefault(
    Schema.Literals(["triangular", "halving", "exponential"]),
    "triangular",
    "The height of the cycles: always the same, half of the last one, or decay^t"
  ),
  decay: Options.withDefault(Options.positive, 1, "Per update, for exponential")
}).check(
  Schema.makeFilter(({ minimum, maximum }) =>
    minimum <= maximum ? undefined : { path: ["minimum"], issue: `expected at most the maximum (${maximum})` }
  )
)

/**
 * Up and down between two rates, in lines. Smith 2017, arXiv:1506.01186; PyTorch's CyclicLR without momentum.
 *
 * In a config: `{ _tag: Cyclic, minimum: 0.001, maximum: 0.01, rise: { steps: 500 } }`.
 */
export const cyclic = LearningRate.make({
  tag: "Cyclic",
  schema,
  at: ({ minimum, maximum, rise, fall = rise, shape, decay }, { measure }) => {
    const [up, down] = [measure(rise), measure(fall)]
    const length = up.length + down.length
    return (step, begin) => {
      const since = up.elapsed(step, begin)
      const cycle = Math.floor(since / length)
      const inside = since - cycle * length
      const height = inside <= up.length ? inside / up.length : 1 - (inside - up.length) / down.length
      const scale = shape === "halving" ? 0.5 ** cycle : shape === "exponential" ? decay ** (step - begin) : 1
      return minimum + (maximum - minimum) * height * scale
    }
  }
})
