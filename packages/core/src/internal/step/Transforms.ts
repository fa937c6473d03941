/** What callbacks' transforms, and what stands before the optimizers, do at each stage of a step. */
import type { StepRandom } from "../../RandomBits.ts"
import * as RandomBits from "../../RandomBits.ts"
import { type Task, type TensorBatch, targetKinds } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type { TransformScene } from "../../Transform.ts"
import type * as Update from "../../Update.ts"
import { type BatchInput, type Controls, type GradientAt, refused, type StepPlan } from "./Plan.ts"

/** What a stage reads of an update. */
export interface StageInputs {
  readonly parameters: Tensors.Tensors
  readonly controls: Controls
}

/** What a callback's transform sees of a step. */
export const sceneOf = (
  id: string,
  random: StepRandom,
  controls: Controls,
  task: Task,
  gradient: GradientAt = refused
): TransformScene => ({
  gradient,
  random: RandomBits.within(random, `callback/${id}/`),
  hyper: Tensors.ofOwner(controls.transforms, id),
  get targets() {
    return targetKinds(task)
  }
})

/** The batch as the transforms leave it; `undefined` when none of them changes batches. */
export const batchStage = (plan: StepPlan) => {
  const { transforms, task, batchSize } = plan
  if (transforms.every(({ transform }) => transform.batch === undefined)) return undefined
  return ({ batch, controls }: { readonly batch: BatchInput; readonly controls: Controls }): BatchInput => {
    const random = RandomBits.make({ key: controls.key, batchSize })
    let prepared: TensorBatch = batch
    for (const { id, transform } of transforms)
      prepared = transform.batch?.(prepared, sceneOf(id, random, controls, task)) ?? prepared
    return prepared
  }
}

type Rule = (tensors: Tensors.Tensors, scene: TransformScene, parameters: Tensors.Tensors) => Tensors.Tensors

/** One stage of all transforms that have it, in order; `undefined` when none has. */
const stage = (plan: StepPlan, name: "gradients" | "updates") => {
  const rules = plan.transforms.flatMap(({ id, transform }) => {
    const rule: Rule | undefined = transform[name]
    return rule === undefined ? [] : [{ id, rule }]
  })
  if (rules.length === 0) return undefined
  return (tensors: Tensors.Tensors, random: StepRandom, inputs: StageInputs, gradient: GradientAt) =>
    rules.reduce((current, { id, rule }) => {
      const scene = sceneOf(id, random, inputs.controls, plan.task, gradient)
      return rule(current, scene, inputs.parameters)
    }, tensors)
}

/** The updates as the transforms change them; `undefined` when none does. */
export const updateStage = (plan: StepPlan) => stage(plan, "updates")

/**
 * Gradients as the optimizers get them: through transforms and clipping, over all groups together; `undefined` when they get
 * them as they are.
 */
export const gradientStage = (plan: StepPlan) => {
  const { before, batchSize } = plan
  const transformed = stage(plan, "gradients")
  if (before === undefined && transformed === undefined) return undefined
  return (gradients: Tensors.Tensors, inputs: StageInputs, gradientAt: GradientAt): Tensors.Tensors => {
    const { parameters, controls } = inputs
    const random = RandomBits.make({ key: controls.key, batchSize })
    const changed = transformed?.(gradients, random, inputs, gradientAt) ?? gradients
    if (before === undefined) return changed
    const numbers = (controls.before ?? {}) as Update.Scene["numbers"]
    const draws = RandomBits.within(random, "gradients/")
    return before.update(changed, { parameters, slots: {}, numbers, random: draws, gradient: gradientAt })[0]
  }
}

/** What transforms do after the update; `undefined` when none does anything. */
export const parameterStage = ({ transforms, task }: StepPlan) => {
  if (transforms.every(({ transform }) => transform.parameters === undefined)) return undefined
  return (
    updated: Tensors.Tensors,
    inputs: StageInputs & { readonly callbacks: Tensors.Owned },
    random: StepRandom
  ) => {
    let parameters = updated
    const callbacks: Record<string, Tensors.Tensors> = {}
    for (const { id, transform } of transforms) {
      const result = transform.parameters?.(
        { ...inputs.parameters, ...parameters },
        Tensors.ofOwner(inputs.callbacks, id),
        sceneOf(id, random, inputs.controls, task)
      )
      if (result?.parameters !== undefined) parameters = { ...parameters, ...result.parameters }
      if (result?.tensors !== undefined) callbacks[id] = result.tensors
    }
    return { parameters, callbacks }
  }
}
