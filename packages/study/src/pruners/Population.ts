/**
 * Population-based training: all settings train at once, and at the end of each generation the worst continue from copies of the
 * best, with parameters varied a little. Jaderberg et al. 2017, "Population based training of neural networks", with truncation
 * selection. arXiv:1711.09846. Members wait for each other, so the result does not depend on which worker was faster.
 */
import * as Config from "@etude/core/Config"
import * as Entry from "@etude/core/Entry"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"
import { type Course, type Promotion, type Pruner, pause, proceed } from "../Pruner.ts"
import * as Space from "../Space.ts"
import { drawn } from "../searchers/Random.ts"
import type { Parameters } from "../Trial.ts"
import * as Rungs from "./Rungs.ts"

export interface PopulationOptions {
  /** The length of a generation. */
  readonly every: Rungs.Amount
  /** Which part of the members is replaced by copies of an equal part of the best. */
  readonly fraction: number
  /** How probably a parameter is drawn again from its range, instead of being varied. */
  readonly resample: number
  /** Numbers are multiplied by one of these. */
  readonly factors: ReadonlyArray<number>
  /** The parameters that may change during training: keys, or what they begin with. Others come from the copied member. */
  readonly vary: ReadonlyArray<string>
}

const defaults = { every: { epochs: 1 }, fraction: 0.2, resample: 0.25, factors: [0.8, 1.2], vary: ["train"] }

const mayVary = (key: string, vary: ReadonlyArray<string>): boolean =>
  vary.some((one) => key === one || key.startsWith(`${one}.`))

/** A number a little up or down, within its range; a value of a choice as it is. */
const perturbed = (range: Space.Range, value: Schema.Json, factor: number): Schema.Json => {
  if (range._tag === "Choice" || typeof value !== "number") return value
  const moved = value * factor
  const rounded = range._tag === "Int" ? (factor < 1 ? Math.floor(moved) : Math.ceil(moved)) : moved
  return Math.min(Math.max(rounded, range.low), range.high)
}

/** The parameters of the copied member, varied. A parameter that it lacks, since a choice changed, is drawn. */
const explored = (space: Space.Space, from: Parameters, options: PopulationOptions, key: Rng.Key): Parameters =>
  Space.fill(space, ({ key: name, range }) => {
    const stream = Rng.named(key, name)
    const old = Object.hasOwn(from, name) ? from[name] : undefined
    if (old === undefined) return drawn(range, stream)
    if (!mayVary(name, options.vary)) return old
    if (Rng.uniform(stream, 4) < options.resample) return drawn(range, stream)
    const { factors } = options
    return perturbed(range, old, element(factors, Math.floor(Rng.uniform(stream, 5) * factors.length)))
  })

/** The members of one seed, the best first, by their newest value. */
const ranked = (members: ReadonlyArray<Course>): ReadonlyArray<Course> =>
  [...members].sort(
    (one, other) =>
      Rungs.compare(one.points.at(-1)?.value ?? 0, other.points.at(-1)?.value ?? 0) || one.number - other.number
  )

const generation = (
  members: ReadonlyArray<Course>,
  options: PopulationOptions,
  context: { readonly space: Space.Space; readonly key: Rng.Key }
): ReadonlyArray<Promotion> => {
  const order = ranked(members)
  const count = Math.min(Math.floor(order.length / 2), Math.ceil(options.fraction * order.length - 1e-9))
  const firstReplaced = order.length - count
  const key = Rng.fold(
    Rng.named(context.key, "population"),
    Rungs.reached(Rungs.even(options.every), element(order, 0))
  )
  return order
    .map((member, rank): Promotion => {
      const own = Rng.fold(key, member.number)
      const donor = element(order, Math.floor(Rng.uniform(own, 0) * Math.max(1, count)))
      const isBetter = (donor.points.at(-1)?.value ?? 0) < (member.points.at(-1)?.value ?? 0)
      if (rank < firstReplaced || !isBetter) return { _tag: "Resume", trial: member.number }
      const parameters = explored(context.space, donor.parameters, options, own)
      return { _tag: "Exploit", trial: member.number, donor: donor.number, parameters }
    })
    .sort((one, other) => one.trial - other.trial)
}

/**
 * Every trial pauses at the end of each generation. When all are there, the worst part continues from checkpoints of members drawn
 * from the best part, with parameters varied: each number is multiplied by a drawn factor and kept in its range, or drawn again from
 * the range. Members with other seeds are a population of their own.
 */
export const population = (chosen: Partial<PopulationOptions> = {}): Pruner => {
  const options = { ...defaults, ...chosen }
  const rungs = Rungs.even(options.every)
  return {
    decide: (trial) => {
      const rung = Rungs.arrived(rungs, trial)
      return rung === undefined ? proceed : pause(`waits at ${Rungs.place(rungs, rung)} for its generation`)
    },
    promote: (all, { space, key, settled }) => {
      const paused = all.filter(({ state }) => state === "paused")
      if (!settled) return []
      return [...Map.groupBy(paused, ({ seed }) => seed).values()].flatMap((members) =>
        generation(members, options, { space, key })
      )
    }
  }
}

const part = (maximum: number) =>
  Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum }, { message: `expected a number from 0 to ${maximum}` }))

export const schema = Schema.TaggedStruct("Population", {
  every: Config.withDefault(Rungs.Amount, defaults.every, "The length of a generation"),
  fraction: Config.withDefault(
    part(0.5),
    defaults.fraction,
    "Which part of the members is replaced by copies of an equal part of the best"
  ),
  resample: Config.withDefault(
    part(1),
    defaults.resample,
    "How probably a parameter is drawn again from its range, instead of being varied"
  ),
  factors: Config.withDefault(
    Schema.Array(Config.positive).check(Schema.isMinLength(1, { message: "expected at least one factor" })),
    defaults.factors,
    "Numbers are multiplied by one of these"
  ),
  vary: Config.withDefault(
    Schema.Array(Schema.NonEmptyString),
    defaults.vary,
    "The parameters that may change during training: keys, or what they begin with. Others come from the copied member"
  )
})

export const entry = Entry.of({ tag: "Population", schema, make: (options) => population(options) })
