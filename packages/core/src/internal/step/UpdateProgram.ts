/** The update as a pure tensor program: from gradients to new parameters, slots and tensors of callbacks. */
import * as tf from "@tensorflow/tfjs-core"
import type { ResolvedGroup } from "../../ParameterGroup.ts"
import type * as RandomBits from "../../RandomBits.ts"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type { TransformScene } from "../../Transform.ts"
import type * as Update from "../../Update.ts"
import * as ModelPaths from "../ModelPaths.ts"
import * as EndToEnd from "./EndToEnd.ts"
import { type Controls, type GradientAt, randomOf, refused, type StepPlan, sceneOf } from "./Plan.ts"

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
  return (
    tensors: Tensors.Tensors,
    random: RandomBits.StepRandom,
    { controls, parameters }: Pick<UpdateInputs, "controls" | "parameters">,
    gradient: GradientAt
  ) =>
    rules.reduce((current, { id, rule }) => {
      const scene = sceneOf(id, random, controls, plan.task, gradient)
      return rule(current, scene, parameters)
    }, tensors)
}

/** Gradients as the optimizers get them: through transforms and clipping, over all groups together. */
export const treat = (plan: StepPlan) => {
  const { before } = plan
  const transformed = through(plan, "gradients")
  return (inputs: TreatInputs, gradientAt: GradientAt): Tensors.Tensors => {
    const random = randomOf(plan, inputs.controls)
    const changed = transformed?.(inputs.gradients, random, inputs, gradientAt) ?? inputs.gradients
    if (before === undefined) return changed
    const { parameters, controls } = inputs
    const draws = { bits: (path: string, shape: ReadonlyArray<number>) => random.bits(`gradients/${path}`, shape) }
    const numbers = (controls.before ?? {}) as Update.Scene["numbers"]
    return before.update(changed, { parameters, slots: {}, numbers, random: draws, gradient: gradientAt })[0]
  }
}
type TreatInputs = Pick<UpdateInputs, "gradients" | "controls" | "parameters">

/** The constraints of all models, by full path. */
const constraintsOf = (task: Task): { readonly [path: string]: (parameter: tf.Tensor) => tf.Tensor } => {
  // Without a prototype: a parameter may be called like what every object has.
  const all: Record<string, (parameter: tf.Tensor) => tf.Tensor> = Object.create(null)
  for (const name in task.models) {
    const { constraints = {} } = task.models[name]!
    for (const [path, value] of Object.entries(constraints)) all[ModelPaths.join(name, path)] = value
  }
  return all
}

interface Changed {
  readonly parameters: Record<string, tf.Tensor>
  readonly slots: Record<string, Record<string, tf.Tensor>>
  readonly sums: Array<tf.Tensor>
}
type ChangeUpdates = ((updates: Tensors.Tensors) => Tensors.Tensors) | undefined

/** How a group's tensors are laid: small ones end to end under one name where the rule is elementwise, else each alone. */
interface Layout {
  readonly lay: (tensors: Tensors.Tensors) => Tensors.Tensors
  /** The inverse: puts each piece in its place. */
  readonly place: (laid: Tensors.Tensors, places: Record<string, tf.Tensor>) => Record<string, tf.Tensor>
}

const layoutOf = ({ optimizer, paths }: ResolvedGroup, parameters: Tensors.Tensors): Layout => {
  const sizeOf = (path: string) => Tensors.get(parameters, path).size
  const rows = optimizer.elementwise ? EndToEnd.together(paths, sizeOf) : paths.map((path) => [path])
  const named = rows.map((row) => [row.length === 1 ? row[0]! : "", row] as const)
  return {
    lay: (tensors) => {
      const laid: Record<string, tf.Tensor> = {}
      for (const [name, row] of named) {
        // Links may keep a memory of some parameters only.
        const pieces = row.flatMap((path) => tensors[path] ?? [])
        if (pieces.length === row.length) laid[name] = EndToEnd.join(pieces)
      }
      return laid
    },
    place: (laid, places) => {
      for (const [name, row] of named) {
        const tensor = laid[name]
        if (tensor === undefined) continue
        const pieces = EndToEnd.cut(
          tensor,
          row.map((path) => Tensors.get(parameters, path))
        )
        for (const [index, piece] of pieces.entries()) places[row[index]!] = piece
      }
      return places
    }
  }
}

/** The update of one group: its chain over the laid tensors. */
const updateGroup = (
  group: ResolvedGroup,
  inputs: UpdateInputs,
  scene: Pick<Update.Scene, "random" | "gradient">,
  changeUpdates: ChangeUpdates,
  changed: Changed
): void => {
  const { optimizer, name } = group
  const { lay, place } = layoutOf(group, inputs.parameters)
  const [gradients, parameters] = [lay(inputs.gradients), lay(inputs.parameters)]
  for (const gradient of Object.values(gradients)) changed.sums.push(tf.sum(gradient))
  const slots: Record<string, Tensors.Tensors> = {}
  for (const slot of optimizer.slots) slots[slot] = lay(Tensors.ofOwner(inputs.slots, slot))
  const seen: Update.Scene = { ...scene, parameters, slots, numbers: numbersOf(inputs.controls, name) }
  const applied = changeUpdates === undefined ? optimizer.apply?.(gradients, seen) : undefined
  const [updates, next] = applied ?? optimizer.update(gradients, seen)
  if (applied !== undefined) place(updates, changed.parameters)
  else if (changeUpdates === undefined)
    place(
      Tensors.map(updates, (update, key) => tf.add(Tensors.get(parameters, key), update)),
      changed.parameters
    )
  else
    for (const [path, update] of Object.entries(changeUpdates(place(updates, {}))))
      changed.parameters[path] = tf.add(Tensors.get(inputs.parameters, path), update)
  for (const slot of optimizer.slots)
    changed.slots[slot] = place(Tensors.ofOwner(next, slot), changed.slots[slot] ?? {})
}

/** The numbers of a group's optimizer; those of a chain have a level for each link, which it takes apart itself. */
const numbersOf = ({ groups }: Controls, name: string) =>
  (Object.hasOwn(groups, name) ? groups[name]! : {}) as Update.Scene["numbers"]

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
  return (inputs: UpdateInputs, gradientAt: GradientAt = refused): UpdateOutputs => {
    const random = randomOf(plan, inputs.controls)
    const changeUpdates =
      transformUpdates && ((updates: Tensors.Tensors) => transformUpdates(updates, random, inputs, gradientAt))
    const treatedInputs = { ...inputs, gradients: treated(inputs, gradientAt) }
    const changed: Changed = { parameters: {}, slots: {}, sums: [] }
    for (const group of plan.groups) {
      const draws = {
        bits: (path: string, shape: ReadonlyArray<number>) => random.bits(`update/${group.name}/${path}`, shape)
      }
      updateGroup(group, treatedInputs, { random: draws, gradient: gradientAt }, changeUpdates, changed)
    }
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
