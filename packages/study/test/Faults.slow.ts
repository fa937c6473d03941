/** What goes wrong around a study, one kind each; killed processes are in `Kills.slow.ts`. */

import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import * as Study from "../src/Study.ts"
import type { StudyConfigEncoded } from "../src/StudyConfig.ts"
import type { Versions } from "../src/StudyRecord.ts"
import { StudyStore } from "../src/StudyStore.ts"
import * as Worker from "../src/Worker.ts"
import { type Crowd, exited, expectUndisturbed, startWorker, trialsAlive } from "./support/kills.ts"
import { engine, type FakeOptions, fakeTrial, studyOf, temporary } from "./support/studies.ts"

const slow = 60_000

/** A new study in a folder, and its workers. */
const setUp = Effect.fnUntraced(function* (
  document: Partial<StudyConfigEncoded>,
  name = "faults",
  versions: Versions = {}
) {
  const folder = yield* temporary
  const database = path.join(folder, "study.sqlite")
  const study = studyOf(name, { lease: "1 second", ...document })
  yield* Study.open(study, versions).pipe(Effect.provide(engine(database)))
  const work = (trial: FakeOptions = {}, options: Partial<Worker.WorkerOptions> = {}) =>
    Worker.run({ study, folder, config: "config.yaml", command: fakeTrial(trial), versions, ...options })
  const trials = Effect.flatMap(StudyStore, (store) => store.trials(name))
  return { folder, database, study, work, trials, engine: engine(database) }
})

const crowdOf = (
  { folder, database, study }: { folder: string; database: string; study: Study.Study },
  trial: FakeOptions
): Crowd => {
  const pids = path.join(folder, "pids")
  fs.mkdirSync(pids)
  return { database, study: study.name, folder, trial: { ...trial, pids } }
}

