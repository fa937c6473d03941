/** One backward pass: the gradient of a set of losses, with what is measured on the way. */
// tfjs-core alone knows no gradients: loading tfjs-layers registers them.
import "@tensorflow/tfjs-layers"
import * as tf from "@tensorflow/tfjs-core"
import type * as RandomBits from "../../RandomBits.ts"
import type { Task, TensorBatch } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import * as Forward from "./Forward.ts"
import type { LossSet } from "./LossSets.ts"

/** What a microbatch knows of the batch that it is part of. */
export type Part = {
  /** int32[microbatch]: positions within the batch. */
  readonly samples: tf.Tensor
  /** Scalar: the part's fraction of the batch's samples. */
  readonly share: tf.Tensor
  /** Scalars: the sum of each loss's weights over the whole batch. */
  readonly weights: Tensors.Tensors
}

export interface Pass {
  readonly task: Task
  readonly set: LossSet
  readonly inputs: Forward.ForwardInputs
  readonly part: Part | undefined
  readonly random: RandomBits.StepRandom
}

/** What a pass measures. It outlives the scope that the pass is run in; who runs the pass disposes it. */
export interface Measurement {
  readonly losses: Record<string, Forward.LossSum>
  statistics: Tensors.Tensors
  penalty: tf.Tensor | undefined
  outputs: Tensors.TensorOrRecord
  /** All of these tensors. */
  readonly kept: Array<tf.Tensor>
}

/** How many samples a batch on the device holds. */
export const samplesIn = (batch: TensorBatch): number => Object.values(Tensors.asRecord(batch.inputs))[0]!.shape[0]!

// Weights may all be zero; the sum is zero then, and so must be the mean.
const smallest = 1e-30

/** What to multiply a loss's sum by, so that the sum over all parts of a batch is coefficient · weighted mean. */
const meanFactor = (pass: Pass, loss: string, { values, given }: Forward.LossValues): tf.Tensor | number => {
  const coefficient = pass.task.objectives[loss]!.coefficient ?? 1
  const whole = pass.part?.weights[loss]
  if (whole === undefined)
    return given === undefined
      ? coefficient / values.size
      : tf.div(coefficient, tf.maximum(Forward.totalWeight(values, given), smallest))
  const elementsPerWeight = values.size / (given === undefined ? samplesIn(pass.inputs.batch) : given.size)
  return tf.div(coefficient, tf.maximum(tf.mul(whole, elementsPerWeight), smallest))
}

/**
 * A scalar whose gradient is that of Σ weights · values times `factor`. What comes down to it is 1: such scalars are added up
 * to what is differentiated, and nothing else is done with them. Nobody reads their value, which is 0.
 */
const rootOf = ({ values, weights }: Forward.LossValues, factor: tf.Tensor | number, each: (sum: tf.Tensor) => void) =>
  tf.customGrad((given, save) => {
    // No part of the tape.
    each(Forward.weightedEach(given as tf.Tensor, weights))
    const gradient = weights !== undefined ? tf.mul(weights, factor) : typeof factor === "number" ? undefined : factor
    ;(save as tf.GradSaveFunc)(gradient === undefined ? [] : [gradient])
    return {
      value: tf.scalar(0),
      gradFunc: (_: tf.Tensor, [saved]: Array<tf.Tensor>) =>
        saved === undefined ? filled(factor as number, values) : tf.broadcastTo(saved, values.shape)
    }
  })(values)

/** Made on the host: `tf.fill` takes the native backend two tensors and an operation. */
const filled = (value: number, { size, shape }: tf.Tensor): tf.Tensor =>
  tf.tensor(new Float32Array(size).fill(value), shape)

const keep = (measurement: Measurement, tensor: tf.Tensor): tf.Tensor => {
  measurement.kept.push(tf.keep(tensor))
  return tensor
}

/** What is differentiated: the roots of the losses that are followed, and the penalty. */
const forward = (pass: Pass, measurement: Measurement): tf.Scalar => {
  const { task, set } = pass
  const result = Forward.run(task, pass.inputs, true, pass.random)
  const terms: Array<tf.Tensor> = set.losses.map((loss) => {
    const values = Forward.lossValues(task, loss, result)
    const factor = meanFactor(pass, loss, values)
    const weight = keep(measurement, Forward.weightOfEach(values.values, values.given))
    return rootOf(values, factor, (sum) => {
      measurement.losses[loss] = { sum: keep(measurement, sum), weight }
    })
  })
  for (const loss of set.watched) {
    const { sum, weight } = Forward.lossSum(task, loss, result)
    measurement.losses[loss] = { sum: keep(measurement, sum), weight: keep(measurement, weight) }
  }
  const { penalty, outputs, statistics } = result
  if (penalty !== undefined) terms.push(pass.part === undefined ? penalty : tf.mul(penalty, pass.part.share))
  const handle = (tensor: tf.Tensor): tf.Tensor => keep(measurement, tf.clone(tensor))
  measurement.outputs = Tensors.isTensor(outputs) ? handle(outputs) : Tensors.map(outputs, handle)
  measurement.statistics = Tensors.map(statistics, handle)
  if (penalty !== undefined) measurement.penalty = handle(penalty)
  return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar
}

/** The gradient of the pass, and what it measured; when something throws, nothing is left of either. */
export const run = (pass: Pass): { readonly gradients: Tensors.Tensors; readonly measurement: Measurement } => {
  const measurement: Measurement = { losses: {}, statistics: {}, penalty: undefined, outputs: {}, kept: [] }
  const { paths } = pass.set
  const parameters = paths.map((path) => pass.inputs.parameters[path]!)
  try {
    const { grads } = tf.engine().gradients(() => forward(pass, measurement), parameters)
    const gradients: Record<string, tf.Tensor> = {}
    for (const [index, path] of paths.entries()) {
      // A parameter that the loss does not touch has gradient zero.
      gradients[path] = (grads[index] as tf.Tensor | null) ?? tf.zerosLike(parameters[index]!)
    }
    return { gradients, measurement }
  } catch (error) {
    tf.dispose(measurement.kept)
    dropTape()
    throw error
  }
}

/** Frees tensors that tfjs saved for a backward pass that will not run, because the forward pass threw. */
export const dropTape = (): void => {
  const { state } = tf.engine()
  if (state.gradientDepth > 0 || state.activeTape === null) return
  for (const { saved } of state.activeTape) tf.dispose(saved ?? [])
  state.activeTape = null as never // how tfjs itself says that there is none
}
