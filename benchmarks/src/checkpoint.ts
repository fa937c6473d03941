/**
 * What saving costs: `node --conditions=@etude/source benchmarks/src/checkpoint.ts [--steps 60] [--rounds 5] [--megabytes 120]`.
 *
 * 1. How long training is held up for each save, at once and beside training: wall time of the same training with saves,
 *    less that without, by the number of saves. Runs take turns in one process.
 * 2. Megabytes a second of a whole save (read, hashed, written, synced) and of a verified load, against a plain write of the
 *    same bytes with fsync and a plain read. `ETUDE_PYTHON` (else `python3`) with safetensors, and with torch, is measured
 *    where it is there: `save_file` and `torch.save`, each as it is and with fsync after it.
 */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { Auto } from "@etude/backend"
import { AsyncSaving, FileStore } from "@etude/checkpoint"
import { Callback, Decision, Losses, Model, Rng, Task, type Tensors, Trainer, TrainState } from "@etude/core"
import { Checkpoints, type CheckpointsService } from "@etude/core/Checkpoints"
import { Arrays } from "@etude/data"
import * as tf from "@tensorflow/tfjs-core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { clock } from "./Runner.ts"
import { median, spread as spreadOf } from "./Statistics.ts"

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "60" },
    rounds: { type: "string", default: "5" },
    megabytes: { type: "string", default: "120" },
    hidden: { type: "string", default: "1024" }
  }
})
const [steps, rounds, megabytes, hidden] = [flags.steps, flags.rounds, flags.megabytes, flags.hidden].map(Number) as [
  number,
  number,
  number,
  number
]
const batchSize = 64
const classes = 10
const features = 784

const kernel = (key: Rng.Key, name: string, inputs: number, outputs: number): tf.Tensor =>
  tf.tensor(Rng.normals(Rng.named(key, name), inputs * outputs, 0, 1 / Math.sqrt(inputs)), [inputs, outputs])

const dense = (x: tf.Tensor, p: Tensors.Tensors, name: string): tf.Tensor =>
  tf.add(tf.matMul(x as tf.Tensor2D, p[`${name}/kernel`] as tf.Tensor2D), p[`${name}/bias`]!)

/** A multilayer perceptron 784-h-h-10: with Adam's slots, three times as much to save as it has parameters. */
const task = Task.supervised({
  name: "perceptron",
  model: Model.make({
    name: "perceptron",
    init: (key) => ({
      "first/kernel": kernel(key, "first", features, hidden),
      "first/bias": tf.zeros([hidden]),
      "second/kernel": kernel(key, "second", hidden, hidden),
      "second/bias": tf.zeros([hidden]),
      "third/kernel": kernel(key, "third", hidden, classes),
      "third/bias": tf.zeros([classes])
    }),
    apply: (p, x: tf.Tensor) => dense(tf.relu(dense(tf.relu(dense(x, p, "first")), p, "second")), p, "third")
  }),
  loss: Losses.softmaxCrossEntropy()
})

const every = Math.floor(steps / 3)
const saves = 2
/** Asks for a checkpoint after a third and after two thirds of the steps, and ends when they are written. */
const saver = (store: CheckpointsService) =>
  Callback.controller({
    id: "saver",
    hooks: {
      batchEnd: ({ progress }) =>
        progress.step % every === 0 && progress.step < steps ? Decision.saveNow : Decision.proceed,
      trainEnd: () => store.settled
    }
  })

const built = <E>(layer: Layer.Layer<Checkpoints, E>) =>
  Effect.map(Layer.build(layer), (context) => Context.get(context, Checkpoints))

interface Timed {
  readonly seconds: number
  /** Processor time of all threads, which other programs change less. */
  readonly processorSeconds: number
  readonly calls: ReadonlyArray<number>
  readonly bytes: number
}

/** One training; `store` is where it saves, if it does. */
const training = (data: Effect.Success<ReturnType<typeof Arrays.fromArrays>>, store: CheckpointsService | undefined) =>
  Effect.gen(function* () {
    const calls: Array<number> = []
    let bytes = 0
    const timed = (inner: CheckpointsService): CheckpointsService => ({
      ...inner,
      save: (state, description) =>
        Effect.suspend(() => {
          const begin = performance.now()
          return Effect.map(inner.save(state, description), (saved) => {
            calls.push(performance.now() - begin)
            bytes = saved.bytes
            return saved
          })
        })
    })
    const config = {
      until: { steps },
      batchSize,
      optimizer: { _tag: "Adam" },
      learningRate: 1e-3,
      logEverySteps: steps
    } as const
    const passed = clock()
    const run = Trainer.train(task, {
      config,
      data: { train: data },
      ...(store === undefined ? {} : { callbacks: saver(store) })
    })
    yield* store === undefined ? run : Effect.provideService(run, Checkpoints, timed(store))
    const { milliseconds, cpuMilliseconds } = passed()
    return { seconds: milliseconds / 1000, processorSeconds: cpuMilliseconds / 1000, calls, bytes } satisfies Timed
  }).pipe(Effect.scoped)

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "etude-benchmark-"))

