/**
 * A whole study in a moment, on curves instead of training: to try a searcher or a pruner, to compare two, and to see that a study
 * ends. Everything follows from the arguments.
 *
 * ```ts
 * const { trials, epochs } = Simulation.simulate({
 *   space, searcher: random, pruner: asha(), settings: 81, epochs: 27,
 *   learner: Simulation.curve(({ rate }, epoch) => Math.abs(Math.log10(Number(rate)) + 2) + 1 / epoch)
 * })
 * ```
 */
import * as Rng from "@etude/core/Rng"
import { courseOf, type Entrant, enter, monitor, move, promote, report, trialOf } from "./internal/Entrants.ts"
import * as Objective from "./Objective.ts"
import { type Pruner, proceed } from "./Pruner.ts"
import type { Searcher } from "./Searcher.ts"
import * as Settings from "./Settings.ts"
import type { Space } from "./Space.ts"
import type { Parameters, State, Trial } from "./Trial.ts"

/** What is trained: a state that each epoch changes, and the value that it has then. */
export interface Learner<State> {
  readonly begin: (seed: number) => State
  /** The state after one more epoch with these parameters, and its value: lower is better. */
  readonly train: (state: State, parameters: Parameters) => readonly [state: State, value: number]
}

/** A learner that is known by its curve: the value after each epoch, from 1. */
export const curve = (
  at: (parameters: Parameters, epoch: number, seed: number) => number
): Learner<{ readonly seed: number; readonly epoch: number }> => ({
  begin: (seed) => ({ seed, epoch: 0 }),
  train: ({ seed, epoch }, parameters) => [{ seed, epoch: epoch + 1 }, at(parameters, epoch + 1, seed)]
})

export interface SimulationOptions<State> {
  readonly space: Space
  readonly searcher: Searcher
  readonly pruner?: Pruner
  readonly learner: Learner<State>
  /** How many settings are tried at most. */
  readonly settings: number
  /** Default: one. */
  readonly seeds?: ReadonlyArray<number>
  /** Of the searcher's and the pruner's streams. Default: 0. */
  readonly seed?: number
  /** The length of a whole run. A value is reported after each. */
  readonly epochs: number
  /** How many trials train at once. Default: 1. */
  readonly workers?: number
  /** How long an epoch takes. Default: 1, so that seconds are epochs. */
  readonly secondsOf?: (trial: number, epoch: number) => number
}

/** What a study came to. */
export interface Simulated {
  /** By number, as a study's record has them; the value is `validation/loss`. */
  readonly trials: ReadonlyArray<Trial>
  /** Epochs trained, all trials together. */
  readonly epochs: number
  /** When the last worker was done. */
  readonly seconds: number
  /** Each time a lower value was found: after how many epochs of all trials, after how many seconds. */
  readonly progress: ReadonlyArray<{ readonly epochs: number; readonly seconds: number; readonly value: number }>
}

const objective: Objective.Objective = { monitor, of: "best" }

/** A study while it goes on. */
interface Going<State> {
  readonly options: SimulationOptions<State>
  readonly entrants: Array<Entrant<State>>
  nextSetting: number
  isExhausted: boolean
  epochs: number
  seconds: number
  readonly progress: Array<Simulated["progress"][number]>
}

const withState = <Learned>(going: Going<Learned>, state: State) =>
  going.entrants.filter((entrant) => entrant.state === state)

/** Adds one more setting, if there is one. */
const ask = <Learned>(going: Going<Learned>): void => {
  const { space, settings, seeds = [1], seed = 0, searcher, learner } = going.options
  const tried =
    searcher.isSequential === false ? [] : Objective.observationsOf(going.entrants.map(trialOf), [objective])
  const parameters = Settings.suggest({ space, settings, seed }, searcher, tried, going.nextSetting)
  going.isExhausted = parameters === undefined
  if (parameters === undefined) return
  const planned = Settings.trialsOf({ seeds }, going.nextSetting, parameters)
  going.entrants.push(...planned.map((one) => enter(one, learner.begin(one.seed))))
  going.nextSetting += 1
}

