/** The update as a pure tensor program: from gradients to new parameters, slots and tensors of callbacks. */
import * as tf from "@tensorflow/tfjs-core"
import type { ResolvedGroup } from "../../ParameterGroup.ts"
import * as RandomBits from "../../RandomBits.ts"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type * as Update from "../../Update.ts"
import * as ModelPaths from "../ModelPaths.ts"
import * as EndToEnd from "./EndToEnd.ts"
import { type Controls, type GradientAt, refused, type StepPlan } from "./Plan.ts"
import * as Transforms from "./Transforms.ts"

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

/** The constraints of all models, by full path. */
const constraintsOf = (task: Task): ReadonlyArray<readonly [string, (parameter: tf.Tensor) => tf.Tensor]> =>
  Object.entries(task.models).flatMap(([name, { constraints = {} }]) =>
    Object.entries(constraints).map(([path, constraint]) => [ModelPaths.join(name, path), constraint] as const)
  )

interface Changed {
  readonly parameters: Record<string, tf.Tensor>
  readonly slots: Record<string, Record<string, tf.Tensor>>
  /** The sum of each laid gradient. */
  readonly sums: Array<tf.Tensor>
}
type ChangeUpdates = ((updates: Tensors.Tensors) => Tensors.Tensors) | undefined

/** The numbers of a group's optimizer; those of a chain have a level for each link, which it takes apart itself. */
const numbersOf = ({ groups }: Controls, name: string) =>
  (Object.hasOwn(groups, name) ? groups[name]! : {}) as Update.Scene["numbers"]

const added = (parameters: Tensors.Tensors, updates: Tensors.Tensors): Tensors.Tensors =>
  Tensors.map(updates, (update, path) => tf.add(Tensors.get(parameters, path), update))

const placed = (layout: EndToEnd.Layout, laid: Tensors.Tensors): Tensors.Tensors => {
  const places: Record<string, tf.Tensor> = {}
  layout.place(laid, places)
  return places
}

/** The update of one group: its chain over the laid tensors. How they are laid is known with the first parameters. */
const groupUpdate = (group: ResolvedGroup) => {
  const { optimizer, name, paths } = group
  const rowsOf = (parameters: Tensors.Tensors) =>
    optimizer.elementwise
      ? EndToEnd.together(paths, (path) => Tensors.get(parameters, path).size)
      : paths.map((path) => [path])
  let layout: EndToEnd.Layout | undefined
  return (
    inputs: UpdateInputs,
    shared: Pick<Update.Scene, "random" | "gradient">,
    changeUpdates: ChangeUpdates,
    changed: Changed
  ): void => {
    layout ??= EndToEnd.layout(rowsOf(inputs.parameters), inputs.parameters)
    const [gradients, parameters] = [layout.lay(inputs.gradients), layout.lay(inputs.parameters)]
    for (const path in gradients) changed.sums.push(tf.sum(Tensors.get(gradients, path)))
    const slots: Record<string, Tensors.Tensors> = {}
    for (const slot of optimizer.slots) slots[slot] = layout.lay(Tensors.ofOwner(inputs.slots, slot))
    const scene: Update.Scene = { ...shared, parameters, slots, numbers: numbersOf(inputs.controls, name) }
    const applied = changeUpdates === undefined ? optimizer.apply?.(gradients, scene) : undefined
    const [updates, next] = applied ?? optimizer.update(gradients, scene)
    if (changeUpdates === undefined)
      layout.place(applied === undefined ? added(parameters, updates) : updates, changed.parameters)
    else Object.assign(changed.parameters, added(inputs.parameters, changeUpdates(placed(layout, updates))))
    for (const slot of optimizer.slots) {
      changed.slots[slot] ??= {}
      layout.place(Tensors.ofOwner(next, slot), changed.slots[slot])
    }
  }
}

/** Gives a tensor that is passed on unchanged, or twice, a separate handle, for the caller to keep or dispose. */
const separate = (inputs: UpdateInputs) => {
  const known = new Set([
    ...Object.values(inputs.parameters),
    ...Tensors.leaves(inputs.callbacks),
    ...Tensors.leaves(inputs.slots)
  ])
  return (tensors: Tensors.Tensors): Tensors.Tensors =>
    Tensors.map(tensors, (tensor) => {
      if (known.has(tensor)) return tf.clone(tensor)
      known.add(tensor)
      return tensor
    })
}

/** What happens to gradients, updates and parameters around the optimizers' rules; most steps have none of it. */
const stagesOf = (plan: StepPlan) => ({
  treat: Transforms.gradientStage(plan),
  transformUpdates: Transforms.updateStage(plan),
  constraints: constraintsOf(plan.task),
  afterwards: Transforms.parameterStage(plan)
})

const constrain = (parameters: Record<string, tf.Tensor>, constraints: ReturnType<typeof constraintsOf>): void => {
  for (const [path, constraint] of constraints)
    if (Object.hasOwn(parameters, path)) parameters[path] = constraint(Tensors.get(parameters, path))
}

/** The update: gradients through transforms and clipping, the optimizers' rules, constraints, and what follows an update. */
export const update = (plan: StepPlan) => {
  const { treat, transformUpdates, constraints, afterwards } = stagesOf(plan)
  const groups = plan.groups.map((group) => ({ name: group.name, run: groupUpdate(group) }))
  const updateGroups = (inputs: UpdateInputs, random: RandomBits.StepRandom, gradient: GradientAt): Changed => {
    const changeUpdates =
      transformUpdates && ((updates: Tensors.Tensors) => transformUpdates(updates, random, inputs, gradient))
    const changed: Changed = { parameters: {}, slots: {}, sums: [] }
    for (const { name, run } of groups) {
      const draws = RandomBits.within(random, `update/${name}/`)
      run(inputs, { random: draws, gradient }, changeUpdates, changed)
    }
    return changed
  }
  return (inputs: UpdateInputs, gradient: GradientAt = refused): UpdateOutputs => {
    const random = RandomBits.make({ key: inputs.controls.key, batchSize: plan.batchSize })
    const treated = treat === undefined ? inputs : { ...inputs, gradients: treat(inputs.gradients, inputs, gradient) }
    const { sums, slots, parameters } = updateGroups(treated, random, gradient)
    constrain(parameters, constraints)
    const result = afterwards === undefined ? { parameters, callbacks: {} } : afterwards(parameters, inputs, random)
    const separated = separate(inputs)
    return {
      parameters: separated(result.parameters),
      slots: Tensors.mapOwned(slots, separated),
      callbacks: Tensors.mapOwned(result.callbacks, separated),
      gradientSum: sums.length === 1 ? sums[0]! : tf.addN(sums)
    }
  }
}

/** The slots that all groups' optimizers begin with. */
export const initialSlots = (groups: StepPlan["groups"], parameters: Tensors.Tensors): Tensors.Owned => {
  const slots: Record<string, Tensors.Tensors> = {}
  for (const { optimizer, paths } of groups) {
    const initial: Tensors.Owned = optimizer.init(Tensors.filter(parameters, (path) => paths.includes(path)))
    for (const slot of optimizer.slots) slots[slot] = { ...slots[slot], ...initial[slot] }
  }
  return slots
}
