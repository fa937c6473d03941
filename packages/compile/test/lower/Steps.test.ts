import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Effect from "effect/Effect"
import * as Networks from "../support/networks.ts"
import { difference } from "../support/plans.ts"

const steps = [
  ["a perceptron", Networks.perceptron([12, 6], 20), 5],
  ["LeNet-5", Networks.lenet5, 2],
  ["a residual block with batch normalization", Networks.residual, 3]
] as const

describe("the plan of a training step with Adam, loss and accuracy", () => {
  for (const [name, network, batch] of steps) {
    it.effect(`gives what eager gives: ${name}`, () =>
      Effect.gen(function* () {
        const programs = yield* Networks.plansOf(Networks.subjectOf(name, network, batch))
        for (const program of programs) assert.isUndefined(difference(program.plan, program), program.name)
      }).pipe(Effect.provide(Wasm.layer))
    )
  }
})
