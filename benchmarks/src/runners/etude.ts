/** Etude's own training: `Trainer.train` with loss, accuracy and the check for finite values, held at each epoch's begin. */
import { Callback, Trainer } from "@etude/core"
import type { Backend } from "@etude/core/Backend"
import type { CallbackOf, CallbackRegistry } from "@etude/core/Callback"
import type { StepExecutor } from "@etude/core/StepExecutor"
import { Arrays } from "@etude/data"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { adamOf, type Problem, type Samples, taskOf } from "../Problem.ts"
import { clock, type Runner, type Time, type Watch } from "../Runner.ts"

/** An observer that is called at every batch and does nothing. */
const idle = (at: number) =>
  Callback.observer({ id: `idle-${at}`, hooks: { batchBegin: () => undefined, batchEnd: () => undefined } })

/** An observer of the first steps' losses. */
const watching = ({ steps, seen }: Watch) =>
  Callback.observer({
    id: "watch",
    hooks: { batchEnd: { when: ({ step }) => step <= steps, run: ({ values }) => seen(values["loss"]!) } }
  })

export interface EtudeOptions {
  /** How many idle observers there are. Default: none. */
  readonly idle?: number
  readonly watch?: Watch | undefined
  /** Callbacks whose cost is asked for. */
  readonly callbacks?: Layer.Layer<CallbackOf, never, CallbackRegistry>
}

/** A run of Etude's that waits, whenever as many epochs as it was told to have passed. */
export const etude = (
  problem: Problem,
  samples: Samples,
  { idle: idleCallbacks = 0, watch, callbacks: measured }: EtudeOptions = {}
): Effect.Effect<Runner, never, Backend | StepExecutor | Scope.Scope> =>
  Effect.gen(function* () {
    const data = yield* Arrays.fromArrays({
      name: problem.name,
      inputs: { values: samples.inputs, shape: problem.shape },
      targets: { values: samples.labels, shape: problem.takesLabels === true ? problem.shape : [] }
    }).pipe(Effect.orDie)
    let opened = Promise.withResolvers<void>()
    let finished = Promise.withResolvers<Time>()
    let passed = clock()
    let left = 0
    let look: Parameters<Runner["train"]>[1]
    const held = Callback.observer({
      // The last of all, so that what others do at an epoch's end is in its time.
      id: "~rounds",
      hooks: {
        epochBegin: () =>
          Effect.promise(async () => {
            if (left > 0) return
            await opened.promise
            opened = Promise.withResolvers()
            passed = clock()
          }),
        epochEnd: ({ state }) => {
          left--
          if (left > 0) return
          const time = passed()
          look?.(state())
          finished.resolve(time)
        }
      }
    })
    const callbacks = Layer.mergeAll(
      held,
      ...(measured === undefined ? [] : [measured]),
      ...(watch === undefined ? [] : [watching(watch)]),
      ...Array.from({ length: idleCallbacks }, (_, index) => idle(index))
    )
    const { rate, ...options } = adamOf(problem)
    const config = {
      seed: 0,
      until: { epochs: Number.MAX_SAFE_INTEGER },
      batchSize: problem.batchSize,
      shuffle: false,
      optimizer: { _tag: "Adam", ...options },
      learningRate: rate
    } as const
    yield* Trainer.train(taskOf(problem), { config, data: { train: data }, callbacks }).pipe(
      Effect.tapCause((cause) => Effect.sync(() => finished.reject(Cause.squash(cause)))),
      Effect.forkScoped
    )
    return {
      train: (epochs, looking) => {
        finished = Promise.withResolvers()
        left = epochs
        look = looking
        opened.resolve()
        return finished.promise
      }
    }
  })
