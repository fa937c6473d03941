import { assert, describe, it } from "@effect/vitest"
import * as RandomBits from "@etude/core/RandomBits"
import * as Tensors from "@etude/core/Tensors"
import * as Trainer from "@etude/core/Trainer"
import * as Close from "@etude/testing/Close"
import * as Tiny from "@etude/testing/Tiny"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as AdaptiveClipping from "../src/AdaptiveClipping.ts"
import * as EarlyStopping from "../src/EarlyStopping.ts"
import * as ExponentialMovingAverage from "../src/ExponentialMovingAverage.ts"
import * as GradientNoise from "../src/GradientNoise.ts"
import * as Beta from "../src/internal/beta.ts"
import * as LabelSmoothing from "../src/LabelSmoothing.ts"
import * as Mixup from "../src/Mixup.ts"
import * as WeightConstraints from "../src/WeightConstraints.ts"
import { cpu } from "./support/tiny.ts"

const close = (found: tf.Tensor, expected: ReadonlyArray<number>, relative = 1e-6) => {
  const values = Array.from(found.dataSync())
  assert.isUndefined(Close.difference(values, expected, { relative, absolute: 1e-7 }), `found ${values}`)
}
const random = (key: number) => RandomBits.make({ key: tf.tensor1d([key, 7], "int32"), batchSize: 4 })
const vectors = { train: Tiny.vectors(14), validation: Tiny.vectors(6, 2) }
const config = { until: { epochs: 2 }, batchSize: 4, optimizer: { _tag: "Sgd" }, learningRate: 0.1 } as const

