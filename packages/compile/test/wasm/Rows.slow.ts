import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Effect from "effect/Effect"
import * as Arena from "../../src/runtime/Arena.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import * as Planned from "../support/Planned.ts"
import { foreign } from "../support/plans.ts"
import * as RowPlans from "../support/RowPlans.ts"
import * as Sharing from "../support/Sharing.ts"

describe("the programs of every row on WebAssembly, with all tasks shared", () => {
  for (const threads of [2, 3]) {
    it.live(`have the same bits on ${threads} threads as on one`, () =>
      Effect.gen(function* () {
        const plans = yield* RowPlans.all
        const arena = Arena.make({ shared: true })
        const emitter = Sharing.all(yield* WasmEmitter.make({ threads, arena }))
        for (const { name, plan, inputs, expected } of plans) {
          const outputs = Planned.run(plan, inputs, arena, emitter, foreign)
          assert.deepStrictEqual(outputs.map(Planned.bitsOf), expected, name)
        }
      }).pipe(Effect.scoped, Effect.provide(Wasm.layer))
    )
  }
})
