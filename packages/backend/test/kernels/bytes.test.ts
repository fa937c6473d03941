import { assert, describe, it } from "@effect/vitest"
import * as Bytes from "@etude/core/kernels/Bytes"
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