const heldUp = Effect.gen(function* () {
  const samples = steps * batchSize
  const key = Rng.key(1)
  const data = yield* Arrays.fromArrays({
    inputs: { values: Rng.normals(key, samples * features), shape: [features] },
    targets: { values: Int32Array.from({ length: samples }, (_, at) => at % classes) }
  })
  const modes = {
    none: undefined,
    sync: yield* built(FileStore.layer({ folder: `${folder}/sync` })),
    async: yield* built(AsyncSaving.layer().pipe(Layer.provide(FileStore.layer({ folder: `${folder}/async` }))))
  }
  const times: Record<keyof typeof modes, Array<Timed>> = { none: [], sync: [], async: [] }
  yield* training(data, undefined)
  for (let round = 0; round < rounds; round++) {
    for (const mode of ["none", "sync", "async"] as const) times[mode].push(yield* training(data, modes[mode]))
  }
  const step = (median(times.none.map(({ seconds }) => seconds)) / steps) * 1000
  console.log(`\nHeld up per save (${(times.sync[0]!.bytes / 1e6).toFixed(1)} MB; a step takes ${step.toFixed(1)} ms)`)
  for (const mode of ["sync", "async"] as const) {
    // Each round with the one without saves beside it: what else the machine does moves both.
    const more = (of: "seconds" | "processorSeconds") =>
      times[mode].map((one, at) => ((one[of] - times.none[at]![of]) / saves) * 1000)
    const spread = (values: ReadonlyArray<number>) => {
      const { median, lower, upper } = spreadOf(values)
      return `${median.toFixed(1)} ms (${lower.toFixed(0)} … ${upper.toFixed(0)})`
    }
    console.log(
      `  ${mode.padEnd(6)} in all ${spread(more("seconds"))}, the save itself ${spread(times[mode].flatMap(({ calls }) => calls))}, ` +
        `processor time of all threads ${spread(more("processorSeconds"))}`
    )
  }
})

/** A state of so many bytes, in tensors of a million numbers. */
const stateOf = (bytes: number): TrainState.TrainState => {
  const tensor = (at: number) => tf.tensor(Rng.normals(Rng.fold(Rng.key(2), at), 1_000_000), [1000, 1000])
  const tensors = Array.from({ length: Math.ceil(bytes / 4e6) }, (_, at) => [`layer${at}/kernel`, tensor(at)] as const)
  const none = { statistics: {}, slots: {}, callbacks: {}, best: {}, rollback: {}, last: {} }
  return { plain: TrainState.initialPlain(1), parameters: Object.fromEntries(tensors), ...none }
}

const timed = async (run: () => Promise<unknown> | unknown): Promise<number> => {
  const begin = performance.now()
  await run()
  return (performance.now() - begin) / 1000
}

/** Values of the same distribution, saved by Python; seconds by name. */
const python = (bytes: number): Record<string, Array<number>> => {
  const program = path.join(import.meta.dirname, "checkpoint_peers.py")
  try {
    const args = [program, `${folder}/python`, String(bytes), String(rounds)]
    const interpreter = process.env["ETUDE_PYTHON"] ?? "python3"
    return JSON.parse(execFileSync(interpreter, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }))
  } catch (error) {
    const [line] = String((error as { stderr?: string }).stderr ?? error)
      .trim()
      .split("\n")
      .slice(-1)
    console.log(`  (Python was not measured: ${line})`)
    return {}
  }
}

const throughput = Effect.gen(function* () {
  const state = stateOf(megabytes * 1e6)
  const description = yield* Trainer.describe(task, {})
  const store = yield* built(FileStore.layer({ folder: `${folder}/throughput` }))
  const seconds: Record<string, Array<number>> = {}
  const note = (name: string, value: number) => {
    seconds[name] = [...(seconds[name] ?? []), value]
  }
  let bytes = 0
  const tensors = Object.values(state.parameters).map((tensor) => tensor.dataSync().slice())
  const plain = path.join(folder, "plain")
  for (let round = 0; round < rounds; round++) {
    let id = ""
    const save = () =>
      Effect.runPromise(store.save(state, description)).then((saved) => {
        id = saved.id
        bytes = saved.bytes
      })
    note("Etude save", yield* Effect.promise(() => timed(save)))
    const write = async () => {
      const file = await fs.promises.open(plain, "w")
      for (const values of tensors) await file.write(new Uint8Array(values.buffer))
      await file.sync()
      await file.close()
    }
    note("plain write + fsync", yield* Effect.promise(() => timed(write)))
    note("Etude load", yield* Effect.promise(() => timed(() => Effect.runPromise(store.load(id)))))
    note("plain read", yield* Effect.promise(() => timed(() => fs.promises.readFile(plain))))
    yield* store.delete(id)
  }
  TrainState.dispose(state)
  console.log(`\nThroughput of ${(bytes / 1e6).toFixed(0)} MB`)
  for (const [name, all] of Object.entries({ ...seconds, ...python(bytes) })) {
    const speeds = all.map((value) => bytes / 1e6 / value)
    const range = `${Math.min(...speeds).toFixed(0)} … ${Math.max(...speeds).toFixed(0)}`
    console.log(`  ${name.padEnd(28)} ${median(speeds).toFixed(0)} MB/s (${range})`)
  }
})

const program = Effect.gen(function* () {
  console.log(
    `backend ${tf.getBackend()}, ${os.availableParallelism()} processors, load ${os.loadavg()[0]!.toFixed(1)}`
  )
  yield* heldUp
  yield* throughput
  console.log(`\nload after it ${os.loadavg()[0]!.toFixed(1)}`)
}).pipe(Effect.scoped, Effect.provide(Auto.layer))

try {
  await Effect.runPromise(program)
} finally {
  fs.rmSync(folder, { recursive: true, force: true })
}
