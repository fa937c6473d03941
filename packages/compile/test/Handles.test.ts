import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Bytes from "@etude/core/kernels/Bytes"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { Handles } from "../src/runtime/Handles.ts"
import * as SharingKernels from "../src/runtime/SharingKernels.ts"
import * as TestArena from "./support/TestArena.ts"

interface World {
  readonly arena: TestArena.TestArena
  readonly handles: Handles
}

/** With an arena whose memory grows at each allocation. */
const withHandles = (body: (world: World) => unknown) =>
  Effect.gen(function* () {
    const arena = TestArena.make({ grows: true })
    const handles = new Handles(arena)
    yield* SharingKernels.install("wasm", handles)
    yield* Effect.promise(async () => {
      tf.engine().startScope()
      await body({ arena, handles })
      tf.engine().endScope()
    })
  }).pipe(Effect.scoped, Effect.provide(Wasm.layer))

const floats = (handles: Handles, ...values: Array<number>) =>
  handles.upload(values, { dtype: "float32", shape: [values.length] })

describe("tensors in an arena", () => {
  it.effect("are read as what tfjs holds: truth values and bytes too, also after the memory has grown", () =>
    withHandles(async ({ arena, handles }) => {
      const x = floats(handles, 1.5, -0, Number.NaN)
      const whole = handles.upload([-7, 2 ** 31 - 1], { dtype: "int32", shape: [2, 1] })
      const truths = handles.upload([1, 0], { dtype: "bool", shape: [2] })
      const bytes = handles.upload(Uint8Array.of(0, 255, 7), { dtype: "uint8", shape: [3] })
      const empty = handles.upload([], { dtype: "float32", shape: [0, 3] })
      const scalar = handles.upload([3], { dtype: "float32", shape: [] })
      arena.memory.grow(1)
      assert.deepStrictEqual(x.dataSync(), Float32Array.of(1.5, -0, Number.NaN))
      assert.deepStrictEqual(whole.dataSync(), Int32Array.of(-7, 2 ** 31 - 1))
      assert.deepStrictEqual(await truths.data(), Uint8Array.of(1, 0))
      assert.deepStrictEqual([truths.dtype, truths.arraySync()], ["bool", [1, 0]])
      assert.deepStrictEqual([bytes.dtype, bytes.dataSync()], ["int32", Int32Array.of(0, 255, 7)])
      assert.deepStrictEqual([empty.shape, empty.dataSync().length], [[0, 3], 0])
      assert.strictEqual(scalar.arraySync(), 3)
    })
  )

  it.effect("give their block back with the last of their handles", () =>
    withHandles(({ arena, handles }) => {
      const before = tf.memory().numDataBuffers
      const x = floats(handles, 1, 2, 3, 4)
      const [second, square] = [tf.clone(x), tf.reshape(x, [2, -1])]
      assert.deepStrictEqual([arena.taken(), tf.memory().numDataBuffers], [1, before + 1])
      x.dispose()
      second.dispose()
      assert.deepStrictEqual(square.arraySync(), [
        [1, 2],
        [3, 4]
      ])
      assert.strictEqual(arena.taken(), 1)
      square.dispose()
      assert.deepStrictEqual([arena.taken(), tf.memory().numDataBuffers], [0, before])
      assert.deepStrictEqual([handles.numDataIds(), handles.memory().numBytes], [0, 0])
    })
  )

  it.effect("move to the backend that computes with them, with all their handles", () =>
    withHandles(({ arena, handles }) => {
      const x = floats(handles, 1, 2)
      const second = tf.clone(x)
      assert.deepStrictEqual(tf.add(x, 1).dataSync(), Float32Array.of(2, 3))
      assert.strictEqual(arena.taken(), 0)
      assert.isUndefined(handles.find(x.dataId))
      x.dispose()
      assert.deepStrictEqual(second.dataSync(), Float32Array.of(1, 2))
      assert.deepStrictEqual(
        tf.logicalNot(handles.upload([1, 0], { dtype: "bool", shape: [2] })).dataSync(),
        Uint8Array.of(0, 1)
      )
    })
  )

  it.effect("are copies of what was given, and give copies", () =>
    withHandles(({ handles }) => {
      const given = Float32Array.of(1, 2)
      const x = handles.upload(given, { dtype: "float32", shape: [2] })
      given.fill(9)
      const read = x.dataSync()
      x.dispose()
      floats(handles, 5, 6)
      assert.deepStrictEqual(read, Float32Array.of(1, 2))
    })
  )

  it.effect("hold bytes as bytes, and scale them as elsewhere, to the last bit", () =>
    withHandles(({ arena, handles }) => {
      const values = Uint8Array.from({ length: 256 }, (_, level) => level)
      const scaling = { scale: 1 / 255, offset: -0.1 }
      const bytes = Bytes.upload(values, [16, 16], scaling)
      assert.deepStrictEqual([bytes.shape, bytes.dtype], [[16, 16], "int32"])
      assert.deepStrictEqual([arena.taken(), handles.memory().numBytes], [1, 256])
      const scaled = Bytes.scaled(bytes, scaling)
      assert.deepStrictEqual(scaled.dataSync(), Bytes.widen(values, scaling))
      assert.strictEqual(arena.taken(), 1)
      // Whatever else is done with them sees whole numbers.
      assert.deepStrictEqual(tf.max(bytes).dataSync(), Int32Array.of(255))
      assert.deepStrictEqual(Bytes.scaled(bytes, scaling).dataSync(), Bytes.widen(values, scaling))
    })
  )

  it.effect("leave tensors of the backend as they are", () =>
    withHandles(({ arena }) => {
      const x = tf.tensor1d([1, 2])
      assert.deepStrictEqual(tf.reshape(tf.clone(x), [2, 1]).arraySync(), [[1], [2]])
      assert.strictEqual(arena.taken(), 0)
    })
  )

  it.effect("stand in tfjs' books as its own do, in scopes and outside, disposed once or twice", () =>
    withHandles(({ arena, handles }) => {
      const booked = () => {
        const { numTensors, numDataBuffers, numBytes } = tf.memory()
        return { numTensors, numDataBuffers, numBytes }
      }
      const shape = [2, 2]
      const ways: ReadonlyArray<() => tf.Tensor> = [
        () => tf.tensor([1, 2, 3, 4], shape),
        () => handles.upload([1, 2, 3, 4], { dtype: "float32", shape })
      ]
      const [own, ours] = ways.map((make) => {
        const seen = [booked()]
        const see = () => seen.push(booked())
        const x = make()
        see()
        const kept = tf.tidy(() => {
          make()
          const result = [tf.keep(make()), make()] as const
          see()
          return [result[0], tf.reshape(result[1], [4])]
        })
        see()
        x.dispose()
        x.dispose()
        see()
        tf.dispose(kept)
        assert.isTrue(x.isDisposed)
        assert.throws(() => x.dataSync(), /disposed/)
        see()
        return seen
      })
      assert.deepStrictEqual(ours, own)
      assert.strictEqual(arena.taken(), 0)
    })
  )
})
