import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Effect from "effect/Effect"
import * as Drawn from "../support/Drawn.ts"
import * as Networks from "../support/networks.ts"
import * as Planned from "../support/Planned.ts"
import * as Recorded from "../support/Recorded.ts"

describe("the programs of every row touch only what is theirs, in any order of their units", () => {
  for (const [seed, row] of ExecutorRows.all.entries()) {
    it.effect(row.name, () =>
      Effect.gen(function* () {
        const subject = yield* row.subject
        for (const program of yield* Networks.plansOf({ ...subject, name: row.name })) {
          for (const target of Planned.targets) {
            const found = Recorded.wrong(program, Drawn.draw(seed), target)
            assert.isUndefined(found, `${program.name}, ${target.lanes} lanes`)
          }
        }
      }).pipe(Effect.provide(Wasm.layer))
    )
  }
})

describe("so do those of networks with batches that are cut", () => {
  const networks = { perceptron: Networks.perceptron([300, 100]), lenet5: Networks.lenet5, residual: Networks.residual }
  for (const [name, network] of Object.entries(networks)) {
    it.live(name, () =>
      Effect.gen(function* () {
        for (const program of yield* Networks.plansOf(Networks.subjectOf(name, network, 16))) {
          assert.isUndefined(Recorded.wrong(program, Drawn.draw(2)), program.name)
        }
      }).pipe(Effect.provide(Wasm.layer))
    )
  }
})
