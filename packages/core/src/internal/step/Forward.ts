/** One forward pass of a task on a batch: outputs, losses as weighted values, penalties and changed statistics. */
import * as tf from "@tensorflow/tfjs-core"
import { elementWeights, measuredBy } from "../../Metric.ts"
import type { Variables } from "../../Model.ts"
import { type StepRandom, within } from "../../RandomBits.ts"
import type { Scene, Task, TensorBatch } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import * as ModelPaths from "../ModelPaths.ts"
import type { Controls } from "./Plan.ts"

/** What the forward pass reads. */
export interface ForwardInputs {
  readonly parameters: Tensors.Tensors
  readonly statistics: Tensors.Tensors
  readonly batch: TensorBatch
  /** Of a training pass: what is scheduled in models. */
  readonly controls?: Pick<Controls, "models">
}

/** How many samples a batch on the device holds. */
export const samplesIn = ({ inputs }: TensorBatch): number => {
  if (Tensors.isTensor(inputs)) return inputs.shape[0] ?? 0
  for (const name in inputs) return Tensors.get(inputs, name).shape[0] ?? 0
  return 0
}

/**
 * The weighted values of samples (or elements), and the weights. The host adds both up, in float64: float32 would lose digits,
 * and counts from 2²⁴.
 */
export type LossSum = { readonly sum: tf.Tensor; readonly weight: tf.Tensor }

export interface ForwardResult {
  readonly outputs: Tensors.TensorOrRecord
  readonly statistics: Tensors.Tensors
  /** Sum of the models' penalties; absent when there is none. */
  readonly penalty: tf.Tensor | undefined
  readonly scene: AnyScene
}

// any: a scene without the types of its task
type AnyScene = Scene<any, any, any>

/** A forward pass while it runs. */
interface Pass {
  readonly task: Task
  readonly inputs: ForwardInputs
  readonly training: boolean
  readonly random: StepRandom
  /** Whether the task has a single model, whose paths are the task's. */
  readonly isSingle: boolean
  /** How often each model has been applied. */
  readonly calls: Map<string, number>
  statistics: Tensors.Tensors
  penalty: tf.Tensor | undefined
}

/** The variables of a model, by its paths. */
const variablesOf = ({ task, inputs, statistics: changed, isSingle }: Pass, name: string): Variables => {
  const { parameters } = inputs
  const statistics = { ...inputs.statistics, ...changed }
  if (isSingle) return { parameters, statistics }
  return {
    parameters: ModelPaths.select(task.models, name, parameters),
    statistics: ModelPaths.select(task.models, name, statistics)
  }
}

/** The draws of a model, which draws anew each time that it is applied in a step. */
const drawsOf = ({ random, isSingle }: Pass, name: string, call: number): StepRandom => {
  const prefix = isSingle ? "" : ModelPaths.join(name, "")
  return within(random, call === 0 ? prefix : `${prefix}call-${call}/`)
}

/** Applies a model of the task, as often as the task's forward pass wants it. */
const applyModel = (pass: Pass, name: string, model: Task["models"][string], modelInputs: any): any => {
  const { training, calls, inputs } = pass
  const call = calls.get(name) ?? 0
  calls.set(name, call + 1)
  const models = inputs.controls?.models
  const context = { training, random: drawsOf(pass, name, call), ...(models && { scheduled: models[name] ?? {} }) }
  const { statistics, penalty, outputs } = model.apply(variablesOf(pass, name), modelInputs, context)
  if (statistics !== undefined) pass.statistics = { ...pass.statistics, ...ModelPaths.within(name, statistics) }
  // Weights are penalized once, however often a model is applied.
  if (penalty !== undefined && call === 0)
    pass.penalty = pass.penalty === undefined ? penalty : tf.add(pass.penalty, penalty)
  return outputs
}

