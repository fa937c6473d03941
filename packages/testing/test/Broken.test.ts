import "@tensorflow/tfjs-backend-cpu"
import { assert, describe, it } from "@effect/vitest"
import * as Backend from "@etude/core/Backend"
import * as Callback from "@etude/core/Callback"
import type { Dataset } from "@etude/core/Dataset"
import { PreflightFailed } from "@etude/core/Errors"
import * as Losses from "@etude/core/Losses"
import * as Model from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Task from "@etude/core/Task"
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Cpu from "../src/doubles/CpuBackend.ts"
import { exitOf } from "../src/doubles/RunExit.ts"
import * as BackendLaw from "../src/laws/BackendLaw.ts"
import * as ConfigLaw from "../src/laws/ConfigLaw.ts"
import * as FinalizerLaw from "../src/laws/FinalizerLaw.ts"
import * as InterferenceLaw from "../src/laws/InterferenceLaw.ts"
import type { LawBroken } from "../src/laws/LawBroken.ts"
import type { LawSkipped } from "../src/laws/LawSkipped.ts"
import * as MicrobatchLaw from "../src/laws/MicrobatchLaw.ts"
import * as ResumeLaw from "../src/laws/ResumeLaw.ts"
import * as TensorLaw from "../src/laws/TensorLaw.ts"
import * as ValidationLaw from "../src/laws/ValidationLaw.ts"
import { plain } from "../src/subjects/Subjects.ts"
import * as Tiny from "../src/subjects/Tiny.ts"
import * as Trajectory from "../src/subjects/Trajectory.ts"

/** Says how the law is broken, in a test named after who breaks it. */
const caught = (
  name: string,
  check: () => Effect.Effect<void, LawBroken | LawSkipped, Backend.Backend | StepExecutor>,
  message: string
) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const broken = yield* Effect.flip(check())
      assert.strictEqual(broken.message, message)
    }).pipe(Effect.provide(Cpu.layer))
  )

/** The model of `Tiny.regression(4)` with something done to its outputs. */
const line = (
  change: (outputs: tf.Tensor, context: Model.ForwardContext) => tf.Tensor
): Task.Task<tf.Tensor, tf.Tensor, tf.Tensor> =>
  Task.supervised({
    name: "line",
    model: Model.make({
      name: "line",
      init: () => ({ kernel: tf.zeros([2, 1]) }),
      apply: ({ kernel }, inputs: tf.Tensor, context) =>
        change(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D), context)
    }),
    loss: Losses.meanSquaredError
  })
const points: Trajectory.Subject["data"] = { train: Tiny.regressionData([2, -1], 0) }
const two = {
  until: { epochs: 2 },
  batchSize: 2,
  shuffle: false,
  optimizer: { _tag: "Sgd" },
  learningRate: 0.25
} as const
const subject = (
  name: string,
  task: Trajectory.Subject["task"],
  more: Partial<Omit<Trajectory.Subject, "callbacks">> = {}
) => ({
  name,
  task,
  config: two,
  data: points,
  ...more
})

/** A callback that counts in a variable instead of its state. */
const forgetful = Layer.unwrap(
  Effect.sync(() => {
    let seen = 0
    return Callback.controller({
      id: "forgetful",
      hooks: {
        batchEnd: () => (++seen === 3 ? { ...none, scaleLearningRate: [0.5] } : undefined)
      }
    })
  })
)
const none = {
  skipBatch: false,
  saveNow: false,
  stopEpoch: false,
  stopRun: [],
  scaleLearningRate: [],
  useParameters: [],
  restoreBest: []
}

