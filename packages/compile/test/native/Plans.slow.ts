import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NativeCompiler from "../../src/native/NativeCompiler.ts"
import * as Expand from "../../src/plan/Expand.ts"
import * as Fuse from "../../src/plan/Fuse.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as Schedule from "../../src/schedule/Schedule.ts"
import * as Drawn from "../support/Drawn.ts"
import * as DrawnPlans from "../support/DrawnPlans.ts"
import { cache, unavailable } from "../support/nativeCode.ts"
import * as Planned from "../support/Planned.ts"
import * as Sharing from "../support/Sharing.ts"

const drawn = (seed: number) => {
  const draw = Drawn.draw(seed)
  const { plan, inputs } = DrawnPlans.plan(draw, 4 + draw.below(12))
  return { seed, plan: Expand.expand(Fuse.fuse(plan)), inputs }
}

const machines = {
  "this processor": undefined,
  ...(process.arch === "x64" ? { AVX2: ["-march=x86-64-v3"] } : {}),
  "plain C": ["-march=native", "-DETUDE_PLAIN"]
}

/** Compiled together: a compiler takes longest to start. */
const together = 25

describe.skipIf(unavailable !== undefined)("drawn plans in native code, with all tasks shared", () => {
  for (const [name, machine] of Object.entries(machines)) {
    it.live(`have the bits that they mean: ${name}`, () =>
      Effect.gen(function* () {
        const compiler = yield* NativeCompiler.find({ cache, seconds: 240, ...(machine && { machine }) })
        for (let first = 1000; first < 1050; first += together) {
          const arena = Arena.make({ shared: true })
          const laid = Array.from({ length: together }, (_, at) => {
            const one = drawn(first + at)
            const own = Planned.lay(one.plan, one.inputs, arena, { fill: 0xff })
            const parts = Schedule.make(one.plan, own.placed, compiler.target)
            return { ...one, own, programs: parts.flatMap((part) => (Schedule.isForeign(part) ? [] : [part])) }
          })
          const programs = laid.flatMap(({ programs }) => programs.map(Sharing.program))
          const executables = yield* compiler.compile(programs, arena.memory, 2)
          for (const { run } of executables) run()
          for (const { seed, plan, inputs, own } of laid) {
            const expected = interpret(plan, inputs).map(Planned.bitsOf)
            assert.deepStrictEqual(own.outputs().map(Planned.bitsOf), expected, `seed ${seed}`)
          }
          for (const { release } of executables) release()
        }
      })
    )
  }
})
