import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Study from "../src/Study.ts"
import { StudyStore } from "../src/StudyStore.ts"
import * as Worker from "../src/Worker.ts"
import { expectUndisturbed } from "./support/kills.ts"
import { engine, fakeTrial, studyOf, temporary } from "./support/studies.ts"

describe("a worker", () => {
  it.live("trains a setting with each seed, until the study is settled", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const study = studyOf("seeds", { seeds: [3, 1, 2] })
      const { trials } = yield* Effect.gen(function* () {
        yield* Study.open(study, {})
        yield* Worker.run({
          study,
          folder,
          config: path.join(folder, "config.yaml"),
          command: fakeTrial(),
          versions: {}
        })
        return yield* (yield* StudyStore).record("seeds")
      }).pipe(Effect.provide(engine(path.join(folder, "study.sqlite"))))
      expect(
        trials.map(({ seed, state, attempts, failures, preemptions }) => ({
          seed,
          state,
          attempts,
          failures,
          preemptions
        }))
      ).toEqual([3, 1, 2].map((seed) => ({ seed, state: "complete", attempts: 1, failures: 0, preemptions: 0 })))
      expect(trials.map(({ test }) => test)).toEqual([{ accuracy: 0.3 }, { accuracy: 0.1 }, { accuracy: 0.2 }])
      expect(trials.map(({ reports }) => reports.map(({ step }) => step))).toEqual([0, 1, 2].map(() => [5, 10, 15]))
    }).pipe(Effect.scoped)
  )

  it.live("runs several trials in one process, where the study says so", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const pids = path.join(folder, "pids")
      fs.mkdirSync(pids)
      const study = studyOf("short", { seeds: 5, trialsPerProcess: 2 })
      const told: Array<number> = []
      const changed = (trial: number) => Effect.sync(() => void told.push(trial))
      const options = { study, folder, config: "config.yaml", versions: {}, changed }
      yield* Effect.gen(function* () {
        yield* Study.open(study, {})
        yield* Worker.run({ ...options, command: fakeTrial({ log: pids }) })
        yield* expectUndisturbed("short", {})
      }).pipe(Effect.provide(engine(path.join(folder, "study.sqlite"))))
      expect(fs.readdirSync(pids).length).toBe(3)
      expect(told).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    }).pipe(Effect.scoped)
  )
})
