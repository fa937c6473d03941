/** What a trial does with the answers to its reports. The run that is driven has two epochs. */
import { assert, it } from "@effect/vitest"
import * as Callback from "@etude/core/Callback"
import type * as Event from "@etude/core/Event"
import type { Decision } from "@etude/study/Pruner"
import * as Effect from "effect/Effect"
import * as TrialReporter from "../src/TrialReporter.ts"

const started: Event.RunStarted = {
  _tag: "RunStarted",
  version: 1,
  progress: { epoch: 0, batch: 0, step: 0, samples: 0, elapsedSeconds: 0 },
  task: "tiny",
  seed: 7,
  config: { until: { epochs: 2 } },
  parameters: 10,
  trainSamples: 8,
  batchesPerEpoch: 2,
  monitors: { "train/loss": { set: "train", metric: "loss", better: "lower" } },
  backend: { name: "cpu", version: "4.22.0", device: "CPU", reason: "requested" },
  executor: "eager"
}

/** The decisions that a run takes in each of its epochs, where its reports are answered so. */
const decisionsOf = (answers: ReadonlyArray<Decision>) =>
  Effect.gen(function* () {
    let reports = 0
    const { layer } = TrialReporter.make({
      began: () => Effect.void,
      report: () => Effect.sync(() => answers[reports++] ?? { _tag: "Continue" })
    })
    const run = yield* Callback.drive(layer)
    run.event(started)
    const byEpoch: Array<ReadonlyArray<string>> = []
    for (const _ of answers) {
      const before = run.decisions.length
      run.move({ step: run.progress().step + 2, epoch: run.progress().epoch + 1, batch: 0 })
      yield* run.call("epochEnd", { values: { "train/loss": 1 } })
      byEpoch.push(
        run.decisions.slice(before).map(({ decision }) => (decision.saveNow ? "save" : `stop: ${decision.stopRun}`))
      )
    }
    return byEpoch
  })

const go: Decision = { _tag: "Continue" }
const stop: Decision = { _tag: "Stop", reason: "worse than others" }
const pause: Decision = { _tag: "Pause", reason: "waits" }

it.effect("a run stops, or saves to pause, as the answer says", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* decisionsOf([go]), [[]])
    assert.deepStrictEqual(yield* decisionsOf([stop]), [["stop: worse than others"]])
    assert.deepStrictEqual(yield* decisionsOf([pause]), [["save"]])
  })
)

it.effect("at its end a run is complete, whatever the answer", () =>
  Effect.gen(function* () {
    for (const answer of [go, stop, pause]) assert.deepStrictEqual(yield* decisionsOf([go, answer]), [[], []])
  })
)
