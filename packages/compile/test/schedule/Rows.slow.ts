import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Effect from "effect/Effect"
import * as Drawn from "../support/Drawn.ts"
import * as Networks from "../support/networks.ts"
import * as Recorded from "../support/Recorded.ts"

describe("the programs of every row touch only what is theirs, in any order of their units", () => {
  for (const [seed, row] of ExecutorRows.all.entries()) {
    it.effect(row.name, () =>
      Effect.gen(function* () {
        const subject = yield* row.subject
        for (const program of yield* Networks.plansOf({ ...subject, name: row.name })) {
          assert.isUndefined(Recorded.wrong(program, Drawn.draw(seed)), program.name)
        }
      }).pipe(Effect.provide(Wasm.layer))
    )
  }
})
