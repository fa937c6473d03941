import type * as Event from "@etude/core/Event"
import type { Monitors } from "@etude/core/Monitors"
import type { Progress as Position } from "@etude/core/Progress"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as ProgressBar from "../../src/ProgressBar.ts"
import * as TestTerminal from "../../src/TestTerminal.ts"
import { registered } from "./registered.ts"

const batchesPerEpoch = 20
const samples = 10

/** A run of two epochs of 20 batches, shown on a terminal: a batch takes 50 milliseconds of virtual time. */
export const session = (
  options: {
    readonly monitors?: Monitors
    readonly config?: ProgressBar.ConfigInput
    readonly columns?: number
    readonly isTerminal?: boolean
    readonly colors?: boolean
    readonly task?: string
  } = {}
) =>
  Effect.gen(function* () {
    const terminal = TestTerminal.make(options)
    const { call, event, finalize, definition } = yield* registered(
      Layer.provide(ProgressBar.layer(options.config), terminal.layer)
    )
    let progress: Position = { epoch: 0, batch: 0, step: 0, samples: 0, elapsedSeconds: 0 }
    const publish = (fields: object) => event({ version: 1, progress, ...fields } as Event.Known)
    const pass = (milliseconds: number) =>
      Effect.andThen(
        TestClock.adjust(milliseconds),
        Effect.sync(() => {
          progress = { ...progress, elapsedSeconds: progress.elapsedSeconds + milliseconds / 1000 }
        })
      )
    const setting = {
      task: options.task ?? "tiny",
      seed: 7,
      config: { until: { epochs: 2 }, batchSize: samples },
      parameters: 61_706,
      trainSamples: 200,
      batchesPerEpoch,
      monitors: {
        "train/loss": { set: "train", metric: "loss", better: "lower" },
        "train/accuracy": { set: "train", metric: "accuracy", better: "higher" },
        "validation/loss": { set: "validation", metric: "loss", better: "lower" },
        ...options.monitors
      },
      backend: { name: "cpu", version: "4.22.0", device: "CPU", reason: "asked for" },
      executor: "eager"
    }
    const batch = (values: { readonly [name: string]: number } = { loss: 0.5, accuracy: 0.75 }) =>
      Effect.gen(function* () {
        yield* pass(50)
        const { batch, step } = progress
        progress = { ...progress, batch: batch + 1, step: step + 1, samples: progress.samples + samples }
        call("batchEnd", { progress, monitors: {}, samples, values, learningRate: 0.1 })
      })
    const validate = Effect.gen(function* () {
      publish({ _tag: "ValidationStarted", name: "validation", batches: 4 })
      for (let at = 0; at < 4; at++) {
        yield* pass(100)
        call("validationBatchEnd", {
          progress,
          monitors: {},
          name: "validation",
          batch: at,
          samples: 5,
          values: { loss: 0.25 }
        })
      }
      publish({
        _tag: "ValidationEnded",
        name: "validation",
        samples: 20,
        values: { "validation/loss": 0.25 },
        seconds: 0.4
      })
    })
    const endEpoch = (values: { readonly [name: string]: number }) =>
      Effect.sync(() => {
        progress = { ...progress, epoch: progress.epoch + 1, batch: 0 }
        publish({ _tag: "EpochEnded", values, learningRate: 0.001, seconds: 1.4 })
      })
    return {
      terminal,
      definition,
      publish,
      call,
      batch,
      pass,
      validate,
      endEpoch,
      finalize,
      start: () => publish({ _tag: "RunStarted", ...setting }),
      resume: (at: Partial<Position>) => {
        progress = { ...progress, ...at }
        publish({ _tag: "Resumed", attempt: 2, ...setting })
      },
      startEpoch: () => publish({ _tag: "EpochStarted" }),
      batches: (count: number) => Effect.forEach(Array.from({ length: count }), () => batch(), { discard: true }),
      epoch: Effect.gen(function* () {
        publish({ _tag: "EpochStarted" })
        for (let at = 0; at < batchesPerEpoch; at++) yield* batch()
        yield* validate
        yield* endEpoch({ "train/loss": 0.5, "train/accuracy": 0.75, "validation/loss": 0.25 })
      }),
      end: () => publish({ _tag: "RunEnded", reason: "until epochs", values: {} })
    }
  })