describe("the law of resuming catches", () => {
  caught(
    "a controller that counts in a variable instead of its state",
    () =>
      ResumeLaw.check({
        ...subject(
          "forgetful",
          line((outputs) => outputs)
        ),
        callbacks: forgetful
      }),
    'forgetful breaks the law "resume": stopped after step 1 of 4 and resumed, ' +
      "the learning rate is 0.25 instead of 0.125 in batch 2 of epoch 2 (step 4). To reproduce: " +
      "train it until { steps: " +
      "1 }, pass the state through TrainState.toData and JSON, and resume from it."
  )
  caught(
    "a model that draws from a generator of its own",
    () => {
      let drawn = 0
      return ResumeLaw.check(
        subject(
          "drawing",
          line((outputs) => tf.add(outputs, Math.sin(drawn++)))
        )
      )
    },
    'drawing breaks the law "resume": stopped after step 1 of 4 and resumed, loss is 7.957546113968419 instead of 7.645417019724846 in batch 1 of epoch 1 (step 1). ' +
      "To reproduce: train it until { steps: 1 }, pass the state through TrainState.toData and JSON, and resume from it."
  )
  caught(
    "a dataset that gives its samples in turn, whatever is asked for",
    () => {
      let next = 0
      const train: Dataset = {
        ...points.train,
        read: (indices, draw) =>
          points.train.read(
            indices.map(() => next++ % 3),
            draw
          )
      }
      return ResumeLaw.check(
        subject(
          "streaming",
          line((outputs) => outputs),
          { data: { train } }
        )
      )
    },
    'streaming breaks the law "resume": stopped after step 2 of 4 and resumed, ' +
      "loss is 1.25 instead of 2.25 in batch 2 of epoch 1 (step 2). To reproduce: " +
      "train it until { steps: " +
      "2 }, pass the state through TrainState.toData and JSON, and resume from it."
  )
})

describe("the law of interference catches", () => {
  caught(
    "callbacks whose order is that of their layers",
    () => {
      const built: Array<string> = []
      const numbered = (id: string) =>
        Layer.unwrap(
          Effect.sync(() => {
            const first = built.length % 2 === 0
            built.push(id)
            return Callback.transform({
              id,
              transform: {
                gradients: (g) =>
                  Object.fromEntries(
                    Object.entries(g).map(([path, one]) => [path, first ? tf.mul(one, 2) : tf.add(one, 1)])
                  )
              }
            })
          })
        )
      return InterferenceLaw.check({
        ...subject(
          "numbered",
          line((outputs) => outputs)
        ),
        callbacks: { double: numbered("double"), shift: numbered("shift") }
      })
    },
    'numbered breaks the law "interference": with the layers listed as shift, double, ' +
      "loss is 0.5 instead of 0.125 in batch 2 of epoch 1 (step 2). To reproduce: " +
      "train it with the layers listed as shift, double, and as double, shift."
  )
  caught(
    "an observer that writes into the parameters it looks at",
    () =>
      InterferenceLaw.check({
        ...subject(
          "watched",
          line((outputs) => outputs)
        ),
        bystanders: {
          careless: Callback.observer({
            id: "careless",
            hooks: { batchEnd: ({ state }) => void state().parameters["kernel"]!.dataSync().fill(1) }
          })
        }
      }),
    'watched breaks the law "interference": with careless listed before the others, ' +
      "loss is 5 instead of 1.25 in batch 2 of epoch 1 (step 2). To reproduce: " +
      "train it with careless listed before the others, and without it."
  )
})

describe("the law of tensors catches", () => {
  caught(
    "a model that keeps a tensor at each step",
    () =>
      TensorLaw.check(
        subject(
          "hoarding",
          line((outputs) => tf.keep(tf.add(outputs, 0)))
        )
      ),
    'hoarding breaks the law "tensors": 0 tensors before and 6 after it had ended by success.' +
      " To reproduce: " +
      "train it to its end by success, close the scope and read tf.memory().numTensors."
  )
  caught(
    "a callback that lets go of what it kept only when all went well",
    () => {
      const kept = new Set<tf.Tensor>()
      return TensorLaw.check({
        ...subject(
          "hopeful",
          line((outputs) => outputs)
        ),
        callbacks: Callback.observer({
          id: "hopeful",
          hooks: {
            trainBegin: () => void kept.add(tf.scalar(1)),
            trainEnd: ({ reason }) => {
              if (reason === "until epochs") for (const tensor of kept) tensor.dispose()
              kept.clear()
            }
          }
        })
      })
    },
    'hopeful breaks the law "tensors": ' +
      "6 tensors before and 7 after it had ended by typed failure after step 1. To reproduce: " +
      "train it to its end by typed failure after step 1, close the scope and read tf.memory().numTensors."
  )
})

