import { assert, describe, it } from "@effect/vitest"
import * as Memory from "../../src/schedule/Memory.ts"
import * as Drawn from "../support/Drawn.ts"

describe("what memory holds", () => {
  it("is what was written last, byte by byte", () => {
    const { below } = Drawn.draw(3)
    for (let round = 0; round < 50; round++) {
      const memory = Memory.make()
      const bytes = new Int32Array(40).fill(-1)
      for (let step = 0; step < 60; step++) {
        const from = below(40)
        const stretch = { from, to: from + 1 + below(Math.min(12, 40 - from)), buffer: below(4) }
        const all = bytes.subarray(stretch.from, stretch.to).every((held) => held === stretch.buffer)
        assert.strictEqual(memory.holds(stretch), all)
        if (below(3) === 0) continue
        memory.write(stretch)
        bytes.fill(stretch.buffer, stretch.from, stretch.to)
      }
    }
  })
})
