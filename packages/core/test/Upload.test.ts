import { assert, describe, it } from "@effect/vitest"
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { Dataset } from "../src/Dataset.ts"
import { decoder, upload } from "../src/internal/step/Upload.ts"
import * as Cpu from "./support/cpu.ts"

describe("bytes of a batch", () => {
  it.effect("are decoded field by field, once or twice, and all else is left as it is", () =>
    Effect.sync(() => {
      const bytes = { scale: 0.5, offset: 1 }
      const dataset: Dataset = {
        name: "bytes",
        length: 2,
        spec: {
          inputs: { pixels: { shape: [2], dtype: "float32", bytes }, given: { shape: [], dtype: "float32", bytes } },
          targets: { shape: [], dtype: "int32" },
          weights: { shape: [], dtype: "float32" }
        },
        read: () => ({ inputs: {} })
      }
      const batch = upload(
        dataset,
        {
          inputs: { pixels: Uint8Array.of(0, 1, 2, 255), given: Float32Array.of(3, 4) },
          targets: Uint8Array.of(7, 8),
          weights: Uint8Array.of(1, 2)
        },
        2
      )
      const decode = decoder(dataset.spec)
      for (const decoded of [decode(batch), decode(decode(batch))]) {
        const { pixels, given } = decoded.inputs as { readonly [name: string]: tf.Tensor }
        assert.deepStrictEqual([...pixels!.dataSync()], [1, 1.5, 2, 128.5])
        assert.deepStrictEqual([...given!.dataSync()], [3, 4])
        assert.deepStrictEqual([...(decoded.targets as tf.Tensor).dataSync()], [7, 8])
        assert.deepStrictEqual([...(decoded.weights as tf.Tensor).dataSync()], [1, 2])
      }
    }).pipe(Effect.provide(Cpu.layer))
  )
})
