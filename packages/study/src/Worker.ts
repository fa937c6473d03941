/**
 * A worker: takes trials of a study, has each trained in a process of its own, and stores what becomes of it, until the study is
 * settled. Any number of them work on a study, on one machine or many; each may be killed at any time.
 */

import * as crypto from "node:crypto"
import * as os from "node:os"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { isSqlError } from "effect/sql/SqlError"
import { DatabaseFailed, VersionsDiffer } from "./Errors.ts"
import { beginOf } from "./internal/Begins.ts"
import { differences } from "./internal/Differences.ts"
import { leaving } from "./internal/Leaving.ts"
import { patiently } from "./internal/Patience.ts"
import { givenBack, settlementOf } from "./internal/Settlements.ts"
import * as Study from "./Study.ts"
import type { Versions } from "./StudyRecord.ts"
import { StudyStore, type Taken } from "./StudyStore.ts"
import * as Supervisor from "./Supervisor.ts"
import { TrialQueue, type Turn } from "./TrialQueue.ts"

export interface WorkerOptions {
  readonly study: Study.Study
  /** The absolute folder in which the trials' folders are. */
  readonly folder: string
  /** The absolute path of the config that trials train. */
  readonly config: string
  readonly command: Supervisor.TrialCommand
  /** Of the packages that compute; an exact study refuses other ones than its own. */
  readonly versions: Versions
  /** Ends after one trial. Default: false. */
  readonly once?: boolean
  /** How long a trial that is asked to leave may take to save. Default: a minute. */
  readonly grace?: Duration.Duration
  /** Called with a trial's number when this worker has taken it, and when what became of it is stored. Default: nothing. */
  readonly changed?: (trial: number) => Effect.Effect<void>
}

/** Who works: the machine, the process and when it began, for people who look at a study. */
const identity = (): string => `${os.hostname()} ${process.pid}`

/** What a worker is: its process for trials, and what that computes with, once a trial has said it. */
interface Self {
  readonly options: WorkerOptions
  readonly supervisor: Supervisor.Supervisor
  bits: string | undefined
}

class OtherBits extends Data.TaggedError("OtherBits")<{ readonly trial: string; readonly here: string }> {
  override get message(): string {
    return (
      `It was begun on a machine with other bits (${this.trial}) than this one's (${this.here}), which would not end the` +
      " same. A worker on such a machine continues it; exact: false lets any do so."
    )
  }
}

/** Whether a trial may be continued with these bits. */
const isSame = ({ options }: Self, { bits }: Taken, here: string | undefined): boolean =>
  !options.study.config.exact || bits === null || here === undefined || bits === here

const trainHere = Effect.fnUntraced(function* (self: Self, taken: Taken) {
  const { study } = self.options
  if (!isSame(self, taken, self.bits)) {
    return yield* new OtherBits({ trial: String(taken.bits), here: String(self.bits) })
  }
  return yield* self.supervisor.run(beginOf(self.options, { ...taken, fence: taken.lease.fence }), {
    began: Effect.fnUntraced(function* ({ bits }) {
      self.bits = bits
      if (!isSame(self, taken, bits)) return yield* new OtherBits({ trial: String(taken.bits), here: bits })
      yield* patiently(Study.began(study, taken.lease, bits))
    }),
    reported: ({ step, epoch, values }) => patiently(Study.report(study, taken.lease, { step, epoch, values }))
  })
})

/** Trains a taken trial and stores what became of it. */
const train = Effect.fnUntraced(function* (self: Self, taken: Taken) {
  const { study } = self.options
  const begun = performance.now()
  const seconds = () => (performance.now() - begun) / 1000
  const { settlement, delay } = yield* trainHere(self, taken).pipe(
    Effect.map((ending) => {
      const { attempts, lease } = study.config
      return settlementOf(ending, { seconds: seconds(), failures: taken.failures, attempts, patience: lease })
    }),
    Effect.catchTag("OtherBits", ({ message }) => Effect.succeed(givenBack(message, seconds())))
  )
  yield* patiently(Study.settle(study, taken.lease, settlement, delay))
})

