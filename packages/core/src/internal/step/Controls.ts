/** The controls of a step: its random key, and the numbers of optimizers and transforms, computed in float64 on the host. */
import * as tf from "@tensorflow/tfjs-core"
import * as Rng from "../../Rng.ts"
import type { StepMemory } from "../../StepExecutor.ts"
import * as Tensors from "../../Tensors.ts"
import type { Plain } from "../../TrainState.ts"
import * as Streams from "../Streams.ts"
import type { Controls, StepPlan } from "./Plan.ts"

/** What a step's controls depend on. */
export type Moment = Pick<Plain, "learningRateScale"> & {
  readonly progress: Pick<Plain["progress"], "epoch" | "batch" | "step">
}

export interface ControlsAt {
  /** The controls of the next step; the caller owns their tensors. */
  readonly controls: (moment: Moment) => Controls
  /** The same until this is called again: only what has changed is made anew. {@link dispose} gives the tensors' memory back. */
  readonly reused: (moment: Moment) => Controls
  readonly dispose: () => void
  /** Controls that differ in every number from those of the next step, as far as they vary at all; the caller owns them. */
  readonly perturbed: (moment: Moment) => Controls
  /** The learning rates of all groups after so many steps. */
  readonly learningRates: (moment: Moment, step?: number) => ReadonlyArray<number>
}

export interface ControlsOptions {
  readonly seed: number
  readonly batchesPerEpoch: number
  readonly pace: Plain["pace"]
  /** Where the reused controls are. */
  readonly memory?: StepMemory | undefined
}

/** The numbers of a step, before they are tensors. */
interface Numbers {
  readonly key: Rng.Key
  readonly scalars: Tensors.NumberTree
}

const numbersOf = (
  plan: StepPlan,
  stream: Rng.Key,
  { epoch, batch, step }: Moment["progress"],
  rates: ReadonlyArray<number>
): Numbers => {
  const groups: Record<string, Tensors.NumberTree> = {}
  const transforms: Record<string, Tensors.NumberTree> = {}
  for (const [index, { name, optimizer }] of plan.groups.entries())
    groups[name] = optimizer.numbers(step + 1, rates[index] ?? Number.NaN)
  for (const { id, transform } of plan.transforms)
    if (transform.hyper !== undefined) transforms[id] = transform.hyper(step + 1)
  const key = Rng.fold(Rng.fold(stream, epoch), batch)
  if (plan.before === undefined) return { key, scalars: { groups, transforms } }
  return { key, scalars: { groups, transforms, before: plan.before.numbers(step + 1, Number.NaN) } }
}

/** int32[2] */
const keyTensor = ({ hi, lo }: Rng.Key): tf.Tensor => Tensors.ofValues(Int32Array.of(hi, lo), [2], "int32")

// The scalars have the levels of the numbers.
const fresh = ({ key, scalars }: Numbers): Controls =>
  ({ key: keyTensor(key), ...Tensors.scalarTree(scalars) }) as Controls

/** A tensor that is kept from step to step, and what is in it. */
interface Leaf {
  value: number
  tensor: tf.Tensor
}

/** Scalars that are kept, by name. */
interface Kept {
  readonly leaves: Map<string, Leaf>
  readonly branches: Map<string, Kept>
}

const nothing = (): Kept => ({ leaves: new Map(), branches: new Map() })

/** A tensor with other values: written again where the memory allows it, made anew elsewhere. */
const renewed = (
  memory: StepMemory | undefined,
  before: tf.Tensor | undefined,
  values: Float32Array | Int32Array
): tf.Tensor => {
  if (before !== undefined && memory?.write(before, values) === true) return before
  before?.dispose()
  const [dtype, shape] =
    values instanceof Int32Array ? (["int32", [values.length]] as const) : (["float32", []] as const)
  return tf.keep(memory?.tensor(values, shape, dtype) ?? Tensors.ofValues(values.slice(), shape, dtype))
}

/** What a tensor is made of or written from; it takes a copy. */
const [one, two] = [new Float32Array(1), new Int32Array(2)]

/** The tensor of a scalar that is kept, written again only where its value has changed. */
const scalarIn = (memory: StepMemory | undefined, { leaves }: Kept, name: string, value: number): tf.Tensor => {
  const leaf = leaves.get(name)
  if (leaf !== undefined && Object.is(leaf.value, value)) return leaf.tensor
  one[0] = value
  const tensor = renewed(memory, leaf?.tensor, one)
  if (leaf === undefined) leaves.set(name, { value, tensor })
  else Object.assign(leaf, { value, tensor })
  return tensor
}

type TreesByName = { readonly [name: string]: Tensors.TensorTree }

/** The tensors of numbers that are kept, with the same levels. */
const treeIn = (memory: StepMemory | undefined, kept: Kept, numbers: Tensors.NumberTree): TreesByName => {
  const tensors: Record<string, Tensors.TensorTree> = {}
  for (const name in numbers) {
    const value = numbers[name]
    if (typeof value === "number") tensors[name] = scalarIn(memory, kept, name, value)
    else if (value !== undefined) {
      const branch = kept.branches.get(name) ?? nothing()
      kept.branches.set(name, branch)
      tensors[name] = treeIn(memory, branch, value)
    }
  }
  return tensors
}

/** Controls of which what stays the same from one step to the next keeps its tensor. */
const reusing = (memory: StepMemory | undefined) => {
  const kept = nothing()
  let last: { readonly key: Rng.Key; readonly tensor: tf.Tensor } | undefined
  return {
    of: ({ key, scalars }: Numbers): Controls => {
      if (last === undefined || last.key.hi !== key.hi || last.key.lo !== key.lo) {
        two[0] = key.hi
        two[1] = key.lo
        last = { key, tensor: renewed(memory, last?.tensor, two) }
      }
      return { key: last.tensor, ...treeIn(memory, kept, scalars) } as Controls // with the levels of the numbers
    },
    dispose: (): void => {
      disposeKept(kept)
      last?.tensor.dispose()
    }
  }
}

const disposeKept = ({ leaves, branches }: Kept): void => {
  for (const { tensor } of leaves.values()) tensor.dispose()
  for (const branch of branches.values()) disposeKept(branch)
}

export const make = (plan: StepPlan, { seed, batchesPerEpoch, pace, memory }: ControlsOptions): ControlsAt => {
  const stream = Streams.step(seed)
  const schedules = plan.groups.map(({ learningRate }) => learningRate(batchesPerEpoch, pace))
  const learningRates = ({ progress, learningRateScale }: Moment, step = progress.step): ReadonlyArray<number> =>
    schedules.map((rate) => rate(step) * learningRateScale)
  const at = (moment: Moment): Numbers => numbersOf(plan, stream, moment.progress, learningRates(moment))
  const reused = reusing(memory)
  return {
    learningRates,
    controls: (moment) => fresh(at(moment)),
    reused: (moment) => reused.of(at(moment)),
    dispose: reused.dispose,
    perturbed: (moment) => {
      const { epoch, batch, step } = moment.progress
      const rates = learningRates(moment, step + 1).map((rate) => rate / 2)
      return fresh(numbersOf(plan, stream, { epoch, batch: batch + 1, step: step + 1 }, rates))
    }
  }
}
