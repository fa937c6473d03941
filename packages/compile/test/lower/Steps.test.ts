import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Effect from "effect/Effect"
import * as Fuse from "../../src/plan/Fuse.ts"
import * as Networks from "../support/networks.ts"
import { brokenByFusion, difference } from "../support/plans.ts"

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
        for (const program of programs) {
          const { plan, inputs, name } = program
          assert.isUndefined(difference(plan, program), name)
          assert.isUndefined(brokenByFusion(plan, inputs), `${name}, fused`)
        }
      }).pipe(Effect.provide(Wasm.layer))
    )
  }

  it.effect("is few nodes after fusion", () =>
    Effect.gen(function* () {
      const [mlp] = yield* Networks.plansOf(Networks.subjectOf("mlp", Networks.perceptron([300, 100]), 4))
      // The update of each kernel is a pass of its own behind the product that makes its gradient.
      assert.isAtMost(Fuse.fuse(mlp!.plan).nodes.length, 24 + 3)
      const [lenet] = yield* Networks.plansOf(Networks.subjectOf("lenet", Networks.lenet5, 4))
      assert.isAtMost(Fuse.fuse(lenet!.plan).nodes.length, 40 + 5)
    }).pipe(Effect.provide(Wasm.layer))
  )
})
