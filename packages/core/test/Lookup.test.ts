import { assert, describe, it } from "@effect/vitest"
import { element, entry, mapEntry } from "../src/Lookup.ts"
import { sideOf } from "../src/Tensors.ts"

describe("a lookup", () => {
  it("gives what is there, from the end too", () => {
    assert.strictEqual(element([1, 2, 3], 0), 1)
    assert.strictEqual(element(Float32Array.of(1, 2, 3), -1), 3)
    assert.strictEqual(entry({ a: 0 }, "a"), 0)
    assert.strictEqual(mapEntry(new Map([["a", false]]), "a"), false)
    assert.strictEqual(sideOf([2, 3], -2), 2)
  })

  it("names what is not there", () => {
    assert.throws(() => element([1, 2], 2), "no element 2 among 2")
    assert.throws(() => element([], -1), "no element -1 among 0")
    assert.throws(() => entry({ a: 1, b: 2 }, "c"), "no entry c among a, b")
    assert.throws(() => entry({}, "toString"), "no entry toString among none")
    assert.throws(() => mapEntry(new Map([[1, "a"]]), 2), "no entry 2 among 1")
    assert.throws(() => sideOf([2, 3], 2), "the shape [2, 3] has no axis 2")
  })
})
