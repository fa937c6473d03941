/** Sequences that fill a space: their points against SciPy's, and how even they are when scrambled. */
import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import type { Searcher } from "../src/Searcher.ts"
import * as Searchers from "../src/Searchers.ts"
import * as Halton from "../src/searchers/Halton.ts"
import * as JoeKuo from "../src/searchers/joeKuo.ts"
import * as Sobol from "../src/searchers/Sobol.ts"
import type { Parameters } from "../src/Trial.ts"

type Points = ReadonlyArray<ReadonlyArray<number>>
const fixtures: {
  readonly halton: Points
  readonly sobol: Points
  readonly far: { readonly first: number; readonly points: Points }
} = JSON.parse(readFileSync(new URL("../fixtures/sequences.json", import.meta.url), "utf8"))

const same = (points: Points, at: (n: number, dimension: number) => number, first = 0) => {
  for (const [n, point] of points.entries()) {
    for (const [dimension, expected] of point.entries()) {
      assert.approximately(at(first + n, dimension), expected, 1e-15, `point ${first + n}, dimension ${dimension}`)
    }
  }
}

it("Halton points without scrambling are SciPy's", () => {
  same(fixtures.halton, (n, dimension) => Halton.radicalInverse(n, Halton.base(dimension)))
})

it("Sobol points without scrambling are SciPy's, in all 64 dimensions and far into the sequence", () => {
  const at = (n: number, dimension: number) => Sobol.coordinate(dimension, n) / 2 ** 32
  assert.strictEqual(fixtures.sobol[0]?.length, JoeKuo.dimensions)
  same(fixtures.sobol, at)
  same(fixtures.far.points, at, fixtures.far.first)
})

const spaceOf = (dimensions: number) => ({
  parameters: Array.from({ length: dimensions }, (_, index) => ({
    key: `p${index}`,
    range: { _tag: "Float", low: 0, high: 1, log: false } as const
  }))
})

const settingsOf = (searcher: Searcher, dimensions: number, count: number, seed: number): ReadonlyArray<Parameters> =>
  Array.from({ length: count }, (_, setting) => searcher.suggest(spaceOf(dimensions), [], setting, Rng.key(seed)) ?? {})

/** How many of the parts [i / parts, (i + 1) / parts) have exactly one of the values. */
const filled = (values: ReadonlyArray<number>, parts: number) =>
  new Set(values.map((value) => Math.floor(value * parts))).size

it("of the first 2^m scrambled Sobol settings each part of each range has one, and each part of each square", () => {
  for (const seed of [0, 1, 2]) {
    const settings = settingsOf(Searchers.sobol, 8, 64, seed)
    for (let d = 0; d < 8; d++) {
      assert.strictEqual(
        filled(
          settings.map((one) => Number(one[`p${d}`])),
          64
        ),
        64
      )
    }
    // The first two dimensions are a (0, m, 2)-net: every elementary rectangle of area 1/64 has one point.
    for (let split = 0; split <= 6; split++) {
      const [wide, high] = [2 ** split, 2 ** (6 - split)]
      const cells = settings.map(
        (one) => Math.floor(Number(one["p0"]) * wide) * high + Math.floor(Number(one["p1"]) * high)
      )
      assert.strictEqual(new Set(cells).size, 64)
    }
  }
})

it("of the first b^m scrambled Halton settings each part of the range in base b has one", () => {
  for (const seed of [0, 1, 2]) {
    const settings = settingsOf(Searchers.halton, 5, 343, seed)
    for (const [dimension, base] of [2, 3, 5, 7].entries()) {
      const count = base ** 3
      const values = settings.slice(0, count).map((one) => Number(one[`p${dimension}`]))
      assert.strictEqual(filled(values, count), count)
    }
  }
})

it("scrambled points are uniform: each has a mean of a half over keys", () => {
  for (const searcher of [Searchers.halton, Searchers.sobol]) {
    for (const setting of [0, 1, 13]) {
      const values = Array.from({ length: 400 }, (_, seed) =>
        Object.values(searcher.suggest(spaceOf(3), [], setting, Rng.key(seed)) ?? {}).map(Number)
      )
      for (let d = 0; d < 3; d++) {
        const column = values.map((one) => element(one, d))
        // The standard deviation of a mean of 400 uniform numbers is 0.0144.
        assert.approximately(column.reduce((sum, value) => sum + value, 0) / 400, 0.5, 0.06)
        assert.isAbove(filled(column, 10), 9)
      }
    }
  }
})

it("Sobol says for how many parameters it is", () => {
  assert.isUndefined(Searchers.sobol.problem?.(spaceOf(64)))
  assert.strictEqual(
    Searchers.sobol.problem?.(spaceOf(65)),
    "is for up to 64 parameters, and the space has 65; use Halton or Random"
  )
})
