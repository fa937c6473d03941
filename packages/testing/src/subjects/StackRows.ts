/**
 * Drawn rows for step executors: stacks of layers with an optimizer, clipping and shapes of batches, each from a number.
 * What rows written by hand don't meet is met here: a bias before batch normalization, whose gradient is only rounding, a
 * last batch of one sample, microbatches with dropout. The same number always gives the same row.
 */
import * as LayersModel from "@etude/core/LayersModel"
import { element } from "@etude/core/Lookup"
import * as Losses from "@etude/core/Losses"
import * as Rng from "@etude/core/Rng"
import * as Task from "@etude/core/Task"
import type { TrainConfigInput } from "@etude/core/TrainConfig"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import type { Row } from "./ExecutorRows.ts"

const { layers: l } = tfl

/** Takes from lists, by draws from one stream. */
const chooser = (key: Rng.Key) => {
  let position = 0
  // An item may be `undefined`: the option is left out then.
  return <A>(items: ReadonlyArray<A>): A =>
    element(
      items.map((item) => ({ item })),
      Math.floor(Rng.uniform(key, position++) * items.length)
    ).item
}
type Choose = ReturnType<typeof chooser>
type Layer = { readonly text: string; readonly make: () => tfl.layers.Layer }

const layer = (text: string, make: () => tfl.layers.Layer): Layer => ({ text, make })

const activation = (choose: Choose): Layer =>
  layer(
    ...choose([
      ["relu", () => l.reLU()],
      ["tanh", () => l.activation({ activation: "tanh" })],
      ["sigmoid", () => l.activation({ activation: "sigmoid" })],
      ["softplus", () => l.activation({ activation: "softplus" })],
      ["leaky relu", () => l.leakyReLU()]
    ] as ReadonlyArray<readonly [string, () => tfl.layers.Layer]>)
  )

/** What keeps a tensor's shape. */
const between = (choose: Choose): Layer =>
  choose<(choose: Choose) => Layer>([
    activation,
    () => layer("batch normalization", () => l.batchNormalization()),
    () => layer("batch normalization", () => l.batchNormalization({ momentum: 0.5, epsilon: 1e-5 })),
    () => layer("layer normalization", () => l.layerNormalization()),
    () => layer("dropout", () => l.dropout({ rate: 0.3 }))
  ])(choose)

const dense = (choose: Choose): Layer => {
  const [units, useBias] = [choose([2, 3, 8]), choose([true, true, false])]
  return layer(`dense ${units}${useBias ? "" : " without bias"}`, () => l.dense({ units, useBias }))
}
const convolution = (choose: Choose, paddings: ReadonlyArray<"same" | "valid"> = ["same"]): Layer => {
  const [filters, kernelSize, useBias] = [choose([2, 4]), choose([2, 3]), choose([true, true, false])]
  const padding = choose(paddings)
  return layer(`conv ${filters} of ${kernelSize} ${padding}${useBias ? "" : " without bias"}`, () =>
    l.conv2d({ filters, kernelSize, padding, useBias })
  )
}
const pooling = (choose: Choose): Layer =>
  choose([
    layer("max pooling", () => l.maxPooling2d({ poolSize: 2, strides: 1 })),
    layer("average pooling", () => l.averagePooling2d({ poolSize: 2, strides: 2 }))
  ])

const several = (
  choose: Choose,
  counts: ReadonlyArray<number>,
  draw: (choose: Choose) => Layer
): ReadonlyArray<Layer> => Array.from({ length: choose(counts) }, () => draw(choose))

const vectorStack = (choose: Choose): ReadonlyArray<Layer> => [
  dense(choose),
  ...several(choose, [0, 1, 2, 3], between),
  dense(choose),
  ...several(choose, [0, 1, 2], between)
]
const imageStack = (choose: Choose): ReadonlyArray<Layer> => [
  convolution(choose, ["same", "valid"]),
  ...several(choose, [0, 1, 2, 3], between),
  ...several(choose, [0, 1], pooling),
  ...several(choose, [0, 1], (alternative) => convolution(alternative)),
  ...several(choose, [0, 1, 2], between),
  layer("flatten", () => l.flatten()),
  ...several(choose, [0, 1], dense),
  ...several(choose, [0, 1], between)
]

