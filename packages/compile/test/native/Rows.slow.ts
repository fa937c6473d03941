import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Effect from "effect/Effect"
import * as NativeCompiler from "../../src/native/NativeCompiler.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as Schedule from "../../src/schedule/Schedule.ts"
import { cache, unavailable } from "../support/nativeCode.ts"
import * as Planned from "../support/Planned.ts"
import { foreign } from "../support/plans.ts"
import * as RowPlans from "../support/RowPlans.ts"
import * as Sharing from "../support/Sharing.ts"

type Compiler = Effect.Success<ReturnType<typeof NativeCompiler.find>>

/** Compiled together: a compiler takes longest to start. */
const together = 24

const groups = (plans: ReadonlyArray<RowPlans.RowPlan>) =>
  Array.from({ length: Math.ceil(plans.length / together) }, (_, at) => plans.slice(at * together, (at + 1) * together))

const check = (compiler: Compiler, threads: number) =>
  Effect.fnUntraced(function* (plans: ReadonlyArray<RowPlans.RowPlan>) {
    const arena = Arena.make({ shared: true })
    const laid = plans.map((one) => {
      const own = Planned.lay(one.plan, one.inputs, arena)
      return { ...one, own, parts: Schedule.make(one.plan, own.placed, compiler.target) }
    })
    const programs = laid.flatMap(({ parts }) =>
      parts.flatMap((part) => (Schedule.isForeign(part) ? [] : [Sharing.program(part)]))
    )
    const executables = yield* compiler.compile(programs, arena.memory, threads)
    const next = executables.values()
    for (const { name, own, parts, expected } of laid) {
      for (const part of parts) {
        if (Schedule.isForeign(part)) Planned.runForeign(part, own, foreign)
        else next.next().value!.run()
      }
      assert.deepStrictEqual(own.outputs().map(Planned.bitsOf), expected, name)
    }
    for (const { release } of executables) release()
  })

describe.skipIf(unavailable !== undefined)("the programs of every row in native code, with all tasks shared", () => {
  for (const threads of [1, 3]) {
    it.live(`have the bits of WebAssembly on ${threads} threads`, () =>
      Effect.gen(function* () {
        const compiler = yield* NativeCompiler.find({ cache, seconds: 240 })
        yield* Effect.forEach(groups(yield* RowPlans.all), check(compiler, threads), { concurrency: 2, discard: true })
      }).pipe(Effect.provide(Wasm.layer))
    )
  }
})
