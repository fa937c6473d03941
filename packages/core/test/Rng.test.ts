import { assert, describe, it } from "@effect/vitest"
import * as Rng from "../src/Rng.ts"

const hex = (words: ReadonlyArray<number>) => words.map((word) => word.toString(16).padStart(8, "0")).join(" ")

describe("Philox4x32-10", () => {
  // The known answers of Random123 1.14 (tests/kat_vectors): zeros, ones, and the digits of π.
  const known: ReadonlyArray<readonly [counter: string, key: string, expected: string]> = [
    ["00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"]
  ]
  for (const [counter, key, expected] of known) {
    it(`gives ${expected} for the counter ${counter} and the key ${key}`, () => {
      const [c0, c1, c2, c3] = counter.split(" ").map((word) => Number.parseInt(word, 16))
      const [k0, k1] = key.split(" ").map((word) => Number.parseInt(word, 16))
      assert.strictEqual(hex(Rng.philox(c0!, c1!, c2!, c3!, k0!, k1!)), expected)
    })
  }
})

describe("a stream", () => {
  const stream = Rng.named(Rng.key(7), "shuffle")

  it("is another one for each seed, name, and part", () => {
    const keys = [
      ...[0, 1, -1, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1].map(Rng.key),
      ...["shuffle", "shuffel", "init", "a", "ab", "b", "ä", "a\0"].map((name) => Rng.named(Rng.key(0), name)),
      ...[0, 1, 2, 2 ** 32, 2 ** 32 + 1].map((part) => Rng.fold(Rng.key(0), part))
    ]
    assert.strictEqual(new Set(keys.map(({ hi, lo }) => `${hi} ${lo}`)).size, keys.length)
  })

  it("gives at a position what it gives there, whatever was drawn before and in between", () => {
    const forwards = [0, 1, 2, 3, 4, 5].map((at) => Rng.bits(stream, at))
    Rng.normals(Rng.named(Rng.key(7), "init"), 100)
    const backwards = [5, 4, 3, 2, 1, 0].map((at) => Rng.bits(stream, at)).toReversed()
    assert.deepStrictEqual(backwards, forwards)
  })

  it("goes on beyond 2³² positions without repeating itself", () => {
    const positions = [0, 1, 2 ** 32, 2 ** 34, 2 ** 34 + 1, 2 ** 40]
    assert.strictEqual(new Set(positions.map((at) => Rng.bits(stream, at))).size, positions.length)
  })

  it("is not correlated with its neighbours: another name, seed or part", () => {
    const draw = (key: Rng.Key) => Rng.uniforms(key, 10_000, -1, 1)
    const correlation = (a: Float32Array, b: Float32Array) =>
      (a.reduce((sum, value, at) => sum + value * b[at]!, 0) / a.length) * 3
    const own = draw(stream)
    for (const other of [Rng.named(Rng.key(8), "shuffle"), Rng.named(Rng.key(7), "shufflf"), Rng.fold(stream, 0)]) {
      // Four standard deviations of 1/√n.
      assert.isBelow(Math.abs(correlation(own, draw(other))), 0.04)
    }
  })

  it("gives uniform numbers: in [0, 1), of mean 1/2 and variance 1/12, ten bins alike", () => {
    const draws = Rng.uniforms(stream, 20_000)
    assert.isTrue(draws.every((value) => value >= 0 && value < 1))
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length
    assert.closeTo(mean, 0.5, 0.01)
    assert.closeTo(variance, 1 / 12, 0.002)
    const bins = new Float64Array(10)
    for (const value of draws) bins[Math.floor(value * 10)]!++
    const chiSquare = bins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)
    // The 99.9 % point for nine degrees of freedom.
    assert.isBelow(chiSquare, 27.88)
  })

  it("gives normal numbers of the mean and deviation asked for", () => {
    const draws = Rng.normals(stream, 20_000, 3, 2)
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
    const moment = (power: number) =>
      draws.reduce((sum, value) => sum + ((value - mean) / 2) ** power, 0) / draws.length
    assert.closeTo(mean, 3, 0.06)
    assert.closeTo(moment(2), 1, 0.05)
    assert.closeTo(moment(3), 0, 0.1)
    assert.closeTo(moment(4), 3, 0.3)
  })

  it("gives truncated normal numbers within two deviations, of mean 0 and variance 0.774", () => {
    const draws = Rng.truncatedNormals(stream, 5000)
    assert.isTrue(draws.every((value) => Math.abs(value) <= 2))
    const variance = draws.reduce((sum, value) => sum + value ** 2, 0) / draws.length
    assert.closeTo(variance, 0.774, 0.05)
  })
})

