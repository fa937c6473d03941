/** Whether what is scheduled stays within its range for the whole run. */
import { type Problem, reasonOf } from "../../Errors.ts"
import type { TrainConfig } from "../../TrainConfig.ts"
import type { StepPlan } from "../step/Plan.ts"
import * as ScheduledNumbers from "../step/ScheduledNumbers.ts"

/** Schedules are looked at in so many places of the run, its first and last update among them. */
const places = 1000

/** The updates of a run as far as its limits say, which may be too many. */
const stepsOf = ({ until }: Pick<TrainConfig, "until">, batches: number): number => {
  const { steps, epochs } = until
  const most = Math.min(steps ?? Number.POSITIVE_INFINITY, (epochs ?? Number.POSITIVE_INFINITY) * batches)
  return Number.isFinite(most) ? most : places
}

/** The first value of each number that it can't have; schedules that are none. */
export const problems = (
  plan: StepPlan,
  config: Pick<TrainConfig, "until">,
  batches: number
): ReadonlyArray<Problem> => {
  const values = ScheduledNumbers.course(plan, batches, [])
  const last = Math.max(0, stepsOf(config, batches) - 1)
  const steps = [...new Set(Array.from({ length: places }, (_, at) => Math.round((last * at) / (places - 1))))]
  return ScheduledNumbers.named(plan).flatMap(([path, { schedule, range }]) => {
    try {
      const wrong = steps.find((step) => !range.has(values(schedule, step)))
      if (wrong === undefined) return []
      const found = `its schedule gives ${values(schedule, wrong)} before update ${wrong + 1}`
      return [{ path, message: `${found}; expected ${range.expected}` }]
    } catch (cause) {
      return [{ path, message: reasonOf(cause) }]
    }
  })
}
