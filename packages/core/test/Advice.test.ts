/** Messages about what people from other libraries write. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import { adviceOnChained } from "../src/internal/chained.ts"
import * as LayersModel from "../src/LayersModel.ts"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers } from "./support/tiny.ts"

const chained = (tensor: tf.Tensor, method: string): tf.Tensor => Reflect.get(tensor, method).call(tensor, tensor)

describe("a chained method of a tensor", () => {
  it.effect("is named before the first step, with the function to write", () =>
    Effect.gen(function* () {
      const task = Task.supervised({
        name: "chained",
        model: Model.make({
          name: "v",
          init: () => ({ a: tf.ones([1]) }),
          apply: ({ a }, v: tf.Tensor) => (v as unknown as { mul: (other: tf.Tensor) => tf.Tensor }).mul(a) // as in JavaScript
        }),
        loss: Losses.meanSquaredError
      })
      const error = yield* Effect.flip(Trainer.train(task, { config, data: { train: numbers(4) } }))
      assert.include(error.message, "v.mul is not a function; tensors have no chained methods here: write tf.mul(v, …)")
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it("has advice that names a function of tfjs, whichever it is", () => {
    const methods = [
      ..."add sub mul div matMul relu sum mean reshape softmax toFloat asType flatten as2D squeeze".split(" ")
    ]
    for (const method of methods) {
      let message = ""
      try {
        tf.tidy(() => chained(tf.zeros([1]), method))
      } catch (error) {
        message = (error as Error).message
      }
      if (message === "") continue // registered by something that was imported
      const [, name] = /write tf\.([\w.]+)\(/.exec(adviceOnChained(`x.${method} is not a function`) ?? "") ?? []
      const found = (name ?? "").split(".").reduce((of: unknown, key) => Reflect.get(Object(of), key), tf)
      assert.strictEqual(typeof found, "function", method)
    }
  })

  it("is not meant by other functions that are missing", () => {
    assert.isUndefined(adviceOnChained("dataset.shuffleAndBatch is not a function"))
    assert.isUndefined(adviceOnChained("f is not a function"))
    assert.strictEqual(
      adviceOnChained("(intermediate value).toInt is not a function"),
      'tensors have no chained methods here: write tf.cast(x, "int32")'
    )
    assert.strictEqual(
      adviceOnChained("this.w.relu is not a function. (In 'this.w.relu()', 'this.w.relu' is undefined)"),
      "tensors have no chained methods here: write tf.relu(this.w)"
    )
  })
})

describe("a model of tf.layers for inputs of another shape", () => {
  it.effect("is refused in words of the data and of its first layer", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [2] })] })
      )
      const task = Task.supervised({ name: "wide", model, loss: Losses.meanSquaredError })
      const error = yield* Effect.flip(Trainer.train(task, { config, data: { train: numbers(4) } }))
      assert.deepStrictEqual(error.message.split("\n").slice(1), [
        "  model: the forward pass on inputs [batch, 1] float32 failed: the model takes inputs of shape [batch, 2], which is the " +
          "inputShape of its first layer, but it was given [batch, 1]. Change that inputShape, or the shape of the data"
      ])
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