/** Trains with every callback changed as it registers. */
const registering = (
  task: Trajectory.Subject["task"],
  options: object,
  change: (definition: Callback.Definition) => Callback.Definition
) => {
  const changing = Layer.effect(
    Callback.CallbackRegistry,
    Callback.CallbackRegistry.use(({ register }) =>
      Effect.succeed({ register: (definition: Callback.Definition) => register(change(definition)) })
    )
  )
  const { callbacks } = options as { readonly callbacks: Trajectory.Plugins }
  return Trajectory.train(task, { ...options, callbacks: Layer.provide(callbacks, changing) })
}

describe("the law of finalizers catches", () => {
  const using = (name: string, train: Trajectory.Train, message: string) =>
    caught(name, () => FinalizerLaw.check({ ...plain, name: "a trainer", train }), message)
  using(
    "a trainer that runs twice",
    (task, options) => Effect.andThen(Trajectory.train(task, options), Trajectory.train(task, options)),
    'a trainer breaks the law "finalizers": ' +
      "finalizers ran in the order b, d, a, c, b, d, a, c instead of b, d, a, c when the run ended by success." +
      " To reproduce: " +
      "train it with callbacks c, a, d, b (each after the one before) to its end by success."
  )
  using(
    "a trainer that forgets the declared order",
    (task, options) => registering(task, options, ({ after: _, ...definition }) => definition),
    'a trainer breaks the law "finalizers": ' +
      "finalizers ran in the order d, c, b, a instead of b, d, a, c when the run ended by success." +
      " To reproduce: " +
      "train it with callbacks c, a, d, b (each after the one before) to its end by success."
  )
  using(
    "a trainer that leaves finalizers out when it is interrupted",
    (task, options) =>
      registering(task, options, ({ finalizer, ...definition }) => ({
        ...definition,
        finalizer: (exit) => (exitOf(exit) === "interruption" ? Effect.void : (finalizer?.(exit) ?? Effect.void))
      })),
    'a trainer breaks the law "finalizers": ' +
      "no finalizer ran instead of b, d, a, c when the run ended by interruption. To reproduce: " +
      "train it with callbacks c, a, d, b (each after the one before) to its end by interruption."
  )
  using(
    "a trainer that leaves finalizers out when it refuses to begin",
    (task, options) =>
      registering(task, options, ({ finalizer, ...definition }) => ({
        ...definition,
        finalizer: (exit) =>
          Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof PreflightFailed
            ? Effect.void
            : (finalizer?.(exit) ?? Effect.void)
      })),
    'a trainer breaks the law "finalizers": ' +
      "no finalizer ran instead of b, d, a, c when the run ended by a refusal before the first step. To reproduce: " +
      "train it with callbacks c, a, d, b (each after the one before) to its end by a refusal before the first step."
  )
})

describe("the law of backends catches", () => {
  it.effect("a backend whose relu lets a little through", () =>
    Effect.gen(function* () {
      tf.registerBackend("leaky", () => new MathBackendCPU())
      tf.copyRegisteredKernels("cpu", "leaky")
      tf.unregisterKernel("Relu", "leaky")
      tf.registerKernel({
        kernelName: "Relu",
        backendName: "leaky",
        kernelFunc: ({ inputs: { x }, backend }) => {
          const cpu = backend as MathBackendCPU
          const values = Float32Array.from(cpu.readSync(x!.dataId) as Float32Array, (one) =>
            one > 0 ? one : one * 0.01
          )
          return cpu.makeTensorInfo(x!.shape, "float32", values)
        }
      })
      const info = { name: "leaky", version: "1", device: "CPU", threads: 1, reason: "broken on purpose" }
      const broken = yield* Effect.flip(
        BackendLaw.check({
          ...plain,
          name: "images",
          task: Tiny.convolution(),
          data: { train: Tiny.images(10) },
          backends: { cpu: Cpu.layer, leaky: Backend.layer(Backend.acquire("leaky", info)) }
        })
      )
      assert.strictEqual(
        broken.message,
        'images breaks the law "backends": on leaky as against cpu, ' +
          "loss is 1.3327374085783958 instead of 1.330415539443493 in batch 1 of epoch 1 (step 1)." +
          " To reproduce: train it until { steps: 10 } on cpu and on leaky, and compare."
      )
    })
  )
})

