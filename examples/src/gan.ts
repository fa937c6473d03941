/** A generative adversarial network (Goodfellow et al. 2014): one task of two models, two losses and two optimizers. */
import assert from "node:assert/strict"
import { Auto } from "@etude/backend"
import { RandomBits, Rng, Task, Trainer } from "@etude/core"
import { Arrays } from "@etude/data"
import { dense, Layer } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

const perceptron = (name: string, outputs: number) =>
  Layer.model(name, Layer.sequential([dense(32, { activation: (x) => tf.leakyRelu(x) }), dense(outputs)]), {
    inputs: [2]
  })

const task = Task.make({
  name: "GAN",
  models: { generator: perceptron("generator", 2), discriminator: perceptron("discriminator", 1) },
  forward: ({ batch, models, random }) => {
    const samples = models.generator(RandomBits.normal(random, "noise", batch.inputs.shape))
    return { samples, real: models.discriminator(batch.inputs), fake: models.discriminator(samples) }
  },
  objectives: {
    generator: { values: ({ fake }) => tf.softplus(tf.neg(fake)) },
    discriminator: { values: ({ real, fake }) => tf.add(tf.softplus(tf.neg(real)), tf.softplus(fake)) }
  },
  // Each group follows its own loss: a generator's step leaves the discriminator alone, and the other way round.
  groups: [
    {
      name: "generator",
      match: "generator/**",
      losses: ["generator"],
      optimizer: { _tag: "Adam", beta1: 0.5 },
      learningRate: { _tag: "Cosine", rate: 0.002, over: { epochs: 40 } }
    },
    { name: "discriminator", match: "discriminator/**", losses: ["discriminator"], optimizer: { _tag: "RmsProp" } }
  ]
})

const program = Effect.gen(function* () {
  // Points around (1, −2) with variances 1 and covariance 0.8. There are no targets.
  const z = Rng.normals(Rng.key(1), 8192)
  const points = z.map((value, at) => (at % 2 === 0 ? 1 + value : -2 + 0.8 * z[at - 1]! + 0.6 * value))
  const train = yield* Arrays.fromArrays({ inputs: { values: points, shape: [2] } })
  const config = { batchSize: 128, until: { epochs: 40 }, learningRate: 0.01 }
  const { state } = yield* Trainer.train(task, { config, data: { train } })
  const use = ({ samples }: { samples: tf.Tensor }) => {
    const { mean, variance } = tf.moments(samples, 0)
    const covariance = tf.mean(tf.prod(tf.sub(samples, mean), 1))
    return [mean, variance, covariance].flatMap((tensor) => [...tensor.dataSync()])
  }
  return yield* Trainer.predict(task, { state, data: train, batchSize: train.length, use })
})

const [found] = await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(Auto.layer)))
console.log(`mean, variances and covariance of new points: ${found!.map((value) => value.toFixed(2)).join(" ")}`)
const error = Math.max(...[1, -2, 1, 1, 0.8].map((wanted, at) => Math.abs(found![at]! - wanted)))
assert.ok(error > 0.001 && error < 0.15, `off by ${error}`)
