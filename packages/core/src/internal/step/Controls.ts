/** The controls of a step: its random key, and the numbers of optimizers and transforms, computed in float64 on the host. */
import type * as tf from "@tensorflow/tfjs-core"
import type { Values } from "../../Event.ts"
import * as Rng from "../../Rng.ts"
import type * as Scheduled from "../../Scheduled.ts"
import * as Tensors from "../../Tensors.ts"
import type { Plain } from "../../TrainState.ts"
import * as Streams from "../Streams.ts"
import type { Controls, StepPlan } from "./Plan.ts"
import * as ScheduledNumbers from "./ScheduledNumbers.ts"

/** What a step's controls depend on. */
export type Moment = Pick<Plain, "learningRateScale"> & {
  readonly progress: Pick<Plain["progress"], "epoch" | "batch" | "step">
}

export interface ControlsAt {
  /** The controls of the next step. */
  readonly controls: (moment: Moment) => Controls
  /** The same before they are tensors. */
  readonly numbers: (moment: Moment) => Numbers
  /** Controls that differ in every number from those of the next step, as far as they vary at all; the caller owns them. */
  readonly perturbed: (moment: Moment) => Controls
  /** The learning rates of all groups after so many steps. */
  readonly learningRates: (moment: Moment, step?: number) => ReadonlyArray<number>
  /** What else is scheduled, by name, when so many steps had been done. */
  readonly scheduled: (step: number) => Values
  /** What is scheduled in models at that time, by model; `undefined` where nothing is. */
  readonly inModels: (step: number) => ReturnType<ScheduledNumbers.InModels> | undefined
}

export interface ControlsOptions {
  readonly seed: number
  readonly batchesPerEpoch: number
  readonly pace: Plain["pace"]
}

/** The numbers of a step, before they are tensors. */
export interface Numbers {
  readonly key: Rng.Key
  readonly scalars: Tensors.NumberTree
}

/** The numbers of any step, given its position and the learning rates of the groups. */
const numbersIn =
  (plan: StepPlan, stream: Rng.Key, valueAt: ScheduledNumbers.Course, others: Others | undefined) =>
  ({ epoch, batch, step }: Moment["progress"], rates: ReadonlyArray<number>): Numbers => {
    const at: Scheduled.ValueAt = (value) => valueAt(value, step)
    const groups: Record<string, Tensors.NumberTree> = {}
    const transforms: Record<string, Tensors.NumberTree> = {}
    for (const [index, { name, optimizer }] of plan.groups.entries())
      groups[name] = optimizer.numbers(step + 1, rates[index] ?? Number.NaN, at)
    for (const { id, transform } of plan.transforms)
      if (transform.hyper !== undefined) transforms[id] = transform.hyper(step + 1, at)
    return { key: Rng.fold(Rng.fold(stream, epoch), batch), scalars: { groups, transforms, ...others?.(step + 1, at) } }
  }

type Others = (step: number, at: Scheduled.ValueAt) => Tensors.NumberTree

/** The numbers of what comes before the optimizers, and of models; `undefined` where there are none. */
const othersIn = ({ before }: StepPlan, inModels: ScheduledNumbers.InModels | undefined): Others | undefined => {
  if (before === undefined && inModels === undefined) return undefined
  return (step, at) => ({
    ...(before && { before: before.numbers(step, Number.NaN, at) }),
    ...(inModels && { models: inModels(at) })
  })
}

/** int32[2] */
const keyTensor = ({ hi, lo }: Rng.Key): tf.Tensor => Tensors.ofValues(Int32Array.of(hi, lo), [2], "int32")

/** The tensors of these numbers, which the caller owns. */
export const tensorsOf = ({ key, scalars }: Numbers): Controls =>
  ({ key: keyTensor(key), ...Tensors.scalarTree(scalars) }) as Controls // with the levels of the numbers

export const make = (
  plan: StepPlan,
  { seed, batchesPerEpoch, pace }: ControlsOptions,
  toTensors: (numbers: Numbers) => Controls = tensorsOf
): ControlsAt => {
  const schedules = plan.groups.map(({ learningRate }) => learningRate(batchesPerEpoch, pace))
  const learningRates = ({ progress, learningRateScale }: Moment, step = progress.step): ReadonlyArray<number> =>
    schedules.map((rate) => rate(step) * learningRateScale)
  const values = ScheduledNumbers.course(plan, batchesPerEpoch, pace)
  const inModels = ScheduledNumbers.inModels(plan)
  const numbersAt = numbersIn(plan, Streams.step(seed), values, othersIn(plan, inModels))
  const numbers = (moment: Moment): Numbers => numbersAt(moment.progress, learningRates(moment))
  return {
    learningRates,
    scheduled: (step) => ScheduledNumbers.valuesAt(plan, values, step),
    inModels: (step) => inModels?.((value) => values(value, step)),
    numbers,
    controls: (moment) => toTensors(numbers(moment)),
    perturbed: (moment) => {
      const { epoch, batch, step } = moment.progress
      const rates = learningRates(moment, step + 1).map((rate) => rate / 2)
      return tensorsOf(numbersAt({ epoch, batch: batch + 1, step: step + 1 }, rates))
    }
  }
}