/** Looks again and again until it is so. */
const until = <E, R>(holds: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(holds, { until: (is) => is, schedule: Schedule.spaced("20 millis") })

describe("a trial that fails", () => {
  it.live(
    "is given up after as many failures as the study allows, and says why",
    () =>
      Effect.gen(function* () {
        const { work, trials, engine } = yield* setUp({ attempts: 3 })
        yield* Effect.provide(work({ fails: "the loss is NaN" }), engine)
        const [trial] = yield* Effect.provide(trials, engine)
        expect(trial).toMatchObject({
          state: "failed",
          reason: "the loss is NaN",
          attempts: 3,
          failures: 3,
          preemptions: 0
        })
      }).pipe(Effect.scoped),
    slow
  )

  it.live(
    "isn't tried again where its config or data are unusable",
    () =>
      Effect.gen(function* () {
        const { work, trials, engine } = yield* setUp({ attempts: 3 })
        yield* Effect.provide(work({ exits: 3 }), engine)
        const [trial] = yield* Effect.provide(trials, engine)
        expect(trial).toMatchObject({ state: "failed", attempts: 1, failures: 1 })
        expect(trial?.reason).toContain("ended with code 3")
      }).pipe(Effect.scoped),
    slow
  )

  it.live(
    "doesn't count it as a failure when it is given back",
    () =>
      Effect.gen(function* () {
        const { work, trials, engine } = yield* setUp({ attempts: 1 })
        yield* Effect.provide(
          Effect.gen(function* () {
            for (let time = 1; time <= 3; time++) {
              const fiber = yield* Effect.forkChild(work({ work: 5000, epochs: 50 }))
              yield* until(Effect.map(trials, ([trial]) => trial?.attempts === time && trial.reports.length > 0))
              yield* Fiber.interrupt(fiber)
            }
          }),
          engine
        )
        const [trial] = yield* Effect.provide(trials, engine)
        expect(trial).toMatchObject({ state: "waiting", attempts: 3, preemptions: 3, failures: 0 })
        yield* Effect.provide(work({ epochs: 50 }), engine)
        expect((yield* Effect.provide(trials, engine))[0]).toMatchObject({ state: "complete", attempts: 4 })
      }).pipe(Effect.scoped),
    slow
  )
})

describe("a worker", () => {
  it.live(
    "that was frozen for longer than its lease writes nothing of the trial that another took over",
    () =>
      Effect.gen(function* () {
        const made = yield* setUp({})
        const crowd = crowdOf(made, { epochs: 40, work: 20_000 })
        const frozen = startWorker(crowd)
        const fence = Effect.map(
          Effect.flatMap(SqlClient.SqlClient, (sql) => sql<{ fence: number }>`select fence from etude_trials`),
          (rows) => rows[0]?.fence ?? 0
        )
        yield* Effect.provide(
          until(Effect.map(made.trials, ([trial]) => (trial?.reports.length ?? 0) > 1)),
          made.engine
        )
        const [pid] = trialsAlive(crowd)
        for (const process_ of [frozen.pid, pid]) process.kill(process_ ?? 0, "SIGSTOP")
        const other = startWorker(crowd)
        yield* Effect.provide(until(Effect.map(fence, (number) => number === 2)), made.engine)
        for (const process_ of [frozen.pid, pid]) process.kill(process_ ?? 0, "SIGCONT")
        expect(yield* Effect.all([exited(frozen), exited(other)], { concurrency: 2 })).toEqual([0, 0])
        const [trial] = yield* Effect.provide(expectUndisturbed("faults", crowd.trial), made.engine)
        expect(trial).toMatchObject({ attempts: 2, preemptions: 1 })
      }).pipe(Effect.scoped),
    slow
  )

  it.live(
    "whose clock is a day off takes no trial from others, and loses none",
    () =>
      Effect.gen(function* () {
        const made = yield* setUp({ seeds: 9 })
        const crowd = crowdOf(made, { work: 10_000 })
        const shifted = path.join(path.dirname(fileURLToPath(import.meta.url)), "support/shiftedClock.mjs")
        const day = 24 * 3600 * 1000
        const workers = [-day, 0, day].map((clock) =>
          startWorker({ ...crowd, nodeArgs: ["--import", shifted] }, { ETUDE_CLOCK: String(clock) })
        )
        expect(yield* Effect.forEach(workers, exited, { concurrency: 3 })).toEqual([0, 0, 0])
        const trials = yield* Effect.provide(expectUndisturbed("faults", crowd.trial), made.engine)
        expect(trials.map(({ attempts }) => attempts)).toEqual(trials.map(() => 1))
      }).pipe(Effect.scoped),
    slow
  )

  it.live(
    "with other versions is refused by an exact study, with what differs",
    () =>
      Effect.gen(function* () {
        const versions = { "@etude/core": "1.2.3", "@etude/study": "1.0.0" }
        const { work, engine } = yield* setUp({ exact: true }, "faults", versions)
        const other = { ...versions, "@etude/core": "1.3.0" }
        const error = yield* Effect.flip(Effect.provide(work({}, { versions: other }), engine))
        expect(error.message).toContain('@etude/core: the study has "1.2.3", this worker "1.3.0"')
        const approximate = yield* setUp({ exact: false }, "faults", versions)
        yield* Effect.provide(approximate.work({}, { versions: other }), approximate.engine)
      }).pipe(Effect.scoped),
    slow
  )

  it.live(
    "that computes other bits leaves an exact study's trial to one that computes the same",
    () =>
      Effect.gen(function* () {
        const { work, trials, engine } = yield* setUp({ exact: true })
        yield* Effect.gen(function* () {
          const first = yield* Effect.forkChild(work({ bits: "avx512", work: 5000, epochs: 50 }))
          yield* until(Effect.map(trials, ([trial]) => (trial?.reports.length ?? 0) > 0))
          yield* Fiber.interrupt(first)
          const other = yield* Effect.forkChild(work({ bits: "avx2", epochs: 50 }))
          yield* until(Effect.map(trials, ([trial]) => (trial?.preemptions ?? 0) > 1))
          const [waiting] = yield* trials
          expect(waiting?.reason).toContain("begun on a machine with other bits (avx512) than this one's (avx2)")
          yield* work({ bits: "avx512", epochs: 50 })
          yield* Fiber.join(other)
          expect(element(yield* trials, 0).state).toBe("complete")
        }).pipe(Effect.provide(engine))
      }).pipe(Effect.scoped),
    slow
  )
})

describe("a database", () => {
  it.live(
    "on a full disk ends the worker with what to do, and the study goes on when there is room",
    () =>
      Effect.gen(function* () {
        const { work, engine } = yield* setUp({ seeds: 2 })
        const trial = { epochs: 200, stepsPerEpoch: 1 }
        const full = Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const [pages] = yield* sql<{ page_count: number }>`pragma page_count`
          yield* sql.unsafe(`pragma max_page_count = ${Number(pages?.page_count) + 1}`)
          return yield* Effect.flip(work(trial))
        }).pipe(Effect.provide(engine))
        const error = yield* full
        expect(error).toMatchObject({ _tag: "DatabaseFailed" })
        expect(error.message).toContain("database or disk is full")
        yield* Effect.provide(work(trial), engine)
        yield* Effect.provide(expectUndisturbed("faults", trial), engine)
      }).pipe(Effect.scoped),
    slow
  )

  it.live(
    "holds several studies at once",
    () =>
      Effect.gen(function* () {
        const { folder, work, engine } = yield* setUp({ seeds: 4 }, "one")
        const other = studyOf("other", { seeds: 6 })
        yield* Effect.gen(function* () {
          yield* Study.open(other, {})
          const options = { study: other, folder: path.join(folder, "other") }
          yield* Effect.all([work(), work({}, options)], { concurrency: 2 })
          expect((yield* expectUndisturbed("one", {})).length).toBe(4)
          expect((yield* expectUndisturbed("other", {})).length).toBe(6)
        }).pipe(Effect.provide(engine))
      }).pipe(Effect.scoped),
    slow
  )
})
