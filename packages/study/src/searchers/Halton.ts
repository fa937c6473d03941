/**
 * Settings that fill the space evenly, one after another: the Halton sequence, with a drawn permutation of the digits at each place.
 * Halton 1960; scrambled as in Owen 2017, "A randomized Halton algorithm in R", arXiv:1706.02808.
 */
import * as Entry from "@etude/core/Entry"
import * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"
import type { Searcher } from "../Searcher.ts"
import * as Space from "../Space.ts"
import * as Unit from "./Unit.ts"

/** What becomes of the digit at a place, counted from the most significant, from 0. */
export type Digits = (place: number, digit: number) => number

/** The digits of n in a base, the last one first, mirrored at the point: in base 10, 123 becomes 0.321. */
export const radicalInverse = (n: number, base: number, digits: Digits = (_, digit) => digit): number => {
  let [rest, value, weight] = [n, 0, 1 / base]
  // A permutation may turn the zeros before a number into other digits, as far as a double has bits.
  for (let place = 0; weight > 2 ** -53; place++) {
    value += digits(place, rest % base) * weight
    rest = Math.floor(rest / base)
    weight /= base
  }
  return Math.min(value, 1 - 2 ** -53)
}

const isPrime = (n: number): boolean => {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
}

/** The prime of a dimension, from 0: 2, 3, 5, 7, … */
export const base = (dimension: number): number => {
  let prime = 2
  for (let found = 0; found < dimension; ) if (isPrime(++prime)) found++
  return prime
}

const scrambled =
  (key: Rng.Key, base: number): Digits =>
  (place, digit) =>
    Rng.permutation(Rng.fold(key, place), base)(digit)

/**
 * Parameter number d (from 0) takes the radical inverse of the setting's number in the d-th prime base, scrambled by the key. It is
 * evenly spread whatever the number of settings; beyond some twenty parameters `Sobol` is more even.
 */
export const halton: Searcher = {
  isSequential: false,
  suggest: (space, _tried, setting, key) => {
    const stream = Rng.named(key, "halton")
    return Space.fill(space, ({ range }, dimension) =>
      Unit.valueOf(
        range,
        radicalInverse(setting, base(dimension), scrambled(Rng.fold(stream, dimension), base(dimension)))
      )
    )
  }
}

export const entry = Entry.of({ tag: "Halton", schema: Schema.TaggedStruct("Halton", {}), make: () => ({ ...halton }) })
