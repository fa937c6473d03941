/**
 * The JavaScript of a step: `node --conditions=@etude/source benchmarks/src/hostStep.ts [--rounds 300] [--batch 8]`.
 *
 * An MLP of three dense layers with Adam (six parameters, twelve slots) is trained by the real loop, on data in memory, by two
 * executors. `prepared` has programs that hand out tensors that were made beforehand: what is left is reading and uploading a
 * batch, the controls, reading the scores and replacing the state. `compiled` is Etude's compiler on WebAssembly with one thread,
 * whose own work is a few microseconds at these widths. Given are the time from one call of the step's program to the next and
 * what a step allocates on JavaScript's heap and in array buffers. Aim: 25 µs.
 */
import { parseArgs } from "node:util"
import { Cpu, Wasm } from "@etude/backend"
import * as PlanExecutor from "@etude/compile/PlanExecutor"
import { Callback, Losses, Model, Task, Trainer } from "@etude/core"
import { StepExecutor } from "@etude/core/StepExecutor"
import { Arrays } from "@etude/data"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "300" },
    batch: { type: "string", default: "8" },
    width: { type: "string", default: "16" },
    executor: { type: "string" }
  }
})
const rounds = Number(flags.rounds)
const [batches, batchSize, width] = [100, Number(flags.batch), Number(flags.width)]
const widths = [width, width, width, 4]

type Service = StepExecutor["Service"]
type Tree = tf.Tensor | { readonly [key: string]: Tree } | undefined

const map = (tree: Tree, change: (tensor: tf.Tensor) => tf.Tensor): Tree =>
  tree === undefined
    ? undefined
    : tree instanceof tf.Tensor
      ? change(tree)
      : Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, map(part, change)]))

const remade = (tree: Tree): Tree =>
  map(tree, (tensor) => tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype))

/** Answers that wait to be handed out. */
const prepared: Array<Tree> = []
let answer: Tree

const preparedExecutor: Service = {
  name: "prepared",
  compile: (_name, program) => (inputs) => {
    answer ??= map(tf.tidy(() => program(inputs) as never) as Tree, (tensor) => tf.keep(tf.clone(tensor)))
    return (prepared.pop() ?? remade(answer)) as never // what the program gives
  }
}

/** What is written down at each call of the step's program: the time, or, in every fifth epoch, what is allocated. */
interface Notes {
  readonly durations: Array<number>
  readonly heap: Array<number>
  readonly buffers: Array<number>
  readonly times: Float64Array
  calls: number
  isCounting: boolean
  last: NodeJS.MemoryUsage | undefined
}

const notesOf = (): Notes => ({
  ...{ durations: [], heap: [], buffers: [], times: new Float64Array(batches) },
  ...{ calls: 0, isCounting: false, last: undefined }
})

const note = (notes: Notes): void => {
  const call = notes.calls++
  if (!notes.isCounting) {
    notes.times[call] = performance.now()
    return
  }
  const now = process.memoryUsage()
  if (notes.last !== undefined) {
    notes.heap.push(now.heapUsed - notes.last.heapUsed)
    notes.buffers.push(now.arrayBuffers - notes.last.arrayBuffers)
  }
  // Not that of the numbers themselves.
  notes.last = process.memoryUsage()
}

const noting = (service: Service, notes: Notes): Service => ({
  ...service,
  compile: (name, program, another) => {
    const compiled = service.compile(name, program, another)
    return (inputs) => {
      if (name === "step") note(notes)
      return compiled(inputs)
    }
  }
})

/** Between epochs: notes how long the steps of the last one took, and makes the answers of the next one. */
const between = (notes: Notes) =>
  Callback.observer({
    id: "between",
    hooks: {
      epochBegin: ({ progress }) => {
        const { calls, times, isCounting, durations } = notes
        if (calls > 1 && !isCounting) durations.push((1000 * (times[calls - 1]! - times[0]!)) / (calls - 1))
        Object.assign(notes, { calls: 0, last: undefined, isCounting: progress.epoch > 20 && progress.epoch % 5 === 0 })
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

const train = (notes: Notes) =>
  Effect.gen(function* () {
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
    yield* Trainer.train(task, { config, data: { train: data }, callbacks: between(notes) })
  }).pipe(
    Effect.updateService(StepExecutor, (service) => noting(service, notes)),
    Effect.scoped
  )

const executors: { readonly [name: string]: Layer.Layer<any, any> } = {
  prepared: Layer.merge(Cpu.layer, Layer.succeed(StepExecutor, preparedExecutor)),
  compiled: Layer.provideMerge(
    PlanExecutor.layerWith({ threads: 1, native: "off", onNotCompilable: "fail" }),
    Wasm.layer as Layer.Layer<any>
  )
}

const quantile = (numbers: ReadonlyArray<number>, fraction: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(fraction * (numbers.length - 1))] ?? Number.NaN

for (const [name, layer] of Object.entries(executors)) {
  if (flags.executor !== undefined && flags.executor !== name) continue
  const notes = notesOf()
  await Effect.runPromise(train(notes).pipe(Effect.provide(layer)) as Effect.Effect<void>)
  const times = notes.durations.slice(5)
  const [fastest, median, most] = [0, 0.5, 0.9].map((fraction) => quantile(times, fraction).toFixed(1))
  const [heap, buffers] = [quantile(notes.heap, 0.5), quantile(notes.buffers, 0.5)]
  console.log(
    `${name}: ${median} µs a step (fastest epoch ${fastest}, nine of ten below ${most}); ` +
      `${heap} bytes of heap and ${buffers} of buffers a step`
  )
}
