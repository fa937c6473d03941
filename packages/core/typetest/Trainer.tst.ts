// What must compile and what must not. `tsc` is the test: this file is checked and never run.
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Backend } from "../src/Backend.ts"
import * as Callback from "../src/Callback.ts"
import type { Dataset } from "../src/Dataset.ts"
import * as Decision from "../src/Decision.ts"
import type * as Errors from "../src/Errors.ts"
import type { Loss } from "../src/Loss.ts"
import type { Model } from "../src/Model.ts"
import type { Task } from "../src/Task.ts"
import * as TaskModule from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_Claim extends true>() => {}

declare const task: Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy">
declare const dataset: Dataset
const data = { train: dataset, validation: dataset }

class DiskFull extends Schema.TaggedError<DiskFull>()("DiskFull", {}) {}
class Offline extends Schema.TaggedError<Offline>()("Offline", {}) {}
class NoFolder extends Schema.TaggedError<NoFolder>()("NoFolder", {}) {}

const plain = Callback.observer({ id: "plain", hooks: { batchEnd: () => {}, epochEnd: () => Effect.void } })
const writing = Callback.observer({ id: "writing", hooks: { epochEnd: () => Effect.fail(new DiskFull({})) } })
const sending = Callback.controller({
  id: "sending",
  hooks: {
    batchEnd: { when: () => true, run: () => Effect.fail(new Offline({})) },
    batchBegin: () => Decision.proceed
  }
})
const built = Callback.unwrap(Effect.as(Effect.fail(new NoFolder({})), plain))

// Callbacks that cannot fail add no error.
const quiet = Trainer.train(task, { data, callbacks: plain })
holds<Equal<Effect.Error<typeof quiet>, Trainer.TrainError>>()

// Each callback's errors, and those of making one, are in the error type of the run.
const loud = Trainer.train(task, { data, callbacks: Layer.mergeAll(plain, writing, sending, built) })
holds<Equal<Effect.Error<typeof loud>, Trainer.TrainError | DiskFull | Offline | NoFolder>>()

// What provides for the callbacks is not asked for; a backend and a scope are.
holds<Equal<Effect.Services<typeof quiet>, Backend | Effect.Services<typeof loud>>>()

// Every tag can be caught, and then none is left.
const caught = Effect.scoped(loud).pipe(
  Effect.catchTags({
    DiskFull: () => Effect.void,
    Offline: () => Effect.void,
    NoFolder: () => Effect.void,
    ConfigInvalid: (error: Errors.ConfigInvalid) => Effect.succeed(error.problems),
    PreflightFailed: (error: Errors.PreflightFailed) => Effect.succeed(error.problems),
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

// A monitor of the task's metrics compiles, by `validation` for a single set and by name for several.
const watching = <const Monitor extends string>(monitor: Monitor) =>
  Callback.controller({ id: "watching", monitors: [monitor], hooks: { epochEnd: () => Decision.proceed } })
Trainer.train(task, { data, callbacks: watching("validation/accuracy") })
Trainer.train(task, { data, callbacks: watching("validation/loss") })
Trainer.train(task, { data, callbacks: watching("train/accuracy") })
Trainer.train(task, { data: { train: dataset, validation: { near: dataset } }, callbacks: watching("near/accuracy") })

// A monitor that the run does not report does not compile.
// @ts-expect-error: a typing error in the metric's name
Trainer.train(task, { data, callbacks: watching("validation/acuracy") })
// @ts-expect-error: no set of that name
Trainer.train(task, { data, callbacks: watching("near/accuracy") })
// @ts-expect-error: the sets have names of their own
Trainer.train(task, { data: { train: dataset, validation: { near: dataset } }, callbacks: watching("validation/loss") })
// @ts-expect-error: one of two
Trainer.train(task, { data, callbacks: Layer.mergeAll(watching("train/loss"), watching("train/los")) })

// Evaluation metrics are monitored on validation sets only.
declare const evaluated: Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy", "macroF1">
Trainer.train(evaluated, { data, callbacks: watching("validation/macroF1") })
Trainer.train(evaluated, { data, callbacks: watching("train/accuracy") })
// @ts-expect-error: not measured while training
Trainer.train(evaluated, { data, callbacks: watching("train/macroF1") })
// @ts-expect-error: a typing error in the metric's name
Trainer.train(evaluated, { data, callbacks: watching("validation/macroF2") })

// An observer has no decisions to give.
// @ts-expect-error: a decision
Callback.observer({ id: "observer", hooks: { epochEnd: () => Decision.saveNow } })

// Hooks of the synchronous loop are plain, unless they say when they are due.
// @ts-expect-error: an Effect in the synchronous loop
Callback.observer({ id: "observer", hooks: { batchBegin: () => Effect.void } })
// @ts-expect-error: an Effect at every batch
Callback.controller({ id: "controller", hooks: { batchEnd: () => Effect.void } })

// A handler's state is what its schema says.
Callback.controller({
  id: "counting",
  state: { schema: Schema.Struct({ seen: Schema.Natural }), initial: { seen: 0 } },
  hooks: { batchEnd: (_event, { seen }) => [{ seen: seen + 1 }] }
})
Callback.controller({
  id: "counting",
  state: { schema: Schema.Struct({ seen: Schema.Natural }), initial: { seen: 0 } },
  // @ts-expect-error: another state
  hooks: { batchEnd: (_event, { seen }) => [{ saw: seen + 1 }] }
})

// `validate`, `test` and `predict` list their errors, too.
declare const state: Trainer.TrainResult["state"]
const tested = Trainer.test(task, { state, data: dataset, callbacks: writing })
holds<
  Equal<
    Effect.Error<typeof tested>,
    | Errors.PreflightFailed
    | Errors.DataError
    | Errors.StepFailed
    | Errors.KernelUnsupported
    | Errors.GlobalRandomUsed
    | Errors.CallbackFailed
    | DiskFull
  >
>()

// Of several losses each is a value that can be watched, and no other.
declare const model: Model<tf.Tensor, tf.Tensor>
declare const loss: Loss<tf.Tensor, tf.Tensor>
const several = TaskModule.supervised({ name: "two", model, loss: { reconstruction: { loss }, other: { loss } } })
const watch = <const M extends string>(monitor: M) => Callback.observer({ id: "w", monitors: [monitor], hooks: {} })
Trainer.train(several, { data, callbacks: watch("validation/reconstruction") })
Trainer.train(several, { data, callbacks: watch("train/loss") })
// @ts-expect-error this run does not report it
Trainer.train(several, { data, callbacks: watch("validation/reconstructio") })
const single = TaskModule.supervised({ name: "one", model, loss })
Trainer.train(single, { data, callbacks: watch("validation/loss") })
// @ts-expect-error a loss alone is `loss`
Trainer.train(single, { data, callbacks: watch("validation/values") })

// What may be scheduled takes a number, a schedule or a function; what may not takes a number.
const span = { steps: 3 }
Trainer.train(single, { data, config: { optimizer: { _tag: "Sgd", momentum: (step) => step / 9, weightDecay: 0.1 } } })
Trainer.train(single, {
  data,
  config: { optimizer: { _tag: "AdamW", beta1: { _tag: "OneCycleMomentum", over: span } } }
})
// @ts-expect-error ε is a number
Trainer.train(single, { data, config: { optimizer: { _tag: "AdamW", epsilon: { _tag: "Constant", rate: 1 } } } })
// @ts-expect-error a ramp has an end
Trainer.train(single, { data, config: { optimizer: { _tag: "Sgd", momentum: { _tag: "Ramp", from: 0, over: span } } } })
