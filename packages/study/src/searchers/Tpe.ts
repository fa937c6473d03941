/**
 * The tree-structured Parzen estimator: settings are drawn from the density of the good ones so far, and of the drawn ones that is
 * tried where this density is highest relative to that of the others. Bergstra et al. 2011, "Algorithms for hyper-parameter
 * optimization", §4; several parameters jointly, Falkner et al. 2018 (BOHB); several objectives, Ozaki et al. 2022. With the defaults
 * of Optuna 5's `TPESampler`.
 */
import * as Config from "@etude/core/Config"
import * as Entry from "@etude/core/Entry"
import { element, entry as valueOf } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"
import type { Observation, Searcher } from "../Searcher.ts"
import * as Space from "../Space.ts"
import type { Parameters } from "../Trial.ts"
import { draw } from "./Random.ts"
import * as Parzen from "./tpe/Parzen.ts"
import { countBelow, isFinished, type Split, split } from "./tpe/Split.ts"
import * as Unit from "./Unit.ts"

export interface TpeOptions {
  /** So many settings are drawn at random first. */
  readonly startup: number
  /** How many settings are drawn, of which the most promising is tried. */
  readonly candidates: number
  /** Whether settings that run count as bad ones, so that others are tried beside them. */
  readonly constantLiar: boolean
  /** Whether parameters that all settings have are drawn together. Default: with one objective. */
  readonly multivariate?: boolean
}

const defaults: TpeOptions = { startup: 10, candidates: 24, constantLiar: true }

/** The densities of good and other settings. */
export const estimators = (
  parameters: ReadonlyArray<Space.Parameter>,
  { below, above }: Split,
  objectives: number
): { readonly good: Parzen.Mixture; readonly other: Parzen.Mixture } => {
  const valuesOf = (observations: ReadonlyArray<Observation>) => observations.map((one) => one.parameters)
  const even = (count: number) => Array.from({ length: count }, () => 1)
  return {
    good: Parzen.estimate(parameters, valuesOf(below), objectives > 1 ? even : Parzen.ramp),
    other: Parzen.estimate(parameters, valuesOf(above))
  }
}

/** The most promising of some drawn places. */
const promising = (
  parameters: ReadonlyArray<Space.Parameter>,
  found: Split,
  objectives: number,
  candidates: number,
  key: Rng.Key
): Parameters => {
  if (parameters.length === 0) return {}
  const { good, other } = estimators(parameters, found, objectives)
  const drawn = Array.from({ length: candidates }, (_, index) => {
    const stream = Rng.fold(key, index)
    const place = Parzen.draw(good, (position) => Unit.uniform(stream, position))
    return { place, gain: Parzen.logDensity(good, place) - Parzen.logDensity(other, place) }
  })
  return drawn.reduce((best, one) => (one.gain > best.gain ? one : best), element(drawn, 0)).place
}

const hasOneValue = ({ range }: Space.Parameter): boolean => range._tag === "Choice" && range.values.length === 1

/** The parameters that all finished settings have. */
const shared = (space: Space.Space, finished: ReadonlyArray<Observation>): ReadonlyArray<Space.Parameter> =>
  space.parameters.filter(
    (parameter) => !hasOneValue(parameter) && finished.every((one) => Object.hasOwn(one.parameters, parameter.key))
  )

/**
 * Settings learned from those before. The good ones are the best tenth (25 at most); with several objectives the fronts that nobody
 * dominates. Parameters that all settings have are drawn together; conditional ones by themselves, from the settings that have them.
 */
export const tpe = (chosen: Partial<TpeOptions> = {}): Searcher => {
  const options = { ...defaults, ...chosen }
  return {
    suggest: (space, tried, setting, key) => {
      const stream = Rng.fold(Rng.named(key, "tpe"), setting)
      const finished = tried.filter(isFinished)
      if (finished.length < options.startup) return draw(space, stream)
      const objectives = finished[0]?.objectives.length ?? 1
      const counted = options.constantLiar ? tried : tried.filter(({ state }) => state !== "running")
      const found = split(counted, (count) => countBelow(count, objectives))
      const together = options.multivariate ?? objectives === 1
      const best = (parameters: ReadonlyArray<Space.Parameter>, name: string) =>
        promising(parameters, found, objectives, options.candidates, Rng.named(stream, name))
      const joint = together ? best(shared(space, finished), "joint") : {}
      return Space.fill(space, (parameter) => {
        const { key: name, range } = parameter
        if (range._tag === "Choice" && range.values.length === 1) return element(range.values, 0)
        return Object.hasOwn(joint, name) ? valueOf(joint, name) : valueOf(best([parameter], name), name)
      })
    }
  }
}

export const schema = Schema.TaggedStruct("Tpe", {
  startup: Config.withDefault(Schema.Natural, defaults.startup, "So many settings are drawn at random first"),
  candidates: Config.withDefault(
    Config.count("candidates"),
    defaults.candidates,
    "How many settings are drawn, of which the most promising is tried"
  ),
  constantLiar: Config.withDefault(
    Schema.Boolean,
    defaults.constantLiar,
    "Whether settings that run count as bad ones, so that others are tried beside them"
  ),
  multivariate: Schema.optionalKey(Schema.Boolean).annotate({
    description: "Whether parameters that all settings have are drawn together. Default: with one objective"
  })
})

export const entry = Entry.of({ tag: "Tpe", schema, make: (options) => tpe(options) })
