/**
 * What a step executor must run like the eager one, as data: tiny runs, one for everything that core offers to put into a
 * step. The records are keyed by core's own names, so that a new optimizer, loss, schedule, clip or stage of a transform
 * does not compile before it has a row. Rows of tf.layers are in `LayerRows.ts`. A package with its own parts adds rows:
 * `laws.executor(layer, { rows: [...ExecutorRows.all, row("my optimizer", { … })] })`.
 */
import type { Backend } from "@etude/core/Backend"
import * as Callback from "@etude/core/Callback"
import type { Clip } from "@etude/core/Gradient"
import type { Schedule } from "@etude/core/LearningRate"
import { entry } from "@etude/core/Lookup"
import type { Loss } from "@etude/core/Loss"
import * as Losses from "@etude/core/Losses"
import * as Metric from "@etude/core/Metric"
import * as Model from "@etude/core/Model"
import type * as Optimizer from "@etude/core/Optimizer"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as Scheduled from "@etude/core/Scheduled"
import * as Task from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import type { TrainConfigInput } from "@etude/core/TrainConfig"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Close from "../Close.ts"
import * as Data from "./Data.ts"
import * as LayerRows from "./LayerRows.ts"
import * as Subjects from "./Subjects.ts"
import * as Tiny from "./Tiny.ts"
import type { Subject } from "./Trajectory.ts"

export interface Row {
  readonly name: string
  /** A few steps of training; batches of two sizes at least, or executors that record are not tried well. */
  readonly subject: Effect.Effect<Omit<Subject, "name">, unknown, Backend>
  /** After one step; 1e-5 relative to the largest element of a tensor when absent. */
  readonly tolerance?: Close.Tolerance
}

/** Batches of 2, 2, 1, 2 and 2 samples by gradient descent. */
export const config: TrainConfigInput = {
  seed: 7,
  until: { steps: 5 },
  batchSize: 2,
  optimizer: { _tag: "Sgd" },
  learningRate: 0.1
}

/** A row of a subject that differs from the plain one (five samples through a perceptron) in what is given. */
export const row = (
  name: string,
  { config: changes, ...rest }: Partial<Omit<Subject, "name">> = {},
  tolerance?: Close.Tolerance
): Row => ({
  name,
  subject: Effect.succeed({
    task: Tiny.perceptron(),
    data: { train: Tiny.vectors(5) },
    ...rest,
    config: { ...config, ...changes }
  }),
  ...(tolerance === undefined ? {} : { tolerance })
})

type Tagged = { readonly _tag: string }
/** Of each member of a tagged union, one value at least. */
type OfEach<Union extends Tagged, Written = Union> = {
  readonly [Tag in Union["_tag"]]: readonly [
    Extract<Written, { readonly _tag: Tag }>,
    ...ReadonlyArray<Written & Tagged>
  ]
}

const withoutTag = ({ _tag, ...rest }: Tagged): string =>
  Object.keys(rest).length === 0 ? _tag : `${_tag} ${JSON.stringify(rest)}`
const rowsOf = <Written extends Tagged>(
  kind: string,
  values: { readonly [tag: string]: ReadonlyArray<Written> },
  put: (value: Written) => TrainConfigInput
): ReadonlyArray<Row> =>
  Object.values(values).flatMap((variants) =>
    variants.map((value) => row(`${kind} ${withoutTag(value)}`, { config: put(value) }))
  )

