/**
 * Which parameters matter for being among the best settings: PED-ANOVA (Watanabe, Bansal and Hutter 2023, arXiv:2304.10255), with
 * conditional parameters as in its extension of 2026 (arXiv:2601.20800). It asks how differently a parameter's values are distributed
 * among the best settings and among all: by closed form, without a model to fit, and nothing is drawn at random. The numbers are
 * those of Optuna's `PedAnovaImportanceEvaluator`.
 */
import { element } from "@etude/core/Lookup"
import { densityOf } from "./internal/parzen.ts"
import * as Objective from "./Objective.ts"
import type { Study } from "./Results.ts"
import type { Range, Space } from "./Space.ts"
import type { Parameters } from "./Trial.ts"

export interface Options {
  /** Which part of the settings are the best. Default: 0.1. They should be five or more. */
  readonly quantile?: number
  /** With which part they are compared: the best half, 0.5. Default: 1, all of them. Greater than `quantile`. */
  readonly region?: number
}

/** A setting and what it came to, lower is better. */
export interface Tried {
  readonly parameters: Parameters
  readonly cost: number
}

/** A parameter's share of the importance of all; the shares add up to 1. */
export interface Importance {
  readonly key: string
  readonly share: number
  /** As the paper has it, before it is divided by the sum over all parameters. */
  readonly divergence: number
}

/** All up to the quantile, and those that equal the last of them. */
const bestOf = (tried: ReadonlyArray<Tried>, quantile: number): ReadonlyArray<Tried> => {
  if (quantile >= 1) return tried
  const costs = tried.map(({ cost }) => cost).sort((a, b) => a - b)
  const cutoff = element(costs, Math.ceil(quantile * costs.length) - 1)
  return tried.filter(({ cost }) => cost <= cutoff)
}

const isSingle = (range: Range): boolean =>
  range._tag === "Choice" ? range.values.length === 1 : range.low === range.high

/** Σ q · (p/q − 1)², of the densities p of the best and q of the region. */
const pearson = (best: ReadonlyArray<number>, region: ReadonlyArray<number>): number =>
  region.reduce((sum, density, point) => {
    const kept = density + 1e-12
    return sum + kept * (((best[point] ?? 0) + 1e-12) / kept - 1) ** 2
  }, 0)

const divergenceOf = (key: string, range: Range, best: ReadonlyArray<Tried>, region: ReadonlyArray<Tried>): number => {
  const valuesOf = (tried: ReadonlyArray<Tried>) =>
    tried.flatMap(({ parameters }) => (Object.hasOwn(parameters, key) ? [parameters[key] ?? null] : []))
  const [ofBest, ofRegion] = [valuesOf(best), valuesOf(region)]
  if (isSingle(range) || ofBest.length === 0 || ofRegion.length < 2) return 0
  const parts = (ofBest.length / best.length) ** 2 / (ofRegion.length / region.length)
  return parts * pearson(densityOf(range, ofBest), densityOf(range, ofRegion)) * (best.length / region.length) ** 2
}

/** The importance of each parameter of a space, the most important first. Settings whose cost is not finite are left out. */
export const ofSettings = (
  space: Space,
  tried: ReadonlyArray<Tried>,
  { quantile = 0.1, region = 1 }: Options = {}
): ReadonlyArray<Importance> => {
  const finite = tried.filter(({ cost }) => Number.isFinite(cost))
  const [best, all] = finite.length < 2 ? [[], []] : [bestOf(finite, quantile), bestOf(finite, region)]
  const divergences = space.parameters.map(({ key, range }) => ({
    key,
    divergence: divergenceOf(key, range, best, all)
  }))
  const total = divergences.reduce((sum, { divergence }) => sum + divergence, 0)
  return divergences
    .map(({ key, divergence }) => ({
      key,
      divergence,
      share: total > 0 ? divergence / total : 1 / divergences.length
    }))
    .sort((a, b) => b.divergence - a.divergence)
}

/** Of a study's parameters for one of its objectives, by default the first: over the settings' means of their complete trials. */
export const of = (study: Study, options: Options & { readonly monitor?: string } = {}): ReadonlyArray<Importance> => {
  const objective = study.objectives.find(({ monitor }) => monitor === (options.monitor ?? monitor))
  if (objective === undefined) return []
  const complete = study.trials.filter(({ state }) => state === "complete")
  const tried = Objective.observationsOf(complete, [objective]).flatMap(({ parameters, objectives }) =>
    objectives === null ? [] : [{ parameters, cost: element(objectives, 0) }]
  )
  return ofSettings(study.space, tried, options)
}
