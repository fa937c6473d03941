/** One forward pass of a task on a batch: outputs, losses as weighted sums, penalties and changed statistics. */
import * as tf from "@tensorflow/tfjs-core"
import { elementWeights, measuredBy } from "./Metric.ts"
import * as ModelPaths from "./ModelPaths.ts"
import type { StepRandom } from "./RandomBits.ts"
import type { Scene, Task, TensorBatch } from "./Task.ts"
import type * as Tensors from "./Tensors.ts"

/** What the forward pass reads. */
export interface ForwardInputs {
  readonly parameters: Tensors.Tensors
  readonly statistics: Tensors.Tensors
  readonly batch: TensorBatch
}

/** A sum over samples (or elements) and the weight it stands for; both scalars. */
export type LossSum = { readonly sum: tf.Tensor; readonly weight: tf.Tensor }

export interface ForwardResult {
  readonly outputs: Tensors.TensorOrRecord
  readonly statistics: Tensors.Tensors
  /** Sum of the models' penalties; absent when there is none. */
  readonly penalty: tf.Tensor | undefined
  readonly scene: Scene<any, any, any>
}

const within = (random: StepRandom, prefix: string): StepRandom =>
  prefix === "" ? random : { bits: (path, shape) => random.bits(prefix + path, shape) }

/** Runs the task's forward pass. */
export const run = (task: Task, inputs: ForwardInputs, training: boolean, random: StepRandom): ForwardResult => {
  let statistics: Tensors.Tensors = {}
  let penalty: tf.Tensor | undefined
  const calls = new Map<string, number>()
  const models: Record<string, (modelInputs: any) => any> = {}
  for (const name in task.models) {
    const prefix = ModelPaths.join(name, "")
    models[name] = (modelInputs) => {
      const call = calls.get(name) ?? 0
      calls.set(name, call + 1)
      const all = { ...inputs.statistics, ...statistics }
      const forward = task.models[name]!.apply(
        {
          parameters: ModelPaths.select(task.models, name, inputs.parameters),
          statistics: ModelPaths.select(task.models, name, all)
        },
        modelInputs,
        // A model that is applied twice in a step draws anew the second time.
        { training, random: within(random, call === 0 ? prefix : `${prefix}call-${call}/`) }
      )
      if (forward.statistics !== undefined) {
        statistics = { ...statistics, ...ModelPaths.within(name, forward.statistics) }
      }
      // Weights are penalized once, however often a model is applied.
      if (forward.penalty !== undefined && call === 0) {
        penalty = penalty === undefined ? forward.penalty : tf.add(penalty, forward.penalty)
      }
      return forward.outputs
    }
  }
  const scene = {
    batch: inputs.batch,
    training,
    random: within(random, "task/"),
    models,
    parameters: inputs.parameters
  }
  const outputs = task.forward(scene)
  return { outputs, statistics, penalty, scene }
}

/** The weights that a loss gives the elements of a batch, from the batch alone; `undefined` when all are 1. */
export const batchWeights = (task: Task, loss: string, batch: TensorBatch): tf.Tensor | undefined => {
  const own = task.objectives[loss]!.weights?.(batch)
  const { weights, mask } = batch
  if (own === undefined) {
    if (weights === undefined && mask === undefined) return undefined
    const like = mask !== undefined && (weights === undefined || mask.rank >= weights.rank) ? mask : weights!
    return elementWeights(like, batch)
  }
  const others = elementWeights(own, batch)
  return others === undefined ? own : tf.mul(own, others)
}

/** One loss over a batch: a value for each sample or element, and what each of them counts. */
export interface LossValues {
  readonly values: tf.Tensor
  /** Of the values' rank, ready to be multiplied; `undefined` when each counts once. */
  readonly weights: tf.Tensor | undefined
  /** The weights as the batch has them: one may stand for several elements (a sample of a sequence, say). */
  readonly given: tf.Tensor | undefined
  /** Scalar: the sum of the weights of all values. */
  readonly weight: tf.Tensor
}

/** The values of one loss over the batch. A weight that stands for several elements counts for each of them. */
export const lossValues = (task: Task, loss: string, result: ForwardResult): LossValues => {
  const values = task.objectives[loss]!.values(result.outputs, result.scene.batch, result.scene)
  const given = batchWeights(task, loss, result.scene.batch)
  if (given === undefined) return { values, weights: undefined, given, weight: tf.scalar(values.size) }
  if (given.rank > values.rank) {
    throw new Error(
      `the loss ${loss} gives values [${values.shape.join(", ")}], but weights or mask are [${given.shape.join(", ")}]: ` +
        "they must not be finer than the loss. Take a loss that gives one value per element, such as Losses.overTime(loss)."
    )
  }
  const weights =
    given.rank === values.rank
      ? given
      : tf.reshape(given, [...given.shape, ...Array<number>(values.rank - given.rank).fill(1)])
  const weight = values.size === given.size ? tf.sum(given) : tf.mul(tf.sum(given), values.size / given.size)
  return { values, weights, given, weight }
}

/** Σ weights · values, a scalar. */
export const weightedTotal = (values: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor =>
  tf.sum(weights === undefined ? values : tf.mul(values, weights))

/** The weighted sum of one loss over the batch, and the sum of the weights. */
export const lossSum = (task: Task, loss: string, result: ForwardResult): LossSum => {
  const { values, weights, weight } = lossValues(task, loss, result)
  return { sum: weightedTotal(values, weights), weight }
}

/** The sufficient statistics of the task's metrics; what several measure comes once, under the first one's name. */
export const measure = (
  task: Task,
  outputs: Tensors.TensorOrRecord,
  batch: TensorBatch
): { readonly [metric: string]: Tensors.Tensors } => {
  const measured: Record<string, Tensors.Tensors> = {}
  for (const name in task.metrics) {
    if (measuredBy(task.metrics, name) === name) measured[name] = task.metrics[name]!.measure({ ...batch, outputs })
  }
  return measured
}
