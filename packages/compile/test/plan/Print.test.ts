import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { fuse } from "../../src/plan/Fuse.ts"
import { count, print } from "../../src/plan/Print.ts"
import { planned } from "../support/plans.ts"

type Named = { readonly [name: string]: tf.Tensor }

const dense = Effect.acquireUseRelease(
  Effect.sync(() => tf.engine().startScope()),
  () =>
    Effect.sync(() => {
      const given = { bias: tf.ones([4]), kernel: tf.ones([3, 4]), x: tf.ones([2, 3]) }
      const program = ({ bias, kernel, x }: Named) => ({
        y: tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias!))
      })
      return planned(program, given).plan
    }),
  () => Effect.sync(() => tf.engine().endScope())
).pipe(Effect.provide(Wasm.layer))

describe("a plan as text", () => {
  it.effect("has a line for each node, with strides after the names of buffers", () =>
    Effect.gen(function* () {
      const lines = print(yield* dense).split("\n")
      assert.deepStrictEqual(lines, [
        "   0 contract [2]×[4] over [3] in2[3 1] · in1[4 1]: t3[4 1] = acc",
        "   1 map [2,4] t4[4 1] = (t3[4 1] + in0[0 1])",
        "   2 map [2,4] t5[4 1] = max(t4[4 1], 0)",
        "   3 map [2,4] out0[4 1] = t5[4 1]"
      ])
    })
  )

  it.effect("shows what fusion makes of a dense layer: one product with bias and activation", () =>
    Effect.gen(function* () {
      const plan = fuse(yield* dense)
      assert.strictEqual(
        print(plan),
        "   0 contract [2]×[4] over [3] in2[3 1] · in1[4 1]: out0[4 1] = max((acc + in0[0 1]), 0)"
      )
      assert.strictEqual(count(plan), "1: 1 Contract")
    })
  )
})
