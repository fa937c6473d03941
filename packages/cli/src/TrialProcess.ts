/**
 * The process of trials: it runs those that its parent, a worker, sends, one after another, and reports to it. The messages are those
 * of `@etude/study/TrialProtocol`.
 */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import type { ConfigInvalid } from "@etude/core/Errors"
import type * as Report from "@etude/reports/Report"
import type * as Pruner from "@etude/study/Pruner"
import type { Begin, Decided, Finished, FromTrial, ToTrial } from "@etude/study/TrialProtocol"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as ExitCode from "./ExitCode.ts"
import * as Load from "./Load.ts"
import * as RunAt from "./RunAt.ts"
import * as RunFolder from "./RunFolder.ts"
import type * as Training from "./Training.ts"
import * as TrialReporter from "./TrialReporter.ts"

/** The way to the worker. */
export interface Channel {
  /** What the worker sent, in order. */
  readonly inbox: Queue.Dequeue<ToTrial, ConfigInvalid>
  /** Does nothing where the worker is gone. */
  readonly send: (message: FromTrial) => Effect.Effect<void>
}

type Failure = { readonly _tag?: unknown; readonly message?: unknown; readonly differences?: unknown }

/** Whether a resume was refused for nothing but the machine: what bits depend on besides the config. */
const isOfMachine = ({ _tag, differences }: Failure): boolean =>
  _tag === "ResumeRefused" &&
  (differences as ReadonlyArray<{ readonly path: string }>).every(({ path }) => /^(bits|executor|backend)\b/.test(path))

const outcomeOf = (error: Failure): Finished["outcome"] => {
  if (error._tag === "RunSuperseded" || error._tag === "RunInUse") return "superseded"
  return isOfMachine(error) ? "refused" : "failed"
}

type Ending = Pick<Finished, "outcome" | "reason"> & Partial<Finished>

const ofCause = (cause: Cause.Cause<unknown>, { paused }: TrialReporter.Reporter): Ending => {
  if (Cause.hasInterruptsOnly(cause)) {
    const reason = paused()
    return reason === undefined ? { outcome: "returned", reason: null } : { outcome: "paused", reason }
  }
  const error = Cause.squash(cause)
  if (Cause.hasDies(cause) && !Cause.hasFails(cause)) return { outcome: "failed", reason: Cause.pretty(cause) }
  const { message } = error as Failure
  const reason = typeof message === "string" && message !== "" ? message : String(error)
  const code = ExitCode.of(error)
  const isHopeless = code === 2 || code === 3
  return { outcome: outcomeOf(error as Failure), reason, ...(isHopeless ? { isHopeless } : {}) }
}

const sha256Of = (folder: string): string =>
  createHash("sha256")
    .update(fs.readFileSync(RunFolder.modelFile(folder)))
    .digest("hex")

const ofTrained = ({ folder, report, plain }: Training.Trained): Ending => {
  const isStopped = plain?.ended?.by.includes(TrialReporter.id) === true
  return {
    outcome: isStopped ? "stopped" : "complete",
    reason: report.reason,
    step: report.counts.steps,
    epoch: report.counts.epochs,
    test: report.test?.values ?? null,
    sha256: sha256Of(folder)
  }
}

/** A run that reached a limit was not stopped; of any other end, its state says whether it was. */
const isEnough = ({ reason }: Report.Report): boolean => reason.startsWith("until ")

/** Trains what a message describes, up to its end or to where it is asked to leave. */
const train = (begin: Begin, { layer, paused }: TrialReporter.Reporter) =>
  Effect.gen(function* () {
    const { folder, fence, startFrom, allowAlterations = false } = begin
    const loaded = yield* Load.fromFile(begin.config, [
      ...begin.overrides,
      { path: ["train", "seed"], value: begin.seed },
      ...(begin.threads === null ? [] : [{ path: ["threads"], value: begin.threads }])
    ])
    const callbacks = layer as Layer.Layer<never, never, Layer.Services<typeof layer>>
    const isPaused = () => paused() !== undefined
    const at = { folder, fence, startFrom, allowAlterations, isEnough, isPaused }
    return yield* RunAt.beginOrResume(loaded, at, { callbacks })
  })

/** The worker's answers to reports. */
const answers = () => {
  let waiting: { readonly step: number; readonly answer: Deferred.Deferred<Pruner.Decision> } | undefined
  return {
    ask: (step: number, send: Effect.Effect<void>) =>
      Effect.gen(function* () {
        waiting = { step, answer: yield* Deferred.make<Pruner.Decision>() }
        yield* send
        return yield* Deferred.await(waiting.answer)
      }),
    hear: ({ step, decision }: Decided) =>
      waiting?.step === step ? Effect.asVoid(Deferred.succeed(waiting.answer, decision)) : Effect.void
  }
}

/** Runs one trial, and says how it ended, however it did; gives whether another may come. */
const trial = (begin: Begin, { inbox, send }: Channel) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const started = performance.now()
      const { ask, hear } = answers()
      const reporter = TrialReporter.make({
        began: send,
        report: (message) => ask(message.step, send(message))
      })
      let isLast = false
      // Until the worker wants the process to end: then what runs is saved.
      const listening = Effect.gen(function* () {
        for (;;) {
          const message = yield* Queue.take(inbox)
          if (message._tag === "Decided") yield* hear(message)
          if (message._tag === "End") break
        }
        isLast = true
        return yield* Effect.interrupt
      })
      const exit = yield* Effect.exit(restore(Effect.raceFirst(train(begin, reporter), listening)))
      const ending = Exit.isSuccess(exit) ? ofTrained(exit.value) : ofCause(exit.cause, reporter)
      const reached = reporter.position() ?? { step: 0, epoch: 0 }
      const seconds = (performance.now() - started) / 1000
      yield* send({ _tag: "Finished", ...reached, test: null, sha256: null, seconds, ...ending })
      return !isLast
    })
  )

/** Runs trials until the worker says that no more come. */
export const serve = (channel: Channel) =>
  Effect.gen(function* () {
    for (;;) {
      const message = yield* Queue.take(channel.inbox)
      if (message._tag === "End") return
      // An answer that came too late belongs to a trial that has ended.
      if (message._tag === "Begin" && !(yield* trial(message, channel))) return
    }
  })