const optimizerConfigs: OfEach<Optimizer.Config, typeof Optimizer.Config.Encoded> = {
  Sgd: [
    { _tag: "Sgd" },
    { _tag: "Sgd", momentum: 0.9, dampening: 0.1, weightDecay: 0.01 },
    { _tag: "Sgd", momentum: 0.9, nesterov: true },
    {
      _tag: "Sgd",
      momentum: { _tag: "OneCycleMomentum", over: { steps: 5 } },
      dampening: 0.1,
      nesterov: false,
      weightDecay: { _tag: "Ramp", from: 0, to: 0.1, over: { steps: 4 } }
    }
  ],
  Adam: [{ _tag: "Adam" }, { _tag: "Adam", weightDecay: 0.01 }],
  AdamW: [
    { _tag: "AdamW" },
    { _tag: "AdamW", weightDecay: 0 },
    {
      _tag: "AdamW",
      beta1: { _tag: "OneCycleMomentum", over: { epochs: 2 } },
      weightDecay: { _tag: "Cosine", rate: 0.1, over: { epochs: 1 } }
    }
  ],
  RmsProp: [{ _tag: "RmsProp" }, { _tag: "RmsProp", momentum: 0.9, centered: true, weightDecay: 0.01 }],
  Adagrad: [{ _tag: "Adagrad" }, { _tag: "Adagrad", learningRateDecay: 0.1, initialAccumulator: 0.1 }]
}
export const optimizers: ReadonlyArray<Row> = rowsOf("optimizer", optimizerConfigs, (optimizer) => ({
  optimizer: optimizer as typeof Optimizer.Config.Encoded,
  learningRate: 0.01
}))

const span = { steps: 2 } as const
const scheduleConfigs: OfEach<Schedule, Exclude<TrainConfigInput["learningRate"], number | undefined>> = {
  Constant: [{ _tag: "Constant", rate: 0.1 }],
  Step: [{ _tag: "Step", rate: 0.1, every: span }],
  MultiStep: [{ _tag: "MultiStep", rate: 0.1, milestones: [{ steps: 1 }, { epochs: 1 }] }],
  Exponential: [{ _tag: "Exponential", rate: 0.1, factor: 0.5 }],
  Cosine: [{ _tag: "Cosine", rate: 0.1, over: { epochs: 1 } }],
  CosineRestarts: [{ _tag: "CosineRestarts", rate: 0.1, first: span, multiplier: 2 }],
  Polynomial: [{ _tag: "Polynomial", rate: 0.1, over: { steps: 4 }, power: 2 }],
  OneCycle: [{ _tag: "OneCycle", maximum: 0.1, over: { steps: 5 }, warmupFraction: 0.5 }],
  OneCycleMomentum: [{ _tag: "OneCycleMomentum", over: { steps: 5 } }],
  Ramp: [{ _tag: "Ramp", from: 0, to: 0.1, over: { steps: 4 }, shape: "cosine" }],
  Warmup: [{ _tag: "Warmup", over: span, then: 0.1 }],
  Sequence: [{ _tag: "Sequence", parts: [{ for: span, use: 0.1 }], last: 0.01 }]
}
export const schedules: ReadonlyArray<Row> = rowsOf("schedule", scheduleConfigs, (schedule) => ({
  learningRate: schedule as NonNullable<TrainConfigInput["learningRate"]>
}))

const clipConfigs: OfEach<Clip> = {
  GlobalNorm: [{ _tag: "GlobalNorm", maximum: 0.1 }],
  Norm: [{ _tag: "Norm", maximum: 0.1 }],
  Value: [{ _tag: "Value", limit: 0.01 }]
}
export const clips: ReadonlyArray<Row> = rowsOf("clip", clipConfigs, (clip) => ({ clip }))

