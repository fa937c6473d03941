/** The laws of a pruner: it decides by what it is shown alone, spares the best, and lets every study end. */
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import { LawBroken } from "@etude/testing/laws/LawBroken"
import type { Statement } from "@etude/testing/laws/Statement"
import * as Effect from "effect/Effect"
import type { Course, Promotion, Pruner } from "../Pruner.ts"
import * as Simulation from "../Simulation.ts"
import * as Space from "../Space.ts"
import { random } from "../searchers/Random.ts"
import * as Drawn from "./Drawn.ts"

export interface PrunerOptions {
  /** `the pruner` when absent. */
  readonly name?: string
  /** How many epochs a whole run of the studies has that it is tried with; 27 when absent. */
  readonly epochs?: number
}

type Finding = readonly [found: string, reproduce: string]

/** A pruner and a number, from which what it is tried with is drawn. */
interface Tried {
  readonly pruner: Pruner
  readonly epochs: number
  readonly number: number
}
type Check = (tried: Tried) => Finding | undefined

const rounds = 24
const json = (value: unknown): string => JSON.stringify(value)
const keyOf = ({ number }: Tried): Rng.Key => Rng.fold(Rng.key(4), number)
const spaceOf = (tried: Tried): Space.Space => Drawn.space(Rng.named(keyOf(tried), "space"))

const drawnCourses = (tried: Tried): ReadonlyArray<Course> =>
  Drawn.courses(spaceOf(tried), 1 + 3 * (tried.number % 10), tried.epochs, Rng.named(keyOf(tried), "courses"))

const promotionsOf = (tried: Tried, all: ReadonlyArray<Course>, settled: boolean): ReadonlyArray<Promotion> =>
  tried.pruner.promote?.(all, { space: spaceOf(tried), key: keyOf(tried), settled }) ?? []

const running = (all: ReadonlyArray<Course>): ReadonlyArray<Course> =>
  all.filter(({ state, points }) => state === "running" && points.length > 0)

const isPure: Check = (tried) => {
  const all = drawnCourses(tried)
  for (const trial of running(all)) {
    const [one, other] = [tried.pruner.decide(trial, all), tried.pruner.decide(Drawn.frozen(trial), Drawn.frozen(all))]
    if (json(one) !== json(other))
      return [`trial ${trial.number} gets ${json(one)}, and then ${json(other)}`, "decide twice"]
  }
  for (const settled of [false, true]) {
    const [one, other] = [all, Drawn.frozen(all)].map((courses) => json(promotionsOf(tried, courses, settled)))
    if (one !== other) return [`it promotes ${one}, and then ${other}`, `promote twice, settled ${settled}`]
  }
  return undefined
}

const improved = (trial: Course): Course => {
  const points = trial.points.map((point, index) =>
    index === trial.points.length - 1 ? { ...point, value: Math.min(point.value, 1e6) - 1 } : point
  )
  return { ...trial, points }
}

const replaced = (all: ReadonlyArray<Course>, trial: Course): ReadonlyArray<Course> =>
  all.map((other) => (other.number === trial.number ? trial : other))

const isMonotone: Check = (tried) => {
  const all = drawnCourses(tried)
  for (const trial of running(all)) {
    if (tried.pruner.decide(trial, all)._tag !== "Continue") continue
    const better = improved(trial)
    const decision = tried.pruner.decide(better, replaced(all, better))
    if (decision._tag !== "Continue") {
      const values = [trial, better].map(({ points }) => points.at(-1)?.value)
      return [
        `trial ${trial.number} goes on with ${values[0]}, but not with ${values[1]}: ${json(decision)}`,
        "decide on both"
      ]
    }
  }
  const goingOn = promotionsOf(tried, all, true).flatMap((one) => (one._tag === "Resume" ? [one.trial] : []))
  for (const number of goingOn) {
    const better = improved(element(all, number))
    if (
      !promotionsOf(tried, replaced(all, better), true).some((one) => one._tag === "Resume" && one.trial === number)
    ) {
      return [`trial ${number} is resumed, but not with a lower value`, "promote with both, settled"]
    }
  }
  return undefined
}

const promotesPaused: Check = (tried) => {
  const all = drawnCourses(tried)
  for (const settled of [false, true]) {
    const promotions = promotionsOf(tried, all, settled)
    for (const promotion of promotions) {
      const reproduce = `promote, settled ${settled}`
      const trial = all[promotion.trial]
      if (trial?.state !== "paused")
        return [`it promotes trial ${promotion.trial}, which is ${trial?.state ?? "not there"}`, reproduce]
      if (promotions.filter((other) => other.trial === promotion.trial).length > 1)
        return [`it promotes trial ${promotion.trial} twice`, reproduce]
      if (promotion._tag === "Resume") continue
      if (all[promotion.donor]?.state !== "paused")
        return [`trial ${promotion.donor} is copied, but is not paused`, reproduce]
      const [problem] = Space.problems(spaceOf(tried), promotion.parameters)
      if (problem !== undefined) return [`of the parameters that trial ${promotion.trial} gets: ${problem}`, reproduce]
    }
  }
  return undefined
}

