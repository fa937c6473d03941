/**
 * Successive halving: all trials train to a rung and wait there for each other, then the best part of them goes on to the next.
 * Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter optimization"; in several brackets: Li et al.
 * 2018, "Hyperband". The result does not depend on which trial was faster.
 */

import * as Config from "@etude/core/Config"
import * as Entry from "@etude/core/Entry"
import * as Extent from "@etude/core/Extent"
import { element } from "@etude/core/Lookup"
import * as Schema from "effect/Schema"
import { type Course, type Promotion, type Pruner, pause, proceed } from "../Pruner.ts"
import * as Rungs from "./Rungs.ts"

/** Trials that compete with each other. */
export interface Bracket {
  /** Equal for the trials of one bracket. */
  readonly name: string
  readonly rungs: Rungs.Rungs
  /** How many settings it has when it is full; it waits for more of them until the study has no more. Default: it waits until then. */
  readonly settings?: number
}

/** The place of a trial at a rung, in words. */
export const reasonOf = (
  rungs: Rungs.Rungs,
  rung: number,
  trial: Course,
  all: ReadonlyArray<Course>,
  going: number
): string => {
  const standings = Rungs.standings(rungs, rung, all)
  const rank = standings.findIndex(({ course }) => course.number === trial.number) + 1
  const others = going === 0 ? "none went on yet" : `the best ${going} went on`
  return `place ${rank} of ${standings.length} at ${Rungs.place(rungs, rung)}, where ${others}`
}

/** Whether no further trial can come to a rung of the bracket. */
const isWhole = (
  { settings = Number.POSITIVE_INFINITY }: Bracket,
  members: ReadonlyArray<Course>,
  settled: boolean
) => {
  if (members.some(({ state }) => state === "waiting" || state === "running")) return false
  return settled || new Set(members.map(({ setting }) => setting)).size >= settings
}

/** Of those that wait at the highest rung, the best part; nobody where one of them went on from there already. */
const promoted = ({ rungs }: Bracket, members: ReadonlyArray<Course>, factor: number): ReadonlyArray<Promotion> => {
  const alive = members.filter(({ state }) => state !== "failed")
  const highest = Math.max(...alive.map((course) => Rungs.reached(rungs, course)))
  const standings = Rungs.standings(rungs, highest, alive)
  if (!standings.every(({ course }) => course.state === "paused")) return []
  const going = Math.max(1, Math.floor(standings.length / factor))
  return standings.slice(0, going).map(({ course }) => ({ _tag: "Resume", trial: course.number }))
}

/**
 * Halving in brackets. At each rung of its bracket a trial pauses. When all trials of the bracket are there, or have failed, the best
 * ⌊n / η⌋ of n are resumed, at least one. Seeds of one setting are trials of the same bracket.
 */
export const halving = (bracketOf: (trial: Course) => Bracket, factor: number): Pruner => ({
  decide: (trial) => {
    const { rungs } = bracketOf(trial)
    const rung = Rungs.arrived(rungs, trial)
    return rung === undefined ? proceed : pause(`waits at ${Rungs.place(rungs, rung)} for the others of its bracket`)
  },
  promote: (all, { settled }) =>
    [...Map.groupBy(all, (trial) => bracketOf(trial).name).values()].flatMap((members) => {
      const [first] = members
      if (first === undefined) return []
      const bracket = bracketOf(first)
      return isWhole(bracket, members, settled) ? promoted(bracket, members, factor) : []
    })
})

/** Where trials are compared, and how many go on. */
export interface HalvingOptions {
  /** Where they are compared first; then after each `factor` times as much. Default: one epoch. */
  readonly first?: Rungs.Amount
  /** η: of the trials at a rung, one in so many goes on. Default: 3. */
  readonly factor?: number
  /** How far a whole run goes: nobody is compared there, or after. Default: runs end by themselves. */
  readonly until?: Rungs.Amount
  /** Where they are compared, instead of `first` and its multiples. */
  readonly rungs?: { readonly epochs: ReadonlyArray<number> } | { readonly steps: ReadonlyArray<number> }
}

/** Rungs, and η. */
export interface Ladder {
  readonly rungs: Rungs.Rungs
  readonly factor: number
}

const defaults = { first: { epochs: 1 }, factor: 3 }

export const ladder = ({ first = defaults.first, factor = defaults.factor, until, rungs }: HalvingOptions): Ladder => {
  if (rungs === undefined) return { rungs: Rungs.geometric(first, factor, until), factor }
  const written = "epochs" in rungs ? Rungs.listed("epochs", rungs.epochs) : Rungs.listed("steps", rungs.steps)
  return { rungs: written, factor }
}

/** Halving in one bracket of all trials. */
export const successiveHalving = (options: HalvingOptions = {}): Pruner => {
  const { rungs, factor } = ladder(options)
  return halving(() => ({ name: "all", rungs }), factor)
}

const rising = (amount: Schema.Codec<number>): Schema.Codec<ReadonlyArray<number>> =>
  Schema.Array(amount).check(
    Schema.isMinLength(1, { message: "expected at least one" }),
    Schema.makeFilter((all) =>
      all.flatMap((one, index) =>
        index > 0 && one <= element(all, index - 1)
          ? [{ path: [index], issue: "expected more than the one before" }]
          : []
      )
    )
  )

/** The options of halving, in files. */
export const fields = {
  first: Config.withDefault(
    Rungs.Amount,
    defaults.first,
    "Where trials are compared first; then after each `factor` times as much"
  ),
  factor: Config.withDefault(
    Schema.Finite.check(Schema.isGreaterThan(1, { message: "expected a number above 1" })),
    defaults.factor,
    "Of the trials at a rung, one in so many goes on"
  ),
  until: Schema.optionalKey(Rungs.Amount).annotate({
    description: "How far a whole run goes: nobody is compared there, or after. Default: runs end by themselves"
  }),
  rungs: Schema.optionalKey(
    Extent.amount({ epochs: rising(Config.positive), steps: rising(Config.count("steps")) })
  ).annotate({
    description: "Where trials are compared, instead of `first` and its multiples, as in { epochs: [1, 5, 20] }"
  })
}

export const successiveHalvingEntry = Entry.of({
  tag: "SuccessiveHalving",
  schema: Schema.TaggedStruct("SuccessiveHalving", fields),
  make: (options) => successiveHalving(options)
})
