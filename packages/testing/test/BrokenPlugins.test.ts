/** Plugins that are broken on purpose, as the laws in one line find them. */
import { assert, describe, it } from "@effect/vitest"
import * as Backend from "@etude/core/Backend"
import * as Callback from "@etude/core/Callback"
import type { CheckpointsService } from "@etude/core/Checkpoints"
import * as Experiment from "@etude/core/Experiment"
import * as Losses from "@etude/core/Losses"
import * as Model from "@etude/core/Model"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Task from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as TrainState from "@etude/core/TrainState"
import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as CpuBackend from "../src/doubles/CpuBackend.ts"
import * as CallbackLaws from "../src/laws/CallbackLaws.ts"
import * as KernelLaw from "../src/laws/KernelLaw.ts"
import type { LawBroken } from "../src/laws/LawBroken.ts"
import type { LawSkipped } from "../src/laws/LawSkipped.ts"
import * as PaperLaws from "../src/laws/PaperLaws.ts"
import * as ReplayLaw from "../src/laws/ReplayLaw.ts"
import type { Statement } from "../src/laws/Statement.ts"
import * as StoreResumeLaw from "../src/laws/StoreResumeLaw.ts"
import * as KernelRows from "../src/subjects/KernelRows.ts"
import * as Subjects from "../src/subjects/Subjects.ts"
import * as Tiny from "../src/subjects/Tiny.ts"

type Check = Effect.Effect<void, LawBroken | LawSkipped, Backend.Backend | StepExecutor>

const catches = (name: string, check: () => Check, message: string) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const broken = yield* Effect.flip(check())
      assert.strictEqual(broken.message, message)
    }).pipe(Effect.provide(CpuBackend.layer))
  )

/** The first law that is broken. */
const first = (statements: ReadonlyArray<Statement>): Check =>
  Effect.forEach(statements, ({ check }) => check, { discard: true })

/** A layer made anew for each run, with memory that no state holds. */
const made = (make: () => Callback.CallbackLayer) => Layer.unwrap(Effect.sync(make))

/** Its updates are sums and products only, so that messages don't hang on how an optimizer rounds. */
const sgd = { optimizer: { _tag: "Sgd" }, learningRate: 0.1 } as const

describe("the laws of callbacks catch", () => {
  const callback = (
    name: string,
    layer: () => Layer.Layer<any, any, Callback.CallbackRegistry>,
    words: string,
    message: string
  ) =>
    catches(
      name,
      () =>
        CallbackLaws.of(layer(), { subject: { config: sgd } }).find(({ statement }) => statement.includes(words))!
          .check as Check,
      message
    )
  callback(
    "a layer that registers nothing",
    () => Layer.empty as never,
    "resumed",
    'a callback breaks the law "resume": its layer registers no callback. To reproduce: build its layer.'
  )
  callback(
    "a transform that counts its steps in a variable",
    () =>
      made(() => {
        let step = 0
        return Callback.transform({
          id: "warm",
          transform: {
            hyper: () => ({ scale: Math.min(1, ++step / 4) }),
            updates: (updates, { hyper }) => Tensors.map(updates, (update) => tf.mul(update, hyper["scale"]!))
          }
        })
      }),
    "resumed",
    'warm breaks the law "resume": stopped after step 1 of 8 and resumed, loss is 1.7458592057228088 instead of ' +
      "1.7360712736845016 in batch 3 of epoch 1 (step 3). To reproduce: train it until { steps: " +
      "1 }, pass the state through TrainState.toData and JSON, and resume from it."
  )
  callback(
    "an observer that leaves a tensor at each step",
    () => Callback.observer({ id: "keeper", hooks: { batchEnd: () => void tf.keep(tf.scalar(1)) } }),
    "no tensor",
    'keeper breaks the law "tensors": ' +
      "0 tensors before and 8 after it had ended by success. To reproduce: " +
      "train it to its end by success, close the scope and read tf.memory().numTensors."
  )
  callback(
    "an observer that writes into the parameters it looks at",
    () =>
      Callback.observer({
        id: "careless",
        hooks: { batchEnd: ({ state }) => void state().parameters["hidden/bias"]!.dataSync().fill(0.5) }
      }),
    "interfere",
    'careless breaks the law "interference": with careless listed before the others, ' +
      "loss is 1.3756918758153915 instead of 1.1594579368829727 in batch 2 of epoch 1 (step 2). To reproduce: " +
      "train it with careless listed before the others, and without it."
  )
})

