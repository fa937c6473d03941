/**
 * A training step as two pure tensor programs: the gradient of a (micro)batch, and the update. A whole batch runs both as
 * one program. Everything that changes from step to step enters as a tensor.
 */
// tfjs-core alone knows no gradients: loading tfjs-layers registers them.
import "@tensorflow/tfjs-layers"
import * as tf from "@tensorflow/tfjs-core"
import type { Definition, Transform, TransformScene } from "./Callback.ts"
import * as EndToEnd from "./EndToEnd.ts"
import * as Forward from "./Forward.ts"
import * as Gradient from "./Gradient.ts"
import * as ModelPaths from "./internal/ModelPaths.ts"
import type { Save } from "./losses/Differentiable.ts"
import type { ResolvedGroup } from "./ParameterGroup.ts"
import * as RandomBits from "./RandomBits.ts"
import { type Task, type TensorBatch, targetKinds } from "./Task.ts"
import * as Tensors from "./Tensors.ts"

/** Everything about the step that does not change during a run. */
export interface StepPlan {
  readonly task: Task
  readonly groups: ReadonlyArray<ResolvedGroup>
  readonly clip: Gradient.Clip | undefined
  readonly transforms: ReadonlyArray<{ readonly id: string; readonly transform: Transform }>
  /** How many samples a batch has at most. */
  readonly batchSize: number
}

/** What changes from step to step: the step's random key (int32[2]), and scalars of parameter groups and of transforms. */
export type Controls = {
  readonly key: tf.Tensor
  readonly groups: { readonly [group: string]: Tensors.Tensors }
  readonly transforms: { readonly [callback: string]: Tensors.Tensors }
}

/** What a microbatch knows of the batch that it is part of. */
export type Part = {
  /** int32[microbatch]: positions within the batch. */
  readonly samples: tf.Tensor
  /** Scalar: the part's share of the batch's samples. */
  readonly share: tf.Tensor
  /** Scalars: the sum of each loss's weights over the whole batch. */
  readonly weights: Tensors.Tensors
}

