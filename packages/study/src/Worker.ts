/**
 * A worker: takes trials of a study, has each trained in a process of its own, and stores what becomes of it, until the study is
 * settled. Any number of them work on a study, on one machine or many; each may be killed at any time.
 */

import * as crypto from "node:crypto"
import * as os from "node:os"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { isSqlError } from "effect/sql/SqlError"
import { TrialTakenOver } from "./Errors.ts"
import { beginOf } from "./internal/Begins.ts"
import { leaving } from "./internal/Leaving.ts"
import { patiently } from "./internal/Patience.ts"
import { settlementOf } from "./internal/Settlements.ts"
import * as Study from "./Study.ts"
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
  /** Ends after one trial. Default: false. */
  readonly once?: boolean
  /** How long a trial that is asked to leave may take to save. Default: a minute. */
  readonly grace?: Duration.Duration
}

/** Who works: the machine, the process and when it began, for people who look at a study. */
const identity = (): string => `${os.hostname()} ${process.pid}`

/** Trains a taken trial and stores what became of it. */
const train = Effect.fnUntraced(function* (options: WorkerOptions, supervisor: Supervisor.Supervisor, taken: Taken) {
  const { study } = options
  const store = yield* StudyStore
  const begun = performance.now()
  const ending = yield* supervisor.run(beginOf(options, { ...taken, fence: taken.lease.fence }), {
    began: ({ bits }) => patiently(store.began(taken.lease, bits)),
    reported: ({ step, epoch, values }) => patiently(Study.report(study, taken.lease, { step, epoch, values }))
  })
  const seconds = (performance.now() - begun) / 1000
  const { settlement, delay } = settlementOf(ending, {
    seconds,
    failures: taken.failures,
    attempts: study.config.attempts
  })
  yield* patiently(Study.settle(study, taken.lease, settlement, delay))
})

/** Fails with `TrialTakenOver` when somebody else has the trial. */
const watch = Effect.fnUntraced(function* (lease: Taken["lease"], every: Duration.Duration) {
  const store = yield* StudyStore
  yield* patiently(store.check(lease)).pipe(Effect.delay(every), Effect.forever)
})

/** One turn: nothing where it is over. What comes too late because somebody else has the trial is dropped. */
const handle = (options: WorkerOptions, supervisor: Supervisor.Supervisor) =>
  Effect.fnUntraced(function* (turn: Turn) {
    const store = yield* StudyStore
    const { name, config } = options.study
    const who = { holder: crypto.randomUUID(), worker: identity() }
    const taken = yield* patiently(store.take(name, turn, who))
    if (taken === undefined) return false
    yield* Effect.raceFirst(
      train(options, supervisor, taken),
      watch(taken.lease, Duration.times(config.lease, 1 / 3))
    ).pipe(Effect.catchIf((error) => error instanceof TrialTakenOver, Effect.logInfo))
    return true
  })

/** How often a worker without a trial looks whether the study is settled or can be moved on. */
const idle = Duration.millis(500)

type Step = "settled" | "trained" | "nothing"

/** Trains the next trial, or finds the study settled while it waits for one. */
const next = Effect.fnUntraced(function* (options: WorkerOptions, supervisor: Supervisor.Supervisor) {
  const { study } = options
  const queue = yield* TrialQueue
  let isBusy = false
  const settled = Effect.suspend(() => (isBusy ? Effect.succeed(false) : patiently(Study.advance(study)))).pipe(
    Effect.repeat({ until: (isSettled) => isSettled, schedule: Schedule.spaced(idle) }),
    Effect.as<Step>("settled")
  )
  const trained = queue.take(study.name, (turn) => {
    isBusy = true
    return leaving(handle(options, supervisor)(turn), supervisor.leave)
  })
  return yield* Effect.raceFirst(
    settled,
    Effect.map(trained, (isTrained): Step => (isTrained ? "trained" : "nothing"))
  )
})

/** The queue gives a turn back when its lease can't be ended: the database was away for longer. */
const lostLease = (defect: unknown): Effect.Effect<Step> =>
  isSqlError(defect) ? Effect.succeed("nothing") : Effect.die(defect)

/**
 * Works until the study is settled; with `once`, until one trial is. Interrupted, it has its trial saved and gives it back. Fails
 * with `DatabaseFailed` where the database refuses or stays away; the trial that it held is free when its lease expires.
 */
export const run = Effect.fnUntraced(function* (options: WorkerOptions) {
  const { study, command, grace, once = false } = options
  const supervisor = yield* Supervisor.make({
    command,
    trialsPerProcess: study.config.trialsPerProcess,
    ...(grace === undefined ? {} : { grace })
  })
  yield* next(options, supervisor).pipe(
    Effect.catchDefect(lostLease),
    Effect.repeat({ until: (step) => step === "settled" || (once && step === "trained") })
  )
}, Effect.scoped)
