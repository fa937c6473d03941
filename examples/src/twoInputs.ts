/** A model with two inputs and two outputs, each with its own loss. */
import assert from "node:assert/strict"
import { Auto } from "@etude/backend"
import { Losses, Metric, Rng, Task, Trainer } from "@etude/core"
import { Arrays, Split } from "@etude/data"
import { dense, Layer } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

/** A place [batch, 2] and a time [batch, 1] go through one hidden layer to a temperature and to rain or no rain. */
const model = Layer.model(
  "weather",
  Layer.compose(
    { hidden: dense(32, { activation: tf.tanh }), temperature: dense(1), rain: dense(1) },
    ({ hidden, temperature, rain }, { place, time }: { place: tf.Tensor; time: tf.Tensor }) => {
      const units = hidden(tf.concat([place, time], 1))
      return { temperature: temperature(units), rain: rain(units) }
    }
  ),
  { inputs: { place: [2], time: [1] } }
)

const task = Task.supervised({
  name: "two inputs",
  model,
  loss: {
    temperature: { loss: Losses.meanSquaredError, output: "temperature", target: "temperature" },
    rain: { loss: Losses.binaryCrossEntropy(), output: "rain", target: "rain", coefficient: 0.5 }
  },
  metrics: {
    rainRight: Metric.mean({
      name: "rainRight",
      better: "higher",
      values: ({ rain }: { rain: tf.Tensor }, targets: { rain: tf.Tensor }) =>
        tf.equal(tf.greater(rain, 0), tf.cast(targets.rain, "bool"))
    })
  }
})

const program = Effect.gen(function* () {
  const place = Rng.normals(Rng.key(1), 4000)
  const time = Rng.normals(Rng.key(2), 2000)
  const temperature = time.map((t, at) => Math.sin(2 * t) + place[2 * at]!)
  const rain = time.map((t, at) => (t * place[2 * at + 1]! > 0 ? 1 : 0))
  const all = yield* Arrays.fromArrays({
    inputs: { place: { values: place, shape: [2] }, time: { values: time, shape: [1] } },
    targets: { temperature: { values: temperature, shape: [1] }, rain: { values: rain, shape: [1] } }
  })
  const { rest: train, heldOut: validation } = yield* Split.split(all, { key: 1, fraction: 0.2 })
  const config = { until: { epochs: 25 }, learningRate: 0.01 }
  const { history } = yield* Trainer.train(task, { config, data: { train, validation } })
  return history.at(-1)!.values
})

const values = await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(Auto.layer)))
const off = Math.sqrt(values["validation/temperature"]!)
const right = values["validation/rainRight"]!
console.log(
  `temperature is off by ${off.toFixed(2)} on average, rain is right in ${(100 * right).toFixed(1)} % of cases`
)
assert.ok(off > 0.01 && off < 0.2 && right > 0.95 && right < 1, `off by ${off}, right in ${right}`)