export type GradientInputs = {
  readonly parameters: Tensors.Tensors
  readonly statistics: Tensors.Tensors
  readonly batch: TensorBatch & { readonly [key: string]: any }
  readonly controls: Controls
  readonly part?: Part
  /** What the batch was before transforms changed it, for metrics; `batch` itself when absent. */
  readonly untransformed?: TensorBatch & { readonly [key: string]: any }
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
export type UpdateInputs = {
  readonly parameters: Tensors.Tensors
  readonly slots: Tensors.Owned
  readonly callbacks: Tensors.Owned
  readonly gradients: Tensors.Tensors
  readonly controls: Controls
}
export type UpdateOutputs = {
  readonly parameters: Tensors.Tensors
  readonly slots: Tensors.Owned
  readonly callbacks: Tensors.Owned
  /** Scalar that is finite exactly when every gradient is (short of an overflow of their sum). */
  readonly gradientSum: tf.Tensor
}
export type StepInputs = Omit<GradientInputs, "part" | "untransformed" | "accumulated"> &
  Omit<UpdateInputs, "gradients">
export type StepOutputs = UpdateOutputs & Omit<GradientOutputs, "gradients">

const randomOf = (plan: StepPlan, controls: Controls, part: Part | undefined): RandomBits.StepRandom =>
  RandomBits.make({ key: controls.key, samples: part?.samples, batchSize: plan.batchSize })

/** What a callback's transform sees of a step. */
export const sceneOf = (id: string, random: RandomBits.StepRandom, controls: Controls, task: Task): TransformScene => ({
  random: { bits: (path, shape) => random.bits(`callback/${id}/${path}`, shape) },
  hyper: Tensors.ofOwner(controls.transforms, id),
  get targets() {
    return targetKinds(task)
  }
})

/** Runs one stage of all transforms in order. */
const through = <A>(
  plan: StepPlan,
  stage: "batch" | "gradients" | "updates",
  value: A,
  random: RandomBits.StepRandom,
  controls: Controls,
  parameters: Tensors.Tensors = {}
): A => {
  let current = value
  for (const { id, transform } of plan.transforms) {
    const apply = transform[stage] as ((value: A, scene: TransformScene, parameters: Tensors.Tensors) => A) | undefined
    if (apply !== undefined) current = apply(current, sceneOf(id, random, controls, plan.task), parameters)
  }
  return current
}

/** Whether some transform changes whole batches, which must then happen before a batch is split. */
export const transformsBatches = (plan: StepPlan): boolean =>
  plan.transforms.some(({ transform }) => transform.batch !== undefined)

/** The batch as the transforms leave it. */
export const prepare =
  (plan: StepPlan) =>
  ({
    batch,
    controls
  }: {
    readonly batch: GradientInputs["batch"]
    readonly controls: Controls
  }): GradientInputs["batch"] =>
    through(plan, "batch", batch, randomOf(plan, controls, undefined), controls)

/** The sum of each loss's weights over a batch. */
export const weigh =
  (plan: StepPlan) =>
  ({ batch }: { readonly batch: GradientInputs["batch"] }): Tensors.Tensors => {
    const totals: Record<string, tf.Tensor> = {}
    for (const loss in plan.task.objectives) {
      const weights = Forward.batchWeights(plan.task, loss, batch)
      totals[loss] = weights === undefined ? tf.scalar(samplesIn(batch)) : tf.sum(weights)
    }
    return totals
  }

/** How many samples a batch on the device holds. */
export const samplesIn = (batch: TensorBatch): number => Object.values(Tensors.asRecord(batch.inputs))[0]!.shape[0]!

/** Losses that the same parameters follow. */
export interface LossSet {
  readonly losses: ReadonlyArray<string>
  readonly paths: ReadonlyArray<string>
  /** Losses that are only measured. */
  readonly watched: ReadonlyArray<string>
}

/** Losses that the same groups follow: one backward pass each. What no group follows is measured in the first one. */
export const lossSets = (plan: StepPlan): ReadonlyArray<LossSet> => {
  const sets = new Map<string, { losses: ReadonlyArray<string>; paths: Array<string> }>()
  for (const { losses, paths } of plan.groups) {
    const id = JSON.stringify(losses)
    const set = sets.get(id) ?? { losses, paths: [] }
    set.paths.push(...paths)
    sets.set(id, set)
  }
  const followed = new Set(plan.groups.flatMap(({ losses }) => losses))
  const others = Object.keys(plan.task.objectives).filter((loss) => !followed.has(loss))
  return [...sets.values()].map((set, at) => ({ ...set, watched: at === 0 ? others : [] }))
}

// Weights may all be zero; the sum is zero then, and so must be the mean.
const smallest = 1e-30

/** What to multiply a loss's sum by, so that the sum over all parts of a batch is coefficient · weighted mean. */
const meanFactor = (
  coefficient: number,
  { values, given }: Forward.LossValues,
  whole: tf.Tensor | undefined,
  samples: number
): tf.Tensor | number => {
  if (whole === undefined)
    return given === undefined
      ? coefficient / values.size
      : tf.div(coefficient, tf.maximum(Forward.totalWeight(values, given), smallest))
  const elementsPerWeight = values.size / (given === undefined ? samples : given.size)
  return tf.div(coefficient, tf.maximum(tf.mul(whole, elementsPerWeight), smallest))
}

/**
 * Σ weights · values of a loss, with the gradient of that sum times `factor`. What comes down to it is 1: such sums are
 * added up to what is differentiated, and nothing else is done with them. `each` gets what is added up, which is no part of
 * the tape.
 */
const rootOf = (
  { values, weights }: Forward.LossValues,
  factor: tf.Tensor | number,
  each: (weighted: tf.Tensor) => void
): tf.Tensor =>
  tf.customGrad((given, save) => {
    const weighted = Forward.weightedEach(given as tf.Tensor, weights)
    each(weighted)
    const slopes = weights !== undefined ? tf.mul(weights, factor) : typeof factor === "number" ? undefined : factor
    ;(save as Save)(slopes === undefined ? [] : [slopes])
    return {
      // Nobody reads the sum: the host adds up what `each` was given.
      value: tf.scalar(0),
      gradFunc: (_: tf.Tensor, [saved]: Array<tf.Tensor>) => {
        if (saved !== undefined) return tf.broadcastTo(saved, values.shape)
        // Made on the host: `tf.fill` takes the native backend two tensors and an operation.
        return tf.tensor(new Float32Array(values.size).fill(factor as number), values.shape)
      }
    }
  })(values)

/**
 * Gives back what tfjs keeps for a backward pass that never comes, because the forward pass threw: it does that itself only
 * at the end of a backward pass.
 */
export const dropTape = (): void => {
  const { state } = tf.engine()
  if (state.gradientDepth > 0 || state.activeTape === null) return
  for (const { saved } of state.activeTape) tf.dispose(saved ?? [])
  state.activeTape = null as never // how tfjs itself says that there is none
}

const differentiate = (
  plan: StepPlan,
  set: LossSet,
  inputs: GradientInputs,
  batch: TensorBatch,
  random: RandomBits.StepRandom
) => {
  const { task } = plan
  const kept: Array<tf.Tensor> = []
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    const own = tf.keep(tf.clone(tensor))
    kept.push(own)
    return own
  }
  const losses: Record<string, Forward.LossSum> = {}
  let statistics: Tensors.Tensors = {}
  let penalty: tf.Tensor | undefined
  let outputs: Tensors.TensorOrRecord | undefined
  const xs = set.paths.map((path) => inputs.parameters[path]!)
  const samples = samplesIn(batch)
  try {
    const { grads } = tf.engine().gradients(() => {
      const result = Forward.run(task, { ...inputs, batch }, true, random)
      let total: tf.Tensor | undefined
      for (const loss of set.losses) {
        const own = Forward.lossValues(task, loss, result)
        const coefficient = task.objectives[loss]!.coefficient ?? 1
        const factor = meanFactor(coefficient, own, inputs.part?.weights[loss], samples)
        const weight = tf.keep(Forward.weightOfEach(own.values, own.given))
        kept.push(weight)
        const root = rootOf(own, factor, (sum) => {
          kept.push(tf.keep(sum))
          losses[loss] = { sum, weight }
        })
        total = total === undefined ? root : tf.add(total, root)
      }
      for (const loss of set.watched) {
        const { sum, weight } = Forward.lossSum(task, loss, result)
        kept.push(tf.keep(sum), tf.keep(weight))
        losses[loss] = { sum, weight }
      }
      if (result.penalty !== undefined) {
        const own = inputs.part === undefined ? result.penalty : tf.mul(result.penalty, inputs.part.share)
        total = tf.add(total!, own)
      }
      outputs = Tensors.isTensor(result.outputs) ? keep(result.outputs) : Tensors.map(result.outputs, keep)
      statistics = Tensors.map(result.statistics, keep)
      if (result.penalty !== undefined) penalty = keep(result.penalty)
      return total as tf.Scalar
    }, xs)
    const gradients: Record<string, tf.Tensor> = {}
    set.paths.forEach((path, at) => {
      // A parameter that the loss does not touch has gradient zero.
      gradients[path] = (grads[at] as tf.Tensor | null) ?? tf.zerosLike(xs[at]!)
    })
    return { gradients, losses, statistics, penalty, outputs, kept }
  } catch (error) {
    tf.dispose(kept)
    dropTape()
    throw error
  }
}

