/** LeNet-5 on MNIST: the experiment that `etude train` runs. */
import { Experiment, Losses, Task } from "@etude/core"
import { Mnist, Split } from "@etude/data"
import { Classification, Confusion, Probabilistic } from "@etude/metrics"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { lenet5 } from "./Model.ts"

export { lenet5 } from "./Model.ts"

const digits = { task: "multiclass", classes: 10 } as const

/**
 * What is trained: the model, its loss and what is reported. Validation and test measure more than a step does: what the
 * errors are, and whether the probabilities can be believed.
 */
export const task = Task.supervised({
  name: "LeNet-5 on MNIST",
  model: lenet5,
  loss: Losses.softmaxCrossEntropy(),
  metrics: { accuracy: Classification.accuracy(digits) },
  evaluationMetrics: {
    macroF1: Classification.f1(digits),
    ece: Probabilistic.expectedCalibrationError(digits),
    confusion: Confusion.confusionMatrix(digits),
    reliability: Probabilistic.reliability(digits)
  }
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
