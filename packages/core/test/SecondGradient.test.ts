import { assert, describe, it } from "@effect/vitest"

import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Callback from "../src/Callback.ts"
import * as Gradient from "../src/Gradient.ts"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Tensors from "../src/Tensors.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Update from "../src/Update.ts"
import * as Updates from "../src/Updates.ts"
import * as Cpu from "./support/cpu.ts"

const x = [1, -2, 3, 0.5]
const y = [2, 1, -1, 0]
const weights = [1, 2, 0, 1]
const data = {
  name: "four",
  length: 4,
  spec: {
    inputs: { shape: [], dtype: "float32" },
    targets: { shape: [], dtype: "float32" },
    weights: { shape: [], dtype: "float32" }
  },
  read: (indices: Int32Array) => {
    const pick = (values: ReadonlyArray<number>) => Float32Array.from(indices, (index) => values[index]!)
    return { inputs: pick(x), targets: pick(y), weights: pick(weights) }
  }
} as const
const task = (optimizer?: Update.Update) =>
  Task.supervised({
    name: "line",
    model: Model.make({
      name: "line",
      init: () => ({ w: tf.scalar(0.3) }),
      apply: ({ w }, inputs: tf.Tensor) => tf.mul(inputs, w)
    }),
    loss: Losses.meanSquaredError,
    ...(optimizer === undefined ? {} : { groups: [{ name: "all", match: "**", optimizer }] })
  })

/** The gradient of Σ weights·(w·x − y)² / Σ weights at w. */
const gradientAt = (w: number): number =>
  x.reduce((sum, value, index) => sum + weights[index]! * 2 * (w * value - y[index]!) * value, 0) / 4

const rho = 0.2
/** Two steps of SAM by hand: g at w, then the gradient at w + ρ·g/|g|. */
const byHand = (): number => {
  let w = 0.3
  for (let step = 0; step < 2; step++) w -= 0.1 * gradientAt(w + rho * Math.sign(gradientAt(w)))
  return w
}

/** SAM as a transform. */
const sam = Callback.transform({
  id: "sam",
  transform: {
    secondGradient: true,
    gradients: (gradients, { gradient }, parameters) => {
      const scale = tf.div(rho, Gradient.globalNorm(gradients))
      return gradient(Tensors.map(gradients, (one, path) => tf.add(Tensors.get(parameters, path), tf.mul(one, scale))))
    }
  }
})

const config = {
  batchSize: 4,
  until: { steps: 2 },
  learningRate: 0.1,
  shuffle: false,
  optimizer: { _tag: "Sgd" }
} as const

describe("the gradient of the same batch at other parameters", () => {
  for (const [name, parts] of Object.entries({ "of whole batches": {}, "of parts": { microbatchSize: 3 } })) {
    it.effect(`gives SAM as a link of an optimizer, as a transform and by name, ${name}`, () =>
      Effect.gen(function* () {
        const link = Update.chain(Updates.sharpnessAware(rho), Updates.scaleByLearningRate())
        const run = { config: { ...config, ...parts }, data: { train: data } }
        const asLink = yield* Trainer.train(task(link), run)
        const asTransform = yield* Trainer.train(task(), { ...run, callbacks: sam })
        assert.closeTo(asLink.state.parameters["w"]!.dataSync()[0]!, byHand(), 1e-6)
        const named = { ...run.config, gradients: [{ _tag: "SharpnessAware", rho }] } as const
        const asConfig = yield* Trainer.train(task(), { ...run, config: named })
        assert.closeTo(asConfig.state.parameters["w"]!.dataSync()[0]!, byHand(), 1e-6)
        assert.closeTo(asTransform.state.parameters["w"]!.dataSync()[0]!, byHand(), 1e-6)
      }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
    )
  }

  it.effect("is refused to a link that does not say that it asks for it, with what to say", () =>
    Effect.gen(function* () {
      const link = Update.stateless("curious", (_, { gradient, parameters }) => gradient(parameters))
      const error = yield* Effect.flip(Trainer.train(task(link), { config, data: { train: data } }))
      assert.include(error.message, "secondGradient: true")
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
