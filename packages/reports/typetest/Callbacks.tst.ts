// What must compile and what must not. `tsc` is the test: this file is checked and never run.

import * as EarlyStopping from "@etude/callbacks/EarlyStopping"
import * as ExponentialMovingAverage from "@etude/callbacks/ExponentialMovingAverage"
import type * as Backend from "@etude/core/Backend"
import * as Callback from "@etude/core/Callback"
import type { Dataset } from "@etude/core/Dataset"
import type { ConfigInvalid } from "@etude/core/Errors"
import type { Task } from "@etude/core/Task"
import * as Trainer from "@etude/core/Trainer"
import * as When from "@etude/core/When"
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Csv from "../src/Csv.ts"
import * as HtmlReport from "../src/HtmlReport.ts"
import type { OutputFileError } from "../src/OutputFile.ts"
import * as ProgressBar from "../src/ProgressBar.ts"
import * as TensorBoard from "../src/TensorBoard.ts"
import type { Terminal } from "../src/Terminal.ts"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_Claim extends true>() => {}

declare const task: Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy">
declare const dataset: Dataset
const data = { train: dataset, validation: dataset }

class Offline extends Schema.TaggedError<Offline>()("Offline", {}) {}
const sending = Callback.observer({ id: "sending", hooks: { epochEnd: () => Effect.fail(new Offline()) } })
const stopping = EarlyStopping.layer({ monitor: "validation/accuracy" })
const files = Layer.mergeAll(
  Csv.layer({ path: "epochs.csv" }),
  TensorBoard.layer({ directory: "." }),
  HtmlReport.layer({ path: "report.html" })
)

// Controllers and transforms add no error of their own beyond a wrong config, which train has already.
const quiet = Trainer.train(task, { data, callbacks: Layer.mergeAll(stopping, ExponentialMovingAverage.layer()) })
holds<Equal<Effect.Error<typeof quiet>, Trainer.TrainError>>()

// Callbacks that write files, and one of the user's own, do; what they need is asked for.
const loud = Trainer.train(task, { data, callbacks: Layer.mergeAll(stopping, files, sending, ProgressBar.layer()) })
holds<Equal<Effect.Error<typeof loud>, Trainer.TrainError | OutputFileError | Offline>>()
holds<Equal<Exclude<Effect.Services<typeof loud>, Effect.Services<typeof quiet>>, FileSystem.FileSystem | Terminal>>()
holds<Backend.Backend extends Effect.Services<typeof loud> ? true : false>()

// Every tag can be caught, and then none is left.
const caught = Effect.scoped(loud).pipe(
  Effect.catchTags({
    OutputFileError: ({ callback, path }) => Effect.succeed([callback, path]),
    Offline: () => Effect.void,
    ConfigInvalid: () => Effect.void,
    PreflightFailed: () => Effect.void,
    NonFiniteFound: () => Effect.void,
    CheckpointError: () => Effect.void,
    DataError: () => Effect.void,
    StepFailed: () => Effect.void,
    KernelUnsupported: () => Effect.void,
    GlobalRandomUsed: () => Effect.void,
    CallbackFailed: () => Effect.void
  })
)
holds<Equal<Effect.Error<typeof caught>, never>>()

// Optional callbacks' errors don't end the run, so they are not in its type; their monitors are still checked.
const optional = Trainer.train(task, { data, callbacks: Callback.optional(Layer.mergeAll(files, sending, stopping)) })
holds<Equal<Effect.Error<typeof optional>, Trainer.TrainError>>()

// A filter keeps errors and monitors.
const rare = Trainer.train(task, {
  data,
  callbacks: When.layer(When.every({ epochs: 2 }), Layer.mergeAll(sending, stopping))
})
holds<Equal<Effect.Error<typeof rare>, Trainer.TrainError | Offline>>()

// Shared instances keep errors and monitors; what building them needs and how it fails is the sharing's own.
const shared = Callback.shared(Layer.mergeAll(sending, stopping, Csv.layer({ path: "epochs.csv" })))
holds<Equal<Effect.Error<typeof shared>, ConfigInvalid>>()
holds<Equal<Effect.Services<typeof shared>, FileSystem.FileSystem | Scope.Scope>>()
const twice = Effect.flatMap(shared, (callbacks) => Trainer.train(task, { data, callbacks }))
holds<Equal<Effect.Error<typeof twice>, Trainer.TrainError | OutputFileError | Offline>>()

const wrong = EarlyStopping.layer({ monitor: "validation/acuracy" })
// @ts-expect-error: the task reports no such value
Trainer.train(task, { data, callbacks: wrong })
// @ts-expect-error: the same, behind a filter and as an optional one
Trainer.train(task, { data, callbacks: Callback.optional(When.layer(When.after({ epochs: 1 }), wrong)) })
// @ts-expect-error: the same, shared
Effect.flatMap(Callback.shared(wrong), (callbacks) => Trainer.train(task, { data, callbacks }))
