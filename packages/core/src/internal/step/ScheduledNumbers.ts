/** Everything in a step that is scheduled beside the learning rates, by the names that events and reports have. */
import * as Record from "effect/Record"
import * as Result from "effect/Result"
import type { Values } from "../../Event.ts"
import type * as LearningRate from "../../LearningRate.ts"
import * as Scheduled from "../../Scheduled.ts"
import type * as Tensors from "../../Tensors.ts"
import * as ModelPaths from "../ModelPaths.ts"
import type { StepPlan } from "./Plan.ts"

type Named = ReadonlyArray<readonly [name: string, changing: Scheduled.Changing]>

const below = (prefix: string, scheduled: Scheduled.ChangingNumbers = {}): Named =>
  Object.entries(scheduled).map(([name, changing]) => [`${prefix}${name}`, changing])

/**
 * `momentum` of the only parameter group, `biases/momentum` of one of several; `gradients/…` of links before all optimizers; below the
 * ids of callbacks, and the paths of models.
 */
export const named = ({ groups, before, transforms, task }: StepPlan): Named => [
  ...groups.flatMap(({ name, optimizer }) => below(groups.length === 1 ? "" : `${name}/`, optimizer.scheduled)),
  ...below("gradients/", before?.scheduled),
  ...transforms.flatMap(({ id, transform }) => below(`${id}/`, transform.scheduled)),
  ...Object.entries(task.models).flatMap(([name, { scheduled }]) => below(ModelPaths.join(name, ""), scheduled))
]

/** Values of numbers of a run by their schedules, before a step. */
export type Course = ReturnType<typeof Scheduled.values>

/** How the numbers of a run go whose epochs have so many updates. */
export const course = (
  { schedules }: Pick<StepPlan, "schedules">,
  batchesPerEpoch: number,
  pace: Parameters<LearningRate.Resolved>[1]
): Course => Scheduled.values(Scheduled.resolver(schedules, batchesPerEpoch, pace))

/** All of them before a step. */
export const valuesAt = (plan: StepPlan, values: Course, step: number): Values =>
  Object.fromEntries(named(plan).map(([name, { schedule }]) => [name, values(schedule, step)]))

/** Those of models, by model; `undefined` where no model has any. */
export type InModels = (at: Scheduled.ValueAt) => { readonly [model: string]: Tensors.NumberTree }

export const inModels = ({ task }: Pick<StepPlan, "task">): InModels | undefined => {
  const models = Record.filterMap(task.models, ({ scheduled }) =>
    scheduled === undefined ? Result.failVoid : Result.succeed(scheduled)
  )
  if (Record.isEmptyRecord(models)) return undefined
  return (at) => Record.map(models, (scheduled) => Record.map(scheduled, ({ schedule }) => at(schedule)))
}
