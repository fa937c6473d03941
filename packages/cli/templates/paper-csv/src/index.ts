/** __description__ The experiment that `etude train` runs: a task, its data, and what a config may set. No loop. */
import * as path from "node:path"
import { Experiment, Losses, Metric, Task } from "@etude/core"
import { Columns, Csv, Preprocess, Split } from "@etude/data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { network } from "./Model.ts"

const text = (byDefault: string, description: string) =>
  Schema.NonEmptyString.annotate({ default: byDefault, description }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(byDefault))
  )

export const experiment = Experiment.make({
  name: "__package__",
  options: Schema.Struct({
    file: text("data/flowers.csv", "A CSV file with a header; its path is relative to the config"),
    target: text("species", "The column to be predicted, a category; all others are inputs")
  }),
  make: Effect.fnUntraced(function* ({ file, target }, seed, folder) {
    const table = yield* Csv.read(path.resolve(folder, file), { targets: target })
    // What tests is the same whatever the seed; what validates is drawn by it.
    const { rest, heldOut: test } = yield* Split.split(table, { key: 0, fraction: 0.2, stratify: true })
    const { rest: train, heldOut: validation } = yield* Split.split(rest, { key: seed, fraction: 0.25, stratify: true })
    // Learned from what trains alone, and a part of the model from here on.
    const encodings = Columns.format(table.columns)
    const fitted = yield* Preprocess.fit(train, Preprocess.standardize(), { encodings })
    const model = Preprocess.before(network(table.classes?.length ?? 2, train.spec.inputs), fitted)
    const task = Task.supervised({
      name: "__package__",
      model,
      loss: Losses.softmaxCrossEntropy(),
      metrics: { accuracy: Metric.accuracy }
    })
    return { task, data: { train, validation, test } }
  })
})
