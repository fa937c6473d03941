/**
 * Successive halving with several first rungs at once, since nobody knows before how soon trials can be compared. Li et al. 2018,
 * "Hyperband: a novel bandit-based approach to hyperparameter optimization", Algorithm 1. arXiv:1603.06560.
 */
import * as Entry from "@etude/core/Entry"
import { element } from "@etude/core/Lookup"
import * as Schema from "effect/Schema"
import type { Pruner } from "../Pruner.ts"
import * as Halving from "./Halving.ts"
import * as Rungs from "./Rungs.ts"

export interface HyperbandOptions {
  /** The least amount of training after which trials are compared. */
  readonly first: Rungs.Amount
  /** R: how far a whole run goes, in the same unit. */
  readonly until: Rungs.Amount
  /** η */
  readonly factor: number
}

/** A bracket of the schedule: how many settings, and where they are compared. */
export interface Planned {
  readonly settings: number
  /** In epochs or steps; the runs that are left then go on to their end. */
  readonly rungs: ReadonlyArray<number>
}

/**
 * The brackets s = s_max … 0 of one round, with r the first amount: s_max = ⌊log_η(R / r)⌋; bracket s begins with
 * ⌈(s_max + 1) / (s + 1) · η^s⌉ settings, compared after R · η^−s, R · η^−(s−1), … below R. The last one compares nobody.
 */
export const plan = ({ first, until, factor }: HyperbandOptions): ReadonlyArray<Planned> => {
  const whole = Rungs.numberOf(until)
  // The logarithm of a power may come out a little below its exponent.
  const most = Math.floor(Math.log(whole / Rungs.numberOf(first)) / Math.log(factor) + 1e-9)
  return Array.from({ length: most + 1 }, (_, index) => {
    const s = most - index
    return {
      // The product of a fraction and a power may come out a little above a whole number.
      settings: Math.ceil(((most + 1) / (s + 1)) * factor ** s - 1e-9),
      rungs: Array.from({ length: s }, (_, rung) => whole * factor ** (rung - s))
    }
  })
}

/** The round and the bracket of each setting: a round's brackets are filled one after another, and then the next round begins. */
const bracketOf = (options: HyperbandOptions) => {
  const brackets = plan(options)
  const unit = "epochs" in options.first ? "epochs" : "steps"
  const perRound = brackets.reduce((sum, { settings }) => sum + settings, 0)
  return ({ setting }: { readonly setting: number }): Halving.Bracket => {
    let [left, index] = [setting % perRound, 0]
    while (left >= element(brackets, index).settings) left -= element(brackets, index++).settings
    const { settings, rungs } = element(brackets, index)
    return { name: `${Math.floor(setting / perRound)}/${index}`, rungs: Rungs.listed(unit, rungs), settings }
  }
}

/** The brackets of Hyperband, of settings in their order; each bracket is synchronous successive halving. */
export const hyperband = (options: HyperbandOptions): Pruner => Halving.halving(bracketOf(options), options.factor)

const { first, factor } = Halving.fields

export const schema = Schema.TaggedStruct("Hyperband", {
  first,
  factor,
  until: Rungs.Amount.annotate({ description: "How far a whole run goes, in the unit of `first`" })
}).check(
  Schema.makeFilter(({ first, until }) => {
    if ("epochs" in first !== "epochs" in until) return { path: ["until"], issue: "expected the unit of first" }
    return Rungs.numberOf(first) <= Rungs.numberOf(until)
      ? undefined
      : { path: ["until"], issue: `expected at least first (${Rungs.numberOf(first)})` }
  })
)

export const entry = Entry.of({ tag: "Hyperband", schema, make: hyperband })
