/**
 * The time for durations: it only goes forward, whatever is done to the wall clock (a time server, summer time, a suspended
 * machine). Dates are for people; nothing is decided by them.
 */
import type * as Clock from "effect/Clock"

/** Milliseconds since some moment. Only differences mean something. */
export const milliseconds = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
