/** Networks twice: made of the parts of @etude/layers, and written by hand. Both begin with the same values. */
import { Losses, Rng, Task } from "@etude/core"
import type { Model } from "@etude/core/Model"
import { Layer } from "@etude/layers"
import * as Data from "@etude/testing/subjects/Data"
import type * as Trajectory from "@etude/testing/subjects/Trajectory"
import type * as tf from "@tensorflow/tfjs-core"
import { batchNormMlp } from "./batchNorm.ts"
import * as byHand from "./byHand.ts"
import { characters } from "./characters.ts"
import { lenet5 } from "./lenet5.ts"

type Subject = Omit<Trajectory.Subject, "name">

export interface Pair {
  readonly name: string
  /** Two steps of Adam. */
  readonly parts: Subject
  readonly byHand: Subject
}

const subjectOf = (model: Model<tf.Tensor, tf.Tensor>, data: Subject["data"], batchSize: number): Subject => ({
  task: Task.supervised({ name: model.name, model, loss: Losses.softmaxCrossEntropy() }),
  config: { seed: 1, until: { steps: 2 }, batchSize, optimizer: { _tag: "Adam" }, learningRate: 0.001 },
  data
})

const pairOf = (
  parts: Model<tf.Tensor, tf.Tensor>,
  apply: Model<tf.Tensor, tf.Tensor>["apply"],
  data: Subject["data"],
  batchSize: number
): Pair => ({
  name: parts.name,
  parts: subjectOf(parts, data, batchSize),
  byHand: subjectOf({ ...parts, apply }, data, batchSize)
})

const images = (shape: ReadonlyArray<number>, count: number): Subject["data"] => {
  const size = shape.reduce((product, side) => product * side, 1)
  return {
    train: Data.arrays({
      inputs: { values: Rng.uniforms(Rng.key(1), count * size, -1, 1), shape },
      targets: { values: Int32Array.from({ length: count }, (_, index) => (index * 7) % 10), shape: [], dtype: "int32" }
    })
  }
}

const texts = (tokens: number, length: number, count: number): Subject["data"] => {
  const ids = Rng.uniforms(Rng.key(2), count * (length + 1), 0, tokens)
  const from = (first: number) =>
    Int32Array.from({ length: count * length }, (_, at) => ids[Math.floor(at / length) + at + first] ?? 0)
  return {
    train: Data.arrays({
      inputs: { values: from(0), shape: [length], dtype: "int32" },
      targets: { values: from(1), shape: [length], dtype: "int32" }
    })
  }
}

export interface Sizes {
  /** Images in a batch. */
  readonly batch: number
  /** Texts in a batch, and their characters. */
  readonly texts: number
  readonly length: number
  readonly width: number
}

/** LeNet-5, the perceptron with batch normalization and the transformer of six blocks. */
export const pairs = ({ batch, texts: count, length, width }: Sizes): ReadonlyArray<Pair> => {
  const [tokens, rate] = [65, 0.2]
  const text = { shape: [length], dtype: "int32" } as const
  return [
    pairOf(
      Layer.model("LeNet-5", lenet5, { inputs: [28, 28, 1] }),
      byHand.lenet5,
      images([28, 28, 1], 2 * batch),
      batch
    ),
    pairOf(
      Layer.model("batch normalization", batchNormMlp, { inputs: [784] }),
      byHand.batchNormMlp,
      images([784], 2 * batch),
      batch
    ),
    pairOf(
      Layer.model("characters", characters(tokens, length, width, rate), { inputs: text }),
      byHand.characters(rate),
      texts(tokens, length, 2 * count),
      count
    )
  ]
}
