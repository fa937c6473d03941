/** A callback that reports a run's values to whoever decides whether it goes on, and waits for the answer. */
import * as Callback from "@etude/core/Callback"
import * as Decision from "@etude/core/Decision"
import type * as Event from "@etude/core/Event"
import * as Extent from "@etude/core/Extent"
import * as Monitors from "@etude/core/Monitors"
import type { Progress } from "@etude/core/Progress"
import type * as Pruner from "@etude/study/Pruner"
import type { Began, Reported } from "@etude/study/TrialProtocol"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** The id under which a run's state keeps that it was stopped. */
export const id = "@etude/study/trial"

/** Where a run has come to. */
export interface Position {
  readonly step: number
  /** A fraction within one. */
  readonly epoch: number
}

export interface Reporter {
  readonly layer: Callback.CallbackLayer
  /** Where the run has come to; null before its first event. */
  readonly position: () => Position | null
  /** Why the run was paused, where it was. */
  readonly paused: () => string | undefined
}

export interface Conversation {
  readonly began: (message: Began) => Effect.Effect<void>
  readonly report: (message: Reported) => Effect.Effect<Pruner.Decision>
}

/** How far a run is, in epochs; `batches` is what an epoch has. */
const positionOf = ({ step, epoch, batch }: Progress, batches: number): Position => ({
  step,
  epoch: epoch + (batches > 0 ? Math.min(1, batch / batches) : 0)
})

/** The values of the validation sets between two epochs, until those of all sets are there. */
const gather = () => {
  let [step, values, sets] = [-1, {}, new Set<string>()]
  return (at: Callback.At & { readonly name: string; readonly values: Event.Values }): Event.Values | undefined => {
    if (at.progress.step !== step) [step, values, sets] = [at.progress.step, {}, new Set()]
    values = { ...values, ...at.values }
    sets.add(at.name)
    const all = new Set(Object.values(at.monitors).map(({ set }) => set))
    all.delete(Monitors.trainingSet)
    return sets.size >= all.size ? values : undefined
  }
}

const decodeEnd = Schema.decodeUnknownOption(Schema.Struct({ until: Extent.Until }))

/** Whether a run of this config is at its end. */
const isAtEnd = (config: Event.RunSetting["config"], progress: Progress): boolean =>
  Option.exists(decodeEnd(config), ({ until }) => Extent.reached(until, progress) !== undefined)

/**
 * Reports at the end of each epoch, and of each validation between epochs. A run that is to pause saves its state at exactly that
 * point, and is interrupted there. At its end a run is complete, whatever the answer.
 */
export const make = ({ began, report }: Conversation): Reporter => {
  let batches = 0
  let config: Event.RunSetting["config"] = null
  let progress: Progress | undefined
  let paused: string | undefined
  let isLeaving = false
  const gathered = gather()
  const decide = (at: Callback.At, values: Event.Values) =>
    Effect.map(report({ _tag: "Reported", ...positionOf(at.progress, batches), values }), (decision) => {
      if (decision._tag === "Continue" || isAtEnd(config, at.progress)) return Decision.proceed
      if (decision._tag === "Stop") return Decision.stopRun(decision.reason)
      paused = decision.reason
      return Decision.saveNow
    })
  const layer = Callback.controller({
    id,
    // What it does is decided elsewhere: no value of the run by itself changes it.
    monitors: [],
    onEvent: (event) => {
      progress = event.progress
      if (event._tag === "RunStarted" || event._tag === "Resumed")
        [batches, config] = [event.batchesPerEpoch, event.config]
    },
    hooks: {
      trainBegin: ({ progress, description }) =>
        began({ _tag: "Began", ...positionOf(progress, batches), bits: description.bits ?? description.executor }),
      validationEnd: (at) => {
        // At the end of an epoch its report has these values, too.
        if (at.progress.batch >= batches) return Effect.succeed(Decision.proceed)
        const values = gathered(at)
        return values === undefined ? Effect.succeed(Decision.proceed) : decide(at, values)
      },
      epochEnd: (at) => decide(at, at.values),
      checkpointSaved: () =>
        Effect.suspend(() => {
          if (paused === undefined || isLeaving) return Effect.void
          isLeaving = true
          return Effect.interrupt
        })
    }
  })
  return {
    layer,
    position: () => (progress === undefined ? null : positionOf(progress, batches)),
    paused: () => paused
  }
}
