/** What a trial's time in a process comes to. Preemptions, which are nobody's fault, are counted apart from failures. */
import * as Duration from "effect/Duration"
import type { Settlement } from "../StudyStore.ts"
import type { Ending } from "../Supervisor.ts"
import { type Finished, returnedCode } from "../TrialProtocol.ts"

export interface Circumstances {
  /** Seconds since the trial was begun, by the worker's clock. */
  readonly seconds: number
  /** How often it failed before. */
  readonly failures: number
  /** Failures after which it is given up. */
  readonly attempts: number
  /** The longest that one which failed waits. */
  readonly patience: Duration.Duration
}

export interface Outcome {
  readonly settlement: Settlement
  /** How long a trial that waits again isn't offered. */
  readonly delay: Duration.Duration
}

/** The config or the data are unusable: trying again gives the same. See the exit codes of `etude`. */
const unusable: ReadonlyArray<number | null> = [2, 3]

/** Signals by which people and schedulers ask processes to go. */
const asking: ReadonlyArray<NodeJS.Signals | null> = ["SIGTERM", "SIGINT", "SIGHUP"]

const now = Duration.zero

/** A while, so that somebody else takes it: another machine, or this one when an orphan has let go of the run folder. */
const aWhile = Duration.seconds(2)

const preempted = (reason: string | null, seconds: number, delay = now): Outcome => ({
  settlement: { state: "waiting", reason, seconds, counts: "preemption" },
  delay
})

const failed = (reason: string, { seconds, failures, attempts, patience }: Circumstances, isFinal = false): Outcome =>
  isFinal || failures + 1 >= attempts
    ? { settlement: { state: "failed", reason, seconds, counts: "failure" }, delay: now }
    : {
        settlement: { state: "waiting", reason, seconds, counts: "failure" },
        delay: Duration.min(patience, Duration.seconds(2 ** failures))
      }

const ofFinished = (finished: Finished, circumstances: Circumstances): Outcome => {
  const { outcome, reason, seconds, test, sha256 } = finished
  const ended = { reason, seconds, test, sha256 }
  switch (outcome) {
    case "complete":
      return { settlement: { state: "complete", ...ended }, delay: now }
    case "stopped":
      return { settlement: { state: "pruned", ...ended }, delay: now }
    case "paused":
      return { settlement: { state: "paused", ...ended }, delay: now }
    case "returned":
      return preempted(reason, seconds)
    case "refused":
    case "superseded":
      return preempted(reason, seconds, aWhile)
    case "failed":
      return failed(reason ?? "it failed without saying why", { ...circumstances, seconds }, finished.isHopeless)
  }
}

type Exited = Extract<Ending, { readonly _tag: "Exited" }>

const described = ({ code, signal, output }: Exited): string => {
  const how =
    signal === "SIGKILL"
      ? "was killed (SIGKILL), as by a machine that runs out of memory"
      : signal !== null
        ? `was ended by ${signal}`
        : code === null
          ? "could not be started"
          : `ended with code ${code} without saying why`
  return output === "" ? `Its process ${how}.` : `Its process ${how}:\n${output}`
}

const ofExited = (exited: Exited, circumstances: Circumstances): Outcome => {
  const { code, signal, wasAsked } = exited
  if (wasAsked || code === returnedCode || asking.includes(signal)) return preempted(null, circumstances.seconds)
  return failed(described(exited), circumstances, unusable.includes(code))
}

/** A trial that only a machine with other bits may continue. */
export const givenBack = (reason: string, seconds: number): Outcome => preempted(reason, seconds, aWhile)

export const settlementOf = (ending: Ending, circumstances: Circumstances): Outcome =>
  ending._tag === "Finished" ? ofFinished(ending, circumstances) : ofExited(ending, circumstances)
