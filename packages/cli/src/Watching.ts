/** What watches a run for the command: its model is saved where it fails, and it ends where another process has the run. */
import * as Initialize from "@etude/checkpoint/Initialize"
import * as Callback from "@etude/core/Callback"
import { PreflightFailed } from "@etude/core/Errors"
import * as Event from "@etude/core/Event"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import type * as RunLock from "./RunLock.ts"
import * as SavedModel from "./SavedModel.ts"
import type * as Setup from "./Setup.ts"
import * as WeightSources from "./WeightSources.ts"

const looksAfterSteps = 100

/**
 * Saves the model of a run that failed, and reports a folder that can't be created to the preflight. Ends a run that
 * another process now owns.
 */
export const keeper = (
  loaded: Load.Loaded,
  folder: string | undefined,
  { check: isOurs }: RunLock.Lock,
  problem: string | undefined
) => {
  const description = { experiment: loaded.experiment.name, configHash: loaded.hash }
  const save = ({ state, progress }: Callback.At) =>
    folder === undefined || progress.step === 0
      ? Effect.void
      : SavedModel.write(folder, state(), description).pipe(Effect.catch(({ message }) => Output.note(message)))
  return Callback.observer({
    id: "@etude/cli/keeper",
    check: Effect.succeed(problem === undefined ? [] : [{ path: "runs", message: problem }]),
    hooks: {
      interrupted: save,
      failed: save,
      batchEnd: { when: ({ step }) => step % looksAfterSteps === 0, run: () => isOurs },
      validationEnd: () => isOurs,
      epochEnd: () => isOurs
    }
  })
}

/** The task of a new run, which begins with the weights that its config names; a resumed run has its state's. */
export const initialized = (
  task: Effect.Success<ReturnType<typeof Setup.make>>["task"],
  { config, optionsFrom }: Load.Loaded,
  isResumed: boolean
) =>
  Effect.gen(function* () {
    if (config.initialize === undefined || isResumed) return { task, account: Layer.empty }
    // Its models are initialized to be compared with the weights: what they can't be is said as it is before a first step.
    const begun = yield* Initialize.task(task, config.initialize, optionsFrom).pipe(
      Effect.provideService(Initialize.Sources, WeightSources.sources(config.runs)),
      Effect.catchDefect((defect) => (defect instanceof PreflightFailed ? Effect.fail(defect) : Effect.die(defect)))
    )
    for (const loaded of begun.loaded) yield* Output.note(Initialize.describe(loaded))
    return { task: begun.task, account: accounting(begun.loaded) }
  })

/** Keeps what the run began with in its log, and so in its report. */
const accounting = (loaded: ReadonlyArray<Event.LoadedFrom>) =>
  Callback.observer({
    id: "@etude/cli/initialize",
    hooks: {
      trainBegin: ({ progress }) =>
        Effect.forEach(
          loaded,
          (one) =>
            Effect.flatMap(Event.Events, ({ publish }) =>
              publish({ version: 1, _tag: "WeightsLoaded", progress, ...one })
            ),
          { discard: true }
        )
    }
  })