/** One dense layer from four features to outputs of the given shape, compared with the targets by a loss. */
const linear = (name: string, loss: Loss<any, any>, outputs: ReadonlyArray<number>, targets: Data.Field): Row => {
  const size = outputs.reduce((product, side) => product * side, 1)
  return row(`loss ${name}`, {
    task: Task.supervised({
      name,
      model: Model.make({
        name: "linear",
        init: (key) => ({ kernel: tf.tensor2d(Rng.normals(Rng.named(key, "kernel"), 4 * size), [4, size]) }),
        apply: ({ kernel }, inputs: tf.Tensor) =>
          tf.reshape(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D), [
            Tensors.sideOf(inputs.shape, 0),
            ...outputs
          ])
      }),
      loss
    }),
    data: {
      train: Data.arrays({ name, inputs: { shape: [4], values: Rng.normals(Rng.key(2), 20) }, targets })
    }
  })
}
const labels = { shape: [], dtype: "int32", values: [0, 1, 2, 1, 0] } as const
const oneHot = { shape: [3], values: [1, 0, 0, 0, 0.5, 0.5, 0, 1, 0, 0.2, 0.3, 0.5, 0, 0, 1] } as const
const zeroOne = { shape: [2], values: [0, 1, 1, 0, 1, 1, 0, 0, 0.5, 1] } as const
const real = { shape: [2], values: Rng.normals(Rng.key(3), 10) } as const
const lossRows: { readonly [name in keyof typeof Losses]: ReadonlyArray<Row> } = {
  softmaxCrossEntropy: [
    linear("softmaxCrossEntropy of labels", Losses.softmaxCrossEntropy(), [3], labels),
    linear("softmaxCrossEntropy of probabilities", Losses.softmaxCrossEntropy(), [3], oneHot),
    linear(
      "softmaxCrossEntropy, smoothed and weighted",
      Losses.softmaxCrossEntropy({ labelSmoothing: 0.1, classWeights: [1, 0.2, 3] }),
      [3],
      labels
    )
  ],
  klDivergence: [linear("klDivergence", Losses.klDivergence, [3], oneHot)],
  binaryCrossEntropy: [
    linear("binaryCrossEntropy", Losses.binaryCrossEntropy(), [2], zeroOne),
    linear("binaryCrossEntropy, weighted", Losses.binaryCrossEntropy({ positiveWeight: 3 }), [2], zeroOne)
  ],
  meanSquaredError: [linear("meanSquaredError", Losses.meanSquaredError, [2], real)],
  meanAbsoluteError: [linear("meanAbsoluteError", Losses.meanAbsoluteError, [2], real)],
  huber: [linear("huber", Losses.huber(0.5), [2], real)],
  hinge: [linear("hinge", Losses.hinge, [2], { shape: [2], values: [1, -1, -1, 1, 1, 1, -1, -1, 1, -1] })],
  overTime: [
    linear("overTime", Losses.overTime(Losses.meanSquaredError), [3, 2], {
      shape: [3, 2],
      values: Rng.normals(Rng.key(4), 30)
    })
  ]
}
export const losses: ReadonlyArray<Row> = Object.values(lossRows).flat()