it.layer(cpu)("transforms", (it) => {
  describe("label smoothing", () => {
    it("moves labels and probabilities towards uniform", () => {
      close(LabelSmoothing.smoothLabels(tf.tensor1d([0], "int32"), 0.1, 2), [0.95, 0.05])
      close(LabelSmoothing.smoothLabels(tf.tensor2d([[0, 1, 0, 0]]), 0.2), [0.05, 0.85, 0.05, 0.05])
      assert.deepStrictEqual(LabelSmoothing.smoothLabels(tf.zeros([2, 3], "int32"), 0, 5).shape, [2, 3, 5])
    })

    it.effect("trains as the loss's own smoothing does", () =>
      Effect.gen(function* () {
        const plugins = LabelSmoothing.layer({ smoothing: 0.3, classes: 3 })
        const found = yield* Trainer.train(Tiny.perceptron(), { config, data: vectors, plugins })
        const task = Tiny.perceptron({ loss: { labelSmoothing: 0.3 } })
        const expected = yield* Trainer.train(task, { config, data: vectors })
        for (const path in expected.state.parameters) {
          close(found.state.parameters[path]!, [...expected.state.parameters[path]!.dataSync()], 1e-5)
        }
        const [without, validation] = [Tiny.perceptron(), vectors.validation]
        const plain = yield* Trainer.validate(without, { state: found.state, data: validation, batchSize: 4 })
        assert.strictEqual(found.history.at(-1)!.values["validation/loss"], plain.values["loss"])
      }).pipe(Effect.scoped)
    )

    it.effect("asks for the number of classes where targets are labels, before the first step", () =>
      Effect.gen(function* () {
        const run = Trainer.train(Tiny.perceptron(), { config, data: vectors, plugins: LabelSmoothing.layer() })
        const error = yield* Effect.flip(run)
        assert.strictEqual(error._tag, "PreflightFailed")
        assert.match(
          error.message,
          /plugins\.labelSmoothing: .* targets are labels \(int32 \[2\]\), and how many classes .*: set classes$/
        )
      }).pipe(Effect.scoped)
    )
  })

  describe("mixup", () => {
    const batch = () => ({ inputs: tf.tensor2d([[0], [1], [2], [3]]), targets: tf.tensor1d([0, 1, 1, 0], "int32") })

    it("blends inputs and one-hot targets with those of the mirrored place", () => {
      const { inputs, targets } = Mixup.mix(batch(), tf.tensor1d([0.75]), { classes: 2 })
      close(inputs as tf.Tensor, [0.75, 1.25, 1.75, 2.25])
      close(targets as tf.Tensor, [1, 0, 0, 1, 0, 1, 1, 0])
    })

    it("with λ = 1 changes nothing, with λ = 0 only the order, and takes a λ for each sample", () => {
      close(Mixup.mix(batch(), tf.tensor1d([1]), { classes: 2 }).inputs as tf.Tensor, [0, 1, 2, 3])
      close(Mixup.mix(batch(), tf.tensor1d([0]), { classes: 2 }).inputs as tf.Tensor, [3, 2, 1, 0])
      close(Mixup.mix(batch(), tf.tensor1d([1, 0, 1, 0]), { classes: 2 }).inputs as tf.Tensor, [0, 2, 2, 0])
    })

    it("refuses masks", () => {
      assert.throws(() => Mixup.mix({ ...batch(), mask: tf.ones([4]) }, tf.tensor1d([1]), { classes: 2 }), /has a mask/)
    })

    it("the quantiles of Beta(α, α) are those known in closed form", () => {
      for (let at = 0; at <= 8; at++) {
        assert.closeTo(Beta.quantiles(1, 8)[at]!, at / 8, 1e-7)
        // The arcsine distribution.
        assert.closeTo(Beta.quantiles(0.5, 8)[at]!, Math.sin((Math.PI * at) / 16) ** 2, 1e-7)
      }
    })

    for (const alpha of [0.2, 1, 4]) {
      it(`draws λ with the mean and variance of Beta(${alpha}, ${alpha})`, () => {
        const draws = Mixup.drawLambda(alpha)(random(3), 20_000)
        const { mean, variance } = tf.moments(draws)
        assert.closeTo(mean.dataSync()[0]!, 0.5, 0.01)
        assert.closeTo(variance.dataSync()[0]!, 1 / (4 * (2 * alpha + 1)), 0.005)
        assert.isTrue(draws.dataSync().every((value: number) => value >= 0 && value <= 1))
      })
    }
  })

  describe("gradient noise", () => {
    it("has the deviation of the step, and is drawn anew for each step and path", () => {
      const gradients = { a: tf.zeros([10_000]), b: tf.zeros([10_000]), c: tf.zeros([]) }
      const once = GradientNoise.addNoise(gradients, random(1), 0.5)
      const again = GradientNoise.addNoise(gradients, random(1), tf.scalar(0.5))
      const next = GradientNoise.addNoise(gradients, random(2), 0.5)
      const moments = tf.moments(once["a"]!)
      assert.closeTo(moments.mean.dataSync()[0]!, 0, 0.02)
      assert.closeTo(moments.variance.dataSync()[0]!, 0.25, 0.01)
      assert.deepStrictEqual(once["a"]!.dataSync(), again["a"]!.dataSync())
      assert.notDeepEqual(once["a"]!.dataSync(), next["a"]!.dataSync())
      assert.notDeepEqual(once["a"]!.dataSync(), once["b"]!.dataSync())
    })

    it("is independent for small gradients that are drawn together, each in its shape", () => {
      const gradients = { a: tf.zeros([30, 20]), large: tf.zeros([5000]), b: tf.zeros([600]), c: tf.zeros([]) }
      const noisy = GradientNoise.addNoise(gradients, random(1), 0.5)
      for (const [path, { shape }] of Object.entries(gradients)) assert.deepStrictEqual(noisy[path]!.shape, shape)
      const product = tf.mean(tf.mul(tf.reshape(noisy["a"]!, [600]), noisy["b"]!)).dataSync()[0]!
      // 600 products of deviation 0.25: their mean is within 0.05 of zero, five deviations away.
      assert.closeTo(product, 0, 0.05)
    })

    it("falls as the paper says", () => {
      assert.strictEqual(GradientNoise.deviationAt(1, { eta: 0.01, gamma: 0.55 }), 0.1)
      assert.closeTo(GradientNoise.deviationAt(101, { eta: 1, gamma: 0.55 }) ** 2, 1 / (1 + 100) ** 0.55, 1e-12)
    })
  })

  describe("adaptive clipping", () => {
    const limits = { clipping: 0.5, epsilon: 0.001 }

    it("limits each unit's gradient by the norm of its weights", () => {
      // Units are columns: weights of norm 5 and 1, gradients of norm 5 and 0.1.
      const weights = tf.tensor2d([
        [3, 1],
        [4, 0]
      ])
      const gradient = tf.tensor2d([
        [3, 0.1],
        [4, 0]
      ])
      close(AdaptiveClipping.clipGradient(gradient, weights, limits), [1.5, 0.1, 2, 0])
    })

    it("lets units of zero weights move by ε, keeps zero gradients, takes vectors whole, passes NaN on", () => {
      const clip = (gradient: tf.Tensor, weights: tf.Tensor) => AdaptiveClipping.clipGradient(gradient, weights, limits)
      close(clip(tf.tensor2d([[1], [0]]), tf.zeros([2, 1])), [0.0005, 0])
      close(clip(tf.zeros([2, 1]), tf.zeros([2, 1])), [0, 0])
      close(clip(tf.tensor1d([30, 40]), tf.tensor1d([3, 4])), [1.5, 2])
      assert.isNaN(clip(tf.tensor1d([Number.NaN]), tf.tensor1d([1])).dataSync()[0])
    })

    it.effect("in a run, changes exactly what is not excepted", () =>
      Effect.gen(function* () {
        const options = { config: { ...config, until: { steps: 1 } }, data: { train: vectors.train } }
        const plugins = AdaptiveClipping.layer({ clipping: 1e-4, except: "output/**" })
        const [clipped, plain] = [
          (yield* Trainer.train(Tiny.perceptron(), { ...options, plugins })).state.parameters,
          (yield* Trainer.train(Tiny.perceptron(), options)).state.parameters
        ]
        const changed = Object.keys(plain).filter(
          (path) => String(plain[path]!.dataSync()) !== String(clipped[path]!.dataSync())
        )
        assert.deepStrictEqual(changed, ["hidden/kernel", "hidden/bias"])
      }).pipe(Effect.scoped)
    )
  })

  describe("weight constraints", () => {
    it("a maximum norm scales units that are beyond it, and only those", () => {
      close(
        WeightConstraints.maxNorm(
          tf.tensor2d([
            [3, 1],
            [4, 0]
          ]),
          2
        ),
        [1.2, 1, 1.6, 0]
      )
      close(WeightConstraints.maxNorm(tf.zeros([2, 2]), 2), [0, 0, 0, 0])
    })

    it("a unit norm of nothing is nothing", () => {
      close(
        WeightConstraints.unitNorm(
          tf.tensor2d([
            [3, 0],
            [4, 0]
          ])
        ),
        [0.6, 0, 0.8, 0]
      )
    })

    it.effect("hold after every update, where they match", () =>
      Effect.gen(function* () {
        const constraints = [
          { match: "**/kernel", constraint: { _tag: "NonNegative" } },
          { match: "hidden/kernel", constraint: { _tag: "MaxNorm", maximum: 0.5 } }
        ] as const
        const plugins = WeightConstraints.layer({ constraints })
        const { state } = yield* Trainer.train(Tiny.perceptron(), { config, data: vectors, plugins })
        const { "hidden/kernel": hidden, "output/kernel": output, "output/bias": bias } = state.parameters
        const isNonNegative = (tensor: tf.Tensor) => tensor.dataSync().every((value: number) => value >= 0)
        assert.isTrue(isNonNegative(hidden!) && isNonNegative(output!))
        assert.isFalse(isNonNegative(bias!))
        const norms = tf.sqrt(tf.sum(tf.square(hidden!), 0)).dataSync()
        assert.isTrue(norms.every((norm: number) => norm <= 0.5 + 1e-6))
      }).pipe(Effect.scoped)
    )
  })

  describe("the moving average", () => {
    it("keeps its decay of itself", () => {
      const { w } = ExponentialMovingAverage.update({ w: tf.tensor1d([1]) }, { w: tf.tensor1d([3]) }, 0.75)
      close(w!, [1.5])
    })

    it("is warmed up", () => {
      const decay = (step: number) => ExponentialMovingAverage.decayAt(step, { decay: 0.9, warmup: true })
      assert.deepStrictEqual([decay(1), decay(8), decay(1000)], [2 / 11, 0.5, 0.9])
    })

    it.effect("is what validation and tests see, while training never does", () =>
      Effect.gen(function* () {
        const task = Tiny.perceptron()
        const plugins = ExponentialMovingAverage.layer({ decay: 0.5, warmup: false })
        const run = yield* Trainer.train(task, { config, data: vectors, plugins })
        const plain = yield* Trainer.train(task, { config, data: vectors })
        for (const path in plain.state.parameters) {
          assert.deepStrictEqual(run.state.parameters[path]!.dataSync(), plain.state.parameters[path]!.dataSync())
        }
        const averaged = { ...run.state, parameters: ExponentialMovingAverage.averaged(run.state) }
        const data = vectors.validation
        const expected = yield* Trainer.validate(task, { state: averaged, data, batchSize: 4 })
        assert.strictEqual(run.history.at(-1)!.values["validation/loss"], expected.values["loss"])
        assert.notStrictEqual(plain.history.at(-1)!.values["validation/loss"], expected.values["loss"])
        const tested = yield* Trainer.test(task, { state: run.state, data, plugins, batchSize: 4 })
        assert.strictEqual(tested.values["loss"], expected.values["loss"])
      }).pipe(Effect.scoped)
    )

    it.effect("is restored with the best parameters: measured again, they give the best value", () =>
      Effect.gen(function* () {
        const task = Tiny.perceptron()
        const average = ExponentialMovingAverage.layer({ decay: 0.5, warmup: false })
        const monitor = "validation/loss"
        // At this rate the loss gets better for some epochs, and then worse.
        const stopping = EarlyStopping.layer({ monitor, patience: { evaluations: 2 }, restoreBest: true })
        const run = yield* Trainer.train(task, {
          config: { ...config, until: { epochs: 60 }, learningRate: 0.5 },
          data: vectors,
          plugins: Layer.mergeAll(average, stopping)
        })
        const best = run.best[monitor]!
        assert.isBelow(best.step, run.counts.steps)
        const data = vectors.validation
        const again = yield* Trainer.validate(task, { state: run.state, data, plugins: average, batchSize: 4 })
        assert.strictEqual(again.values["loss"], best.value)
      }).pipe(Effect.scoped)
    )

    it.effect("is the average of the parameters after each step, weighted by age; of those that match", () =>
      Effect.gen(function* () {
        const path = "output/bias"
        const plugins = ExponentialMovingAverage.layer({ decay: 0.5, warmup: false, match: path })
        const at = (steps: number) =>
          Effect.map(
            Trainer.train(Tiny.perceptron(), {
              config: { ...config, until: { steps } },
              data: { train: vectors.train },
              plugins
            }),
            ({ state }) => state
          )
        const [first, second] = [yield* at(1), yield* at(2)]
        const own = Tensors.unprefixed(second.callbacks, `${ExponentialMovingAverage.id}/`)
        assert.deepStrictEqual(Object.keys(own), [path])
        // The initial bias is zero.
        const [a, b] = [first.parameters[path]!.dataSync(), second.parameters[path]!.dataSync()]
        close(
          own[path]!,
          Array.from(a, (value, index) => value / 4 + b[index]! / 2),
          1e-5
        )
      }).pipe(Effect.scoped)
    )
  })

  it.effect("all of them train together", () =>
    Effect.gen(function* () {
      const plugins = Layer.mergeAll(
        LabelSmoothing.layer({ classes: 3 }),
        Mixup.layer({ classes: 3 }),
        GradientNoise.layer(),
        AdaptiveClipping.layer(),
        WeightConstraints.layer({ constraints: [{ match: "**", constraint: { _tag: "MaxNorm", maximum: 1 } }] }),
        ExponentialMovingAverage.layer()
      )
      const { counts } = yield* Trainer.train(Tiny.perceptron(), { config, data: vectors, plugins })
      assert.strictEqual(counts.steps, 8)
    }).pipe(Effect.scoped)
  )
})
