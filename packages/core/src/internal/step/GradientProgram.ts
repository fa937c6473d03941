/** The gradient of a batch, or of a part of one, as a pure tensor program: one backward pass for each set of losses. */
// tfjs-core alone knows no gradients: loading tfjs-layers registers them.
import "@tensorflow/tfjs-layers"
import * as tf from "@tensorflow/tfjs-core"
import * as RandomBits from "../../RandomBits.ts"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import * as Forward from "./Forward.ts"
import type { BatchInput, Controls, StepPlan } from "./Plan.ts"
import * as Transforms from "./Transforms.ts"

export type { BatchInput } from "./Plan.ts"

/** What a microbatch knows of the batch that it is part of. */
export type Part = {
  /** int32[microbatch]: positions within the batch. */
  readonly samples: tf.Tensor
  /** Scalar: the part's fraction of the batch's samples. */
  readonly fraction: tf.Tensor
  /** Scalars: the sum of each loss's weights over the whole batch. */
  readonly weights: Tensors.Tensors
}

export type GradientInputs = {
  readonly parameters: Tensors.Tensors
  readonly statistics: Tensors.Tensors
  readonly batch: BatchInput
  readonly controls: Controls
  readonly part?: Part
  /** What the batch was before transforms changed it, for metrics; `batch` itself when absent. */
  readonly untransformed?: BatchInput
  /** Gradients of earlier parts, to which this part's are added. */
  readonly accumulated?: Tensors.Tensors
}

export type GradientOutputs = {
  readonly gradients: Tensors.Tensors
  readonly statistics: Tensors.Tensors
  readonly measured: MeasuredTensors
}

/** Losses as what adds up to them, the penalty, and the metrics' sufficient statistics. */
export type MeasuredTensors = {
  readonly losses: { readonly [loss: string]: Forward.LossSum }
  readonly penalty?: tf.Tensor
  readonly metrics: Forward.Statistics
}

/** Losses that the same parameters follow: they are differentiated together. */
export interface LossSet {
  readonly losses: ReadonlyArray<string>
  readonly paths: ReadonlyArray<string>
  /** Losses that are only measured. */
  readonly watched: ReadonlyArray<string>
  /** Whether outputs, statistics and penalty are taken from this one. */
  readonly isFirst: boolean
}

/** One backward pass for the losses that the same groups follow. What no group follows is measured in the first one. */
export const lossSets = ({ groups, task }: Pick<StepPlan, "groups" | "task">): ReadonlyArray<LossSet> => {
  const sets = new Map<string, { losses: ReadonlyArray<string>; paths: Array<string> }>()
  for (const { losses, paths } of groups) {
    const id = JSON.stringify(losses)
    const set = sets.get(id) ?? { losses, paths: [] }
    set.paths.push(...paths)
    sets.set(id, set)
  }
  const followed = new Set(groups.flatMap(({ losses }) => losses))
  const others = Object.keys(task.objectives).filter((loss) => !followed.has(loss))
  return [...sets.values()].map((set, index) => ({ ...set, isFirst: index === 0, watched: index === 0 ? others : [] }))
}

/** A backward pass for one set of losses. */
interface Pass {
  readonly task: Task
  readonly set: LossSet
  readonly inputs: GradientInputs
  readonly random: RandomBits.StepRandom
  readonly measurement: Measurement
}

/** What the passes measure. It outlives the scope that they are run in; who runs them disposes it. */
interface Measurement {
  readonly losses: Record<string, Forward.LossSum>
  statistics: Tensors.Tensors
  penalty: tf.Tensor | undefined
  outputs: Tensors.TensorOrRecord
  /** All of these tensors. */
  readonly kept: Array<tf.Tensor>
}

/** The gradient of a batch, or of a part of one, with what is measured on the way. */
export const gradient = (plan: StepPlan) => {
  const { task, batchSize } = plan
  const sets = lossSets(plan)
  const prepare = Transforms.batchStage(plan)
  return (inputs: GradientInputs): GradientOutputs => {
    const { part, controls } = inputs
    const random = RandomBits.make({ key: controls.key, samples: part?.samples, batchSize })
    // A part is cut from a batch that has been through the transforms already.
    const prepared = part === undefined && prepare !== undefined ? { ...inputs, batch: prepare(inputs) } : inputs
    const measurement: Measurement = { losses: {}, statistics: {}, penalty: undefined, outputs: {}, kept: [] }
    const gradients: Record<string, tf.Tensor> = {}
    try {
      for (const set of sets) differentiate({ task, set, inputs: prepared, random, measurement }, gradients)
      return outputsOf(task, inputs, gradients, measurement)
    } catch (error) {
      // Nothing is left of a gradient that could not be taken.
      tf.dispose(measurement.kept)
      dropTape()
      throw error
    }
  }
}

/** The gradient of a pass, by the paths that its losses move. */
const differentiate = (pass: Pass, gradients: Record<string, tf.Tensor>): void => {
  const { paths } = pass.set
  const parameters = paths.map((path) => Tensors.get(pass.inputs.parameters, path))
  const { grads } = tf.engine().gradients(() => forward(pass), parameters)
  for (const [index, path] of paths.entries()) {
    // A parameter that the loss does not touch has gradient zero.
    gradients[path] = (grads[index] as tf.Tensor | null) ?? tf.zerosLike(Tensors.get(pass.inputs.parameters, path))
  }
}

/** What is differentiated: the roots of the losses that are followed, and the penalty. */
const forward = (pass: Pass): tf.Scalar => {
  const { task, set, inputs, measurement } = pass
  const result = Forward.run(task, inputs, true, pass.random)
  const terms: Array<tf.Tensor> = set.losses.map((loss) => rootOf(pass, loss, Forward.lossValues(task, loss, result)))
  for (const loss of set.watched) note(measurement, loss, Forward.lossSum(task, loss, result))
  const { penalty } = result
  if (penalty !== undefined) terms.push(inputs.part === undefined ? penalty : tf.mul(penalty, inputs.part.fraction))
  if (set.isFirst) noteResult(measurement, task, result)
  return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar
}