/** The gradient of a batch, or of a part of one, with what is measured on the way. */
export const gradient = (plan: StepPlan) => {
  const sets = lossSets(plan)
  return (inputs: GradientInputs): GradientOutputs => {
    const random = randomOf(plan, inputs.controls, inputs.part)
    // A part is cut from a batch that has been through the transforms already.
    const batch =
      inputs.part === undefined ? through(plan, "batch", inputs.batch, random, inputs.controls) : inputs.batch
    let gradients: Record<string, tf.Tensor> = {}
    let losses: Record<string, Forward.LossSum> = {}
    let first: ReturnType<typeof differentiate> | undefined
    const kept: Array<tf.Tensor> = []
    const orDispose = <A>(body: () => A): A => {
      try {
        return body()
      } catch (error) {
        tf.dispose(kept)
        throw error
      }
    }
    for (const set of sets) {
      const result = orDispose(() => differentiate(plan, set, inputs, batch, random))
      kept.push(...result.kept)
      gradients = { ...gradients, ...result.gradients }
      losses = { ...result.losses, ...losses }
      if (first === undefined) first = result
      else
        tf.dispose([
          ...Object.values(result.statistics),
          ...outputTensors(result.outputs),
          ...penaltyTensors(result.penalty)
        ])
    }
    const { outputs, statistics, penalty } = first!
    const metrics = orDispose(() => Forward.measure(plan.task, outputs!, inputs.untransformed ?? inputs.batch))
    tf.dispose(outputTensors(outputs))
    const { accumulated } = inputs
    return {
      gradients:
        accumulated === undefined ? gradients : Tensors.map(gradients, (own, path) => tf.add(accumulated[path]!, own)),
      statistics,
      measured: { losses, metrics, ...(penalty === undefined ? {} : { penalty }) }
    }
  }
}

