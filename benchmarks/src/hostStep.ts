/**
 * The JavaScript of a step: `node --conditions=@etude/source benchmarks/src/hostStep.ts [--rounds 60]`.
 *
 * An MLP of three dense layers with Adam (six parameters, twelve slots) is trained by the real loop, on data in memory, with an
 * executor whose programs hand out tensors that were made beforehand: what is left is reading and uploading a batch, the
 * controls, reading the scores and replacing the state. Given is the time from one call of the step's program to the next, in
 * microseconds. Aim: 25 µs.
 */
import { parseArgs } from "node:util"
import { Cpu } from "@etude/backend"
import { Callback, Losses, Model, Task, Trainer } from "@etude/core"
import { StepExecutor } from "@etude/core/StepExecutor"
import { Arrays } from "@etude/data"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

const { values: flags } = parseArgs({ options: { rounds: { type: "string", default: "300" } } })
const rounds = Number(flags.rounds)
const [batches, batchSize, widths] = [100, 8, [16, 16, 16, 4]]

type Tree = tf.Tensor | { readonly [key: string]: Tree } | undefined

const map = (tree: Tree, change: (tensor: tf.Tensor) => tf.Tensor): Tree =>
  tree === undefined
    ? undefined
    : tree instanceof tf.Tensor
      ? change(tree)
      : Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, map(part, change)]))

const remade = (tree: Tree): Tree =>
  map(tree, (tensor) => tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype))

/** Answers that wait to be handed out, and when they were. */
const prepared: Array<Tree> = []
const times: Array<number> = []
let answer: Tree

const executor: StepExecutor["Service"] = {
  name: "prepared",
  compile: (_name, program) => (inputs) => {
    times.push(performance.now())
    answer ??= map(tf.tidy(() => program(inputs) as never) as Tree, (tensor) => tf.keep(tf.clone(tensor)))
    return (prepared.pop() ?? remade(answer)) as never // what the program gives
  }
}

const durations: Array<number> = []

/** Between epochs: notes how long the steps of the last one took, and makes the answers of the next one. */
const between = Callback.observer({
  id: "between",
  hooks: {
    epochBegin: () => {
      if (times.length > 1) durations.push((1000 * (times.at(-1)! - times[0]!)) / (times.length - 1))
      times.length = 0
      if (answer !== undefined) while (prepared.length < batches) prepared.push(remade(answer))
    }
  }
})

const layers = widths.slice(1).map((width, index) => ({ name: `dense${index + 1}`, from: widths[index]!, width }))
const model = Model.make({
  name: "mlp",
  init: () =>
    Object.fromEntries(
      layers.flatMap(
        ({ name, from, width }): Array<[string, tf.Tensor]> => [
          [`${name}/kernel`, tf.fill([from, width], 0.1)],
          [`${name}/bias`, tf.zeros([width])]
        ]
      )
    ),
  apply: (parameters, x: tf.Tensor) =>
    layers.reduce(
      (value, { name }) =>
        tf.relu(
          tf.add(
            tf.matMul(value as tf.Tensor2D, parameters[`${name}/kernel`] as tf.Tensor2D),
            parameters[`${name}/bias`]!
          )
        ),
      x
    )
})

const program = Effect.gen(function* () {
  const samples = batches * batchSize
  const data = yield* Arrays.fromArrays({
    name: "random",
    inputs: {
      values: Float32Array.from({ length: samples * widths[0]! }, (_, index) => (index % 7) / 7),
      shape: [widths[0]!]
    },
    targets: { values: new Float32Array(samples * widths.at(-1)!).fill(0.5), shape: [widths.at(-1)!] }
  })
  const task = Task.supervised({ name: "mlp", model, loss: Losses.meanSquaredError })
  const config = {
    until: { epochs: rounds + 1 },
    batchSize,
    optimizer: { _tag: "Adam" },
    learningRate: 0.001,
    logEverySteps: 1_000_000
  } as const
  yield* Trainer.train(task, { config, data: { train: data }, callbacks: between })
}).pipe(Effect.scoped, Effect.provideService(StepExecutor, executor), Effect.provide(Cpu.layer as Layer.Layer<any>))

await Effect.runPromise(program as Effect.Effect<void>)

const sorted = durations.slice(5).sort((a, b) => a - b)
const quantile = (fraction: number) => (sorted[Math.floor(fraction * (sorted.length - 1))] ?? Number.NaN).toFixed(1)
console.log(
  `JavaScript of a step: ${quantile(0.5)} µs (fastest ${quantile(0)}, nine of ten below ${quantile(0.9)}); aim 25`
)
