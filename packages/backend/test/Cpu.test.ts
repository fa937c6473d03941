import { assert, describe, it, vi } from "@effect/vitest"
import * as Backend from "@etude/core/Backend"
import { BackendBusy } from "@etude/core/Errors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Cpu from "../src/Cpu.ts"
import * as Wasm from "../src/Wasm.ts"

describe("Cpu.layer", () => {
  it.live("says what it is, computes, and prints nothing", () =>
    Effect.gen(function* () {
      const warn = yield* Effect.acquireRelease(
        Effect.sync(() => vi.spyOn(console, "warn")),
        (spy) => Effect.sync(() => spy.mockRestore())
      )
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* Backend.Backend, {
          name: "cpu",
          version: "4.22.0",
          device: "CPU",
          threads: 1,
          reason: "chosen by name"
        })
        assert.deepStrictEqual([...tf.add(tf.tensor1d([1, 2]), 1).dataSync()], [2, 3])
      }).pipe(Effect.provide(Cpu.layer))
      assert.strictEqual(warn.mock.calls.length, 0)
    })
  )

  it.live("refuses a second backend while it is open", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(Effect.void, Wasm.layer)).pipe(Effect.provide(Cpu.layer))
      assert.instanceOf(error, BackendBusy)
      assert.deepStrictEqual({ wanted: error.wanted, holder: error.holder }, { wanted: "wasm", holder: "cpu" })
    })
  )

  it.live("puts tfjs's own kernels back when it is closed", () =>
    Effect.gen(function* () {
      const own = tf.getKernel("AvgPoolGrad", "cpu")
      const during = yield* Effect.sync(() => tf.getKernel("AvgPoolGrad", "cpu")).pipe(Effect.provide(Cpu.layer))
      assert.notStrictEqual(during, own)
      assert.strictEqual(tf.getKernel("AvgPoolGrad", "cpu"), own)
    })
  )
})
