import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import type * as Core from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { Handles } from "../src/runtime/Handles.ts"
import * as SharingKernels from "../src/runtime/SharingKernels.ts"
import * as StepMemory from "../src/runtime/StepMemory.ts"
import * as TestArena from "./support/TestArena.ts"

const withMemory = (body: (memory: Core.StepMemory, arena: TestArena.TestArena) => void) =>
  Effect.gen(function* () {
    const arena = TestArena.make({ grows: true })
    const handles = new Handles(arena)
    yield* SharingKernels.install("wasm", handles)
    yield* Effect.sync(() => body(StepMemory.of(handles), arena))
  }).pipe(Effect.scoped, Effect.provide(Wasm.layer))

describe("an arena as the memory of steps", () => {
  it.effect("holds numbers of any kind as the dtype says, and takes others in their place", () =>
    withMemory((memory, arena) => {
      const labels = memory.tensor(Uint8Array.of(7, 255), [2], "int32")
      const truths = memory.tensor(Uint8Array.of(1, 0), [2], "bool")
      assert.deepStrictEqual(labels.dataSync(), Int32Array.of(7, 255))
      assert.isTrue(memory.write(labels, Int32Array.of(-1, 3)))
      assert.isTrue(memory.write(truths, Uint8Array.of(0, 1)))
      arena.memory.grow(1)
      assert.deepStrictEqual(labels.dataSync(), Int32Array.of(-1, 3))
      assert.deepStrictEqual(truths.dataSync(), Uint8Array.of(0, 1))
      assert.deepStrictEqual(memory.values(labels), Int32Array.of(-1, 3))
      tf.dispose([labels, truths])
    })
  )

  it.effect("changes nothing that somebody else holds, that has moved, is gone, or has another size", () =>
    withMemory((memory, arena) => {
      const x = memory.tensor(Float32Array.of(1, 2), [2], "float32")
      assert.isFalse(memory.write(x, Float32Array.of(1, 2, 3)))
      const clone = tf.clone(x)
      assert.isFalse(memory.write(x, Float32Array.of(3, 4)))
      assert.deepStrictEqual(clone.dataSync(), Float32Array.of(1, 2))
      clone.dispose()
      assert.isTrue(memory.write(x, Float32Array.of(3, 4)))
      const sum = tf.add(x, 1)
      assert.deepStrictEqual(sum.dataSync(), Float32Array.of(4, 5))
      assert.isFalse(memory.write(x, Float32Array.of(5, 6)))
      assert.isUndefined(memory.values(x))
      assert.deepStrictEqual(x.dataSync(), Float32Array.of(3, 4))
      tf.dispose([x, sum])
      const gone = memory.tensor(Float32Array.of(1), [], "float32")
      gone.dispose()
      assert.isFalse(memory.write(gone, Float32Array.of(2)))
      assert.strictEqual(arena.taken(), 0)
    })
  )
})
