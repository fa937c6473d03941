import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Native from "../../src/Native.ts"
import { isInstalled } from "../native/Installed.ts"
import { on } from "./agreement.ts"

describe.skipIf(!isInstalled)("gathering on native", () => {
  it.effect("reads nothing back from the library", () =>
    on(Native.layer, () => {
      const engine = Native.current()!
      const { tensorDataSync } = engine.binding
      let reads = 0
      const listening = Object.create(engine.binding, {
        tensorDataSync: {
          value: (tensor: number) => {
            reads++
            return tensorDataSync(tensor)
          }
        }
      })
      Object.defineProperty(engine, "binding", { value: listening, configurable: true, writable: true })
      const indices = tf.add(tf.tensor1d([2, 0], "int32"), tf.scalar(0, "int32"))
      const gathered = tf.gather(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]), indices as tf.Tensor1D)
      assert.strictEqual(reads, 0)
      assert.deepStrictEqual([...gathered.dataSync()], [5, 6, 1, 2])
      Object.defineProperty(engine, "binding", { value: Object.getPrototypeOf(listening) })
    })
  )
  it.effect("names an index that is out of range", () =>
    on(Native.layer, () => {
      const x = tf.tensor1d([1, 2, 3])
      assert.throws(() => tf.gather(x, tf.tensor1d([0, 3], "int32")), /indices\[1\] = 3 is not in \[0, 3\)/)
      assert.throws(() => tf.gather(x, tf.tensor1d([-1], "int32")), /indices\[0\] = -1 is not in \[0, 3\)/)
    })
  )
  it.effect("takes rows of batches, whole numbers and several dimensions of indices", () =>
    on(Native.layer, () => {
      const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2], "int32")
      const rows = tf.gather(x, tf.tensor2d([1, 0], [2, 1], "int32"), 1, 1)
      assert.deepStrictEqual(rows.arraySync(), [[[3, 4]], [[5, 6]]])
      assert.deepStrictEqual(
        tf.gather(tf.tensor1d([5, 6, 7]), tf.tensor2d([0, 1, 2, 0], [2, 2], "int32")).arraySync() as unknown,
        [
          [5, 6],
          [7, 5]
        ]
      )
    })
  )
})
