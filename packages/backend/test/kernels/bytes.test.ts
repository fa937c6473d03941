import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Bytes from "@etude/core/kernels/Bytes"
import { decoder, upload } from "@etude/core/Upload"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Cpu from "../../src/Cpu.ts"
import * as Native from "../../src/Native.ts"
import * as Wasm from "../../src/Wasm.ts"
import { isInstalled } from "../native/Installed.ts"
import { operationsOf } from "../native/operations.ts"
import { on } from "./agreement.ts"

const levels = Uint8Array.from({ length: 256 }, (_, level) => level)
const scalings: ReadonlyArray<Bytes.Scaling> = [
  Bytes.unscaled,
  { scale: 1 / 255, offset: 0 },
  { scale: 1 / (255 * 0.3081), offset: -0.1307 / 0.3081 },
  { scale: 1, offset: -128 },
  { scale: -0.1, offset: 1e-3 }
]
const backends = { cpu: Cpu.layer, wasm: Wasm.layer, ...(isInstalled ? { native: Native.layer } : {}) }

for (const [name, backend] of Object.entries(backends)) {
  describe(`bytes on ${name}`, () => {
    it.live("become level · scale + offset, rounded as float32 after each", () =>
      on(backend, () => {
        for (const scaling of scalings) {
          const found = Bytes.scaled(Bytes.upload(levels, [2, 128], scaling), scaling)
          assert.deepStrictEqual([found.shape, found.dtype], [[2, 128], "float32"])
          const [scale, offset] = [Math.fround(scaling.scale), Math.fround(scaling.offset)]
          const expected = Float32Array.from(levels, (level) => Math.fround(Math.fround(level * scale) + offset))
          assert.deepStrictEqual(found.dataSync(), expected)
        }
      })
    )

    it.live("are decoded field by field, once or twice, and all else is left as it is", () =>
      on(backend, () => {
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
      })
    )

    it.live("leave no tensor behind", () =>
      Effect.gen(function* () {
        const left = yield* on(backend, () => {
          const before = tf.memory().numTensors
          tf.tidy(() => void Bytes.scaled(Bytes.upload(levels, [256]), Bytes.unscaled))
          return tf.memory().numTensors - before
        })
        assert.strictEqual(left, 0)
      })
    )
  })
}

describe.skipIf(!isInstalled)("on native", () => {
  it.live("bytes are uploaded as bytes, and cast by one operation", () =>
    on(Native.layer, () => {
      const uploaded = Bytes.upload(levels, [256])
      const { tensorMap, binding } = Native.current()!
      assert.strictEqual(tensorMap.get(uploaded.dataId).dtype, binding.TF_UINT8)
      assert.deepStrictEqual(
        operationsOf(() => Bytes.scaled(uploaded, { scale: 2, offset: 0 })),
        ["Cast", "Mul"]
      )
    })
  )
})
