/**
 * Where threads meet: words in the memory that they share, each in a cache line of its own. `start` counts the calls that
 * were given out; a worker sleeps on it. Barriers count who has `arrived` and the `generation` that waits.
 */
export const control = {
  /** How many calls were begun. */
  start: 0,
  /** Which program the latest of them runs. */
  program: 4,
  /** Not 0: everybody leaves. */
  stop: 64,
  arrived: 128,
  generation: 192,
  /** How many threads sleep at the barrier. */
  asleep: 256,
  /** Why everybody leaves: how many characters, each a byte, after it. */
  reason: 320
} as const

/** In bytes. */
export const controlSize = 576
export const longestReason = 240

/** Turns of an empty loop before a thread sleeps at a barrier: about 20 µs. */
export const spins = 20_000