const optimizers: ReadonlyArray<NonNullable<TrainConfigInput["optimizer"]>> = [
  { _tag: "Sgd" },
  { _tag: "Sgd", momentum: 0.9, dampening: 0.1, weightDecay: 0.01 },
  { _tag: "Sgd", momentum: 0.9, nesterov: true },
  { _tag: "Adam" },
  { _tag: "Adam", beta1: 0, weightDecay: 0.01 },
  { _tag: "Adam", epsilon: 1e-12 },
  { _tag: "AdamW" },
  { _tag: "RmsProp" },
  { _tag: "RmsProp", momentum: 0.9, weightDecay: 0.01 },
  { _tag: "Adagrad" },
  { _tag: "Adagrad", learningRateDecay: 0.1, initialAccumulator: 0.1 }
]
const clips: ReadonlyArray<TrainConfigInput["clip"]> = [
  undefined,
  undefined,
  { _tag: "GlobalNorm", maximum: 0.5 },
  { _tag: "Norm", maximum: 0.01 },
  { _tag: "Value", limit: 0.01 }
]

/** The row of a number. */
export const draw = (seed: number): Row => {
  const choose = chooser(Rng.named(Rng.key(seed), "stack"))
  const shape = choose<ReadonlyArray<number>>([[4], [5, 5, 2]])
  const stack = shape.length === 1 ? vectorStack(choose) : imageStack(choose)
  const [samples, batchSize] = [choose([5, 7, 9]), choose([2, 3, 4])]
  const microbatchSize = choose([undefined, undefined, 1, 2])
  const [optimizer, clip, classify] = [choose(optimizers), choose(clips), choose([true, false])]
  const config: TrainConfigInput = {
    seed,
    until: { epochs: 2 },
    batchSize,
    optimizer,
    learningRate: choose([0.001, 0.01, 0.1]),
    ...(clip === undefined ? {} : { clip }),
    ...(microbatchSize === undefined ? {} : { microbatchSize })
  }
  const size = samples * shape.reduce((product, side) => product * side, 1)
  const key = Rng.named(Rng.key(seed), "data")
  const name = [
    `stack ${seed}: ${stack.map(({ text }) => text).join(", ")}`,
    `${JSON.stringify(optimizer)}${clip === undefined ? "" : ` ${JSON.stringify(clip)}`}`,
    `${samples} samples by ${batchSize}${microbatchSize === undefined ? "" : ` in parts of ${microbatchSize}`}`
  ].join("; ")
  return {
    name,
    subject: Effect.map(
      LayersModel.adapt(() => {
        const inputs = tfl.input({ shape: [...shape] })
        const wired = stack.reduce((x, { make }) => make().apply(x) as tfl.SymbolicTensor, inputs)
        return tfl.model({ inputs, outputs: l.dense({ units: 3 }).apply(wired) as tfl.SymbolicTensor })
      }),
      (model) => ({
        task: Task.supervised({
          name,
          model,
          loss: classify ? Losses.softmaxCrossEntropy() : Losses.meanSquaredError
        }),
        config,
        data: {
          train: Data.arrays({
            name,
            inputs: { shape, values: Rng.normals(Rng.named(key, "inputs"), size) },
            targets: classify
              ? { shape: [], dtype: "int32", values: Array.from({ length: samples }, (_, index) => index % 3) }
              : { shape: [3], values: Rng.normals(Rng.named(key, "targets"), 3 * samples) }
          })
        }
      })
    )
  }
}

/** The rows of the numbers from `first` on. */
export const drawn = (count: number, first = 0): ReadonlyArray<Row> =>
  Array.from({ length: count }, (_, index) => draw(first + index))
