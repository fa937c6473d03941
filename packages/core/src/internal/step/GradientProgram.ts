/** The gradient of a batch, or of a part of one, as a pure tensor program. */
import * as tf from "@tensorflow/tfjs-core"
import type { TensorBatch } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import * as BackwardPass from "./BackwardPass.ts"
import * as Forward from "./Forward.ts"
import { lossSets } from "./LossSets.ts"
import { type Controls, randomOf, type StepPlan, sceneOf } from "./Plan.ts"

/** A batch, as a tree of tensors that a program may take. */
export type BatchInput = TensorBatch & { readonly [key: string]: any }

export type GradientInputs = {
  readonly parameters: Tensors.Tensors
  readonly statistics: Tensors.Tensors
  readonly batch: BatchInput
  readonly controls: Controls
  readonly part?: BackwardPass.Part
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
  readonly metrics: { readonly [metric: string]: Tensors.Tensors }
}

/** Whether some transform changes whole batches, which must then happen before a batch is split. */
export const transformsBatches = (plan: StepPlan): boolean =>
  plan.transforms.some(({ transform }) => transform.batch !== undefined)

/** The batch as the transforms leave it. */
export const prepare =
  (plan: StepPlan) =>
  ({ batch, controls }: { readonly batch: BatchInput; readonly controls: Controls }): BatchInput => {
    if (!transformsBatches(plan)) return batch
    const random = randomOf(plan, controls)
    let prepared: TensorBatch = batch
    for (const { id, transform } of plan.transforms) {
      prepared = transform.batch?.(prepared, sceneOf(id, random, controls, plan.task)) ?? prepared
    }
    return prepared
  }

/** The sum of each loss's weights over a batch. */
export const weigh =
  ({ task }: StepPlan) =>
  ({ batch }: { readonly batch: BatchInput }): Tensors.Tensors => {
    const totals: Record<string, tf.Tensor> = {}
    for (const loss in task.objectives) {
      const weights = Forward.batchWeights(task, loss, batch)
      totals[loss] = weights === undefined ? tf.scalar(BackwardPass.samplesIn(batch)) : tf.sum(weights)
    }
    return totals
  }

/** Runs one backward pass after the other; what they measured is disposed when one of them throws. */
const runAll = (passes: ReadonlyArray<BackwardPass.Pass>): ReadonlyArray<ReturnType<typeof BackwardPass.run>> => {
  const results: Array<ReturnType<typeof BackwardPass.run>> = []
  try {
    for (const pass of passes) results.push(BackwardPass.run(pass))
    return results
  } catch (error) {
    for (const { measurement } of results) tf.dispose(measurement.kept)
    throw error
  }
}

/** The gradient of a batch, or of a part of one, with what is measured on the way. */
export const gradient = (plan: StepPlan) => {
  const { task } = plan
  const sets = lossSets(plan)
  const prepareBatch = prepare(plan)
  return (inputs: GradientInputs): GradientOutputs => {
    const { part } = inputs
    const random = randomOf(plan, inputs.controls, part?.samples)
    // A part is cut from a batch that has been through the transforms already.
    const batch = part === undefined ? prepareBatch(inputs) : inputs.batch
    const { parameters, statistics } = inputs
    const shared = { task, inputs: { parameters, statistics, batch }, part, random }
    const passes = sets.map((set) => ({ ...shared, set }))
    return together(plan, inputs, runAll(passes))
  }
}

/** The gradients of all passes; outputs, statistics and penalty are those of the first. */
const together = (
  { task }: StepPlan,
  { accumulated, untransformed, batch }: GradientInputs,
  passes: ReadonlyArray<ReturnType<typeof BackwardPass.run>>
): GradientOutputs => {
  const [first, ...others] = passes.map(({ measurement }) => measurement) as [BackwardPass.Measurement]
  try {
    const metrics = Forward.measure(task, first.outputs, untransformed ?? batch)
    const gradients: Tensors.Tensors = Object.assign({}, ...passes.map((pass) => pass.gradients))
    const losses = Object.assign({}, ...passes.map(({ measurement }) => measurement.losses).reverse())
    for (const { outputs, statistics, penalty } of others as ReadonlyArray<BackwardPass.Measurement>)
      tf.dispose([...Tensors.leaves(outputs), ...Tensors.leaves(statistics), ...Tensors.leaves(penalty)])
    tf.dispose(Tensors.leaves(first.outputs))
    return {
      gradients:
        accumulated === undefined
          ? gradients
          : Tensors.map(gradients, (tensor, path) => tf.add(accumulated[path]!, tensor)),
      statistics: first.statistics,
      measured: { losses, metrics, ...(first.penalty === undefined ? {} : { penalty: first.penalty }) }
    }
  } catch (error) {
    for (const { measurement } of passes) tf.dispose(measurement.kept)
    throw error
  }
}

/** Disposes what a gradient hands out beyond the scope that it was taken in: what it measured, and new statistics. */
export const dispose = ({ statistics, measured }: Omit<GradientOutputs, "gradients">): void => {
  Tensors.dispose(statistics)
  Tensors.disposeTree(measured.losses)
  measured.penalty?.dispose()
  Tensors.disposeTree(measured.metrics)
}