/** Runs the task's forward pass. */
export const run = (task: Task, inputs: ForwardInputs, training: boolean, random: StepRandom): ForwardResult => {
  const isSingle = task.models[""] !== undefined && Object.keys(task.models).length === 1
  const pass: Pass = { task, inputs, training, random, isSingle, calls: new Map(), statistics: {}, penalty: undefined }
  const models: Record<string, (modelInputs: any) => any> = {}
  for (const [name, model] of Object.entries(task.models))
    models[name] = (modelInputs) => applyModel(pass, name, model, modelInputs)
  const { batch, parameters } = inputs
  const scene = { batch, training, random: within(random, "task/"), models, parameters }
  const outputs = task.forward(scene)
  return { outputs, statistics: pass.statistics, penalty: pass.penalty, scene }
}

/** The loss of that name. One that the task doesn't have is a mistake. */
export const objectiveOf = ({ objectives }: Task, loss: string): Task["objectives"][string] => {
  const objective = objectives[loss]
  if (objective === undefined) throw new Error(`no loss ${loss} among ${Object.keys(objectives).join(", ") || "none"}`)
  return objective
}

/** The finer of a batch's weights and mask: the one with a number for each element where the other has one for each sample. */
const finest = ({ weights, mask }: TensorBatch): tf.Tensor | undefined =>
  mask === undefined || (weights !== undefined && mask.rank < weights.rank) ? weights : mask

/** The weights that a loss gives the elements of a batch, from the batch alone; `undefined` when all are 1. */
export const batchWeights = (task: Task, loss: string, batch: TensorBatch): tf.Tensor | undefined => {
  const lossWeights = objectiveOf(task, loss).weights?.(batch)
  if (lossWeights === undefined) {
    const like = finest(batch)
    return like === undefined ? undefined : elementWeights(like, batch)
  }
  const others = elementWeights(lossWeights, batch)
  return others === undefined ? lossWeights : tf.mul(lossWeights, others)
}

/** One loss over a batch: a value for each sample or element, and what each of them counts. */
export interface LossValues {
  readonly values: tf.Tensor
  /** Of the values' rank, ready to be multiplied; `undefined` when each counts once. */
  readonly weights: tf.Tensor | undefined
  /** The weights as the batch has them: one may stand for several elements (a sample of a sequence, say). */
  readonly batchWeights: tf.Tensor | undefined
}

/** Whether samples or elements of a batch count differently. */
const isWeighted = ({ weights, mask }: TensorBatch): boolean => weights !== undefined || mask !== undefined

/**
 * A weighted batch with zeros for targets that neither count nor are finite. A missing target is often NaN, and NaN times its weight
 * of 0 would be NaN in the loss and in every gradient.
 */
const withoutMissing = (batch: TensorBatch): TensorBatch => {
  const { targets } = batch
  const like = finest(batch)
  if (like === undefined) return batch
  const fits = ({ shape, dtype }: tf.Tensor) =>
    dtype === "float32" && like.shape.every((side, at) => side === 1 || side === shape[at])
  const all = Object.values(Tensors.asRecord(targets))
  const weights = all.some(fits) ? elementWeights(like, batch) : undefined
  if (weights === undefined) return batch
  const zero = tf.equal(weights, 0)
  const counted = (target: tf.Tensor) => {
    if (!fits(target)) return target
    const apart = tf.reshape(zero, [...zero.shape, ...Array<number>(target.rank - zero.rank).fill(1)])
    const missing = tf.logicalAnd(apart, tf.logicalNot(tf.isFinite(target)))
    return tf.where(missing, tf.zerosLike(target), target)
  }
  return { ...batch, targets: Tensors.isTensor(targets) ? counted(targets) : Tensors.map(targets, counted) }
}

/** What sentences call a loss of a task: a single one has no name. */
export const nameOfLoss = (loss: string): string => (loss === "loss" ? "the loss" : `the loss ${loss}`)

const shown = (shape: ReadonlyArray<number>) => `[${shape.join(", ")}]`

/** A loss has one value for each sample, or for each of its elements. */
const wrongShape = (loss: string, shape: ReadonlyArray<number>, samples: number) =>
  new Error(
    `${nameOfLoss(loss)} gives values ${shown(shape)} for a batch of ${samples} samples; expected ${shown([samples])}, one ` +
      "value for each sample, or one for each of its elements. The step averages over the batch, so that weights, " +
      "masks and smaller batches count correctly: average over the other dimensions only, as tf.mean(values, -1) does"
  )

