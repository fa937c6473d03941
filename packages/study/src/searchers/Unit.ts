/** Ranges as images of the unit interval: how sequences of numbers in [0, 1) become settings. */
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import type * as Schema from "effect/Schema"
import type { Range } from "../Space.ts"

/** A number in [0, 1) of 53 bits: a range over many decades shows the steps of one of 24. */
export const uniform = (key: Rng.Key, position: number): number =>
  ((Rng.bits(key, 2 * position) >>> 5) * 2 ** 26 + (Rng.bits(key, 2 * position + 1) >>> 6)) / 2 ** 53

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

const between = (low: number, high: number, log: boolean, u: number): number =>
  log ? Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low))) : low + u * (high - low)

/**
 * The value of a range at u in [0, 1): equal parts of the interval for equal parts of a range, or of its logarithms; for each
 * whole number n the part from n − ½ to n + ½; for each value of a choice an equal part.
 */
export const valueOf = (range: Range, u: number): Schema.Json => {
  if (range._tag === "Choice") {
    return element(range.values, Math.min(Math.floor(u * range.values.length), range.values.length - 1))
  }
  const { low, high, log } = range
  if (range._tag === "Float") return clamp(between(low, high, log, u), low, high)
  return clamp(Math.round(between(low - 0.5, high + 0.5, log, u)), low, high)
}
