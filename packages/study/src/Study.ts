/**
 * What moves a study on: its trials are created, their reports judged, paused ones promoted, new settings asked for, until all is
 * settled. Each change is one transaction, together with what it puts into the queue, so that a process may be killed anywhere.
 */
import * as Entry from "@etude/core/Entry"
import * as Rng from "@etude/core/Rng"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { OptunaUnavailable, StudyDiffers } from "./Errors.ts"
import { differences } from "./internal/Differences.ts"
import * as Objective from "./Objective.ts"
import type { Promotion, Pruner } from "./Pruner.ts"
import type { Searcher } from "./Searcher.ts"
import * as Settings from "./Settings.ts"
import * as StudyConfig from "./StudyConfig.ts"
import type { Versions } from "./StudyRecord.ts"
import * as StudyRegistry from "./StudyRegistry.ts"
import { type Lease, type Settlement, StudyStore } from "./StudyStore.ts"
import type { Parameters, Report, Trial } from "./Trial.ts"
import { TrialQueue, type Turn } from "./TrialQueue.ts"

/** A study as the engine runs it. */
export interface Study {
  readonly name: string
  readonly config: StudyConfig.StudyConfig
  /** The same as JSON, with every default: what the database keeps. */
  readonly definition: Schema.Json
  readonly searcher: Searcher
  readonly pruner: Pruner | undefined
}

/** The study of a decoded config, with the searcher and the pruner that it names. */
export const make = (
  name: string,
  config: StudyConfig.StudyConfig,
  registry: StudyRegistry.StudyRegistry = StudyRegistry.own
): Study => ({
  name,
  config,
  definition: JSON.parse(JSON.stringify(StudyConfig.encode(config, registry))) as Schema.Json,
  searcher: Entry.make(registry.searchers, config.search),
  pruner: config.pruner === undefined ? undefined : Entry.make(registry.pruners, config.pruner)
})

/** The study of that name as the database has it. Fails with `StudyUnknown` where it has none. */
export const load = Effect.fnUntraced(function* (
  name: string,
  registry: StudyRegistry.StudyRegistry = StudyRegistry.own
) {
  const { definition } = yield* (yield* StudyStore).find(name)
  return make(name, yield* StudyConfig.decode(definition, `the study "${name}" in the database`, registry), registry)
})

const offerAll = (study: string, turns: ReadonlyArray<Turn>, delay: Duration.Input = 0) =>
  Effect.flatMap(TrialQueue, (queue) =>
    Effect.forEach(turns, (turn) => queue.offer(study, turn, { delay }), { discard: true })
  )

/** Adds trials and their first turns. */
const addTrials = Effect.fnUntraced(function* (
  { name }: Study,
  trials: ReadonlyArray<Settings.Planned>,
  asked: { readonly settings: number; readonly isExhausted: boolean }
) {
  yield* (yield* StudyStore).add(name, trials, asked)
  yield* offerAll(
    name,
    trials.map(({ number }) => ({ trial: number, turn: 0 }))
  )
})

/** The trials of settings that are asked for without looking at any result. */
const addBlindly = Effect.fnUntraced(function* (study: Study) {
  if (study.searcher.isSequential !== false && study.config.space.parameters.length > 0) return
  const trials = Settings.all(study.config, study.searcher)
  yield* addTrials(study, trials, { settings: trials.length / study.config.seeds.length, isExhausted: true })
})

/** Numbers trials after those that are there: seeds that were added later have broken the order of settings. */
const numbered = (from: number, trials: ReadonlyArray<Settings.Planned>): ReadonlyArray<Settings.Planned> =>
  trials.map((trial, index) => ({ ...trial, number: from + index }))

const Growing = Schema.Struct({ settings: Schema.Natural, seeds: Schema.Array(Schema.Int) })

