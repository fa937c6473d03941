import * as LearningRate from "@etude/core/LearningRate"
import * as Options from "@etude/core/Options"
import * as Schema from "effect/Schema"

const schema = Schema.TaggedStruct("WarmupStableDecay", {
  rate: Options.positive.annotate({ description: "The learning rate between warm-up and decay" }),
  warmup: LearningRate.Span,
  stable: LearningRate.Span,
  decay: LearningRate.Span,
  minimum: Options.withDefault(Options.notNegative, 0, "The rate at the end, at most the rate"),
  shape: Options.withDefault(
    Schema.Literals(["linear", "cosine", "squareRoot"]),
    "linear",
    "How the rate falls: a line, half a cosine, or 1 − √progress"
  )
}).check(
  Schema.makeFilter(({ rate, minimum }) =>
    minimum <= rate ? undefined : { path: ["minimum"], issue: `expected at most the rate (${rate})` }
  )
)

const shapes = {
  linear: (progress: number) => 1 - progress,
  cosine: (progress: number) => (1 + Math.cos(Math.PI * progress)) / 2,
  squareRoot: (progress: number) => 1 - Math.sqrt(progress)
}

/**
 * A linear rise over the warm-up, the rate itself over the stable part, and a fall to the minimum over the decay, where it stays. Hu et
 * al. 2024, arXiv:2404.06395; the root is Hägele et al. 2024, arXiv:2405.18392.
 *
 * In a config: `{ _tag: WarmupStableDecay, rate: 0.01, warmup: { steps: 100 }, stable: { epochs: 8 }, decay: { epochs: 2 } }`.
 */
export const warmupStableDecay = LearningRate.make({
  tag: "WarmupStableDecay",
  schema,
  at: ({ rate, warmup, stable, decay, minimum, shape }, { measure }) => {
    const [rise, hold, fall] = [measure(warmup), measure(stable), measure(decay)]
    return (step, begin) => {
      const since = rise.elapsed(step, begin)
      if (since < rise.length) return (rate * (since + 1)) / (rise.length + 1)
      const top = rise.end(begin)
      const end = hold.end(top)
      if (hold.elapsed(step, top) < hold.length) return rate
      const progress = Math.min(1, fall.elapsed(step, end) / fall.length)
      return minimum + (rate - minimum) * shapes[shape](progress)
    }
  }
})
