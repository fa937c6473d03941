/**
 * Where threads meet: words in the memory that they share, each in a cache line of its own. `start` counts the calls that
 * were given out; a worker sleeps on it. Barriers count who has `arrived` and the `generation` that waits.
 */
export const control = {
  /** The number of calls that were started. */
  start: 0,
  /** The program of the latest call. */
  program: 4,
  /** If not 0, all threads leave. */
  stop: 64,
  arrived: 128,
  generation: 192,
  /** The number of threads that sleep at the barrier. */
  asleep: 256,
  /** The reason for leaving: its length, followed by its characters, one byte each. */
  reason: 320
} as const

/** In bytes. */
export const controlSize = 576
export const longestReason = 240

/** Iterations of an empty loop before a thread sleeps at a barrier: about 20 µs. */
export const spins = 20_000
