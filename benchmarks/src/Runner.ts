/** What a competitor does: train for one round, of a fixed number of steps, when it is told to. */
import * as tf from "@tensorflow/tfjs-core"

export interface Round {
  readonly milliseconds: number
  /** Processor time of all threads, which other programs on the machine change less. */
  readonly cpuMilliseconds: number
  /** Mean loss on the first batch with the parameters after this round. */
  readonly loss: number
  /** Live tensors after the round. */
  readonly tensors: number
  readonly residentBytes: number
}

export interface Runner {
  /** The first round begins with the initial parameters; each goes on from the one before. */
  readonly round: () => Promise<Round>
}

/** A runner from one that trains, and one that looks at the loss outside the measured time. */
export const make = (train: () => void | Promise<void>, loss: () => number): Runner => ({
  round: async () => {
    const passed = clock()
    await train()
    const time = passed()
    return { ...time, loss: loss(), ...memory() }
  }
})

/** Begins to measure; the function it gives says how much time has passed. */
export const clock = (): (() => Pick<Round, "milliseconds" | "cpuMilliseconds">) => {
  const cpu = process.cpuUsage()
  const begin = performance.now()
  return () => {
    const milliseconds = performance.now() - begin
    const { user, system } = process.cpuUsage(cpu)
    return { milliseconds, cpuMilliseconds: (user + system) / 1000 }
  }
}

/** Resident memory is read after a collection where the process allows one (`--expose-gc`). */
export const memory = (): Pick<Round, "tensors" | "residentBytes"> => {
  globalThis.gc?.()
  return { tensors: tf.memory().numTensors, residentBytes: process.memoryUsage.rss() }
}
