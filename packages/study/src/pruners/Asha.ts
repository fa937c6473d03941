/**
 * Asynchronous successive halving: a trial goes on from a rung as soon as it is among the best of those that came so far, and others
 * wait there, paused. Li et al. 2020, "A system for massively parallel hyperparameter tuning", Algorithm 2. arXiv:1810.05934.
 */
import * as Entry from "@etude/core/Entry"
import * as Schema from "effect/Schema"
import { type Course, type Pruner, pause, proceed } from "../Pruner.ts"
import * as Halving from "./Halving.ts"
import * as Rungs from "./Rungs.ts"

/** The trials that may go on from a rung: of n that came there, the best ⌊n / η⌋. */
const best = ({ rungs, factor }: Halving.Ladder, rung: number, all: ReadonlyArray<Course>): ReadonlyArray<Course> => {
  const standings = Rungs.standings(rungs, rung, all)
  return standings.slice(0, Math.floor(standings.length / factor)).map(({ course }) => course)
}

/** Those paused at the highest rung, and of them the best, where no trial is complete. */
const lastHope = ({ rungs }: Halving.Ladder, all: ReadonlyArray<Course>): ReadonlyArray<Course> => {
  if (all.some(({ state }) => state === "complete")) return []
  const paused = all.filter(({ state }) => state === "paused")
  const highest = Math.max(...paused.map((course) => Rungs.reached(rungs, course)))
  return Rungs.standings(rungs, highest, paused)
    .slice(0, 1)
    .map(({ course }) => course)
}

const onLadder = (options: Halving.Ladder): Pruner => ({
  decide: (trial, all) => {
    const { rungs } = options
    const rung = Rungs.arrived(rungs, trial)
    if (rung === undefined) return proceed
    const now = Rungs.withNewest(trial, all)
    const going = best(options, rung, now)
    return going.includes(trial) ? proceed : pause(Halving.reasonOf(rungs, rung, trial, now, going.length))
  },
  promote: (all, { settled }) => {
    const paused = all.filter(({ state }) => state === "paused")
    const rungOf = (course: Course) => Rungs.reached(options.rungs, course)
    const highestFirst = [...new Set(paused.map(rungOf))].sort((one, other) => other - one)
    const promoted = highestFirst.flatMap((rung) =>
      best(options, rung, all).filter((course) => course.state === "paused" && rungOf(course) === rung)
    )
    const resumed = promoted.length === 0 && settled ? lastHope(options, all) : promoted
    return resumed.map(({ number }) => ({ _tag: "Resume", trial: number }))
  }
})

/**
 * A trial that comes to a rung goes on where it is among the best ⌊n / η⌋ of the n that came there, itself included; else it pauses.
 * Whenever a trial pauses or ends, paused ones that are among the best by then are resumed, those of higher rungs first. At the end of
 * a study the best of the highest rung is trained to its end, where no trial is complete yet: with few trials ⌊n / η⌋ is 0.
 */
export const asha = (options: Halving.HalvingOptions = {}): Pruner => onLadder(Halving.ladder(options))

export const schema = Schema.TaggedStruct("Asha", Halving.fields)

export const entry = Entry.of({ tag: "Asha", schema, make: (options) => asha(options) })