/** Whether a definition only has more settings and more seeds than the stored one; all else is compared before. */
const isGrown = (stored: Schema.Json, given: StudyConfig.StudyConfig): boolean => {
  const before = Schema.decodeUnknownOption(Growing)(stored)
  if (Option.isNone(before)) return false
  return given.settings >= before.value.settings && before.value.seeds.every((seed) => given.seeds.includes(seed))
}

/** The trials that a larger definition adds, numbered after those that are there. */
const addGrown = Effect.fnUntraced(function* (study: Study) {
  const store = yield* StudyStore
  const { name, config, searcher } = study
  const trials = yield* store.trials(name)
  const { settings } = yield* store.find(name)
  const known = new Map(trials.map((trial) => [trial.setting, trial.parameters]))
  const isBlind = searcher.isSequential === false || config.space.parameters.length === 0
  const blind = isBlind ? Settings.all(config, searcher) : []
  const again = [...known].flatMap(([setting, parameters]) => Settings.trialsOf(config, setting, parameters))
  const isThere = new Set(trials.map(({ setting, seed }) => `${setting}/${seed}`))
  const wanted = [...again, ...blind.filter(({ setting }) => !known.has(setting))]
  const missing = wanted.filter(({ setting, seed }) => !isThere.has(`${setting}/${seed}`))
  const asked = Math.max(settings, ...wanted.map(({ setting }) => setting + 1))
  yield* addTrials(study, numbered(trials.length, missing), {
    settings: asked,
    isExhausted: isBlind || asked >= config.settings
  })
})

/** Opening a study that is there already: the same one, or one that only has more settings and seeds. */
const reopen = Effect.fnUntraced(function* (study: Study) {
  const store = yield* StudyStore
  const stored = yield* store.find(study.name)
  const found = differences(stored.definition, study.definition)
  if (found.length === 0) return
  const mayGrow = found.every(({ path }) => path === "settings" || path === "seeds")
  if (!mayGrow || !isGrown(stored.definition, study.config)) {
    return yield* new StudyDiffers({ study: study.name, differences: found })
  }
  yield* store.redefine(study.name, study.definition)
  yield* addGrown(study)
})

/** Creates a study with what of its trials is known beforehand, or opens it where it is there. Fails where that one is another. */
export const open = Effect.fnUntraced(function* (study: Study, versions: Versions) {
  const store = yield* StudyStore
  const { name, definition } = study
  yield* store.exclusively(
    name,
    Effect.gen(function* () {
      if (yield* store.create({ name, definition, versions })) yield* addBlindly(study)
      else yield* reopen(study)
    })
  )
})

/** Stores a report and gives the pruner's decision on it. */
export const report = Effect.fnUntraced(function* ({ name, config, pruner }: Study, lease: Lease, reported: Report) {
  const store = yield* StudyStore
  const decide =
    pruner === undefined
      ? undefined
      : (trials: ReadonlyArray<Trial>) => {
          const courses = Objective.coursesOf(trials, config.objective)
          const course = courses.find(({ number }) => number === lease.trial)
          const isNew = course?.points.at(-1)?.step === reported.step
          return course === undefined || !isNew ? { _tag: "Continue" as const } : pruner.decide(course, courses)
        }
  return yield* store.exclusively(name, store.report(lease, reported, decide))
})

/** A trial from whose checkpoint others continue waits until they have it: its next steps would take it away. */
const apply = Effect.fnUntraced(function* (study: string, promotions: ReadonlyArray<Promotion>) {
  const store = yield* StudyStore
  const donors = new Set(promotions.flatMap((one) => (one._tag === "Exploit" ? [one.donor] : [])))
  const turns: Array<Turn> = []
  let promoted = 0
  for (const one of promotions) {
    const turn =
      one._tag === "Resume"
        ? yield* store.promote(study, one.trial)
        : yield* store.exploit(study, one.trial, one.donor, one.parameters)
    if (turn === undefined) continue
    promoted++
    if (donors.has(one.trial)) yield* store.withhold(study, one.trial)
    else turns.push(turn)
  }
  yield* offerAll(study, turns)
  return promoted
})

