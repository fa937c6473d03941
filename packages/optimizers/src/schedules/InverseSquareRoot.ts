import * as LearningRate from "@etude/core/LearningRate"
import * as Options from "@etude/core/Options"
import * as Schema from "effect/Schema"

const schema = Schema.TaggedStruct("InverseSquareRoot", {
  rate: Options.positive.annotate({ description: "The learning rate at the end of the warm-up" }),
  warmup: LearningRate.Span
})

/**
 * rate · min((t + 1) / w, √(w / (t + 1))) with the warm-up w: a linear rise, then a fall with the inverse root of the step. Vaswani et al.
 * 2017, arXiv:1706.03762, §5.3; Noam's schedule is the one with rate = (width · w)^−½.
 *
 * In a config: `{ _tag: InverseSquareRoot, rate: 0.001, warmup: { steps: 4000 } }`.
 */
export const inverseSquareRoot = LearningRate.make({
  tag: "InverseSquareRoot",
  schema,
  at: ({ rate, warmup }, { measure }) => {
    const { length, elapsed } = measure(warmup)
    return (step, begin) => {
      const done = elapsed(step, begin) + 1
      return rate * Math.min(done / length, Math.sqrt(length / done))
    }
  }
})
