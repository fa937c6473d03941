/** __description__ The experiment that `etude train` runs: a task, its data, and what a config may set. No loop. */
import * as path from "node:path"
import { Experiment, Losses, Metric, Task } from "@etude/core"
import { Text, TextFile, Tokenizer } from "@etude/data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { network } from "./Model.ts"

const count = (byDefault: number, description: string) =>
  Schema.Int.check(Schema.isGreaterThan(0, { message: "expected a whole number above 0" }))
    .annotate({ default: byDefault, description })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(byDefault)))

/** The part of the text that validates, and as much that tests: its end, which no window of the training part reaches. */
const heldOut = 0.1

export const experiment = Experiment.make({
  name: "__package__",
  options: Schema.Struct({
    file: Schema.NonEmptyString.annotate({
      default: "data/poem.txt",
      description: "A text file; its path is relative to the config"
    }).pipe(Schema.withDecodingDefaultKey(Effect.succeed("data/poem.txt"))),
    length: count(16, "Characters that the model sees"),
    width: count(32, "Features of a character"),
    blocks: count(1, "Blocks of the transformer")
  }),
  make: Effect.fnUntraced(function* ({ file, length, width, blocks }, _seed, folder) {
    const text = yield* TextFile.read(path.resolve(folder, file))
    const tokenizer = Tokenizer.characters(text)
    const ids = yield* tokenizer.encode(text)
    const [validating, testing] = [Math.floor(ids.length * (1 - 2 * heldOut)), Math.floor(ids.length * (1 - heldOut))]
    const windows = (from: number, to: number, stride: number) => Text.windows(ids.slice(from, to), { length, stride })
    const task = Task.supervised({
      name: "__package__",
      model: network({ tokens: tokenizer.size, length, width, blocks }),
      loss: Losses.softmaxCrossEntropy(),
      metrics: { accuracy: Metric.accuracy }
    })
    return {
      task,
      data: {
        train: yield* windows(0, validating, 4),
        validation: yield* windows(validating, testing, length),
        test: yield* windows(testing, ids.length, length)
      }
    }
  })
})
