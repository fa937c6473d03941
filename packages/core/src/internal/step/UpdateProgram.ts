/** The update as a pure tensor program: from gradients to new parameters, slots and tensors of callbacks. */
import * as tf from "@tensorflow/tfjs-core"
import type { TransformScene } from "../../Callback.ts"
import * as Gradient from "../../Gradient.ts"
import type { ResolvedGroup } from "../../ParameterGroup.ts"
import type * as RandomBits from "../../RandomBits.ts"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import * as ModelPaths from "../ModelPaths.ts"
import * as EndToEnd from "./EndToEnd.ts"
import { type Controls, randomOf, type StepPlan, sceneOf } from "./Plan.ts"

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

type Rule = (tensors: Tensors.Tensors, scene: TransformScene, parameters: Tensors.Tensors) => Tensors.Tensors

/** Runs one stage of all transforms that have it, in order. */
const through = (plan: StepPlan, stage: "gradients" | "updates") => {
  const rules = plan.transforms.flatMap(({ id, transform }) => {
    const rule: Rule | undefined = transform[stage]
    return rule === undefined ? [] : [{ id, rule }]
  })
  if (rules.length === 0) return undefined
  return (tensors: Tensors.Tensors, random: RandomBits.StepRandom, inputs: Omit<UpdateInputs, "gradients">) =>
    rules.reduce(
      (current, { id, rule }) => rule(current, sceneOf(id, random, inputs.controls, plan.task), inputs.parameters),
      tensors
    )
}

/** Gradients as the optimizers get them: through transforms and clipping. */
export const treat = (plan: StepPlan) => {
  const clip = plan.clip === undefined ? undefined : Gradient.fromConfig(plan.clip)
  const transformed = through(plan, "gradients")
  return (inputs: Pick<UpdateInputs, "gradients" | "controls" | "parameters">): Tensors.Tensors => {
    const random = randomOf(plan, inputs.controls)
    const changed = transformed?.(inputs.gradients, random, inputs as UpdateInputs) ?? inputs.gradients
    return clip === undefined ? changed : clip(changed)
  }
}

/** The constraints of all models, by full path. */
const constraintsOf = (task: Task): { readonly [path: string]: (parameter: tf.Tensor) => tf.Tensor } => {
  // Without a prototype: a parameter may be called like what every object has.
  const all: Record<string, (parameter: tf.Tensor) => tf.Tensor> = Object.create(null)
  for (const name in task.models) {
    const { constraints = {} } = task.models[name]!
    for (const path in constraints) all[ModelPaths.join(name, path)] = constraints[path]!
  }
  return all
}

interface Changed {
  readonly parameters: Record<string, tf.Tensor>
  readonly slots: Record<string, Record<string, tf.Tensor>>
  readonly sums: Array<tf.Tensor>
}
type ChangeUpdates = ((updates: Tensors.Tensors) => Tensors.Tensors) | undefined

/** Puts what a group's rule makes of parameters that are laid end to end in its places. */
const updateTogether = (
  { optimizer, name }: ResolvedGroup,
  paths: ReadonlyArray<string>,
  inputs: UpdateInputs,
  changeUpdates: ChangeUpdates,
  changed: Changed
): void => {
  const hyper = Tensors.ofOwner(inputs.controls.groups, name)
  const parameters = paths.map((path) => inputs.parameters[path]!)
  const gradient = EndToEnd.join(paths.map((path) => inputs.gradients[path]!))
  const joined = EndToEnd.join(parameters)
  changed.sums.push(tf.sum(gradient))
  const slots: Record<string, tf.Tensor> = {}
  for (const slot of optimizer.slotNames) slots[slot] = EndToEnd.join(paths.map((path) => inputs.slots[slot]![path]!))
  const applied = changeUpdates === undefined ? optimizer.apply?.(gradient, slots, joined, hyper) : undefined
  const [change, next] = applied ?? optimizer.update(gradient, slots, joined, hyper)
  const place = (tensor: tf.Tensor, places: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    for (const [index, piece] of EndToEnd.cut(tensor, parameters).entries()) places[paths[index]!] = piece
    return places
  }
  if (changeUpdates === undefined) {
    place(applied === undefined ? tf.add(joined, change) : change, changed.parameters)
  } else {
    const updates = changeUpdates(place(change, {}))
    for (const path of paths) changed.parameters[path] = tf.add(inputs.parameters[path]!, updates[path]!)
  }
  for (const slot of optimizer.slotNames) {
    if (!Object.hasOwn(changed.slots, slot)) changed.slots[slot] = {}
    place(next[slot]!, changed.slots[slot]!)
  }
}

