/** Networks that steps are recorded of: Adam, cross-entropy, accuracy. */

import { Losses, Metric, Model, Rng, StepExecutor, Task } from "@etude/core"
import type { Backend } from "@etude/core/Backend"
import * as BatchNormalization from "@etude/core/kernels/BatchNormalization"
import * as Data from "@etude/testing/subjects/Data"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Leaves from "../../src/Leaves.ts"
import * as Lower from "../../src/lower/Lower.ts"
import type { Values } from "../../src/plan/Evaluate.ts"
import * as Recorder from "../../src/record/Recorder.ts"
import type { Planned } from "./plans.ts"

type Parameters = { readonly [path: string]: tf.Tensor }

const uniform = (path: string, shape: ReadonlyArray<number>): tf.Tensor => {
  const size = shape.reduce((product, side) => product * side, 1)
  const limit = 1 / Math.sqrt(size / shape.at(-1)!)
  return tf.tensor(Rng.uniforms(Rng.named(Rng.key(0), path), size, -limit, limit), [...shape])
}

const affine = (name: string, ...shape: ReadonlyArray<number>): Parameters => ({
  [`${name}/kernel`]: uniform(name, shape),
  [`${name}/bias`]: tf.zeros([shape.at(-1)!])
})

const dense = (p: Parameters, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(x as tf.Tensor2D, p[`${name}/kernel`] as tf.Tensor2D), p[`${name}/bias`]!)

const convolution = (p: Parameters, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.conv2d(x as tf.Tensor4D, p[`${name}/kernel`] as tf.Tensor4D, 1, "valid"), p[`${name}/bias`]!)

const pooled = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid")

interface Network {
  readonly shape: ReadonlyArray<number>
  readonly init: () => Parameters
  readonly apply: (p: Parameters, x: tf.Tensor) => tf.Tensor
}

export const perceptron = (hidden: ReadonlyArray<number>, inputs = 784): Network => {
  const sizes = [inputs, ...hidden, 10]
  const names = sizes.slice(1).map((_, at) => `dense${at + 1}`)
  return {
    shape: [inputs],
    init: () => Object.assign({}, ...names.map((name, at) => affine(name, sizes[at]!, sizes[at + 1]!))),
    apply: (p, inputs) => names.reduce((x, name, at) => dense(p, name, at === 0 ? x : tf.relu(x)), inputs)
  }
}

export const lenet5: Network = {
  shape: [28, 28, 1],
  init: () => ({
    ...affine("conv1", 5, 5, 1, 6),
    ...affine("conv2", 5, 5, 6, 16),
    ...affine("dense1", 256, 120),
    ...affine("dense2", 120, 84),
    ...affine("output", 84, 10)
  }),
  apply: (p, x) => {
    const first = pooled(tf.relu(convolution(p, "conv1", x)))
    const second = pooled(tf.relu(convolution(p, "conv2", first)))
    const features = tf.relu(dense(p, "dense1", tf.reshape(second, [-1, 256])))
    return dense(p, "output", tf.relu(dense(p, "dense2", features)))
  }
}

/** One residual block with batch normalization, on 8×8×3. */
export const residual: Network = {
  shape: [8, 8, 3],
  init: () => ({
    stem: uniform("stem", [3, 3, 3, 4]),
    block1: uniform("block1", [3, 3, 4, 4]),
    block2: uniform("block2", [3, 3, 4, 4]),
    ...affine("output", 4, 10)
  }),
  apply: (p, x) => {
    const unit = (name: string, y: tf.Tensor) => {
      const convolved = tf.conv2d(y as tf.Tensor4D, p[name] as tf.Tensor4D, 1, "same")
      return BatchNormalization.normalizeBatch(convolved, { epsilon: 1e-5 }).outputs
    }
    const stem = tf.relu(unit("stem", x))
    const block = tf.relu(tf.add(unit("block2", tf.relu(unit("block1", stem))), stem))
    return dense(p, "output", tf.mean(tf.avgPool(block as tf.Tensor4D, 2, 2, "valid"), [1, 2]))
  }
}

export const subjectOf = (name: string, { shape, init, apply }: Network, batchSize: number): Trajectory.Subject => {
  const size = shape.reduce((product, side) => product * side, 1)
  const samples = batchSize * 2
  return {
    name,
    task: Task.supervised({
      name,
      model: Model.make({ name, init, apply: (p, x: tf.Tensor) => apply(p, x) }),
      loss: Losses.softmaxCrossEntropy(),
      metrics: { accuracy: Metric.accuracy }
    }),
    config: { seed: 0, until: { steps: 2 }, batchSize, optimizer: { _tag: "Adam" }, learningRate: 0.001 },
    data: {
      train: Data.arrays({
        inputs: { values: Float32Array.from(Rng.uniforms(Rng.key(3), samples * size, -1, 1)), shape },
        targets: {
          values: Int32Array.from({ length: samples }, (_, at) => (at * 7) % 10),
          shape: [],
          dtype: "int32"
        }
      })
    }
  }
}

/** Each program that a run compiles, at its last call. */
export const plansOf = (
  subject: Trajectory.Subject
): Effect.Effect<ReadonlyArray<Planned & { readonly name: string }>, unknown, Backend> =>
  Effect.gen(function* () {
    const plans = new Map<string, Planned & { readonly name: string }>()
    const executor: StepExecutor.StepExecutor["Service"] = {
      name: "planning",
      compile: (name, program) => (inputs) => {
        const given = Leaves.of(inputs).map(({ tensor }) => tensor.dataSync().slice() as Values)
        const { recording, outputs } = Recorder.record(program, inputs)
        const eager = Leaves.of(outputs).map(({ path, tensor }) => ({
          path,
          values: tensor.dataSync().slice() as Values
        }))
        plans.set(name, { name, recording, plan: Lower.lower(recording), inputs: given, eager })
        return outputs
      }
    }
    yield* Effect.provideService(Trajectory.record(subject), StepExecutor.StepExecutor, executor)
    return [...plans.values()]
  })
