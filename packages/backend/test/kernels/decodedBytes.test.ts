import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Native from "../../src/Native.ts"
import { bool, dtype } from "../../src/native/Attributes.ts"
import { isInstalled } from "../native/Installed.ts"
import { on } from "./agreement.ts"

/** A tensor of bytes that tfjs takes for int32, as `tf.node.decodePng` makes them. */
const bytes = (values: ReadonlyArray<number>): tf.Tensor => {
  const engine = Native.current()!
  const { TF_FLOAT, TF_UINT8 } = engine.binding
  const attributes = [dtype(engine, "SrcT", TF_FLOAT), dtype(engine, "DstT", TF_UINT8), bool(engine, "Truncate", false)]
  return engine.executeSingleOutput("Cast", attributes, [tf.tensor1d([...values])])
}

describe.skipIf(!isInstalled)("bytes that TensorFlow decoded", () => {
  for (const to of ["int32", "float32"] as const) {
    it.effect(`are really cast to ${to}, though tfjs calls them int32`, () =>
      on(Native.layer, () => {
        const decoded = bytes([0, 21, 255])
        assert.strictEqual(decoded.dtype, "int32")
        const cast = tf.cast(decoded, to)
        assert.strictEqual(cast.dtype, to)
        assert.deepStrictEqual([...cast.dataSync()], [0, 21, 255])
        assert.deepStrictEqual([...tf.add(cast, cast).dataSync()], [0, 42, 510])
      })
    )
  }
  it.effect("are cast to truth values", () =>
    on(Native.layer, () => assert.deepStrictEqual([...tf.cast(bytes([0, 21]), "bool").dataSync()], [0, 1]))
  )
})
