/** A step as a pure tensor program: the gradient of a batch, then from gradients to new parameters, slots and tensors of callbacks. */
import * as tf from "@tensorflow/tfjs-core"
import type { ResolvedGroup } from "../../ParameterGroup.ts"
import * as RandomBits from "../../RandomBits.ts"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type * as Update from "../../Update.ts"
import * as ModelPaths from "../ModelPaths.ts"
import * as EndToEnd from "./EndToEnd.ts"
import * as GradientProgram from "./GradientProgram.ts"
import { type BatchInput, type Controls, type GradientAt, refused, type StepPlan } from "./Plan.ts"
import * as SecondGradient from "./SecondGradient.ts"
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

export type StepInputs = Pick<GradientProgram.GradientInputs, "parameters" | "statistics" | "batch" | "controls"> &
  Pick<UpdateInputs, "slots" | "callbacks">

export type StepOutputs = UpdateOutputs & Omit<GradientProgram.GradientOutputs, "gradients">

/** Turns a batch as it was uploaded into what the spec of its dataset says. */
export type Decode = (batch: BatchInput) => BatchInput

/** Gradient and update of a whole batch. */
export const step = (plan: StepPlan, decode: Decode = (batch) => batch) => {
  const [gradientOf, updateBy] = [GradientProgram.gradient(plan), update(plan)]
  const gradientAt = SecondGradient.ofWhole(plan)
  return (encoded: StepInputs): StepOutputs => {
    const inputs = { ...encoded, batch: decode(encoded.batch) }
    const { gradients, statistics, measured } = gradientOf(inputs)
    try {
      return { ...updateBy({ ...inputs, gradients }, gradientAt?.(inputs)), statistics, measured }
    } catch (error) {
      GradientProgram.dispose({ statistics, measured })
      throw error
    }
  }
}

/** What happens to gradients, updates and parameters around the optimizers' rules; a plain step has none of it. */
const stagesOf = (plan: StepPlan) => ({
  treat: Transforms.gradientStage(plan),
  transformUpdates: Transforms.updateStage(plan),
  constrain: constraintStage(plan.task),
  afterwards: Transforms.parameterStage(plan)
})

/** The update: gradients through transforms and clipping, the optimizers' rules, constraints, and what follows an update. */
export const update = (plan: StepPlan) => {
  const { treat, transformUpdates, constrain, afterwards } = stagesOf(plan)
  const groups = plan.groups.map((group) => groupUpdate(group, transformUpdates))
  return (inputs: UpdateInputs, gradient: GradientAt = refused): UpdateOutputs => {
    const random = RandomBits.make({ key: inputs.controls.key, batchSize: plan.batchSize })
    const treated = treat === undefined ? inputs : { ...inputs, gradients: treat(inputs.gradients, inputs, gradient) }
    const changed: Changed = { parameters: {}, slots: {}, sums: [] }
    for (const updateGroup of groups) updateGroup(treated, { random, gradient }, changed)
    constrain?.(changed.parameters)
    const { parameters, callbacks } = afterwards?.(changed.parameters, inputs, random) ?? { ...changed, callbacks: {} }
    const separated = separate(inputs)
    return {
      parameters: separated(parameters),
      slots: Tensors.mapOwned(changed.slots, separated),
      callbacks: Tensors.mapOwned(callbacks, separated),
      gradientSum: Tensors.total(changed.sums)
    }
  }
}

/** What the groups changed; each adds its part. */
interface Changed {
  readonly parameters: Record<string, tf.Tensor>
  readonly slots: Record<string, Record<string, tf.Tensor>>
  /** The sum of each laid gradient. */
  readonly sums: Array<tf.Tensor>
}

/** The update of one group: its chain over the laid tensors. How they are laid is known with the first parameters. */
const groupUpdate = (group: ResolvedGroup, transformUpdates: ReturnType<typeof Transforms.updateStage>) => {
  const { optimizer, name } = group
  let layout: EndToEnd.Layout | undefined
  return (inputs: UpdateInputs, step: Pick<Update.Scene, "random" | "gradient">, changed: Changed): void => {
    layout ??= layoutOf(group, inputs.parameters)
    const [gradients, parameters] = [layout.lay(inputs.gradients), layout.lay(inputs.parameters)]
    for (const path in gradients) changed.sums.push(tf.sum(Tensors.get(gradients, path)))
    const slots: Record<string, Tensors.Tensors> = {}
    for (const slot of optimizer.slots) slots[slot] = layout.lay(Tensors.ofOwner(inputs.slots, slot))
    const random = RandomBits.within(step.random, `update/${name}/`)
    // Those of a chain have a level for each link, which it takes apart itself.
    const numbers = inputs.controls.groups[name] as Update.Scene["numbers"]
    const scene: Update.Scene = { parameters, slots, numbers, random, gradient: step.gradient }
    const applied = transformUpdates === undefined ? optimizer.apply?.(gradients, scene) : undefined
    const [updates, next] = applied ?? optimizer.update(gradients, scene)
    if (transformUpdates !== undefined) {
      const transformed = transformUpdates(placed(layout, updates), step.random, inputs, step.gradient)
      Object.assign(changed.parameters, added(inputs.parameters, transformed))
    } else layout.place(applied === undefined ? added(parameters, updates) : updates, changed.parameters)
    for (const slot of optimizer.slots) {
      changed.slots[slot] ??= {}
      layout.place(Tensors.ofOwner(next, slot), changed.slots[slot])
    }
  }
}

const layoutOf = ({ optimizer, paths }: ResolvedGroup, parameters: Tensors.Tensors): EndToEnd.Layout => {
  const rows = optimizer.elementwise
    ? EndToEnd.together(paths, (path) => Tensors.get(parameters, path).size)
    : paths.map((path) => [path])
  return EndToEnd.layout(rows, parameters)
}

const added = (parameters: Tensors.Tensors, updates: Tensors.Tensors): Tensors.Tensors =>
  Tensors.map(updates, (update, path) => tf.add(Tensors.get(parameters, path), update))

const placed = (layout: EndToEnd.Layout, laid: Tensors.Tensors): Tensors.Tensors => {
  const places: Record<string, tf.Tensor> = {}
  layout.place(laid, places)
  return places
}

/** The constraints of all models; `undefined` when there is none. */
const constraintStage = ({ models }: Task) => {
  const constraints = Object.entries(models).flatMap(([name, { constraints = {} }]) =>
    Object.entries(constraints).map(([path, constraint]) => [ModelPaths.join(name, path), constraint] as const)
  )
  if (constraints.length === 0) return undefined
  return (parameters: Record<string, tf.Tensor>): void => {
    for (const [path, constraint] of constraints)
      if (Object.hasOwn(parameters, path)) parameters[path] = constraint(Tensors.get(parameters, path))
  }
}

/** Gives a tensor that is passed on unchanged, or twice, a separate handle, for the caller to keep or dispose. */
const separate = ({ parameters, callbacks, slots }: UpdateInputs) => {
  const known = new Set(Tensors.leaves({ parameters, callbacks, slots }))
  return (tensors: Tensors.Tensors): Tensors.Tensors =>
    Tensors.map(tensors, (tensor) => {
      if (known.has(tensor)) return tf.clone(tensor)
      known.add(tensor)
      return tensor
    })
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
