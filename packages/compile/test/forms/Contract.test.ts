import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NativeEmitter from "../../src/native/NativeEmitter.ts"
import * as Check from "../../src/plan/Check.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import * as Contracts from "../support/Contracts.ts"
import { cache, unavailable } from "../support/nativeCode.ts"
import * as Planned from "../support/Planned.ts"

/** A plan of a contraction for each seed, what goes in, and the bits that come out. */
const drawn = (from: number, to: number) => {
  const draw = Contracts.drawing(from)
  const plans = Array.from({ length: to - from }, (_, i) => Contracts.plan(Contracts.drawing(from + i), true, i))
  const plan = Contracts.together(plans)
  const inputs = Contracts.inputs(plan, draw)
  return { plan, inputs, expected: interpret(plan, inputs).map(Planned.bitsOf) }
}

/** Two outputs for each seed. */
const compare = (plan: Plan, got: ReturnType<typeof Planned.run>, expected: ReadonlyArray<unknown>, from: number) => {
  for (const [output, values] of got.entries()) {
    const { nodes } = plan
    const seed = `seed ${from + Math.floor(output / 2)}: ${JSON.stringify(nodes[Math.floor(output / 2)])}`
    assert.deepStrictEqual(Planned.bitsOf(values), expected[output], seed)
  }
}

describe("Products and convolutions as code", () => {
  it("give the bits of the plan, for any strides, vectors and threads", () => {
    for (let seed = 1; seed <= 120; seed += 3) {
      const { plan, inputs, expected } = drawn(seed, seed + 3)
      assert.deepStrictEqual(Check.problems(plan), [])
      for (const target of Planned.targets) {
        compare(plan, Planned.interpreted(plan, inputs, target, 1 + (seed % 4)), expected, seed)
      }
    }
  })

  it("give them as WebAssembly", () => {
    const { plan, inputs, expected } = drawn(200, 300)
    const arena = Arena.make({ shared: false })
    arena.free(arena.allocate(64 << 20))
    for (const level of ["fused", "scalar"] as const) {
      const emitter = WasmEmitter.makeSingle({ arena, level })
      if (emitter.arithmetic === "fused") compare(plan, Planned.run(plan, inputs, arena, emitter), expected, 200)
    }
  })

  it.effect.skipIf(unavailable !== undefined)("give them as native code", () =>
    Effect.gen(function* () {
      const { plan, inputs, expected } = drawn(300, 316)
      const arena = Arena.make({ shared: false })
      arena.free(arena.allocate(64 << 20))
      for (const threads of [1, 2]) {
        const emitter = yield* NativeEmitter.make({ arena, threads, cache })
        compare(plan, Planned.run(plan, inputs, arena, emitter), expected, 300)
      }
    })
  )
})