const keep = (measurement: Measurement, tensor: tf.Tensor): tf.Tensor => {
  measurement.kept.push(tf.keep(tensor))
  return tensor
}

/** A loss that two sets have comes out the same in both. */
const note = (measurement: Measurement, loss: string, { sum, weight }: Forward.LossSum): void => {
  if (Object.hasOwn(measurement.losses, loss)) return
  measurement.losses[loss] = { sum: keep(measurement, sum), weight: keep(measurement, weight) }
}

/** What a forward pass gives beside losses. */
const noteResult = (measurement: Measurement, task: Task, result: Forward.ForwardResult): void => {
  const { outputs, statistics, penalty } = result
  const handle = (tensor: tf.Tensor): tf.Tensor => keep(measurement, tf.clone(tensor))
  if (Object.keys(task.metrics).length > 0)
    measurement.outputs = Tensors.isTensor(outputs) ? handle(outputs) : Tensors.map(outputs, handle)
  measurement.statistics = Tensors.map(statistics, handle)
  if (penalty !== undefined) measurement.penalty = handle(penalty)
}

/** A number where the batch alone says it. */
type Factor = tf.Tensor | number

// Weights may all be zero; the sum is zero then, and so must be the mean.
const smallest = 1e-30

/** What to multiply a loss's sum by, so that the sum over all parts of a batch is coefficient · weighted mean. */
const meanFactor = ({ task, inputs }: Pass, loss: string, { values, batchWeights }: Forward.LossValues): Factor => {
  const coefficient = Forward.objectiveOf(task, loss).coefficient ?? 1
  if (inputs.part !== undefined) {
    const weightCount = batchWeights === undefined ? Forward.samplesIn(inputs.batch) : batchWeights.size
    const whole = tf.mul(Tensors.get(inputs.part.weights, loss), values.size / weightCount)
    return tf.div(coefficient, tf.maximum(whole, smallest))
  }
  if (batchWeights === undefined) return coefficient / values.size
  return tf.div(coefficient, tf.maximum(Forward.totalWeight(values, batchWeights), smallest))
}

/**
 * A scalar whose gradient is that of Σ weights · values times a factor, which makes it that of coefficient · weighted mean. What
 * comes down to it is 1: such scalars are added up to what is differentiated, and nothing else is done with them. Nobody reads
 * their value, which is 0.
 */
const rootOf = (pass: Pass, loss: string, result: Forward.LossValues): tf.Tensor => {
  const factor = meanFactor(pass, loss, result)
  return tf.customGrad((_, save) => {
    // No part of the tape.
    note(pass.measurement, loss, Forward.sumOf(result))
    const { values, weights } = result
    const gradient = weights !== undefined ? tf.mul(weights, factor) : typeof factor === "number" ? undefined : factor
    ;(save as tf.GradSaveFunc)(gradient === undefined ? [] : [gradient])
    return {
      value: tf.scalar(0),
      gradFunc: (_: tf.Tensor, [saved]: Array<tf.Tensor>) =>
        saved === undefined ? filled(factor as number, values) : tf.broadcastTo(saved, values.shape)
    }
  })(result.values)
}

/** Made on the host: `tf.fill` takes the native backend two tensors and an operation. */
const filled = (value: number, { size, shape }: tf.Tensor): tf.Tensor =>
  tf.tensor(new Float32Array(size).fill(value), shape)

/** Frees tensors that tfjs saved for a backward pass that will not run, because the forward pass threw. */
export const dropTape = (): void => {
  const { state } = tf.engine()
  if (state.gradientDepth > 0 || state.activeTape === null) return
  for (const { saved } of state.activeTape) tf.dispose(saved ?? [])
  state.activeTape = null as never // how tfjs itself says that there is none
}

/** The gradients and what was measured; the metrics come last, from the outputs. */
const outputsOf = (task: Task, inputs: GradientInputs, gradients: Tensors.Tensors, measurement: Measurement) => {
  const { accumulated, untransformed = inputs.batch } = inputs
  const { outputs, losses, statistics, penalty } = measurement
  const metrics = Forward.measure(task, outputs, untransformed)
  Tensors.disposeTree(outputs)
  return {
    gradients: accumulated === undefined ? gradients : added(accumulated, gradients),
    statistics,
    measured: penalty === undefined ? { losses, metrics } : { losses, metrics, penalty }
  }
}

const added = (accumulated: Tensors.Tensors, gradients: Tensors.Tensors): Tensors.Tensors =>
  Tensors.map(gradients, (tensor, path) => tf.add(Tensors.get(accumulated, path), tensor))

/** The sum of each loss's weights over a batch. */
export const weigh =
  ({ task }: StepPlan) =>
  ({ batch }: { readonly batch: BatchInput }): Tensors.Tensors => {
    const totals: Record<string, tf.Tensor> = {}
    for (const loss in task.objectives) {
      const weights = Forward.batchWeights(task, loss, batch)
      totals[loss] = weights === undefined ? tf.scalar(Forward.samplesIn(batch)) : tf.sum(weights)
    }
    return totals
  }

/** Disposes what a gradient hands out beyond the scope that it was taken in: what it measured, and new statistics. */
export const dispose = ({ statistics, measured }: Omit<GradientOutputs, "gradients">): void => {
  Tensors.dispose(statistics)
  Tensors.disposeTree(measured.losses)
  measured.penalty?.dispose()
  Tensors.disposeTree(measured.metrics)
}
