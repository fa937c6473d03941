import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Wasm from "../../src/Wasm.ts"

const oneHot = (labels: ReadonlyArray<number>, on: number, off: number, dtype: "float32" | "int32" | "bool") =>
  tf.tidy(() => [...tf.oneHot(tf.tensor1d([...labels], "int32"), 3, on, off, dtype).dataSync()])

describe("OneHot", () => {
  it.effect("takes any numbers in float32 and writes them as such", () =>
    Effect.sync(() => {
      assert.deepStrictEqual(oneHot([1, 0], 0.75, -0.125, "float32"), [-0.125, 0.75, -0.125, 0.75, -0.125, -0.125])
    }).pipe(Effect.provide(Wasm.layer))
  )

  it.effect("gives 0 and 1 in int32 and bool", () =>
    Effect.sync(() => {
      for (const dtype of ["int32", "bool"] as const) assert.deepStrictEqual(oneHot([2], 1, 0, dtype), [0, 0, 1])
    }).pipe(Effect.provide(Wasm.layer))
  )

  it.effect("leaves a label out of range without its mark", () =>
    Effect.sync(() => {
      assert.deepStrictEqual(oneHot([-1, 3], 1, 0, "float32"), [0, 0, 0, 0, 0, 0])
    }).pipe(Effect.provide(Wasm.layer))
  )
})