/** The values of one loss over the batch. */
export const lossValues = (task: Task, loss: string, { outputs, scene }: ForwardResult): LossValues => {
  if (objectiveOf(task, loss).weights !== undefined || isWeighted(scene.batch))
    return weightedValues(task, loss, outputs, scene)
  return { values: valuesOf(task, loss, outputs, scene), weights: undefined, batchWeights: undefined }
}

const valuesOf = (task: Task, loss: string, outputs: Tensors.TensorOrRecord, scene: AnyScene): tf.Tensor => {
  const values = objectiveOf(task, loss).values(outputs, scene.batch, scene)
  const samples = samplesIn(scene.batch)
  if (values.shape[0] !== samples) throw wrongShape(loss, values.shape, samples)
  return values
}

/** A weight that stands for several elements counts for each of them. */
const weightedValues = (task: Task, loss: string, outputs: Tensors.TensorOrRecord, scene: AnyScene): LossValues => {
  const batch = isWeighted(scene.batch) ? withoutMissing(scene.batch) : scene.batch
  const values = valuesOf(task, loss, outputs, batch === scene.batch ? scene : { ...scene, batch })
  const ofBatch = batchWeights(task, loss, batch)
  if (ofBatch === undefined) return { values, weights: undefined, batchWeights: undefined }
  if (ofBatch.rank > values.rank) {
    throw new Error(
      `${nameOfLoss(loss)} gives values ${shown(values.shape)}, but weights or mask are ${shown(ofBatch.shape)}: ` +
        "they must not be finer than the loss. Use a loss with one value per element, such as Losses.overTime(loss)."
    )
  }
  const weights =
    ofBatch.rank === values.rank
      ? ofBatch
      : tf.reshape(ofBatch, [...ofBatch.shape, ...Array<number>(values.rank - ofBatch.rank).fill(1)])
  return { values, weights, batchWeights: ofBatch }
}

/** How many elements a weight of the batch stands for. */
const elementsOf = (values: tf.Tensor, weights: tf.Tensor): number => values.size / weights.size

/** Scalar: the sum of the weights of all values. */
export const totalWeight = (values: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
  values.size === weights.size ? tf.sum(weights) : tf.mul(tf.sum(weights), elementsOf(values, weights))

/** The values of a loss in separate tensors, to be added up on the host. */
export const sumOf = ({ values, weights, batchWeights }: LossValues): LossSum =>
  weights === undefined || batchWeights === undefined
    ? { sum: tf.clone(values), weight: tf.scalar(values.size, "int32") }
    : { sum: weightedEach(values, weights), weight: weightOfEach(values, batchWeights) }

/** weights · values, 0 where a weight is 0 even if the value is not finite. */
const weightedEach = (values: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
  tf.mul(tf.where(tf.notEqual(weights, 0), values, tf.zerosLike(values)), weights)

/** What adds up to the sum of the weights. */
const weightOfEach = (values: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
  values.size === weights.size ? tf.clone(weights) : tf.mul(weights, elementsOf(values, weights))

/** One loss over the batch, to be added up on the host. */
export const lossSum = (task: Task, loss: string, result: ForwardResult): LossSum =>
  sumOf(lossValues(task, loss, result))

/** What metrics need of a batch, by metric. */
export type Statistics = { readonly [metric: string]: Tensors.Tensors }

/** The sufficient statistics of the task's metrics; what several measure comes once, under the first one's name. */
export const measure = (task: Task, outputs: Tensors.TensorOrRecord, batch: TensorBatch): Statistics => {
  const measured: Record<string, Tensors.Tensors> = {}
  for (const [name, metric] of Object.entries(task.metrics)) {
    if (measuredBy(task.metrics, name) === name) measured[name] = metric.measure({ ...batch, outputs })
  }
  return measured
}
