/** __description__ The experiment that `etude train` runs: a task, its data, and what a config may set. No loop. */
import * as path from "node:path"
import { Experiment, Losses, Metric, Task } from "@etude/core"
import { Augment, Images, Split } from "@etude/data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { network } from "./Model.ts"

export const experiment = Experiment.make({
  name: "__package__",
  options: Schema.Struct({
    folder: Schema.NonEmptyString.annotate({
      default: "data",
      description: "A folder with one subfolder of images for each class; its path is relative to the config"
    }).pipe(Schema.withDecodingDefaultKey(Effect.succeed("data"))),
    size: Schema.Int.check(Schema.isBetween({ minimum: 8, maximum: 1024 }))
      .annotate({ default: 12, description: "Height and width that images are resized to" })
      .pipe(Schema.withDecodingDefaultKey(Effect.succeed(12)))
  }),
  make: Effect.fnUntraced(function* ({ folder: images, size }, seed, folder) {
    const all = yield* Images.folder(path.resolve(folder, images), { size, normalize: "unit" })
    // What tests is the same whatever the seed; what validates is drawn by it.
    const { rest, heldOut: test } = yield* Split.split(all, { key: 0, fraction: 0.25, stratify: true })
    const { rest: kept, heldOut: validation } = yield* Split.split(rest, { key: seed, fraction: 0.25, stratify: true })
    const train = yield* Augment.onHost(kept, [Augment.flip()])
    const task = Task.supervised({
      name: "__package__",
      model: network(all.classes?.length ?? 2, all.spec.inputs),
      loss: Losses.softmaxCrossEntropy(),
      metrics: { accuracy: Metric.accuracy }
    })
    return { task, data: { train, validation, test } }
  })
})
