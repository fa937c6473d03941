import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as KernelRows from "@etude/testing/subjects/KernelRows"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { brokenByFusion, difference, type Planned, planned } from "../support/plans.ts"

const scoped = <A>(body: () => A) =>
  Effect.acquireUseRelease(
    Effect.sync(() => tf.engine().startScope()),
    () => Effect.sync(body),
    () => Effect.sync(() => tf.engine().endScope())
  ).pipe(Effect.provide(Wasm.layer))

const foreignOf = ({ plan }: Planned): ReadonlyArray<string> =>
  plan.nodes.flatMap((node) => (node._tag === "Foreign" ? [node.kernel] : []))

const named = (inputs: ReadonlyArray<tf.Tensor>) => Object.fromEntries(inputs.map((x, at) => [String(at), x]))
type Named = { readonly [name: string]: tf.Tensor }

describe("what is lowered of an operation", () => {
  for (const row of KernelRows.all) {
    it.effect(`${row.name}: gives what eager gives, and its gradients`, () =>
      scoped(() => {
        const inputs = row.inputs()
        const forward = planned((given: Named) => row.f(...Object.values(given)), named(inputs))
        assert.isUndefined(difference(forward.plan, forward), "forward")
        const backward = planned(
          (given: Named) =>
            named(tf.grads((...xs: Array<tf.Tensor>) => tf.sum(tf.sin(row.f(...xs))))(Object.values(given))),
          named(inputs)
        )
        assert.isUndefined(difference(backward.plan, backward), "backward")
        for (const { inputs, plan } of [forward, backward]) assert.isUndefined(brokenByFusion(plan, inputs), "fused")
        assert.deepStrictEqual([...foreignOf(forward), ...foreignOf(backward)], [])
      })
    )
  }
})