/** Offers the donors whose checkpoints are copied. */
const release = Effect.fnUntraced(function* ({ name, pruner }: Study) {
  if (pruner?.promote !== undefined) yield* offerAll(name, yield* (yield* StudyStore).release(name))
})

/** Stores that a trial began to train, and on what its bits depend. */
export const began = Effect.fnUntraced(function* (study: Study, lease: Lease, bits: string) {
  const stored = (yield* StudyStore).began(lease, bits)
  if (study.pruner?.promote === undefined) return yield* stored
  yield* (yield* StudyStore).exclusively(study.name, Effect.andThen(stored, release(study)))
})

/** Promotes what the pruner names; how many trials that were. */
const promote = Effect.fnUntraced(function* ({ name, config, pruner }: Study, settled: boolean) {
  if (pruner?.promote === undefined) return 0
  const trials = yield* (yield* StudyStore).trials(name)
  if (trials.every(({ state }) => state !== "paused")) return 0
  const key = Rng.named(Rng.key(config.seed), "study/pruner")
  const courses = Objective.coursesOf(trials, config.objective)
  return yield* apply(name, pruner.promote(courses, { space: config.space, key, settled }))
})

/** What a searcher throws as Optuna's absence is a failure with advice; anything else is a mistake in it. */
const suggested = (suggest: () => Parameters | undefined) =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(suggest())
    } catch (cause) {
      return cause instanceof OptunaUnavailable ? Effect.fail(cause) : Effect.die(cause)
    }
  })

/** Asks the searcher for one more setting. */
const ask = Effect.fnUntraced(function* (study: Study, setting: number) {
  const { config, searcher } = study
  const before = yield* (yield* StudyStore).trials(study.name)
  const tried = Objective.observationsOf(before, config.objective)
  const parameters = yield* suggested(() => Settings.suggest(config, searcher, tried, setting))
  const trials = parameters === undefined ? [] : Settings.trialsOf(config, setting, parameters)
  const settings = parameters === undefined ? setting : setting + 1
  const isExhausted = settings >= config.settings || parameters === undefined
  yield* addTrials(study, numbered(before.length, trials), { settings, isExhausted })
})

/** In a transaction that holds the study's lock. */
const advanced = Effect.fnUntraced(function* (study: Study, isIdle: boolean) {
  const store = yield* StudyStore
  yield* promote(study, false)
  const { isExhausted, settings } = yield* store.find(study.name)
  if (isIdle && !isExhausted && (yield* store.counts(study.name)).waiting === 0) yield* ask(study, settings)
  const after = yield* store.counts(study.name)
  if (after.waiting + after.running > 0 || !(yield* store.find(study.name)).isExhausted) return false
  if (after.paused === 0) return true
  if ((yield* promote(study, true)) > 0) return false
  yield* store.prunePaused(study.name, "was paused when the study ended")
  return true
})

/**
 * Moves a study on as far as it goes without training: for a worker that finds nothing to do. Whether all is settled: no trial
 * waits, runs or is paused, and no setting will come.
 */
export const advance = Effect.fnUntraced(function* (study: Study) {
  const store = yield* StudyStore
  const { waiting, running } = yield* store.counts(study.name)
  const stored = yield* store.find(study.name)
  if (waiting > 0 || (running > 0 && stored.isExhausted)) return false
  return yield* store.exclusively(study.name, advanced(study, true))
})

/** Ends a worker's time with a trial; one that waits gets its next turn, after `delay`. Paused ones may be promoted by it. */
export const settle = Effect.fnUntraced(function* (
  study: Study,
  lease: Lease,
  settlement: Settlement,
  delay: Duration.Input = 0
) {
  const store = yield* StudyStore
  yield* store.exclusively(
    study.name,
    Effect.gen(function* () {
      const turn = yield* store.settle(lease, settlement)
      if (settlement.state === "waiting") yield* offerAll(study.name, [turn], delay)
      else if (study.pruner?.promote !== undefined) yield* advanced(study, false)
      yield* release(study)
    })
  )
})