const double = (tensors: Tensors.Tensors): Tensors.Tensors => Tensors.map(tensors, (tensor) => tf.mul(tensor, 2))
const halving = { _tag: "Exponential", rate: 1, factor: 0.5 }
const transformStages: { readonly [stage in keyof Callback.Transform]-?: Callback.Transform } = {
  // Both stay what they were: what is passed through must be a new handle all the same.
  tensors: { tensors: (parameters) => Tensors.map(parameters, (parameter) => tf.clone(parameter)) },
  hyper: {
    hyper: (step) => ({ scale: 1 / step }),
    updates: (updates, { hyper }) => Tensors.map(updates, (update) => tf.mul(update, Tensors.get(hyper, "scale")))
  },
  scheduled: {
    scheduled: Scheduled.changing({ scale: halving }, Scheduled.notNegative),
    hyper: (_step, at) => ({ scale: at(halving) }),
    updates: (updates, { hyper }) => Tensors.map(updates, (update) => tf.mul(update, Tensors.get(hyper, "scale")))
  },
  batch: {
    batch: (batch, { random }) => {
      const inputs = batch.inputs as tf.Tensor
      return { ...batch, inputs: tf.add(inputs, RandomBits.normal(random, "inputs", inputs.shape)) }
    }
  },
  gradients: {
    gradients: (gradients, { random }, parameters) =>
      Tensors.map(gradients, (gradient, path) =>
        tf.addN([
          gradient,
          tf.mul(Tensors.get(parameters, path), 0.01),
          RandomBits.normal(random, path, gradient.shape)
        ])
      )
  },
  updates: { updates: double },
  parameters: {
    tensors: (parameters) => Tensors.map(parameters, (parameter) => tf.zerosLike(parameter)),
    parameters: (parameters, tensors) => ({
      parameters: Tensors.map(parameters, (parameter) => tf.clipByValue(parameter, -0.5, 0.5)),
      tensors: Tensors.map(tensors, (average, path) =>
        tf.add(tf.mul(average, 0.9), tf.mul(Tensors.get(parameters, path), 0.1))
      )
    })
  },
  secondGradient: {
    secondGradient: true,
    gradients: (gradients, { gradient }, parameters) =>
      gradient(Tensors.map(gradients, (one, path) => tf.add(Tensors.get(parameters, path), tf.mul(one, 0.1))))
  },
  trainable: { trainable: (path) => path.startsWith("output/") }
}
export const transforms: ReadonlyArray<Row> = [
  ...Object.entries(transformStages).map(([stage, transform]) =>
    row(`transform of ${stage}`, { callbacks: Callback.transform({ id: stage, transform }) })
  ),
  row("callbacks with averages and noise", { callbacks: Subjects.everything.callbacks! })
]

/** Two models that pull at each other, each with its own loss and optimizer. */
const rivals = (): Task.Task<any, any, any> => {
  const scalar = (name: string, value: number): Model.Model<tf.Tensor, tf.Tensor> =>
    Model.make({
      name,
      init: () => ({ factor: tf.scalar(value) }),
      apply: ({ factor }, inputs: tf.Tensor) => tf.mul(inputs, factor)
    })
  return Task.make({
    name: "rivals",
    models: { up: scalar("up", 1), down: scalar("down", 2) },
    forward: ({ batch, models }) => ({ up: models.up(batch.inputs), down: models.down(batch.inputs) }),
    objectives: {
      up: { values: ({ up, down }) => tf.mean(tf.squaredDifference(up, down), 1) },
      down: { coefficient: 0.5, values: ({ up, down }) => tf.neg(tf.mean(tf.tanh(tf.mul(up, down)), 1)) }
    },
    groups: [
      { name: "up", match: "up/**", losses: ["up"], optimizer: { _tag: "Adam" } },
      { name: "down", match: "down/**", losses: ["down"], learningRate: 0.01 }
    ]
  })
}

/** Several inputs, targets and losses by name. */
const records = (): Task.Task<any, any, any> =>
  Task.supervised({
    name: "records",
    model: Model.make({
      name: "two heads",
      init: (key) => ({ kernel: tf.tensor2d(Rng.normals(Rng.named(key, "kernel"), 6), [3, 2]) }),
      apply: ({ kernel }, { a, b }: { readonly a: tf.Tensor; readonly b: tf.Tensor }) => {
        const joined = tf.concat([a, tf.cast(tf.expandDims(b, 1), "float32")], 1)
        return { first: tf.matMul(joined as tf.Tensor2D, kernel as tf.Tensor2D), second: tf.mean(joined, 1, true) }
      }
    }),
    loss: {
      first: { loss: Losses.softmaxCrossEntropy(), output: "first", target: "label" },
      second: { loss: Losses.huber(), output: "second", target: "value", coefficient: 0.1 }
    }
  })