/** Gives back what a gradient hands out beyond the scope it was taken in: what it measured, and new statistics. */
export const dispose = ({ statistics, measured }: Omit<GradientOutputs, "gradients">): void => {
  Tensors.dispose(statistics)
  for (const { sum, weight } of Object.values(measured.losses)) tf.dispose([sum, weight])
  measured.penalty?.dispose()
  for (const name in measured.metrics) Tensors.dispose(measured.metrics[name]!)
}

const outputTensors = (outputs: Tensors.TensorOrRecord | undefined): Array<tf.Tensor> =>
  outputs === undefined ? [] : Object.values(Tensors.asRecord(outputs))
const penaltyTensors = (penalty: tf.Tensor | undefined) => (penalty === undefined ? [] : [penalty])

/** The update of one group. Elementwise rules run once over all its small parameters laid end to end. */
const updateGroup = (
  group: ResolvedGroup,
  inputs: UpdateInputs,
  gradients: Tensors.Tensors,
  transformUpdates: ((updates: Tensors.Tensors) => Tensors.Tensors) | undefined
) => {
  const { optimizer, paths } = group
  const hyper = Tensors.ofOwner(inputs.controls.groups, group.name)
  const changed: Record<string, tf.Tensor> = {}
  const slots: Record<string, Record<string, tf.Tensor>> = {}
  for (const slot of optimizer.slotNames) slots[slot] = {}
  const sums: Array<tf.Tensor> = []
  const sizeOf = (path: string) => inputs.parameters[path]!.size
  for (const together of optimizer.elementwise ? EndToEnd.together(paths, sizeOf) : paths.map((path) => [path])) {
    const parameters = together.map((path) => inputs.parameters[path]!)
    const flatGradient = EndToEnd.join(together.map((path) => gradients[path]!))
    const flatParameters = EndToEnd.join(parameters)
    sums.push(tf.sum(flatGradient))
    const own: Record<string, tf.Tensor> = {}
    for (const slot of optimizer.slotNames)
      own[slot] = EndToEnd.join(together.map((path) => inputs.slots[slot]![path]!))
    const applied =
      transformUpdates === undefined ? optimizer.apply?.(flatGradient, own, flatParameters, hyper) : undefined
    const [change, next] = applied ?? optimizer.update(flatGradient, own, flatParameters, hyper)
    if (transformUpdates === undefined) {
      const updated = applied === undefined ? tf.add(flatParameters, change) : applied[0]
      const pieces = EndToEnd.cut(updated, parameters)
      for (const [at, path] of together.entries()) changed[path] = pieces[at]!
    } else {
      const pieces = EndToEnd.cut(change, parameters)
      const updates = transformUpdates(Object.fromEntries(together.map((path, at) => [path, pieces[at]!])))
      for (const path of together) changed[path] = tf.add(inputs.parameters[path]!, updates[path]!)
    }
    for (const slot of optimizer.slotNames) {
      const pieces = EndToEnd.cut(next[slot]!, parameters)
      for (const [at, path] of together.entries()) slots[slot]![path] = pieces[at]!
    }
  }
  return { changed, slots, sums }
}

/** Gradients as the optimizers get them: through transforms and clipping. */
export const treat = (plan: StepPlan) => {
  const clip = plan.clip === undefined ? undefined : Gradient.fromConfig(plan.clip)
  return (gradients: Tensors.Tensors, controls: Controls, parameters: Tensors.Tensors): Tensors.Tensors => {
    const random = randomOf(plan, controls, undefined)
    const changed = through(plan, "gradients", gradients, random, controls, parameters)
    return clip === undefined ? changed : clip(changed)
  }
}