describe("the law of validation catches", () => {
  caught(
    "a model that remembers how often it was used",
    () => {
      let used = 0
      return ValidationLaw.check(
        subject(
          "counting",
          line((outputs) => tf.mul(outputs, 1 + 0.01 * used++)),
          {
            data: { ...points, validation: points.train }
          }
        )
      )
    },
    'counting breaks the law "validation": with validation {"every":{"epochs":1}}, ' +
      "loss is 0.8462495058774948 instead of 1.126700520515442 in batch 2 of epoch 1 (step 2)." +
      " To reproduce: " +
      'train it with validation {"every":{"epochs":1}} and without validation data, and compare.'
  )
})

describe("the law of microbatches catches", () => {
  caught(
    "a model whose samples influence each other",
    () =>
      MicrobatchLaw.check({
        ...plain,
        name: "batch-centred",
        task: Tiny.perceptron({ centred: "batch" }),
        data: { train: Tiny.vectors(10) }
      }),
    'batch-centred breaks the law "microbatches": with microbatches of 1, ' +
      "loss is 1.0986123085021973 instead of 1.0426481366157532 in batch 1 of epoch 1 (step 1)." +
      " To reproduce: train it with microbatchSize 1 and without, and compare."
  )
  caught(
    "noise that is drawn without the batch as its first dimension",
    () =>
      MicrobatchLaw.check(
        subject(
          "one noise",
          line((outputs, { random }) => {
            const [samples] = outputs.shape
            const flat = tf.slice(RandomBits.normal(random, "noise", [1, 2 * samples!]), [0, 0], [1, samples!])
            return tf.add(outputs, tf.reshape(flat, [samples!, 1]))
          })
        )
      ),
    'one noise breaks the law "microbatches": with microbatches of 1, ' +
      "loss is 4.420086871832609 instead of 2.485183250159025 in batch 1 of epoch 1 (step 1)." +
      " To reproduce: train it with microbatchSize 1 and without, and compare."
  )
  caught(
    "a loss that looks at the whole batch",
    () =>
      MicrobatchLaw.check({
        ...subject(
          "worst of all",
          Task.supervised({
            name: "worst of all",
            model: line((outputs) => outputs).models[""]!,
            loss: {
              name: "worst",
              values: (outputs: tf.Tensor, targets: tf.Tensor) =>
                tf.broadcastTo(tf.max(tf.squaredDifference(outputs, targets)), [outputs.shape[0]!])
            }
          })
        )
      }),
    'worst of all breaks the law "microbatches": with microbatches of 1, ' +
      "loss is 5 instead of 9 in batch 1 of epoch 1 (step 1). To reproduce: " +
      "train it with microbatchSize 1 and without, and compare."
  )
})

describe("the law of configs catches", () => {
  caught(
    "a schema that writes fewer digits than it read",
    () =>
      ConfigLaw.check({
        name: "rounded",
        schema: Schema.Struct({
          rate: Schema.Finite.pipe(
            Schema.decodeTo(Schema.Finite, {
              decode: SchemaGetter.transform((value: number) => value),
              encode: SchemaGetter.transform((value: number) => Math.round(value))
            })
          )
        }),
        runs: 20
      }),
    'rounded breaks the law "config": ' +
      '{"rate":-4e-323} is written as {"rate":0} and read as {"rate":0}. To reproduce: ' +
      "encode it with the schema, JSON.stringify, JSON.parse, and decode it with Config.decode."
  )
})