/** Fails with `TrialTakenOver` when somebody else has the trial. */
const watch = Effect.fnUntraced(function* (lease: Taken["lease"], every: Duration.Duration) {
  const store = yield* StudyStore
  yield* patiently(store.check(lease)).pipe(Effect.delay(every), Effect.forever)
})

/** One turn: nothing where it is over. What comes too late because somebody else has the trial is dropped. */
const handle = (self: Self) =>
  Effect.fnUntraced(function* (turn: Turn) {
    const store = yield* StudyStore
    const { study, changed = () => Effect.void } = self.options
    const { name, config } = study
    const who = { holder: crypto.randomUUID(), worker: identity() }
    const taken = yield* patiently(store.take(name, turn, who))
    if (taken === undefined) return false
    yield* changed(taken.lease.trial)
    yield* Effect.raceFirst(train(self, taken), watch(taken.lease, Duration.times(config.lease, 1 / 3))).pipe(
      Effect.catchTag("TrialTakenOver", ({ message }) => Effect.logInfo(message))
    )
    yield* changed(taken.lease.trial)
    return true
  })

/** How often a worker without a trial looks whether the study is settled or can be moved on. */
const idle = Duration.millis(500)

type Step = "settled" | "trained" | "nothing"

/** Trains the next trial, or finds the study settled while it waits for one. */
const next = Effect.fnUntraced(function* (self: Self) {
  const { study } = self.options
  const queue = yield* TrialQueue
  let isBusy = false
  const settled = Effect.suspend(() => (isBusy ? Effect.succeed(false) : patiently(Study.advance(study)))).pipe(
    Effect.repeat({ until: (isSettled) => isSettled, schedule: Schedule.spaced(idle) }),
    Effect.as<Step>("settled")
  )
  const trained = queue.take(study.name, (turn) => {
    isBusy = true
    return leaving(handle(self)(turn), self.supervisor.leave)
  })
  return yield* Effect.raceFirst(
    settled,
    Effect.map(trained, (isTrained): Step => (isTrained ? "trained" : "nothing"))
  )
})

/** The queue gives a turn back when its lease can't be ended: the database was away for longer. */
const lostLease = (defect: unknown): Effect.Effect<Step> =>
  isSqlError(defect) ? Effect.succeed("nothing") : Effect.die(defect)

/** Other versions may compute other bits. */
const checkVersions = Effect.fnUntraced(function* ({ study, versions }: WorkerOptions) {
  const stored = yield* patiently(Effect.flatMap(StudyStore, (store) => store.find(study.name)))
  const found = differences(stored.versions, versions)
  if (study.config.exact && found.length > 0) {
    return yield* new VersionsDiffer({ study: study.name, differences: found })
  }
})

/**
 * Works until the study is settled; with `once`, until one trial is. Interrupted, it has its trial saved and gives it back. Fails
 * with `DatabaseFailed` where the database refuses or stays away; the trial that it held is free when its lease expires. Fails with
 * `VersionsDiffer` where the study is exact and was created with other versions.
 */
export const run = Effect.fnUntraced(function* (options: WorkerOptions) {
  const { study, command, grace, once = false } = options
  yield* checkVersions(options)
  const supervisor = yield* Supervisor.make({
    command,
    trialsPerProcess: study.config.trialsPerProcess,
    ...(grace === undefined ? {} : { grace })
  })
  const self: Self = { options, supervisor, bits: undefined }
  yield* next(self).pipe(
    Effect.catchDefect(lostLease),
    Effect.catchTag("PersistedQueueError", (cause) => new DatabaseFailed({ reason: cause.message, cause })),
    Effect.repeat({ until: (step) => step === "settled" || (once && step === "trained") })
  )
}, Effect.scoped)