/** The update: gradients through transforms and clipping, the optimizers' rules, constraints, and what follows an update. */
export const update = (plan: StepPlan) => {
  const treated = treat(plan)
  const constraints = constraintsOf(plan.task)
  const changesUpdates = plan.transforms.some(({ transform }) => transform.updates !== undefined)
  return (inputs: UpdateInputs): UpdateOutputs => {
    const { controls } = inputs
    const random = randomOf(plan, controls, undefined)
    const gradients = treated(inputs.gradients, controls, inputs.parameters)
    const transformUpdates = changesUpdates
      ? (updates: Tensors.Tensors) => through(plan, "updates", updates, random, controls, inputs.parameters)
      : undefined
    let parameters: Tensors.Tensors = {}
    const slots: Record<string, Tensors.Tensors> = {}
    const sums: Array<tf.Tensor> = []
    for (const group of plan.groups) {
      const result = updateGroup(group, inputs, gradients, transformUpdates)
      parameters = { ...parameters, ...result.changed }
      for (const slot in result.slots) slots[slot] = { ...Tensors.ofOwner(slots, slot), ...result.slots[slot] }
      sums.push(...result.sums)
    }
    parameters = Tensors.map(parameters, (parameter, path) => constraints[path]?.(parameter) ?? parameter)
    const callbacks: Record<string, Tensors.Tensors> = {}
    for (const { id, transform } of plan.transforms) {
      if (transform.parameters === undefined) continue
      const result = transform.parameters(
        { ...inputs.parameters, ...parameters },
        Tensors.ofOwner(inputs.callbacks, id),
        sceneOf(id, random, controls, plan.task)
      )
      if (result.parameters !== undefined) parameters = { ...parameters, ...result.parameters }
      if (result.tensors !== undefined) callbacks[id] = result.tensors
    }
    // A tensor that is handed on unchanged, or twice, gets a handle of its own, for the caller to keep or drop.
    const { slots: slotsBefore, callbacks: callbacksBefore } = inputs
    const taken = new Set([
      ...Object.values(inputs.parameters),
      ...Tensors.leaves(callbacksBefore),
      ...Tensors.leaves(slotsBefore)
    ])
    const own = (tensors: Tensors.Tensors) =>
      Tensors.map(tensors, (tensor) => {
        if (taken.has(tensor)) return tf.clone(tensor)
        taken.add(tensor)
        return tensor
      })
    const ownEach = (tensors: Tensors.Owned): Tensors.Owned => {
      const each: Record<string, Tensors.Tensors> = {}
      for (const owner in tensors) each[owner] = own(tensors[owner]!)
      return each
    }
    return {
      parameters: own(parameters),
      slots: ownEach(slots),
      callbacks: ownEach(callbacks),
      gradientSum: sums.length === 1 ? sums[0]! : tf.addN(sums)
    }
  }
}

/** Gradient and update of a whole batch. */
export const step = (plan: StepPlan) => {
  const [gradientOf, updateOf] = [gradient(plan), update(plan)]
  return (inputs: StepInputs): StepOutputs => {
    const { gradients, statistics, measured } = gradientOf(inputs)
    try {
      return { ...updateOf({ ...inputs, gradients }), statistics, measured }
    } catch (error) {
      dispose({ statistics, measured })
      throw error
    }
  }
}

/** The constraints of all models, by full path. */
export const constraintsOf = (task: Task): { readonly [path: string]: (parameter: tf.Tensor) => tf.Tensor } => {
  // Without a prototype: a parameter may be called like what every object has.
  const all: Record<string, (parameter: tf.Tensor) => tf.Tensor> = Object.create(null)
  for (const name in task.models) {
    const { constraints = {} } = task.models[name]!
    for (const path in constraints) all[ModelPaths.join(name, path)] = constraints[path]!
  }
  return all
}

/** The transforms among callbacks, in their order. */
export const transformsOf = (callbacks: ReadonlyArray<Definition>): StepPlan["transforms"] =>
  callbacks.flatMap(({ id, transform }) => (transform === undefined ? [] : [{ id, transform }]))
