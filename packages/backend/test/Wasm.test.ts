import { assert, describe, it } from "@effect/vitest"
import * as Backend from "@etude/core/Backend"
import { BackendBusy } from "@etude/core/Errors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Cpu from "../src/Cpu.ts"
import * as Wasm from "../src/Wasm.ts"

const product = () => [...tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()]

describe("Wasm.layer", () => {
  it.live("leaves uncaught errors of the process to the process", () =>
    Effect.gen(function* () {
      const count = () => ["uncaughtException", "unhandledRejection"].map((event) => process.listenerCount(event))
      const before = count()
      assert.deepStrictEqual(yield* Effect.sync(count).pipe(Effect.provide(Wasm.layer)), before)
    })
  )

  it.live("says why it does not start, and where its files may be", () =>
    Effect.gen(function* () {
      const { factory } = tf.engine().registryFactory["wasm"]!
      tf.removeBackend("wasm")
      tf.registerBackend("wasm", () => Promise.reject(new Error("ENOENT: no such file, open 'simd.wasm'\n at x")))
      const { warn } = console
      console.warn = () => {}
      try {
        const error = yield* Effect.flip(Effect.provide(Backend.Backend, Layer.fresh(Wasm.layer), { local: true }))
        assert.strictEqual(
          error.message,
          "The wasm backend is not available: its initialization failed: ENOENT: no such file, open 'simd.wasm'. It needs " +
            "the three .wasm files of @tensorflow/tfjs-backend-wasm, which bundlers don't include: copy them next to the " +
            "bundle, or set their place with `Wasm.layerWith({ paths })`."
        )
      } finally {
        console.warn = warn
        tf.removeBackend("wasm")
        tf.registerBackend("wasm", factory, 2)
      }
    })
  )

  it.live("says what it is and computes", () =>
    Effect.gen(function* () {
      const info = yield* Backend.Backend
      assert.strictEqual(info.name, "wasm")
      assert.strictEqual(info.version, "4.22.0")
      assert.strictEqual(info.device, "CPU, WebAssembly with SIMD")
      assert.strictEqual(info.threads, 1)
      assert.strictEqual(tf.getBackend(), "wasm")
      assert.deepStrictEqual(product(), [11])
    }).pipe(Effect.provide(Wasm.layer))
  )

  it.live("refuses a second backend while it is open, and allows one after it is closed", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(Effect.void, Layer.fresh(Cpu.layer), { local: true })).pipe(
        Effect.provide(Wasm.layer)
      )
      assert.instanceOf(error, BackendBusy)
      assert.strictEqual(
        error.message,
        "The cpu backend cannot be started: this process already uses the wasm backend, and tfjs has one engine per " +
          "process. Provide one backend layer around the whole program, or use a second process."
      )
      const names = yield* Effect.forEach([Cpu.layer, Wasm.layer, Cpu.layer], (layer) =>
        Effect.sync(() => [tf.getBackend(), product()]).pipe(Effect.provide(layer))
      )
      assert.deepStrictEqual(names, [
        ["cpu", [11]],
        ["wasm", [11]],
        ["cpu", [11]]
      ])
    })
  )

  it.live("adds its kernels while it is open only", () =>
    Effect.gen(function* () {
      const has = () => tf.getKernel("Conv2DBackpropFilter", "wasm") !== undefined
      const own = tf.getKernel("BatchMatMul", "wasm")
      assert.isFalse(has())
      assert.isTrue(yield* Effect.sync(has).pipe(Effect.provide(Wasm.layer)))
      assert.isFalse(has())
      assert.strictEqual(tf.getKernel("BatchMatMul", "wasm"), own)
    })
  )
})
