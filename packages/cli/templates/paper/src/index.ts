/** __description__ The experiment that `etude train` runs: a task, its data, and what a config may set. No loop. */
import { Experiment, Losses, Metric, Rng, Task } from "@etude/core"
import { Arrays, Split } from "@etude/data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { model } from "./Model.ts"

export { model } from "./Model.ts"

/** What is trained: the model, its loss and what is reported. */
export const task = Task.supervised({
  name: "__package__",
  model,
  loss: Losses.softmaxCrossEntropy(),
  metrics: { accuracy: Metric.accuracy }
})

/** Points in the plane, each inside or outside a circle that holds half of them. Put the paper's data in its place. */
const circle = (samples: number) => {
  const values = Rng.normals(Rng.named(Rng.key(0), "circle"), 2 * samples)
  const labels = Int32Array.from({ length: samples }, (_, at) =>
    values[2 * at]! ** 2 + values[2 * at + 1]! ** 2 < 2 * Math.LN2 ? 1 : 0
  )
  return Arrays.fromArrays({
    inputs: { values, shape: [2] },
    targets: { values: labels },
    classes: ["outside", "inside"]
  })
}

export const experiment = Experiment.make({
  name: "__package__",
  options: Schema.Struct({
    samples: Schema.Int.check(Schema.isBetween({ minimum: 100, maximum: 100_000 }))
      .annotate({ default: 2000, description: "Points in all; a fifth validates, a fifth tests" })
      .pipe(Schema.withDecodingDefaultKey(Effect.succeed(2000)))
  }),
  make: Effect.fnUntraced(function* ({ samples }, seed) {
    const { rest, heldOut: test } = yield* Split.split(yield* circle(samples), { key: 0, fraction: 0.2 })
    const { rest: train, heldOut: validation } = yield* Split.split(rest, { key: seed, fraction: 0.25 })
    return { task, data: { train, validation, test } }
  })
})
