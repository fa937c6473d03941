import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersModel from "../src/LayersModel.ts"
import * as Losses from "../src/Losses.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config } from "./support/tiny.ts"

const layer = (options: { readonly kernelSize: number; readonly dilationRate?: number; readonly strides?: number }) =>
  tfl.layers.conv1d({ filters: 1, padding: "causal", kernelInitializer: "ones", ...options })

describe('convolutions over time with "causal" padding', () => {
  it.effect("see no later input", () =>
    Effect.sync(() =>
      tf.tidy(() => {
        const x = tf.tensor3d([1, 2, 3, 4, 5], [1, 5, 1])
        const of = (own: tfl.layers.Layer) => [...(own.apply(x) as tf.Tensor).dataSync()]
        assert.deepStrictEqual(of(layer({ kernelSize: 2 })), [1, 3, 5, 7, 9])
        assert.deepStrictEqual(of(layer({ kernelSize: 2, dilationRate: 2 })), [1, 2, 4, 6, 8])
        assert.deepStrictEqual(of(layer({ kernelSize: 3, strides: 2 })), [1, 6, 12])
        for (const strides of [1, 2, 3]) {
          const own = layer({ kernelSize: 3, strides })
          assert.deepStrictEqual((own.apply(x) as tf.Tensor).shape, own.computeOutputShape([1, 5, 1]))
        }
      })
    ).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("are trained in an adapted model", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({
          layers: [tfl.layers.conv1d({ filters: 1, kernelSize: 2, padding: "causal", inputShape: [4, 1] })]
        })
      )
      const task = Task.supervised({ name: "causal", model, loss: Losses.meanSquaredError })
      const { history } = yield* Effect.scoped(
        Trainer.train(task, {
          config,
          data: {
            train: {
              name: "ramps",
              length: 4,
              spec: { inputs: { shape: [4, 1], dtype: "float32" }, targets: { shape: [4, 1], dtype: "float32" } },
              read: (indices) => ({
                inputs: new Float32Array(4 * indices.length).fill(1),
                targets: new Float32Array(4 * indices.length).fill(2)
              })
            }
          }
        })
      )
      assert.strictEqual(history.length, 1)
    }).pipe(Effect.provide(Cpu.layer))
  )
})
