/**
 * Which trials a study has: setting 0 with each seed, then setting 1 with each, and so on. Pure functions of the study's definition
 * and what was tried, so that everyone who asks gets the same answer: a worker, a task of a SLURM array, a reader.
 */
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import type { Observation, Searcher } from "./Searcher.ts"
import type { Space } from "./Space.ts"
import type { Parameters } from "./Trial.ts"

/** What of a study's definition decides its trials. */
export interface Definition {
  readonly space: Space
  /** How many settings are tried at most. */
  readonly settings: number
  readonly seeds: ReadonlyArray<number>
  /** Of the random streams. */
  readonly seed: number
}

/** A trial before anything of it has been trained. */
export interface Planned {
  readonly number: number
  readonly setting: number
  readonly seed: number
  readonly parameters: Parameters
}

/** The key that a study's searcher gets. */
export const keyOf = (seed: number): Rng.Key => Rng.named(Rng.key(seed), "study/settings")

/** The parameters of setting number `setting`; undefined when there are no more. A study without parameters has one setting. */
export const suggest = (
  { space, settings, seed }: Pick<Definition, "space" | "settings" | "seed">,
  searcher: Searcher,
  tried: ReadonlyArray<Observation>,
  setting: number
): Parameters | undefined => {
  if (setting >= settings) return undefined
  if (space.parameters.length === 0) return setting === 0 ? {} : undefined
  return searcher.suggest(space, tried, setting, keyOf(seed))
}

/** The trials of a setting, one for each seed. */
export const trialsOf = (
  { seeds }: Pick<Definition, "seeds">,
  setting: number,
  parameters: Parameters
): ReadonlyArray<Planned> =>
  seeds.map((seed, index) => ({ number: setting * seeds.length + index, setting, seed, parameters }))

/**
 * The trial with that number, of a study whose searcher does not look at what was tried (`isSequential: false`). Undefined when the
 * study has fewer.
 */
export const trialAt = (study: Definition, searcher: Searcher, number: number): Planned | undefined => {
  const setting = Math.floor(number / study.seeds.length)
  const parameters = suggest(study, searcher, [], setting)
  if (parameters === undefined) return undefined
  return element(trialsOf(study, setting, parameters), number % study.seeds.length)
}

/** All trials of such a study; `most` bounds a study without an end. */
export const all = (study: Definition, searcher: Searcher, most = 1_000_000): ReadonlyArray<Planned> => {
  const trials: Array<Planned> = []
  for (let setting = 0; trials.length < most; setting++) {
    const parameters = suggest(study, searcher, [], setting)
    if (parameters === undefined) break
    trials.push(...trialsOf(study, setting, parameters))
  }
  return trials
}

/** The folder of a trial in the study's: `trials/0007`. */
export const folderOf = (number: number): string => `trials/${String(number).padStart(4, "0")}`
