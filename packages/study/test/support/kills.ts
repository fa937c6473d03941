/** Worker processes that are killed at random times, and what must be true of the study afterwards. */

import { type ChildProcess, spawn } from "node:child_process"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { expect } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { StudyStore } from "../../src/StudyStore.ts"
import type { FakeOptions } from "./studies.ts"

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), "workerProcess.ts")

export interface Crowd {
  readonly database: string
  readonly study: string
  readonly folder: string
  readonly trial: FakeOptions & { readonly pids: string; readonly gate?: string; readonly epochs?: number }
  /** Options of Node for the workers. */
  readonly nodeArgs?: ReadonlyArray<string>
}

/** Starts a worker process. */
export const startWorker = (
  { database, study, folder, trial, nodeArgs = [] }: Crowd,
  env: NodeJS.ProcessEnv = {}
): ChildProcess => {
  const args = [script, database, study, folder, JSON.stringify(trial)]
  return spawn(process.execPath, [...nodeArgs, "--conditions=@etude/source", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...env }
  })
}

export const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

export const exited = (child: ChildProcess): Effect.Effect<number | null> =>
  Effect.callback((resume) => {
    if (!isAlive(child)) return resume(Effect.succeed(child.exitCode))
    child.once("exit", (code) => resume(Effect.succeed(code)))
  })

/** Processes of trials that live: each leaves a file with its number while it does. */
export const trialsAlive = ({ trial }: Crowd): ReadonlyArray<number> =>
  fs
    .readdirSync(trial.pids)
    .map(Number)
    .filter((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("fakeTrial")
      } catch {
        return false
      }
    })

const kill = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Lets trials end as many of their epochs as kills were done of all: some live until the last kill. */
const openGate = ({ trial: { gate, epochs = 0 } }: Crowd, share: number): void => {
  if (gate === undefined) return
  if (share >= 1) fs.rmSync(gate, { force: true })
  if (share >= 1) return
  fs.writeFileSync(`${gate}.next`, String(Math.floor(share * epochs)))
  fs.renameSync(`${gate}.next`, gate)
}

/**
 * Keeps `workers` processes running and kills one after another until `kills` are done: workers by SIGKILL or SIGTERM, trials by
 * SIGKILL. Then lets them end the study. How many of each were killed.
 */
export const killed = Effect.fnUntraced(function* (
  crowd: Crowd,
  { workers, kills, seed, between }: { workers: number; kills: number; seed: number; between: Duration.Duration }
) {
  const key = Rng.named(Rng.key(seed), "kills")
  const running: Array<ChildProcess> = []
  const counts = { workers: 0, returns: 0, trials: 0 }
  const refill = () => {
    for (let at = 0; at < workers; at++) {
      const child = running[at]
      if (child === undefined || !isAlive(child)) running[at] = startWorker(crowd)
    }
  }
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const child of running) child.kill("SIGKILL")
    })
  )
  const done = () => counts.workers + counts.returns + counts.trials
  for (let draw = 0; done() < kills; draw++) {
    openGate(crowd, done() / kills)
    refill()
    yield* Effect.sleep(Duration.times(between, 2 * Rng.uniform(key, 3 * draw)))
    const what = Rng.uniform(key, 3 * draw + 1)
    const which = Rng.uniform(key, 3 * draw + 2)
    const trials = trialsAlive(crowd)
    if (what < 0.6) {
      if (trials.length > 0 && kill(element(trials, Math.floor(which * trials.length)), "SIGKILL")) counts.trials++
    } else {
      const child = element(running, Math.floor(which * workers))
      const signal = what < 0.85 ? "SIGKILL" : "SIGTERM"
      if (isAlive(child) && child.kill(signal)) counts[signal === "SIGKILL" ? "workers" : "returns"]++
    }
  }
  openGate(crowd, 1)
  refill()
  yield* Effect.forEach(running, exited, { concurrency: "unbounded" })
  // One that was on its way when it was asked to go leaves the rest to a last one.
  const last = startWorker(crowd)
  running.push(last)
  expect(yield* exited(last)).toBe(0)
  return counts
})

const hash = (text: string): string => crypto.createHash("sha256").update(text).digest("hex")

/** What the reports and the end of an undisturbed trial are: the same as in `fakeTrial.mjs`, computed in one go. */
export const undisturbed = (seed: number, { epochs = 3, stepsPerEpoch = 5 }: FakeOptions) => {
  let state = ""
  const reports: Array<{ step: number; value: number }> = []
  for (let step = 1; step <= epochs * stepsPerEpoch; step++) {
    state = hash(`${state} ${seed} []`)
    if (step % stepsPerEpoch === 0) reports.push({ step, value: Number.parseInt(state.slice(0, 8), 16) / 2 ** 32 })
  }
  return { reports, sha256: state }
}

/** Nothing is lost and nothing is there twice: every trial ended as an undisturbed one. */
export const expectUndisturbed = Effect.fnUntraced(function* (study: string, trial: FakeOptions) {
  const sql = yield* SqlClient.SqlClient
  const { trials } = yield* (yield* StudyStore).record(study)
  const hashes = yield* sql<{ number: number; sha256: string }>`
    select number, sha256 from etude_trials where study = ${study} order by number`
  for (const [index, { seed, state, reports, attempts, preemptions, failures }] of trials.entries()) {
    const expected = undisturbed(seed, trial)
    expect(state).toBe("complete")
    expect(reports.map(({ step, values }) => ({ step, value: values["validation/loss"] }))).toEqual(expected.reports)
    expect(element(hashes, index).sha256).toBe(expected.sha256)
    expect(attempts).toBe(1 + preemptions + failures)
  }
  const pending = yield* sql`select id from etude_queue where queue_name = ${study} and state = 'pending'`
  expect(pending).toEqual([])
  return trials
})
