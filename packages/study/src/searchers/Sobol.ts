/**
 * Settings that fill the space evenly in all projections: the Sobol sequence with nested uniform scrambling. Sobol 1967; direction
 * numbers of Joe and Kuo 2008; scrambling of Owen 1995, "Randomly permuted (t, m, s)-nets and (t, s)-sequences".
 */
import * as Entry from "@etude/core/Entry"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"
import type { Searcher } from "../Searcher.ts"
import * as Space from "../Space.ts"
import * as JoeKuo from "./joeKuo.ts"
import * as Unit from "./Unit.ts"

/** A coordinate of point n (from 0) of the sequence, as a binary fraction in 32 bits: the points in Gray-code order. */
export const coordinate = (dimension: number, n: number): number => {
  const v = JoeKuo.directions(dimension)
  const gray = n ^ (n >>> 1)
  let x = 0
  for (let bit = 0; bit < JoeKuo.bits; bit++) if ((gray >>> bit) & 1) x ^= element(v, bit)
  return x >>> 0
}

/** Each bit is flipped or not by a draw that depends on all bits before it. */
export const owen = (x: number, key: Rng.Key): number => {
  let flips = 0
  for (let depth = 0; depth < JoeKuo.bits; depth++) {
    const before = Math.floor(x / 2 ** (JoeKuo.bits - depth))
    // The 2^depth beginnings of that length, after all shorter ones.
    if (Rng.fold(key, 2 ** depth + before).lo & 1) flips += 2 ** (JoeKuo.bits - 1 - depth)
  }
  return (x ^ flips) >>> 0
}

/**
 * Parameter number d (from 0) takes coordinate d of the setting's point, scrambled by the key. Of the first 2^m settings, each 2^m-th
 * part of each range has exactly one: numbers of settings that are powers of two are the most even. For up to 64 parameters.
 */
export const sobol: Searcher = {
  isSequential: false,
  suggest: (space, _tried, setting, key) => {
    const stream = Rng.named(key, "sobol")
    return Space.fill(space, ({ range }, dimension) =>
      Unit.valueOf(range, owen(coordinate(dimension, setting), Rng.fold(stream, dimension)) / 2 ** JoeKuo.bits)
    )
  },
  problem: ({ parameters }) =>
    parameters.length <= JoeKuo.dimensions
      ? undefined
      : `is for up to ${JoeKuo.dimensions} parameters, and the space has ${parameters.length}; use Halton or Random`
}

export const entry = Entry.of({ tag: "Sobol", schema: Schema.TaggedStruct("Sobol", {}), make: () => ({ ...sobol }) })
