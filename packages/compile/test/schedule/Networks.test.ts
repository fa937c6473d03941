import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Effect from "effect/Effect"
import * as Drawn from "../support/Drawn.ts"
import * as Networks from "../support/networks.ts"
import * as Recorded from "../support/Recorded.ts"

describe("the steps of whole networks touch only what is theirs, in any order of their units", () => {
  const networks = { perceptron: Networks.perceptron([30, 10]), lenet5: Networks.lenet5, residual: Networks.residual }
  for (const [name, network] of Object.entries(networks)) {
    it.live(name, () =>
      Effect.gen(function* () {
        for (const program of yield* Networks.plansOf(Networks.subjectOf(name, network, 2))) {
          assert.isUndefined(Recorded.wrong(program, Drawn.draw(1)), program.name)
        }
      }).pipe(Effect.provide(Wasm.layer))
    )
  }
})
