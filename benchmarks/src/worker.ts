/** A process that holds a competitor's runs, and does one round of one of them for each message that it gets. */
import { Cpu, Native, Wasm } from "@etude/backend"
import { Backend } from "@etude/core/Backend"
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PlainBackend from "./PlainBackend.ts"
import { lossOf, problemOf, samplesFor } from "./Problem.ts"
import type { Answer, Job, Request, Round } from "./Protocol.ts"
import { memory, type Runner } from "./Runner.ts"
import { bareLoop } from "./runners/bareLoop.ts"
import { etude } from "./runners/etude.ts"
import { fit, fitDataset } from "./runners/layersModel.ts"

const { competitor, problem: name, batchSize, backend, steps, callbacks = [0] } = JSON.parse(process.argv[2]!) as Job
const problem = problemOf(name, batchSize)
const samples = samplesFor(problem, steps * batchSize)
const send = (answer: Answer) => void process.send!(answer)

const round = async (runner: Runner): Promise<Round> => {
  let loss = Number.NaN
  const time = await runner.train(1, (variables) => {
    loss = lossOf(problem, variables, samples)
  })
  return { ...time, loss, ...memory() }
}

/** Answers requests until the other process lets go. */
const serve = (runs: ReadonlyArray<Runner>, about: string) =>
  Effect.callback<never, unknown>((resume) => {
    process.on("message", ({ run }: Request) => {
      round(runs[run]!).then(
        (measured) => send({ _tag: "Measured", round: measured }),
        (cause) => resume(Effect.fail(cause))
      )
    })
    send({ _tag: "Ready", backend: about })
  })

const etudes = { native: Native.layer, wasm: Wasm.layer, cpu: Cpu.layer }
const others = { bareLoop, bareLoopOnEtudesKernels: bareLoop, fit, fitDataset }

const program =
  competitor === "etude"
    ? Effect.gen(function* () {
        const { name, version, device, threads } = yield* Backend
        const runs = yield* Effect.forEach(callbacks, (count) => etude(problem, samples, { idle: count }))
        return yield* serve(runs, `${name} ${version}, ${device}${threads > 0 ? `, threads: ${threads}` : ""}`)
      }).pipe(Effect.scoped, Effect.provide(etudes[backend]))
    : Effect.suspend(() => serve([others[competitor](problem, samples)], tf.getBackend())).pipe(
        Effect.provide(competitor === "bareLoopOnEtudesKernels" ? etudes[backend] : PlainBackend.layers[backend])
      )

process.on("disconnect", () => process.exit())
const exit = await Effect.runPromiseExit(program)
if (Exit.isFailure(exit)) {
  const error = Cause.squash(exit.cause)
  const message = error instanceof Error ? error.message : String(error)
  const unavailable = (error as { _tag?: unknown })?._tag === "BackendUnavailable"
  send({ _tag: unavailable ? "Unavailable" : "Failed", message })
}
