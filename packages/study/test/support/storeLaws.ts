/** What a study's database does, whichever it is. */
import { expect, type Vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { DatabaseNewer } from "../../src/Errors.ts"
import type { Decision } from "../../src/Pruner.ts"
import * as Study from "../../src/Study.ts"
import * as StudyStore from "../../src/StudyStore.ts"
import type { TrialQueue } from "../../src/TrialQueue.ts"
import { studyOf } from "./studies.ts"

const who = (holder: string) => ({ holder, worker: "a machine" })
const first = { trial: 0, turn: 0 }
const reportAt = (step: number, value = 0.5) => ({ step, epoch: step / 10, values: { "validation/loss": value } })
const pause = (): Decision => ({ _tag: "Pause", reason: "a rung" })

export type Services = StudyStore.StudyStore | TrialQueue | SqlClient.SqlClient

/** Takes the first trial of a new study, as a worker would, and again, as another would after the lease. */
const takenTwice = Effect.fnUntraced(function* (name: string) {
  yield* Study.open(studyOf(name, { seeds: 2 }), {})
  const store = yield* StudyStore.StudyStore
  const [one, other] = [yield* store.take(name, first, who("one")), yield* store.take(name, first, who("other"))]
  if (one === undefined || other === undefined) return yield* Effect.die("the trial was not given")
  return { store, one, other }
})

export const storeLaws = (it: Vitest.MethodsNonLive<Services>): void => {
  const law = (name: string, body: (study: string) => Effect.Effect<unknown, unknown, Services>) =>
    it.effect(name, () => body(name))

  law("a trial that is taken again has a higher fence, and its lost worker counts as a preemption", (name) =>
    Effect.gen(function* () {
      const { store, one, other } = yield* takenTwice(name)
      expect(other.lease.fence).toBeGreaterThan(one.lease.fence)
      const [trial] = yield* store.trials(name)
      expect(trial).toMatchObject({ state: "running", attempts: 2, preemptions: 1, failures: 0 })
    })
  )

  law("who was taken over writes nothing more", (name) =>
    Effect.gen(function* () {
      const { store, one, other } = yield* takenTwice(name)
      const before = yield* store.record(name)
      const writes = [
        store.check(one.lease),
        store.began(one.lease, "bits"),
        store.report(one.lease, reportAt(10)),
        store.settle(one.lease, { state: "complete", reason: null, seconds: 1 })
      ]
      for (const write of writes)
        expect(yield* Effect.flip<unknown, unknown, never>(write)).toMatchObject({ _tag: "TrialTakenOver", trial: 0 })
      expect(yield* store.record(name)).toEqual(before)
      yield* store.settle(other.lease, { state: "complete", reason: null, seconds: 1 })
      expect(yield* Effect.flip(store.check(other.lease))).toMatchObject({ _tag: "TrialTakenOver" })
    })
  )

  law("what is asked twice, because an answer was lost, is done once", (name) =>
    Effect.gen(function* () {
      const { store, other } = yield* takenTwice(name)
      expect(yield* store.take(name, first, who("other"))).toEqual(other)
      const settlement = { state: "waiting", reason: null, seconds: 2, counts: "failure" } as const
      const turn = yield* store.settle(other.lease, settlement)
      expect(yield* store.settle(other.lease, settlement)).toEqual(turn)
      expect((yield* store.trials(name))[0]).toMatchObject({ state: "waiting", failures: 1, seconds: 2, attempts: 2 })
      expect(yield* store.take(name, first, who("third"))).toBeUndefined()
      expect(yield* store.take(name, turn, who("third"))).toMatchObject({ failures: 1 })
    })
  )

  law("a report that comes again changes nothing and gets the same answer, until its trial is promoted", (name) =>
    Effect.gen(function* () {
      const { store, other } = yield* takenTwice(name)
      expect(yield* store.report(other.lease, reportAt(10), pause)).toMatchObject({ _tag: "Pause" })
      expect(yield* store.report(other.lease, reportAt(10, 9), () => ({ _tag: "Continue" }))).toMatchObject({
        _tag: "Pause"
      })
      yield* store.settle(other.lease, { state: "paused", reason: null, seconds: 1 })
      const turn = yield* store.promote(name, 0)
      if (turn === undefined) return yield* Effect.die("the trial was not paused")
      const again = yield* store.take(name, turn, who("third"))
      if (again === undefined) return yield* Effect.die("the trial was not given")
      expect(yield* store.report(again.lease, reportAt(10), pause)).toMatchObject({ _tag: "Continue" })
      expect(yield* store.report(again.lease, reportAt(20), pause)).toMatchObject({ _tag: "Pause" })
      const { trials, decisions } = yield* store.record(name)
      expect(trials[0]?.reports).toEqual([reportAt(10), reportAt(20)])
      expect(decisions.map(({ trial, step, basis }) => [trial, step, basis.reports])).toEqual([
        [0, 10, 1],
        [0, 20, 2]
      ])
    })
  )

  law("a trial was begun when it was first taken, and ended when it was settled for good", (name) =>
    Effect.gen(function* () {
      const { store, other } = yield* takenTwice(name)
      const times = Effect.map(store.record(name), (record) => record.times?.get(0) ?? {})
      const { begun = Number.NaN, ended } = yield* times
      expect(begun).toBeGreaterThanOrEqual((yield* store.find(name)).created)
      expect(ended).toBeUndefined()
      yield* store.settle(other.lease, { state: "complete", reason: null, seconds: 1 })
      const after = yield* times
      expect(after.begun).toBe(begun)
      expect(after.ended).toBeGreaterThanOrEqual(begun)
    })
  )

  law("values that are no numbers are kept", (name) =>
    Effect.gen(function* () {
      const { store, other } = yield* takenTwice(name)
      const values = { "train/loss": Number.NaN, "validation/loss": Number.POSITIVE_INFINITY }
      yield* store.report(other.lease, { step: 1, epoch: 0.1, values })
      expect((yield* store.trials(name))[0]?.reports[0]?.values).toEqual(values)
    })
  )

  law("another definition is refused with what differs, and nothing is changed", (name) =>
    Effect.gen(function* () {
      const store = yield* StudyStore.StudyStore
      yield* Study.open(studyOf(name, { seeds: 3, threads: 2 }), {})
      const before = yield* store.record(name)
      const error = yield* Effect.flip(Study.open(studyOf(name, { seeds: 2, threads: 4 }), {}))
      expect(error).toMatchObject({ _tag: "StudyDiffers" })
      expect(error.message).toContain("threads: it was begun with 2, and is now 4")
      expect(error.message).toContain("seeds: it was begun with [1,2,3], and is now [1,2]")
      expect(yield* store.record(name)).toEqual(before)
    })
  )

  law("more seeds and more settings are added to what is there", (name) =>
    Effect.gen(function* () {
      const store = yield* StudyStore.StudyStore
      const space = { "train.batchSize": { choice: [16, 32, 64] } }
      yield* Study.open(studyOf(name, { seeds: 2, space, settings: 2 }), {})
      const before = yield* store.trials(name)
      yield* Study.open(studyOf(name, { seeds: 3, space, settings: 3 }), {})
      const after = yield* store.trials(name)
      expect(after.slice(0, before.length)).toEqual(before)
      const pairs = after.map(({ parameters, seed }) => `${parameters["train.batchSize"]}/${seed}`)
      expect(pairs.toSorted()).toEqual(["16/1", "16/2", "16/3", "32/1", "32/2", "32/3", "64/1", "64/2", "64/3"])
      expect(after.map(({ number }) => number)).toEqual(after.map((_, index) => index))
    })
  )

  law("studies in one database don't see each other", (name) =>
    Effect.gen(function* () {
      const { store, other } = yield* takenTwice(name)
      const second = `${name}, again`
      const untouched = yield* takenTwice(second)
      const before = yield* store.record(second)
      yield* store.report(other.lease, reportAt(10), pause)
      yield* store.settle(other.lease, { state: "paused", reason: null, seconds: 1 })
      yield* store.prunePaused(name, "ended")
      expect(yield* store.record(second)).toEqual(before)
      yield* untouched.store.check(untouched.other.lease)
      expect(yield* Effect.flip(store.find("none"))).toMatchObject({ _tag: "StudyUnknown" })
    })
  )

  law("tables of a newer version are refused", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const open = Effect.scoped(Effect.provide(Effect.void, StudyStore.layer, { local: true }))
      yield* sql`update etude_schema set version = 99`
      const error = yield* Effect.flip(open).pipe(
        Effect.ensuring(Effect.orDie(sql`update etude_schema set version = 1`))
      )
      expect(error).toBeInstanceOf(DatabaseNewer)
    })
  )
}