/** Values that fall with the epochs, cross each other, and sometimes are none. */
const learner = (tried: Tried) =>
  Simulation.curve((parameters, epoch, seed) => {
    const own = Rng.named(Rng.fold(keyOf(tried), seed), json(parameters))
    if (Rng.uniform(own, 9) < 0.05) return Number.NaN
    return Rng.normal(own, 0) + (1 + Rng.uniform(own, 2)) / epoch + 0.1 * Rng.normal(own, 4 + epoch)
  })

/** A study with some number of settings, seeds and workers, whose epochs take different times. */
const simulate = <State>(tried: Tried, of: Simulation.Learner<State>, settings: number): Simulation.Simulated => {
  const { pruner, epochs, number } = tried
  return Simulation.simulate({
    space: spaceOf(tried),
    searcher: number % 3 === 0 ? { ...random, isSequential: true } : random,
    pruner,
    learner: of,
    settings,
    seeds: number % 4 === 3 ? [1, 2] : [1],
    seed: number,
    epochs,
    workers: 1 + (number % 7),
    secondsOf: (trial, epoch) => 0.5 + Rng.uniform(Rng.fold(keyOf(tried), trial), epoch)
  })
}

const studyOf = ({ number }: Tried, settings: number): string =>
  `simulate study ${number} of the law, which has ${settings} settings and ${1 + (number % 7)} workers`

/** What goes wrong in a study, as a finding. */
const attempt = (tried: Tried, settings: number, check: () => string | undefined): Finding | undefined => {
  try {
    const found = check()
    return found === undefined ? undefined : [found, studyOf(tried, settings)]
  } catch (thrown) {
    return [thrown instanceof Error ? thrown.message : String(thrown), studyOf(tried, settings)]
  }
}

const ends: Check = (tried) => {
  const settings = 1 + 5 * (tried.number % 8)
  return attempt(tried, settings, () => {
    const { trials } = simulate(tried, learner(tried), settings)
    const open = trials.find(({ state }) => state !== "complete" && state !== "pruned")
    if (open !== undefined) return `trial ${open.number} is ${open.state} at the end`
    return trials.some(({ state }) => state === "complete") ? undefined : "no trial was trained to its end"
  })
}

const sparesTheOnly: Check = (tried) =>
  attempt(tried, 1, () => {
    const { trials } = simulate({ ...tried, number: 4 * tried.number }, learner(tried), 1)
    const [only] = trials
    return only?.state === "complete" ? undefined : `the only trial is ${only?.state}: ${only?.reason}`
  })

const sparesTheBest: Check = (tried) => {
  const settings = 2 + 4 * (tried.number % 8)
  return attempt(tried, settings, () => {
    let begun = 0
    const best = tried.number % settings
    // The order in which trials were created distinguishes them, since parameters may be equal.
    const numbered: Simulation.Learner<{ readonly trial: number; readonly epoch: number }> = {
      begin: () => ({ trial: begun++, epoch: 0 }),
      train: ({ trial, epoch }) => [
        { trial, epoch: epoch + 1 },
        trial === best ? -10 - epoch : Rng.normal(Rng.fold(keyOf(tried), trial), epoch)
      ]
    }
    const trial = simulate(tried, numbered, settings).trials[best]
    return trial?.state === "complete" ? undefined : `the best trial at all epochs is ${trial?.state}: ${trial?.reason}`
  })
}

/**
 * A pruner is a function of its arguments; a lower value never ends what would go on; what it promotes is paused, and gets parameters
 * of the space; the only trial and the best trial at all epochs are trained to their end; and every study ends, however many workers it
 * has and whoever is faster. Studies are simulated.
 */
export const of = (pruner: Pruner, options: PrunerOptions = {}): ReadonlyArray<Statement<never>> => {
  const { name = "the pruner", epochs = 27 } = options
  const law = (statement: string, check: Check): Statement<never> => ({
    statement,
    check: Effect.gen(function* () {
      for (let number = 0; number < rounds; number++) {
        const finding = check({ pruner, epochs, number })
        if (finding === undefined) continue
        const [found, how] = finding
        const reproduce = `${how}, in round ${number} of the law`
        return yield* new LawBroken({ law: "pruner", subject: name, found, reproduce })
      }
    })
  })
  return [
    law("equal arguments give equal decisions and promotions, and are not changed", isPure),
    law("a lower value never ends what would go on", isMonotone),
    law("only paused trials are promoted, with parameters of the space", promotesPaused),
    law("the only trial is trained to its end", sparesTheOnly),
    law("the best trial at all epochs is trained to its end", sparesTheBest),
    law("every study ends, with a trial that was trained to its end", ends)
  ]
}
