/** Etude's own training: `Trainer.train` with loss, accuracy and the check for finite values, held at each epoch's begin. */
import { Callback, Rng, Trainer } from "@etude/core"
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import { Arrays } from "@etude/data"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { adam, lossOf, type Problem, samplesFor, taskOf } from "../Problem.ts"
import { clock, memory, type Round, type Runner } from "../Runner.ts"

/** The seed of all parameters. */
export const seed = 0

/** An observer that is called at every batch and does nothing. */
const idle = (at: number) =>
  Callback.observer({ id: `idle-${at}`, hooks: { batchBegin: () => undefined, batchEnd: () => undefined } })

/** A run of Etude's whose epochs are the rounds, with `callbacks` idle observers. */
export const etude = (
  problem: Problem,
  steps: number,
  callbacks = 0
): Effect.Effect<Runner, never, Backend | StepExecutor | Scope.Scope> =>
  Effect.gen(function* () {
    const task = taskOf(problem)
    const samples = samplesFor(problem, steps * problem.batchSize)
    const data = yield* Arrays.fromArrays({
      name: problem.name,
      inputs: { values: samples.inputs, shape: problem.shape },
      targets: { values: samples.labels }
    }).pipe(Effect.orDie)
    let opened = Promise.withResolvers<void>()
    let finished = Promise.withResolvers<Round>()
    let passed = clock()
    const held = Callback.observer({
      id: "rounds",
      hooks: {
        epochBegin: () =>
          Effect.promise(async () => {
            await opened.promise
            opened = Promise.withResolvers()
            passed = clock()
          }),
        epochEnd: ({ state }) => {
          const time = passed()
          finished.resolve({ ...time, loss: lossOf(problem, state().parameters, samples), ...memory() })
        }
      }
    })
    const plugins = Layer.mergeAll(held, ...Array.from({ length: callbacks }, (_, at) => idle(at)))
    const { rate, ...options } = adam
    const config = {
      seed,
      until: { epochs: Number.MAX_SAFE_INTEGER },
      batchSize: problem.batchSize,
      shuffle: false,
      optimizer: { _tag: "Adam", ...options },
      learningRate: rate
    } as const
    yield* Trainer.train(task, { config, data: { train: data }, plugins }).pipe(
      Effect.tapCause((cause) => Effect.sync(() => finished.reject(Cause.squash(cause)))),
      Effect.forkScoped
    )
    return {
      round: () => {
        finished = Promise.withResolvers()
        opened.resolve()
        return finished.promise
      }
    }
  })

/** The parameters that Etude begins with, for the others to begin with too. */
export const initialParameters = (problem: Problem) => problem.init(Rng.named(Rng.key(seed), "init"))
