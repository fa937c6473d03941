import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Static from "../src/Static.ts"
import * as Study from "../src/Study.ts"
import { StudyStore } from "../src/StudyStore.ts"
import type { TrialCommand } from "../src/Supervisor.ts"
import type { Trial } from "../src/Trial.ts"
import * as Worker from "../src/Worker.ts"
import { engine, fakeTrial, studyOf } from "./support/studies.ts"

const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "etude-static-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
)

const grid = studyOf("grid", {
  seeds: 2,
  space: { "train.batchSize": { choice: [8, 16] }, "train.learningRate": { choice: [0.1, 0.2] } }
})
const here = { versions: {}, created: 0 }
const config = "/nowhere/config.yaml"

const run = (study: Study.Study, folder: string, number: number, command: TrialCommand = fakeTrial()) =>
  Static.run({ study, folder, config, command, number })

/** What two ways to run a study must agree in. */
const outcome = (trials: ReadonlyArray<Trial>) => trials.map(({ seconds: _, ...trial }) => trial)

describe("a study without a database", () => {
  it.live("comes to what it comes to with one, in whatever order its trials are run", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* temporary, yield* temporary]
      const numbers = [7, 0, 3, 1, 6, 2, 5, 4]
      yield* Effect.forEach(numbers, (number) => run(grid, one, number), { concurrency: 4 })
      const gathered = yield* Static.gather(grid, one, here)
      const record = yield* Effect.gen(function* () {
        yield* Study.open(grid, {})
        yield* Worker.run({ study: grid, folder: other, config, command: fakeTrial(), versions: {} })
        return yield* (yield* StudyStore).record("grid")
      }).pipe(Effect.provide(engine(path.join(other, "study.sqlite"))))
      assert.deepStrictEqual(outcome(gathered.trials), outcome(record.trials))
      assert.deepStrictEqual(gathered.definition, record.definition)
    }).pipe(Effect.scoped)
  )

  it.live("lets trials wait that nobody has begun", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      yield* run(grid, folder, 2)
      const { trials } = yield* Static.gather(grid, folder, here)
      const states = trials.map(({ state }) => state)
      assert.deepStrictEqual(states, [
        "waiting",
        "waiting",
        "complete",
        "waiting",
        "waiting",
        "waiting",
        "waiting",
        "waiting"
      ])
    }).pipe(Effect.scoped)
  )

  it.live("saves a trial that is interrupted, and continues it under the same number", () =>
    Effect.gen(function* () {
      const [folder, undisturbed] = [yield* temporary, yield* temporary]
      const slow = fakeTrial({ epochs: 40, work: 20_000 })
      const stateOf = () => {
        const file = path.join(folder, "trials", "0001.json")
        return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Trial) : undefined
      }
      const fiber = yield* Effect.forkChild(run(grid, folder, 1, slow))
      yield* Effect.suspend(() => Effect.succeed(stateOf()?.reports.length ?? 0)).pipe(
        Effect.delay("5 millis"),
        Effect.repeat({ until: (reports) => reports > 2 })
      )
      yield* Fiber.interrupt(fiber)
      const left = stateOf()
      assert.deepInclude(left, { state: "waiting", preemptions: 1, failures: 0, attempts: 1 })
      const continued = yield* run(grid, folder, 1, slow)
      const unbroken = yield* run(grid, undisturbed, 1, slow)
      assert.deepInclude(continued, { state: "complete", preemptions: 1, attempts: 2 })
      assert.deepStrictEqual(continued.reports, unbroken.reports)
      assert.deepStrictEqual(continued.test, unbroken.test)
    }).pipe(Effect.scoped)
  )

  it.live("leaves a complete trial as it is, and tries a failed one again", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const once = studyOf("once", { attempts: 1 })
      const failing = fakeTrial({ fails: "the data is gone" })
      const failed = yield* run(once, folder, 0, failing)
      assert.deepInclude(failed, { state: "failed", failures: 1 })
      assert.include(failed.reason, "the data is gone")
      const complete = yield* run(once, folder, 0)
      assert.deepInclude(complete, { state: "complete" })
      assert.deepStrictEqual(yield* run(once, folder, 0, failing), complete)
    }).pipe(Effect.scoped)
  )

  it.effect("is none whose trials depend on each other: all reasons are given", () =>
    Effect.gen(function* () {
      const sequential = Study.make("learning", grid.config)
      const depending = { ...sequential, searcher: { ...sequential.searcher, isSequential: true } }
      const error = yield* Effect.flip(Static.gather(depending, "/nowhere", here))
      assert.instanceOf(error, Static.NotStatic)
      assert.include(
        error.message,
        'The study "learning" needs a database: its searcher Grid chooses settings by the results of others'
      )
      assert.instanceOf(yield* Effect.flip(run(depending, "/nowhere", 0)), Static.NotStatic)
    })
  )

  it.effect("has no trial beyond its last, and says how many there are", () =>
    Effect.gen(function* () {
      for (const number of [8, -1]) {
        const error = yield* Effect.flip(run(grid, "/nowhere", number))
        assert.instanceOf(error, Static.TrialUnknown)
        assert.include(error.message, "8 trials, numbered from 0 to 7")
      }
    })
  )
})