/** Whether the pruner let any trial go on. */
const promoted = <Learned>(going: Going<Learned>, settled: boolean): boolean => {
  const { pruner, space, seed = 0 } = going.options
  const key = Rng.named(Rng.key(seed), "study/pruner")
  const promotions = pruner?.promote?.(going.entrants.map(courseOf), { space, key, settled }) ?? []
  for (const promotion of promotions) promote(going.entrants, promotion)
  return promotions.length > 0
}

/** The next trial for an idle worker: one that was promoted, else one that was never begun, else one of a new setting. */
const take = <Learned>(going: Going<Learned>): Entrant<Learned> | undefined => {
  const find = () => {
    const waiting = going.entrants.filter(({ state }) => state === "waiting")
    return waiting.find(({ attempts }) => attempts > 0) ?? waiting[0]
  }
  const waiting = find()
  if (waiting !== undefined || going.isExhausted) return waiting
  ask(going)
  return find()
}

const dueAfter = <Learned>({ options, seconds }: Going<Learned>, { planned, epoch }: Entrant<Learned>): number =>
  seconds + (options.secondsOf?.(planned.number, epoch + 1) ?? 1)

const startIdle = <Learned>(going: Going<Learned>): void => {
  while (withState(going, "running").length < (going.options.workers ?? 1)) {
    const entrant = take(going)
    if (entrant === undefined) return
    move(entrant, "running")
    entrant.due = dueAfter(going, entrant)
  }
}

/** What becomes of a trial after its newest report. */
const judge = <Learned>(going: Going<Learned>, entrant: Entrant<Learned>): void => {
  const { pruner, epochs } = going.options
  const decision = pruner?.decide(courseOf(entrant), going.entrants.map(courseOf)) ?? proceed
  if (entrant.epoch >= epochs) move(entrant, "complete")
  else if (decision._tag === "Stop") move(entrant, "pruned", decision.reason)
  else if (decision._tag === "Pause") move(entrant, "paused", decision.reason)
  else entrant.due = dueAfter(going, entrant)
}

/** One epoch of the trial whose epoch ends next. */
const train = <Learned>(going: Going<Learned>, running: ReadonlyArray<Entrant<Learned>>): void => {
  const entrant = running.reduce((first, other) => (other.due < first.due ? other : first))
  const [learned, value] = going.options.learner.train(entrant.learned, entrant.parameters)
  going.seconds = entrant.due
  going.epochs += 1
  report(entrant, learned, Number.isNaN(value) ? Number.POSITIVE_INFINITY : value)
  if (value < (going.progress.at(-1)?.value ?? Number.POSITIVE_INFINITY)) {
    going.progress.push({ epochs: going.epochs, seconds: going.seconds, value })
  }
  judge(going, entrant)
  if (entrant.state !== "running") promoted(going, false)
}

/** Whether something was left to do. */
const step = <Learned>(going: Going<Learned>): boolean => {
  startIdle(going)
  const running = withState(going, "running")
  if (running.length > 0) train(going, running)
  else if (!promoted(going, true)) {
    for (const entrant of withState(going, "paused")) move(entrant, "pruned", "was paused when the study ended")
    return false
  }
  return true
}

/** Runs a study to its end. Throws where a pruner promotes what it may not, or without end. */
export const simulate = <State>(options: SimulationOptions<State>): Simulated => {
  const going: Going<State> = {
    options,
    entrants: [],
    nextSetting: 0,
    isExhausted: false,
    epochs: 0,
    seconds: 0,
    progress: []
  }
  if (options.searcher.isSequential === false) while (!going.isExhausted) ask(going)
  for (let steps = 0; step(going); steps++) {
    if (steps > 1_000_000) throw new Error("the study does not end: its pruner promotes trials again and again")
  }
  const { entrants, epochs, seconds, progress } = going
  return { trials: entrants.map(trialOf), epochs, seconds, progress }
}
