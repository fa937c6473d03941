import { assert, describe, it } from "@effect/vitest"
import * as Build from "../src/code/Build.ts"
import type { Placement } from "../src/code/Code.ts"
import * as CodeInterpreter from "./support/CodeInterpreter.ts"
import * as Exact from "./support/Exact.ts"

describe("Code in plain JavaScript", () => {
  it("rounds multiply-adds once", () => {
    const tiny = 2 ** -149
    assert.strictEqual(Exact.fma(1 + 2 ** -12, 1 + 2 ** -12, -1), 2 ** -11 + 2 ** -24)
    // The sum in double is halfway between two floats; what it lost decides.
    assert.strictEqual(Exact.fma(1, 1 + 2 ** -23, 2 ** -24), 1 + 2 ** -22)
    assert.strictEqual(Exact.fma(tiny, tiny, 1 + 2 ** -23), 1 + 2 ** -23)
    assert.strictEqual(Exact.fma(2 ** -24, 1 + 2 ** -23, 1), Math.fround(1 + 2 ** -23))
    assert.strictEqual(Exact.fma(-tiny, tiny, 0), -0)
    assert.isNaN(Exact.fma(Infinity, 0, 1))
  })

  it("does each unit once, whatever the threads", () => {
    for (const threads of [1, 2, 3, 7]) {
      const arena = CodeInterpreter.arena(1)
      const placements: ReadonlyArray<Placement> = [{ _tag: "Fixed", address: arena.allocate(80) }]
      const task = Build.task("count", 5, 5, (locals, first, last) => {
        const unit = locals.fresh("index")
        const at = Build.add(Build.address(0), Build.mul(Build.get(unit), Build.index(16)))
        const more = Build.add(Build.load("i32", 4, at), Build.iota(4))
        return [Build.loop(unit, first, last, 1, [Build.store(at, 0, more, 3)])]
      })
      const emitter = CodeInterpreter.make({ arena, threads, target: { lanes: 4, registers: 16 } })
      emitter.make({ table: 0, placements, phases: [{ tasks: [task] }, { tasks: [task] }] }).run()
      const numbers = Array.from(new Int32Array(arena.memory.buffer, 64, 20))
      assert.deepStrictEqual(
        numbers,
        Array.from({ length: 20 }, (_, place) => (place % 4 === 3 ? 0 : 2 * (place % 4)))
      )
    }
  })
})
