/** Etude's process: measures one metric after another, as it is asked. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { Native } from "@etude/backend"
import { GraphExecutor } from "@etude/compile"
import { Backend } from "@etude/core/Backend"
import { measuredBy } from "@etude/core/Metric"
import { eager, StepExecutor } from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { median } from "../Statistics.ts"
import { type Answer, batchSize, distinct, type Job, type Request } from "./Protocol.ts"
import { type Data, type Subject, subjects } from "./Subjects.ts"

const job = JSON.parse(process.argv[2]!) as Job
const send = (answer: Answer) => void process.send!(answer)

type Batch = { readonly outputs: tf.Tensor; readonly targets: tf.Tensor }

/** The data as batches on the device, once for each kind. */
const readData = (folder: string): Record<Data, ReadonlyArray<Batch>> => {
  const bytes = (name: string) => new Uint8Array(readFileSync(path.join(folder, name))).buffer
  const [scores, x, y] = ["classes.f32", "x.f32", "y.f32"].map((name) => new Float32Array(bytes(name)))
  const [labels, sets] = ["labels.i32", "sets.i32"].map((name) => new Int32Array(bytes(name)))
  const part = <A extends Float32Array | Int32Array>(values: A, at: number, columns: number) =>
    values.subarray(at * batchSize * columns, (at + 1) * batchSize * columns)
  const batches = (make: (at: number) => Batch) => Array.from({ length: distinct }, (_, at) => make(at))
  const logits = (at: number, shape: Array<number>) => tf.tensor(part(scores!, at, 10), shape)
  return {
    classes: batches((at) => ({
      outputs: logits(at, [batchSize, 10]),
      targets: tf.tensor(part(labels!, at, 1), [batchSize], "int32")
    })),
    sets: batches((at) => ({
      outputs: logits(at, [batchSize, 10]),
      targets: tf.tensor(part(sets!, at, 10), [batchSize, 10], "int32")
    })),
    tokens: batches((at) => ({
      outputs: logits(at, [batchSize / 32, 32, 10]),
      targets: tf.tensor(part(labels!, at, 1), [batchSize / 32, 32], "int32")
    })),
    numbers: batches((at) => ({
      outputs: tf.tensor(part(x!, at, 1), [batchSize]),
      targets: tf.tensor(part(y!, at, 1), [batchSize])
    }))
  }
}

/** Everything of a batch that the metrics need, read and added to their states, as an evaluation does it. */
const programOf = ({ name, metrics }: Subject, executor: StepExecutor["Service"]) => {
  const named = Object.fromEntries(metrics.map((metric, at) => [String(at), metric]))
  const measured = Object.keys(named).filter((at) => measuredBy(named, at) === at)
  const program = executor.compile(`the metric ${name}`, (batch: Batch) =>
    Object.fromEntries(measured.map((at) => [at, named[at]!.measure(batch)]))
  )
  return (states: ReadonlyArray<unknown>, batch: Batch): ReadonlyArray<unknown> => {
    const values: Record<string, Record<string, ArrayLike<number>>> = {}
    const tensors = program(batch)
    for (const at of measured) {
      values[at] = {}
      for (const [part, tensor] of Object.entries(tensors[at]!)) {
        values[at][part] = tensor.dataSync()
        tensor.dispose()
      }
    }
    return metrics.map((metric, at) =>
      metric.combine(states[at], metric.ofBatch(values[measuredBy(named, String(at))]!))
    )
  }
}

/** Bytes in use once the garbage is gone. */
const used = (): number => {
  globalThis.gc!()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const numberOf = (subject: Subject, states: ReadonlyArray<unknown>): number | undefined => {
  const value: unknown = Option.getOrUndefined(subject.metrics[0]!.result(states[0]))
  return typeof value === "number" ? value : undefined
}

/** So many batches before each round, or as many as fit: graphs are recorded and V8 compiles. */
const warming = 512
const warmingMilliseconds = 1000

const round = (
  subject: Subject,
  program: ReturnType<typeof programOf>,
  batches: ReadonlyArray<Batch>,
  { samples, seconds: limit }: Request
): Answer => {
  const empty = subject.metrics.map((metric) => metric.empty)
  let states: ReadonlyArray<unknown> = empty
  const warmth = performance.now() + warmingMilliseconds
  for (let at = 0; at < warming && performance.now() < warmth; at++) {
    states = program(states, batches[at % batches.length]!)
  }
  states = empty
  const before = used()
  let [early, pause, done] = [0, 0, 0]
  const times: Array<number> = []
  const begin = performance.now()
  let last = begin
  for (let at = 0; done < samples; at++) {
    states = program(states, batches[at % batches.length]!)
    done += batchSize
    if (early === 0 && done >= samples / 10) {
      const from = performance.now()
      early = used() - before
      pause = performance.now() - from
    }
    if (at % 16 !== 15) continue
    const now = performance.now()
    times.push((now - last) / 1000)
    last = now
    if (now - begin - pause > 1000 * limit) break
  }
  const value = numberOf(subject, states)
  const seconds = (performance.now() - begin - pause) / 1000
  // What is measured must still be held.
  const bytes = used() - before
  return {
    _tag: "Round",
    samples: done,
    seconds,
    typical: median(times),
    bytes,
    early,
    ...(value === undefined || states.length === 0 ? {} : { value })
  }
}

const executor = job.competitor === "compiled" ? GraphExecutor.layer : Layer.succeed(StepExecutor, eager)

const serve = Effect.gen(function* () {
  const { name, version, threads } = yield* Backend
  const runner = yield* StepExecutor
  const data = readData(job.folder)
  const programs = new Map<string, ReturnType<typeof programOf>>()
  send({ _tag: "Ready", on: `${name} ${version}, threads: ${threads}, ${runner.name}` })
  const answer = (request: Request): Answer => {
    const subject = subjects.find((one) => one.name === request.metric)
    if (subject === undefined) return { _tag: "Lacking" }
    const program = programs.get(subject.name) ?? programOf(subject, runner)
    programs.set(subject.name, program)
    return round(subject, program, data[subject.data], request)
  }
  return yield* Effect.callback<never>((resume) => {
    process.on("message", (request: Request) => {
      try {
        send(answer(request))
      } catch (cause) {
        resume(Effect.die(cause))
      }
    })
  })
})

Effect.runPromise(
  serve.pipe(
    Effect.scoped,
    Effect.provide(Layer.provideMerge(executor, Native.layer)),
    Effect.catchTag("BackendUnavailable", ({ message }) => Effect.sync(() => send({ _tag: "Unavailable", message }))),
    Effect.tapCause((cause) => Effect.sync(() => process.stderr.write(`${Cause.pretty(cause)}\n`)))
  )
).catch(() => process.exit(1))
