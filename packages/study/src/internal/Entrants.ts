/** The trials of a simulated study, while it goes on. */
import type { Course, Point, Promotion } from "../Pruner.ts"
import { folderOf, type Planned } from "../Settings.ts"
import type { Parameters, State, Trial } from "../Trial.ts"

/** A trial that changes. */
export interface Entrant<Learned> {
  readonly planned: Planned
  parameters: Parameters
  state: State
  /** What training has made of it. */
  learned: Learned
  epoch: number
  readonly points: Array<Point>
  reason: string | null
  attempts: number
  /** When its next epoch ends. */
  due: number
  /** As pruners see it; made again after each change. */
  course: Course | undefined
}

export const enter = <Learned>(planned: Planned, learned: Learned): Entrant<Learned> => ({
  planned,
  parameters: planned.parameters,
  state: "waiting",
  learned,
  epoch: 0,
  points: [],
  reason: null,
  attempts: 0,
  due: 0,
  course: undefined
})

export const courseOf = (entrant: Entrant<unknown>): Course => {
  if (entrant.course !== undefined) return entrant.course
  const { planned, parameters, state, points } = entrant
  entrant.course = { ...planned, parameters, state, points: [...points] }
  return entrant.course
}

/** The monitor that simulated trials report. */
export const monitor = "validation/loss"

export const trialOf = ({ planned, parameters, state, points, reason, attempts }: Entrant<unknown>): Trial => ({
  ...planned,
  parameters,
  state,
  reports: points.map(({ step, epoch, value }) => ({ step, epoch, values: { [monitor]: value } })),
  test: null,
  reason,
  attempts,
  preemptions: 0,
  failures: 0,
  seconds: points.length,
  folder: folderOf(planned.number)
})

export const move = (entrant: Entrant<unknown>, state: State, reason: string | null = null): void => {
  entrant.state = state
  entrant.reason = reason
  if (state === "running") entrant.attempts += 1
  entrant.course = undefined
}

/** One more epoch. */
export const report = <Learned>(entrant: Entrant<Learned>, learned: Learned, value: number): void => {
  entrant.learned = learned
  entrant.epoch += 1
  entrant.points.push({ step: entrant.epoch, epoch: entrant.epoch, value })
  entrant.course = undefined
}

/** Lets a paused trial wait for a worker. What the pruner names must be paused. */
export const promote = (entrants: ReadonlyArray<Entrant<unknown>>, promotion: Promotion): void => {
  const paused = (number: number) => {
    const entrant = entrants[number]
    if (entrant?.state === "paused") return entrant
    throw new Error(`the pruner promotes trial ${number}, which is ${entrant?.state ?? "not there"}, not paused`)
  }
  const entrant = paused(promotion.trial)
  if (promotion._tag === "Exploit") {
    const donor = entrants[promotion.donor]
    if (donor === undefined || donor.epoch === 0) throw new Error(`trial ${promotion.donor} has no checkpoint to copy`)
    Object.assign(entrant, { learned: donor.learned, epoch: donor.epoch, parameters: promotion.parameters })
  }
  move(entrant, "waiting")
}
