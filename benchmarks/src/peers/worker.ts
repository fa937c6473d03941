/** A peer in Node: it trains the problem in its folder, tells the first steps' losses, and does rounds when it is asked. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { Backend } from "@etude/core/Backend"
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PlainBackend from "../PlainBackend.ts"
import { memory, type Runner, type Watch } from "../Runner.ts"
import { bareLoop } from "../runners/bareLoop.ts"
import { etude } from "../runners/etude.ts"
import { fit } from "../runners/layersModel.ts"
import * as Executors from "./Executors.ts"
import * as Files from "./Files.ts"
import * as Matmul from "./Matmul.ts"
import * as Profile from "./Profile.ts"
import type { Answer, Job, MatmulJob, Request } from "./Protocol.ts"

const job = JSON.parse(process.argv[2]!) as Job | MatmulJob
const send = (answer: Answer) => void process.send!(answer)

/** The most memory that was resident at once: Linux counts a parent's into `maxRSS`. */
const peakBytes = (): number => {
  try {
    return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1])
  } catch {
    return 1024 * process.resourceUsage().maxRSS
  }
}

const versions = () => {
  const require = createRequire(import.meta.url)
  const core = require("@tensorflow/tfjs-core/package.json") as { readonly version: string }
  return { node: process.versions.node, "@tensorflow/tfjs-core": core.version }
}

/** Milliseconds after which native code has taken WebAssembly's place: compiling takes one to three seconds. */
const untilNative = 6000

const trainFor = async (runner: Runner, milliseconds: number): Promise<void> => {
  for (const end = performance.now() + milliseconds; performance.now() < end; ) await runner.train(1)
}

/** Trains the first steps, tells of them, and answers requests until the other process lets go. */
const serve = <E, R>(
  { peer, watched, profiled }: Job,
  { batchesPerEpoch, make }: { batchesPerEpoch: number; make: (watch: Watch) => Effect.Effect<Runner, E, R> },
  on: string
) =>
  Effect.gen(function* () {
    const importedAt = Date.now()
    const losses: Array<number> = []
    let firstStepAt = 0
    const seen = (loss: number) => {
      if (losses.length === 0) firstStepAt = Date.now()
      losses.push(loss)
    }
    // Before anything is compiled: that calls the library's functions as they are then.
    const profile = profiled ? yield* Profile.begin : undefined
    const runner = yield* make({ steps: watched, seen })
    yield* Effect.tryPromise(() => runner.train(Math.ceil(watched / batchesPerEpoch)))
    if (peer === "etudeNative") yield* Effect.tryPromise(() => trainFor(runner, untilNative))
    profile?.take()
    send({ _tag: "Started", on, versions: versions(), importedAt, firstStepAt, losses })
    const round = async (steps: number): Promise<Answer> => {
      const epochs = Math.max(1, Math.ceil(steps / batchesPerEpoch))
      const time = await runner.train(epochs)
      const measured = { ...time, steps: epochs * batchesPerEpoch, ...memory(), peakBytes: peakBytes() }
      return { _tag: "Measured", round: measured, ...(profile === undefined ? {} : { profile: profile.take() }) }
    }
    return yield* Effect.callback<never, unknown>((resume) => {
      process.on("message", ({ steps }: Request) => {
        round(steps).then(send, (cause) => resume(Effect.fail(cause)))
      })
    })
  })

const ofEtude = (given: Job, layer: Executors.Executor) =>
  Effect.gen(function* () {
    const { name, version, threads } = yield* Backend
    const { problem, samples } = Files.read(given.folder)
    const make = (watch: Watch) => etude(problem, samples, { watch })
    const batchesPerEpoch = samples.count / problem.batchSize
    return yield* serve(given, { batchesPerEpoch, make }, `${name} ${version}, threads: ${threads}`)
  }).pipe(Effect.scoped, Effect.provide(layer))

const ofTensorFlowJs = (given: Job, run: typeof bareLoop) =>
  Effect.suspend(() => {
    const { problem, samples } = Files.read(given.folder)
    const make = (watch: Watch) => Effect.sync(() => run(problem, samples, watch))
    return serve(given, { batchesPerEpoch: samples.count / problem.batchSize, make }, tf.getBackend())
  }).pipe(Effect.provide(PlainBackend.layers[given.backend]))

const program = (): Effect.Effect<unknown, unknown> => {
  switch (job.peer) {
    case "matmul":
      return Effect.sync(() => send({ _tag: "Multiplied", flops: Matmul.measure(job.backend) })).pipe(
        Effect.provide(PlainBackend.layers[job.backend])
      )
    case "etude":
      return ofEtude(job, Executors.eager[job.backend])
    case "etudeNative":
      return ofEtude(job, Executors.planned("required", job.threads))
    case "etudeWasm":
      return ofEtude(job, Executors.planned("off", job.threads))
    case "etudeGraph":
      return ofEtude(job, Executors.graph(job.backend))
    case "bareLoop":
      return ofTensorFlowJs(job, bareLoop)
    case "fit":
      return ofTensorFlowJs(job, fit)
    default:
      return Effect.fail(new Error(`${job.peer} is no peer of Node's`))
  }
}

process.on("disconnect", () => process.exit())
const exit = await Effect.runPromiseExit(program())
if (Exit.isFailure(exit)) {
  const error = Cause.squash(exit.cause)
  const message = error instanceof Error ? error.message : String(error)
  const unavailable = (error as { _tag?: string })?._tag?.endsWith("Unavailable") === true
  send({ _tag: unavailable ? "Unavailable" : "Failed", message })
}
