import { assert, describe, it } from "@effect/vitest"
import { reserve } from "../../src/runtime/Reserve.ts"

/** An engine that grants so many pages. */
const engine = (grants: number) => (maximum: number) => {
  if (maximum > grants) throw new RangeError("could not allocate memory")
  return maximum
}

describe("memory", () => {
  it("has the maximum that was wanted where the engine grants it", () => {
    assert.deepStrictEqual(reserve(65_536, engine(65_536)), { memory: 65_536, maximum: 65_536 })
  })

  it("has half of it, or half of that, where the engine refuses", () => {
    assert.deepStrictEqual(reserve(65_536, engine(20_000)), { memory: 16_384, maximum: 16_384 })
  })

  it("is refused where there is less than anything could be done with", () => {
    assert.throws(() => reserve(65_536, engine(100)), "could not allocate memory")
    assert.throws(() => reserve(1, engine(0)), RangeError)
  })

  it("passes other errors on at once", () => {
    const asked: Array<number> = []
    const broken = (maximum: number) => {
      asked.push(maximum)
      throw new TypeError("broken")
    }
    assert.throws(() => reserve(65_536, broken), TypeError)
    assert.deepStrictEqual(asked, [65_536])
  })
})