/** The update of all groups. Elementwise rules run once over all small parameters of a group, laid end to end. */
const updateGroups = (
  groups: ReadonlyArray<ResolvedGroup>,
  inputs: UpdateInputs,
  changeUpdates: ChangeUpdates
): Changed => {
  const changed: Changed = { parameters: {}, slots: {}, sums: [] }
  const sizeOf = (path: string) => inputs.parameters[path]!.size
  for (const group of groups) {
    const { paths, optimizer } = group
    const joint = optimizer.elementwise ? EndToEnd.together(paths, sizeOf) : paths.map((path) => [path])
    for (const together of joint) updateTogether(group, together, inputs, changeUpdates, changed)
  }
  return changed
}

/** What transforms do after the update. */
const afterUpdate = (
  plan: StepPlan,
  inputs: UpdateInputs,
  updated: Tensors.Tensors,
  random: RandomBits.StepRandom
): Pick<UpdateOutputs, "parameters" | "callbacks"> => {
  let parameters = updated
  const callbacks: Record<string, Tensors.Tensors> = {}
  for (const { id, transform } of plan.transforms) {
    const result = transform.parameters?.(
      { ...inputs.parameters, ...parameters },
      Tensors.ofOwner(inputs.callbacks, id),
      sceneOf(id, random, inputs.controls, plan.task)
    )
    if (result?.parameters !== undefined) parameters = { ...parameters, ...result.parameters }
    if (result?.tensors !== undefined) callbacks[id] = result.tensors
  }
  return { parameters, callbacks }
}

/** Gives a tensor that is handed on unchanged, or twice, a handle of its own, for the caller to keep or drop. */
const separate = (inputs: UpdateInputs) => {
  const taken = new Set([
    ...Object.values(inputs.parameters),
    ...Tensors.leaves(inputs.callbacks),
    ...Tensors.leaves(inputs.slots)
  ])
  return (tensors: Tensors.Tensors): Tensors.Tensors =>
    Tensors.map(tensors, (tensor) => {
      if (taken.has(tensor)) return tf.clone(tensor)
      taken.add(tensor)
      return tensor
    })
}

/** The update: gradients through transforms and clipping, the optimizers' rules, constraints, and what follows an update. */
export const update = (plan: StepPlan) => {
  const treated = treat(plan)
  const constraints = constraintsOf(plan.task)
  const transformUpdates = through(plan, "updates")
  return (inputs: UpdateInputs): UpdateOutputs => {
    const random = randomOf(plan, inputs.controls)
    const changeUpdates = transformUpdates && ((updates: Tensors.Tensors) => transformUpdates(updates, random, inputs))
    const changed = updateGroups(plan.groups, { ...inputs, gradients: treated(inputs) }, changeUpdates)
    const constrained = Tensors.map(changed.parameters, (tensor, path) => constraints[path]?.(tensor) ?? tensor)
    const { parameters, callbacks } = afterUpdate(plan, inputs, constrained, random)
    const separated = separate(inputs)
    const { sums } = changed
    return {
      parameters: separated(parameters),
      slots: Tensors.mapOwned(changed.slots, separated),
      callbacks: Tensors.mapOwned(callbacks, separated),
      gradientSum: sums.length === 1 ? sums[0]! : tf.addN(sums)
    }
  }
}
