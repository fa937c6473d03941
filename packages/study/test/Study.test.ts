import * as crypto from "node:crypto"
import * as path from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Entry from "@etude/core/Entry"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Objective from "../src/Objective.ts"
import type { Observation } from "../src/Searcher.ts"
import * as Study from "../src/Study.ts"
import type { StudyConfigEncoded } from "../src/StudyConfig.ts"
import type { StudyRecord } from "../src/StudyRecord.ts"
import * as StudyRegistry from "../src/StudyRegistry.ts"
import { StudyStore } from "../src/StudyStore.ts"
import type { Trial } from "../src/Trial.ts"
import * as Worker from "../src/Worker.ts"
import { engine, type FakeOptions, fakeTrial, studyOf, temporary } from "./support/studies.ts"

interface Run {
  readonly document: Partial<StudyConfigEncoded>
  readonly workers?: number
  readonly trial?: FakeOptions
  readonly registry?: StudyRegistry.StudyRegistry
}

/** Runs a study to its end; its record, and the SHA-256 of each trial's end. */
const run = Effect.fnUntraced(function* ({ document, workers = 1, trial = {}, registry }: Run) {
  const folder = yield* temporary
  const study = studyOf("study", document, registry)
  return yield* Effect.gen(function* () {
    yield* Study.open(study, {})
    const worker = Worker.run({ study, folder, config: "config.yaml", command: fakeTrial(trial), versions: {} })
    yield* Effect.all(
      Array.from({ length: workers }, () => worker),
      { concurrency: "unbounded" }
    )
    const sql = yield* SqlClient.SqlClient
    const hashes = yield* sql<{ sha256: string | null }>`select sha256 from etude_trials order by number`
    return { study, record: yield* (yield* StudyStore).record("study"), hashes: hashes.map(({ sha256 }) => sha256) }
  }).pipe(Effect.provide(engine(path.join(folder, "study.sqlite"))))
})

const space = { "train.learningRate": { from: 0, to: 1 } }
const objective = "validation/loss"

/** A searcher that keeps what it is asked, and answers with the number of the setting. */
const asked: Array<ReadonlyArray<Observation>> = []
const recorder = Entry.of({
  tag: "Recorder",
  schema: Schema.TaggedStruct("Recorder", {}),
  make: () => ({
    suggest: (_: unknown, tried: ReadonlyArray<Observation>, setting: number) => {
      asked.push(tried)
      return { "train.learningRate": setting / 10 }
    }
  })
})

describe("a searcher that learns", () => {
  it.live("is asked for the next setting when no trial waits, with all that was tried, until its budget is spent", () =>
    Effect.gen(function* () {
      const registry = StudyRegistry.extend(StudyRegistry.own, { searchers: [recorder] })
      const document = { space, search: { _tag: "Recorder" }, settings: 4, seeds: 2, objective }
      const { record } = yield* run({ document, workers: 3, registry })
      expect(record.trials.map(({ setting, seed, state }) => [setting, seed, state])).toEqual(
        [0, 1, 2, 3].flatMap((setting) => [1, 2].map((seed) => [setting, seed, "complete"]))
      )
      expect(asked.map((tried) => tried.map(({ parameters }) => parameters["train.learningRate"]))).toEqual([
        [],
        [0],
        [0, 0.1],
        [0, 0.1, 0.2]
      ])
      // Three workers and two seeds: the third worker asked for the next setting while the first two trained.
      expect(element(element(asked, 1), 0).state).toBe("running")
    }).pipe(Effect.scoped)
  )
})

const untilReports = (record: StudyRecord, count: number): ReadonlyArray<Trial> => {
  const seen = new Set(record.decisions.slice(0, count).map(({ trial, step }) => `${trial}/${step}`))
  return record.trials.map((trial) => ({
    ...trial,
    reports: trial.reports.filter(({ step }) => seen.has(`${trial.number}/${step}`))
  }))
}

describe("a pruner", () => {
  it.live("decides by the reports that its decision names, and lets paused trials go on or end", () =>
    Effect.gen(function* () {
      const pruner = { _tag: "Asha", first: { epochs: 1 }, factor: 2 }
      const document = { space, search: { _tag: "Random" }, settings: 8, objective, pruner }
      const { study, record } = yield* run({ document, workers: 2, trial: { epochs: 4, stepsPerEpoch: 2 } })
      expect(record.decisions.length).toBe(record.trials.flatMap(({ reports }) => reports).length)
      for (const { trial, decision, basis } of record.decisions) {
        const courses = Objective.coursesOf(untilReports(record, basis.reports), study.config.objective)
        expect(study.pruner?.decide(element(courses, trial), courses)).toEqual(decision)
      }
      const states = Map.groupBy(record.trials, ({ state }) => state)
      expect([...states.keys()].toSorted()).toEqual(["complete", "pruned"])
      expect(record.trials.reduce((sum, { reports }) => sum + reports.length, 0)).toBeLessThan(8 * 4)
      for (const { reports } of states.get("complete") ?? []) expect(reports.length).toBe(4)
    }).pipe(Effect.scoped)
  )

  it.live("lets a trial continue from the checkpoint that another was paused with", () =>
    Effect.gen(function* () {
      const pruner = { _tag: "Population", every: { epochs: 2 }, fraction: 0.5 }
      const document = { space, search: { _tag: "Random" }, settings: 4, objective, pruner }
      const { record, hashes } = yield* run({ document, workers: 2, trial: { epochs: 3, stepsPerEpoch: 1 } })
      const hash = (state: string, { seed }: Trial, parameters: Trial["parameters"]) => {
        const overrides = Object.entries(parameters).map(([key, value]) => ({ path: key.split("."), value }))
        return crypto
          .createHash("sha256")
          .update(`${state} ${seed} ${JSON.stringify(overrides)}`)
          .digest("hex")
      }
      const { record: undisturbed } = yield* run({
        document: { space, search: { _tag: "Random" }, settings: 4, objective }
      })
      const first = undisturbed.trials.map((trial) => hash(hash("", trial, trial.parameters), trial, trial.parameters))
      const exploited = record.trials.filter(({ folder, number }) => folder !== `trials/000${number}`)
      expect(exploited.length).toBeGreaterThan(0)
      for (const trial of record.trials) {
        const ends = first.map((state) => hash(state, trial, trial.parameters))
        const own = element(ends, trial.number)
        if (!exploited.includes(trial)) expect(hashes[trial.number]).toBe(own)
        else {
          expect(ends).toContain(hashes[trial.number])
          expect(hashes[trial.number]).not.toBe(own)
        }
      }
    }).pipe(Effect.scoped)
  )
})