/** A layer whose rate of dropout changes from step to step. */
const fading = (): Task.Task<any, any, any> =>
  Task.supervised({
    name: "fading",
    model: Model.make({
      name: "linear",
      init: (key) => ({ kernel: tf.tensor2d(Rng.normals(Rng.named(key, "kernel"), 12), [4, 3]) }),
      scheduled: Scheduled.changing(
        { rate: { _tag: "Ramp", from: 0.5, to: 0, over: { steps: 4 } } },
        Scheduled.fraction
      ),
      apply: ({ kernel }, x: tf.Tensor, { random, scheduled = {} }) =>
        tf.matMul(RandomBits.dropout(random, "mask", x, scheduled["rate"] ?? 0) as tf.Tensor2D, kernel as tf.Tensor2D)
    }),
    loss: Losses.softmaxCrossEntropy()
  })

const sequences = Data.weighted(Tiny.sequences(5), (sample) => 1 + (sample % 2))
/** Everything else that a config, a dataset or a task can ask of a step. */
export const settings: ReadonlyArray<Row> = [
  row("plain functions"),
  row("a convolution", { task: Tiny.convolution(), data: { train: Tiny.images(5) } }),
  row("dropout", { task: Tiny.perceptron({ dropout: 0.4 }) }),
  row("dropout at a rate that is scheduled", { task: fading() }),
  row("running statistics", { task: Tiny.perceptron({ centred: "running" }) }),
  row("batch statistics", { task: Tiny.perceptron({ centred: "batch" }) }),
  row("microbatches", { task: Tiny.perceptron({ dropout: 0.4 }), config: { batchSize: 3, microbatchSize: 2 } }),
  row("microbatches with weights and masks", {
    task: Tiny.tagger({ classWeights: [1, 0.2, 3] }),
    data: { train: sequences },
    config: { batchSize: 3, microbatchSize: 2, clip: { _tag: "GlobalNorm", maximum: 0.1 } }
  }),
  row("weights and masks", { task: Tiny.tagger(), data: { train: sequences } }),
  row("parameter groups", {
    config: {
      groups: [
        { name: "biases", match: "**/bias", optimizer: { _tag: "Adam" }, learningRate: 0.01 },
        { name: "still", match: "hidden/kernel", frozen: true }
      ]
    }
  }),
  row("rolling back from a non-finite batch", {
    config: { nonFinite: { _tag: "Rollback", steps: 2, maximum: 3 } },
    data: { train: Data.spoiled(Tiny.vectors(5), 3) }
  }),
  row("validation", {
    config: { validation: { every: { steps: 2 } } },
    data: { train: Tiny.vectors(5), validation: Tiny.vectors(3, 2) }
  }),
  row("several metrics", {
    task: Task.supervised({
      name: "measured",
      model: entry(Tiny.perceptron().models, ""),
      loss: Losses.softmaxCrossEntropy(),
      metrics: {
        accuracy: Metric.accuracy,
        size: Metric.mean({
          name: "size",
          better: "lower",
          values: (outputs: tf.Tensor, _targets: tf.Tensor) => tf.mean(tf.abs(outputs), 1)
        })
      }
    })
  }),
  row("two models with two losses", { task: rivals() }),
  row("records of inputs, outputs and targets", {
    task: records(),
    data: {
      train: Data.arrays({
        name: "records",
        inputs: {
          a: { shape: [2], values: Rng.normals(Rng.key(5), 10) },
          b: { shape: [], dtype: "int32", values: [1, 0, 2, 1, 3] }
        },
        targets: {
          label: { shape: [], dtype: "int32", values: [0, 1, 1, 0, 1] },
          value: { shape: [1], values: [1, 2, 3, 4, 5] }
        }
      })
    }
  })
]

/** The rows of tf.layers: one for each kind of layer, initializer, regularizer and constraint. */
export const layers: ReadonlyArray<Row> = LayerRows.kinds.map(({ name, subject }) => ({
  name: `layer ${name}`,
  subject: Effect.map(subject, (world) => ({ ...world, config: { ...config, ...world.config } }))
}))

/** Every row. */
export const all: ReadonlyArray<Row> = [
  ...settings,
  ...optimizers,
  ...schedules,
  ...losses,
  ...transforms,
  ...clips,
  ...layers
]
