/** What a competitor does: train for some passes over its samples when it is told to. */
import type { Model } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"

export interface Time {
  readonly milliseconds: number
  /** Processor time of all threads, which other programs on the machine change less. */
  readonly cpuMilliseconds: number
}

/** Who looks at the losses of a run's first steps, each that of the step's own batch before its update. */
export interface Watch {
  readonly steps: number
  readonly seen: (loss: number) => void
}

export interface Runner {
  /**
   * So many passes over the samples, going on from those before. `look` sees the variables after them, outside the measured
   * time.
   */
  readonly train: (epochs: number, look?: (variables: Model.Variables) => void) => Promise<Time>
}

/** A runner from one that trains for some epochs. */
export const make = (train: (epochs: number) => void | Promise<void>, variables: () => Model.Variables): Runner => ({
  train: async (epochs, look) => {
    const passed = clock()
    await train(epochs)
    const time = passed()
    look?.(variables())
    return time
  }
})

/** Begins to measure; the function it gives says how much time has passed. */
export const clock = (): (() => Time) => {
  const cpu = process.cpuUsage()
  const begin = performance.now()
  return () => {
    const milliseconds = performance.now() - begin
    const { user, system } = process.cpuUsage(cpu)
    return { milliseconds, cpuMilliseconds: (user + system) / 1000 }
  }
}

/** Live tensors, and resident memory, read after a collection where the process allows one (`--expose-gc`). */
export const memory = (): { readonly tensors: number; readonly residentBytes: number } => {
  globalThis.gc?.()
  return { tensors: tf.memory().numTensors, residentBytes: process.memoryUsage.rss() }
}