describe("the laws of stores catch", () => {
  /** Keeps one state, with something done to it. */
  const store = (change: (data: TrainState.TrainStateData) => TrainState.TrainStateData): CheckpointsService => {
    let kept: TrainState.TrainStateData | undefined
    const saved = { id: "one", path: "one", epoch: 0, batch: 0, step: 0, attempt: 1, values: {}, bytes: 0 }
    const never = Effect.die(new Error("the law of resuming asks for no more"))
    return {
      save: (state) =>
        Effect.sync(() => {
          kept = change(TrainState.toData(state))
          return saved
        }),
      latest: Effect.sync(() =>
        Option.some({ saved, description: {} as never, data: kept as TrainState.TrainStateData, passedOver: [] })
      ),
      load: () => never,
      best: () => never,
      list: never,
      verify: () => never,
      delete: () => never,
      settled: Effect.void
    }
  }
  catches(
    "one that rounds what it is given",
    () =>
      StoreResumeLaw.check({
        ...Subjects.plain,
        store: store((data) => ({
          ...data,
          tensors: Object.fromEntries(
            Object.entries(data.tensors).map(([path, one]) => [
              path,
              { ...one, values: Float32Array.from(one.values, (value) => Math.round(value * 1e4) / 1e4) }
            ])
          )
        }))
      }),
    'a plain task breaks the law "resume": saved after step 1 of 3 and resumed, ' +
      "loss is 1.033099040389061 instead of 1.0330846905708313 in batch 2 of epoch 1 (step 2). To reproduce: " +
      "train a task until { steps: 1 }, save its state, and resume from the store's latest."
  )
})

describe("the laws of papers catch", () => {
  const line = (apply: (x: tf.Tensor, kernel: tf.Tensor) => tf.Tensor) =>
    Task.supervised({
      name: "line",
      model: Model.make({
        name: "line",
        init: () => ({ kernel: tf.zeros([4, 3]) }),
        apply: ({ kernel }, x: tf.Tensor) => apply(x, kernel)
      }),
      loss: Losses.softmaxCrossEntropy()
    })
  const data = { train: Tiny.vectors() }
  catches(
    "a model that its parameters don't reach",
    () =>
      first(
        PaperLaws.of({ task: line((x, kernel) => tf.matMul(x as tf.Tensor2D, tf.mul(kernel, 0) as tf.Tensor2D)), data })
      ),
    'line breaks the law "learning": ' +
      "the loss of the same four samples was 1.0986123085021973 at first and is 1.0986123085021973 at last." +
      " To reproduce: train it with overfitBatches 1 and batchSize 4 until { steps: 60 }."
  )
  catches(
    "data that cannot be had",
    () => first(PaperLaws.of(Effect.fail(new Error("there is no such file")))),
    'a paper breaks the law "learning": the run failed: there is no such file. To reproduce: make its task and data.'
  )
  catches(
    "options that are written in another way than they are read",
    () =>
      first(
        PaperLaws.ofExperiment(
          Experiment.make({
            name: "dated",
            options: Schema.Struct({ size: Schema.Number }),
            make: () =>
              Effect.succeed({ task: line((x, kernel) => tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D)), data })
          }),
          { size: 1 }
        )
      ),
    'dated breaks the law "config": {"size":null} is written as {"size":null}, which cannot be read: ' +
      "the file has a problem; nothing was started.\n  size: Expected number. To reproduce: " +
      "encode it with the schema, JSON.stringify, JSON.parse, and decode it with Config.decode."
  )
})

describe("the law of replays catches", () => {
  const replay = (name: string, fold: ReplayLaw.ReplayOptions["fold"], message: string) =>
    catches(name, () => ReplayLaw.check({ name: "a fold", fold }), message)
  let calls = 0
  replay(
    "a fold that remembers",
    (events) => [events.length, calls++],
    'a fold breaks the law "replay": the second time it gives [32,2] instead of [32,0]. ' +
      "To reproduce: fold the same events twice."
  )
  replay(
    "one that counts what a resumed run superseded",
    (events) => events.length,
    'a fold breaks the law "replay": of a run that was stopped after step 1 it gives 34 instead of 32. To reproduce: ' +
      "train it until { steps: 1 }, resume from its state, and fold the events of both."
  )
})

describe("the law of backends catches, kernel by kernel,", () => {
  const info = { name: "odd", version: "1", device: "CPU", threads: 1, reason: "broken on purpose" }
  const odd = Backend.layer(
    Effect.gen(function* () {
      const { MathBackendCPU } = yield* Effect.promise(() => import("@tensorflow/tfjs-backend-cpu"))
      if (tf.findBackend("odd") === null) {
        tf.registerBackend("odd", () => new MathBackendCPU())
        tf.copyRegisteredKernels("cpu", "odd")
        tf.unregisterKernel("Tanh", "odd")
        tf.registerKernel({
          kernelName: "Tanh",
          backendName: "odd",
          kernelFunc: ({ inputs: { x }, backend }) => {
            const cpu = backend as MathBackendCPU
            const values = Float32Array.from(cpu.readSync(x!.dataId) as Float32Array, (one) => Math.tanh(one) + 1e-3)
            return cpu.makeTensorInfo(x!.shape, "float32", values)
          }
        })
      }
      return yield* Backend.acquire("odd", info)
    })
  )
  it.effect("one whose tanh is a little off", () =>
    Effect.gen(function* () {
      const row = KernelRows.all.find(({ name }) => name === "tanh")!
      const broken = yield* Effect.flip(KernelLaw.check({ name: "odd", backend: odd, row }))
      assert.strictEqual(
        broken.message,
        'odd breaks the law "backends": tanh is 0.10108864307403564 instead of 0.10008864104747772 at element 0. ' +
          'To reproduce: compute the row "tanh" of KernelRows on it and on the reference, and compare.'
      )
    })
  )
})
