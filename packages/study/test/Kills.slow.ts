/** Processes that are really killed, and a server that really restarts: more than 200 kills in all. */

import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Study from "../src/Study.ts"
import { expectUndisturbed, killed } from "./support/kills.ts"
import { isInstalled, server } from "./support/postgres.ts"
import { engine, studyOf, temporary } from "./support/studies.ts"

const slow = 300_000

/** A crowd of workers on a new study. */
const crowdOn = Effect.fnUntraced(function* (database: string, folder: string, seeds: number) {
  const pids = path.join(folder, "pids")
  fs.mkdirSync(pids)
  const trial = { epochs: 6, stepsPerEpoch: 5, work: 10_000, pids, gate: path.join(folder, "gate") }
  yield* Study.open(studyOf("kills", { seeds, lease: "1 second", attempts: 1000 }), {}).pipe(
    Effect.provide(engine(database))
  )
  return { database, study: "kills", folder, trial }
})

describe("a study whose processes are killed at random times", () => {
  it.live(
    "ends as one that nobody disturbed, in SQLite",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const crowd = yield* crowdOn(path.join(folder, "study.sqlite"), folder, 40)
        const counts = yield* killed(crowd, { workers: 3, kills: 160, seed: 18, between: Duration.millis(200) })
        expect(Math.min(...Object.values(counts))).toBeGreaterThan(10)
        const trials = yield* expectUndisturbed("kills", crowd.trial).pipe(Effect.provide(engine(crowd.database)))
        expect(trials.length).toBe(40)
      }).pipe(Effect.scoped),
    slow
  )

  it.live.skipIf(!isInstalled)(
    "ends as one that nobody disturbed, in PostgreSQL that restarts and crashes (skipped where it isn't installed)",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const { url, stop, start } = yield* server
        const crowd = yield* crowdOn(url, folder, 20)
        const restart = (how: "fast" | "crash") =>
          Effect.sleep("4 seconds").pipe(
            Effect.andThen(stop(how)),
            Effect.andThen(Effect.sleep("1 second")),
            Effect.andThen(start)
          )
        const restarts = Effect.andThen(restart("fast"), restart("crash"))
        const kills = killed(crowd, { workers: 3, kills: 60, seed: 19, between: Duration.millis(250) })
        yield* Effect.all([kills, restarts], { concurrency: 2 })
        const trials = yield* expectUndisturbed("kills", crowd.trial).pipe(Effect.provide(engine(crowd.database)))
        expect(trials.length).toBe(20)
      }).pipe(Effect.scoped),
    slow
  )
})
