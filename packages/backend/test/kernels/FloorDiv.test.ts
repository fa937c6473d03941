import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Wasm from "../../src/Wasm.ts"
import { agrees, on } from "./agreement.ts"

describe("FloorDiv", () => {
  it.live("is exact for every int32", () =>
    Effect.gen(function* () {
      const values = [-(2 ** 31), -(2 ** 24) - 1, -257, -256, -1, 0, 1, 255, 256, 2 ** 24 + 1, 2 ** 31 - 1]
      for (const divisor of [1, -1, 3, 256, -256, 2 ** 24 + 1]) {
        const found = yield* on(Wasm.layer, () =>
          tf.floorDiv(tf.tensor1d(values.slice(1), "int32"), tf.scalar(divisor, "int32")).dataSync()
        )
        assert.deepStrictEqual(
          [...found],
          values.slice(1).map((value) => Number(floorOfQuotient(BigInt(value), BigInt(divisor))))
        )
      }
    })
  )

  agrees(
    "broadcasts either side",
    () => {
      const a = tf.tensor2d(
        [
          [7, -7, 2 ** 30],
          [5, -5, 9]
        ],
        [2, 3],
        "int32"
      )
      return [
        tf.floorDiv(a, tf.tensor1d([2, 3, 5], "int32")),
        tf.floorDiv(tf.tensor1d([2 ** 30, 3, 5], "int32"), a),
        tf.floorDiv(tf.scalar(2 ** 30, "int32"), a)
      ]
    },
    0
  )
})

const floorOfQuotient = (a: bigint, b: bigint): bigint => (a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b)