describe("a permutation", () => {
  it("is one: every element once, for every length", () => {
    for (const length of [1, 2, 3, 4, 5, 7, 16, 17, 63, 64, 65, 100, 1000, 4097]) {
      const at = Rng.permutation(Rng.key(length), length)
      const seen = new Set(Array.from({ length }, (_, position) => at(position)))
      assert.strictEqual(seen.size, length)
      assert.strictEqual(Math.max(...seen), length - 1)
      assert.strictEqual(Math.min(...seen), 0)
    }
  })

  it("is another one for each key, and the same for the same key", () => {
    const orderOf = (key: Rng.Key) => Array.from({ length: 50 }, (_, position) => Rng.permutation(key, 50)(position))
    assert.deepStrictEqual(orderOf(Rng.key(1)), orderOf(Rng.key(1)))
    assert.notDeepEqual(orderOf(Rng.key(1)), orderOf(Rng.key(2)))
  })

  it("puts every element at every place about equally often", () => {
    const [length, keys] = [5, 5000]
    const counts = new Float64Array(length * length)
    for (let seed = 0; seed < keys; seed++) {
      const at = Rng.permutation(Rng.key(seed), length)
      for (let position = 0; position < length; position++) counts[position * length + at(position)]!++
    }
    const expected = keys / length
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // The 99.9 % point for sixteen degrees of freedom.
    assert.isBelow(chiSquare, 39.25)
  })

  for (const [length, keys] of [
    [2, 2000],
    [3, 6000],
    [4, 12_000],
    [5, 60_000],
    [6, 60_000]
  ] as const) {
    it(`gives each of the orders of ${length} elements about equally often`, () => {
      const counts = new Map<string, number>()
      for (let seed = 0; seed < keys; seed++) {
        const at = Rng.permutation(Rng.fold(Rng.key(length), seed), length)
        const order = Array.from({ length }, (_, position) => at(position)).join()
        counts.set(order, (counts.get(order) ?? 0) + 1)
      }
      const orders = Array.from({ length }, (_, below) => below + 1).reduce((product, side) => product * side, 1)
      const expected = keys / orders
      const occurring = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
      const chiSquare = occurring + (orders - counts.size) * expected
      // The 99.9 % point, by Wilson and Hilferty's approximation.
      const degrees = orders - 1
      const limit = degrees * (1 - 2 / (9 * degrees) + 3.09 * Math.sqrt(2 / (9 * degrees))) ** 3
      assert.isBelow(chiSquare, limit)
    })
  }

  it("is odd as often as even, whatever the length", () => {
    for (const length of [2, 5, 6, 7, 10, 16, 17, 30, 64, 100, 256, 257]) {
      const keys = 1000
      let odd = 0
      for (let seed = 0; seed < keys; seed++) {
        const at = Rng.permutation(Rng.fold(Rng.key(1), seed), length)
        const seen = new Uint8Array(length)
        let cycles = 0
        for (let from = 0; from < length; from++) {
          if (seen[from] === 0) cycles++
          for (let place = from; seen[place] === 0; place = at(place)) seen[place] = 1
        }
        odd += (length - cycles) % 2
      }
      // Four deviations.
      assert.closeTo(odd, keys / 2, 4 * Math.sqrt(keys / 4), `of ${length} elements`)
    }
  })

  it("puts neighbours next to each other no more often than chance does", () => {
    const [length, keys] = [20, 2000]
    let adjacent = 0
    for (let seed = 0; seed < keys; seed++) {
      const at = Rng.permutation(Rng.key(seed), length)
      for (let position = 1; position < length; position++) if (at(position) === at(position - 1) + 1) adjacent++
    }
    // One in `length` of the pairs: nineteen pairs, 1/20 each.
    assert.closeTo(adjacent / keys, 19 / 20, 0.1)
  })
})
