/** LeNet-5 on MNIST: the experiment that `etude train` runs. */
import { Experiment, Losses, Metric, Task } from "@etude/core"
import { Mnist, Split } from "@etude/data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { lenet5 } from "./Model.ts"

export { lenet5 } from "./Model.ts"

/** What is trained: the model, its loss and what is reported. */
export const task = Task.supervised({
  name: "LeNet-5 on MNIST",
  model: lenet5,
  loss: Losses.softmaxCrossEntropy(),
  metrics: { accuracy: Metric.accuracy }
})

/**
 * Pixels from 0 (paper) to 255 (ink) become −0.1 … 1.175. LeCun et al. 1998, §II.B, where that is said to make the mean
 * about 0 and the variance about 1; of MNIST's 28×28 images they are 0.07 and 0.15.
 */
const paperScale = { mean: 0.1 / 1.275, deviation: 1 / 1.275 }

export const experiment = Experiment.make({
  name: "lenet-5",
  options: Schema.Struct({
    heldOut: Schema.Int.check(
      Schema.isBetween({ minimum: 1, maximum: 59_000 }, { message: "expected 1 to 59000 images" })
    )
      .annotate({ default: 5000, description: "Training images that are held out for validation" })
      .pipe(Schema.withDecodingDefaultKey(Effect.succeed(5000)))
  }),
  make: Effect.fnUntraced(function* ({ heldOut: count }, seed) {
    const { train, test } = yield* Mnist.fromPackage({ pad: 2, normalize: paperScale })
    const { rest, heldOut } = yield* Split.split(train, { key: seed, count })
    return { task, data: { train: rest, validation: heldOut, test } }
  })
})
