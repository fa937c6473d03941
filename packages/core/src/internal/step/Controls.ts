/** The controls of a step: its random key, and the numbers of optimizers and transforms, computed in float64 on the host. */
import * as tf from "@tensorflow/tfjs-core"
import * as Rng from "../../Rng.ts"
import * as Tensors from "../../Tensors.ts"
import type { Plain } from "../../TrainState.ts"
import * as Streams from "../Streams.ts"
import type { Controls, StepPlan } from "./Plan.ts"

/** What a step's controls depend on. */
export type Moment = Pick<Plain, "learningRateScale"> & {
  readonly progress: Pick<Plain["progress"], "epoch" | "batch" | "step">
}

export interface ControlsAt {
  /** The controls of the next step. */
  readonly controls: (moment: Moment) => Controls
  /** Controls that differ in every number from those of the next step, as far as they vary at all. */
  readonly perturbed: (moment: Moment) => Controls
  /** The learning rates of all groups after so many steps. */
  readonly learningRates: (moment: Moment, step?: number) => ReadonlyArray<number>
}

export const make = (
  plan: StepPlan,
  options: { readonly seed: number; readonly batchesPerEpoch: number; readonly pace: Plain["pace"] }
): ControlsAt => {
  const stream = Streams.step(options.seed)
  const schedules = plan.groups.map(({ learningRate }) => learningRate(options.batchesPerEpoch, options.pace))
  const learningRates = ({ progress, learningRateScale }: Moment, step = progress.step): ReadonlyArray<number> =>
    schedules.map((rate) => rate(step) * learningRateScale)
  return {
    learningRates,
    controls: (moment) => of(plan, stream, moment.progress, learningRates(moment)),
    perturbed: (moment) => {
      const { epoch, batch, step } = moment.progress
      const rates = learningRates(moment, step + 1).map((rate) => rate / 2)
      return of(plan, stream, { epoch, batch: batch + 1, step: step + 1 }, rates)
    }
  }
}

const of = (
  plan: StepPlan,
  stream: Rng.Key,
  { epoch, batch, step }: Moment["progress"],
  rates: ReadonlyArray<number>
): Controls => {
  const { hi, lo } = Rng.fold(Rng.fold(stream, epoch), batch)
  const groups: Record<string, Controls["groups"][string]> = {}
  const transforms: Record<string, Tensors.Tensors> = {}
  for (const [index, { name, optimizer }] of plan.groups.entries())
    groups[name] = Tensors.scalarTree(optimizer.numbers(step + 1, rates[index]!))
  for (const { id, transform } of plan.transforms)
    if (transform.hyper !== undefined) transforms[id] = Tensors.scalars(transform.hyper(step + 1))
  const key = tf.tensor1d([hi, lo], "int32")
  if (plan.before === undefined) return { key, groups, transforms }
  return { key, groups, transforms, before: Tensors.scalarTree(plan.before.numbers(step + 1, Number.NaN)) }
}
