/**
 * What a run uses and how fast it goes, at logged steps: tensors and memory, throughput, and the learning rate. Each is an
 * separate observer.
 *
 * ```ts
 * Layer.mergeAll(Resources.memory(), Resources.throughput(), Resources.learningRate())
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as Monotonic from "@etude/core/Monotonic"
import * as tf from "@tensorflow/tfjs-core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

type Observer = Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry>

/** A process' memory use; unknown in browsers. */
interface Process {
  readonly memoryUsage?: () => { readonly rss: number; readonly heapUsed: number }
}

/**
 * `memory/tensors` (how many there are), `memory/tensorBytes`, and where there is a process `memory/residentBytes` and
 * `memory/heapBytes`. A number of tensors that rises from step to step is a leak.
 */
export const memory = (): Observer =>
  Callback.observer({
    id: "memory",
    hooks: {},
    measures: () => {
      const { numTensors, numBytes } = tf.memory()
      const usage = (globalThis as { readonly process?: Process }).process?.memoryUsage?.()
      return {
        tensors: numTensors,
        tensorBytes: numBytes,
        ...(usage === undefined ? {} : { residentBytes: usage.rss, heapBytes: usage.heapUsed })
      }
    }
  })

/**
 * `throughput/samplesPerSecond` and `throughput/secondsPerStep` since the last logged step of this attempt, with everything
 * that happened between; none at the first.
 */
export const throughput = (): Observer =>
  Callback.unwrap(
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      let last: { readonly at: number; readonly step: number; readonly samples: number } | undefined
      return Callback.observer({
        id: "throughput",
        hooks: {},
        measures: ({ progress: { step, samples } }) => {
          const before = last
          last = { at: Monotonic.milliseconds(clock), step, samples }
          const seconds = before === undefined ? 0 : (last.at - before.at) / 1000
          if (before === undefined || seconds <= 0) return {}
          return {
            samplesPerSecond: (samples - before.samples) / seconds,
            secondsPerStep: seconds / (step - before.step)
          }
        }
      })
    })
  )

/**
 * `learningRate/rate`, of the first parameter group, and `learningRate/scale`, the product of the controllers' factors.
 */
export const learningRate = (): Observer =>
  Callback.observer({
    id: "learningRate",
    hooks: {},
    measures: ({ learningRate: rate, state }) => ({ rate, scale: state().plain.learningRateScale })
  })
