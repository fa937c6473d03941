import { assert, describe, it } from "@effect/vitest"
import type * as Dataset from "@etude/core/Dataset"
import * as Losses from "@etude/core/Losses"
import * as Model from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as Task from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as Trainer from "@etude/core/Trainer"
import * as Close from "@etude/testing/Close"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as Tiny from "@etude/testing/subjects/Tiny"
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

const close = (found: tf.Tensor, expected: ReadonlyArray<number>, relative = 1e-6) => {
  const values = Array.from(found.dataSync())
  assert.isUndefined(Close.difference(values, expected, { relative, absolute: 1e-7 }), `found ${values}`)
}
const random = (key: number) => RandomBits.make({ key: tf.tensor1d([key, 7], "int32"), batchSize: 4 })
const vectors = { train: Tiny.vectors(14), validation: Tiny.vectors(6, 2) }
const config = { until: { epochs: 2 }, batchSize: 4, optimizer: { _tag: "Sgd" }, learningRate: 0.1 } as const

it.layer(CpuBackend.layer)("transforms", (it) => {
  describe("label smoothing", () => {
    it("moves labels and probabilities towards uniform", () => {
      close(LabelSmoothing.smoothLabels(tf.tensor1d([0], "int32"), 0.1, 2), [0.95, 0.05])
      close(LabelSmoothing.smoothLabels(tf.tensor2d([[0, 1, 0, 0]]), 0.2), [0.05, 0.85, 0.05, 0.05])
      assert.deepStrictEqual(LabelSmoothing.smoothLabels(tf.zeros([2, 3], "int32"), 0, 5).shape, [2, 3, 5])
    })

    it("takes yes-or-no targets one by one: with α = 0.1, 0 becomes 0.05 and 1 becomes 0.95, whatever the batch", () => {
      close(LabelSmoothing.smoothLabels(tf.tensor1d([0, 1, 0, 1]), 0.1), [0.05, 0.95, 0.05, 0.95])
      close(LabelSmoothing.smoothLabels(tf.tensor2d([[0], [1]]), 0.1), [0.05, 0.95])
      close(LabelSmoothing.smoothLabels(tf.tensor1d([false, true], "bool"), 0.1), [0.05, 0.95])
      close(LabelSmoothing.smoothLabels(tf.tensor2d([[1, 1, 0]]), 0.2, undefined, "elements"), [0.9, 0.9, 0.1])
      close(
        LabelSmoothing.smoothLabels(tf.tensor2d([[0, 1]], undefined, "int32"), 0.2, undefined, "elements"),
        [0.1, 0.9]
      )
    })

    for (const [name, shape, dtype] of [
      ["[batch] of float32", [], "float32"],
      ["[batch, 1] of float32", [1], "float32"],
      ["[batch] of int32", [], "int32"],
      ["[batch] of bool", [], "bool"],
      ["[batch, 3], several labels at once", [3], "float32"]
    ] as const) {
      it.effect(`smooths what binary cross-entropy compares by α / 2, also in a partial batch: targets ${name}`, () =>
        Effect.gen(function* () {
          const size = shape[0] ?? 1
          const task = Task.supervised({
            name: "bias",
            model: Model.make({
              name: "bias",
              init: () => ({ b: tf.zeros([...shape]) }),
              apply: ({ b }, inputs: tf.Tensor) => tf.add(tf.zeros([inputs.shape[0]!, ...shape]), b)
            }),
            loss: Losses.binaryCrossEntropy()
          })
          const make = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype]
          const train: Dataset.Dataset = {
            name: "zeros",
            length: 5,
            spec: { inputs: { shape: [1], dtype: "float32" }, targets: { shape, dtype } },
            read: ({ length }) => ({ inputs: new Float32Array(length), targets: new make(length * size) })
          }
          const run = yield* Trainer.train(task, {
            config: { until: { steps: 2 }, batchSize: 4, optimizer: { _tag: "Sgd" }, learningRate: 1 },
            data: { train },
            callbacks: LabelSmoothing.layer({ smoothing: 0.2 })
          })
          // Targets are 0.1; the slope by a logit is σ(b) − 0.1, shared among the logits of a sample.
          const slope = (b: number) => (1 / (1 + Math.exp(-b)) - 0.1) / size
          const [first] = [-slope(0)]
          close(run.state.parameters["b"]!, Array<number>(size).fill(first - slope(first)))
        }).pipe(Effect.scoped)
      )
    }

    it.effect("refuses targets that are real values to the loss, before the first step", () =>
      Effect.gen(function* () {
        const task = {
          ...Tiny.perceptron(),
          objectives: { loss: { ...Tiny.perceptron().objectives["loss"]!, targets: { "": "values" as const } } }
        }
        const error = yield* Effect.flip(
          Trainer.train(task, { config, data: vectors, callbacks: LabelSmoothing.layer({ classes: 3 }) })
        )
        assert.match(
          error.message,
          /callbacks\.labelSmoothing: .* the targets are real values to the loss, and only probabilities/
        )
      }).pipe(Effect.scoped)
    )

    it.effect("trains as the loss's own smoothing does", () =>
      Effect.gen(function* () {
        const callbacks = LabelSmoothing.layer({ smoothing: 0.3, classes: 3 })
        const found = yield* Trainer.train(Tiny.perceptron(), { config, data: vectors, callbacks })
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

    it.effect("smooths by a schedule, which is that number where it never changes", () =>
      Effect.gen(function* () {
        const runWith = (smoothing: LabelSmoothing.ConfigInput["smoothing"]) =>
          Trainer.train(Tiny.perceptron(), {
            config,
            data: vectors,
            callbacks: LabelSmoothing.layer({ smoothing: smoothing ?? 0, classes: 3 })
          })
        const fixed = yield* runWith(0.3)
        const constant = yield* runWith({ _tag: "Constant", rate: 0.3 })
        const falling = yield* runWith({ _tag: "Ramp", from: 0.3, to: 0, over: { steps: 2 } })
        for (const [path, parameter] of Object.entries(fixed.state.parameters)) {
          close(constant.state.parameters[path]!, [...parameter.dataSync()], 1e-5)
          assert.notDeepEqual([...falling.state.parameters[path]!.dataSync()], [...parameter.dataSync()])
        }
      }).pipe(Effect.scoped)
    )

    it.effect("asks for the number of classes where targets are labels, before the first step", () =>
      Effect.gen(function* () {
        const run = Trainer.train(Tiny.perceptron(), { config, data: vectors, callbacks: LabelSmoothing.layer() })
        const error = yield* Effect.flip(run)
        assert.strictEqual(error._tag, "PreflightFailed")
        assert.match(
          error.message,
          /callbacks\.labelSmoothing: .* targets are labels \(int32 \[2\]\), and the number of classes .*: set classes$/
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

    it("with weights, a blend's loss is the weighted sum of its two samples' losses", () => {
      const [n, classes] = [7, 3]
      const [weights, lambdas] = [Rng.uniforms(Rng.key(1), n, 0, 3), Rng.uniforms(Rng.key(2), n)]
      const labels = Array.from({ length: n }, (_, k) => k % classes)
      const logs = tf.logSoftmax(tf.tensor2d(Rng.normals(Rng.key(3), n * classes), [n, classes]))
      for (const lambda of [Float32Array.of(0.3), lambdas]) {
        const mixed = Mixup.mix(
          { inputs: tf.zeros([n, 1]), targets: tf.tensor1d(labels, "int32"), weights: tf.tensor1d(weights) },
          tf.tensor1d(lambda),
          { classes }
        )
        const losses = tf.mul(mixed.weights!, tf.neg(tf.sum(tf.mul(mixed.targets as tf.Tensor, logs), -1)))
        const log = logs.arraySync() as Array<Array<number>>
        const share = (k: number) => lambda[lambda.length === 1 ? 0 : k]!
        close(
          losses,
          labels.map((label, k) => {
            const other = n - 1 - k
            return (
              -share(k) * weights[k]! * log[k]![label]! - (1 - share(k)) * weights[other]! * log[k]![labels[other]!]!
            )
          }),
          1e-5
        )
      }
    })

    it("a sample of weight 0 gets into no blend, whatever it holds, and does not count", () => {
      const { inputs, targets, weights } = Mixup.mix(
        {
          inputs: tf.tensor2d([[Number.NaN], [1], [2], [3]]),
          targets: tf.tensor2d([
            [Number.NaN, 0],
            [1, 0],
            [0, 1],
            [0, 1]
          ]),
          weights: tf.tensor1d([0, 1, 3, 2])
        },
        tf.tensor1d([0.7])
      )
      close(tf.slice(inputs as tf.Tensor2D, 1), [1.3, 1.7, 3])
      close(tf.slice(targets as tf.Tensor2D, 1), [0.7 / 1.6, 0.9 / 1.6, 0.3 / 2.4, 2.1 / 2.4, 0, 1])
      close(weights!, [0, 1.6, 2.4, 2])
    })

    it("blends int32 targets that are no classes to the loss as numbers", () => {
      const { targets } = Mixup.mix(batch(), tf.tensor1d([0.75]), { kinds: { "": "elements" } })
      close(targets as tf.Tensor, [0, 1, 1, 0])
    })

    it("the quantiles of Beta(α, α) are SciPy's", () => {
      // scipy.stats.beta.ppf(p, a, a) for p = 1/64, 5/64, 1/4, 31/64, of SciPy 1.17.1.
      const known: ReadonlyArray<readonly [alpha: number, quantiles: ReadonlyArray<number>]> = [
        [0.02, [5.353259081928525e-76, 4.75464919163261e-41, 8.602355679525894e-16, 0.16631754577122765]],
        [0.2, [2.3078696864997977e-8, 7.211746133782589e-5, 0.023814718768253692, 0.4511511271274435]],
        [0.75, [0.005372848879526361, 0.04566879762768738, 0.20987055757303374, 0.48128124628111224]],
        [1.5, [0.04431531689038173, 0.132015381210425, 0.2980136233502414, 0.487726921135487]],
        [4, [0.16109341022765097, 0.2579475762527529, 0.3788484406417074, 0.4928556844167609]],
        [40, [0.38096043961897386, 0.4209951111117028, 0.4622309683702758, 0.49780314655037194]],
        [2000, [0.4829759981974134, 0.48879203723522024, 0.49466750869195464, 0.49969026652197757]]
      ]
      for (const [alpha, expected] of known) {
        const table = Beta.quantiles(alpha, 64)
        for (const [at, place] of [1, 5, 16, 31].entries()) {
          assert.closeTo(table[place]!, expected[at]!, 1e-6 * expected[at]! + 1e-38, `α = ${alpha}`)
          assert.closeTo(table[64 - place]!, 1 - expected[at]!, 1e-7)
        }
      }
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
        const callbacks = AdaptiveClipping.layer({ clipping: 1e-4, except: "output/**" })
        const [clipped, plain] = [
          (yield* Trainer.train(Tiny.perceptron(), { ...options, callbacks })).state.parameters,
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
        const callbacks = WeightConstraints.layer({ constraints })
        const { state } = yield* Trainer.train(Tiny.perceptron(), { config, data: vectors, callbacks })
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
        const callbacks = ExponentialMovingAverage.layer({ decay: 0.5, warmup: false })
        const run = yield* Trainer.train(task, { config, data: vectors, callbacks })
        const plain = yield* Trainer.train(task, { config, data: vectors })
        for (const path in plain.state.parameters) {
          assert.deepStrictEqual(run.state.parameters[path]!.dataSync(), plain.state.parameters[path]!.dataSync())
        }
        const averaged = { ...run.state, parameters: ExponentialMovingAverage.averaged(run.state) }
        const data = vectors.validation
        const expected = yield* Trainer.validate(task, { state: averaged, data, batchSize: 4 })
        assert.strictEqual(run.history.at(-1)!.values["validation/loss"], expected.values["loss"])
        assert.notStrictEqual(plain.history.at(-1)!.values["validation/loss"], expected.values["loss"])
        const tested = yield* Trainer.test(task, { state: run.state, data, callbacks, batchSize: 4 })
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
          callbacks: Layer.mergeAll(average, stopping)
        })
        const best = run.best[monitor]!
        assert.isBelow(best.step, run.counts.steps)
        const data = vectors.validation
        const again = yield* Trainer.validate(task, { state: run.state, data, callbacks: average, batchSize: 4 })
        assert.strictEqual(again.values["loss"], best.value)
      }).pipe(Effect.scoped)
    )

    it.effect("is the average of the parameters after each step, weighted by age; of those that match", () =>
      Effect.gen(function* () {
        const path = "output/bias"
        const callbacks = ExponentialMovingAverage.layer({ decay: 0.5, warmup: false, match: path })
        const at = (steps: number) =>
          Effect.map(
            Trainer.train(Tiny.perceptron(), {
              config: { ...config, until: { steps } },
              data: { train: vectors.train },
              callbacks
            }),
            ({ state }) => state
          )
        const [first, second] = [yield* at(1), yield* at(2)]
        const own = Tensors.ofOwner(second.callbacks, ExponentialMovingAverage.id)
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
      const callbacks = Layer.mergeAll(
        LabelSmoothing.layer({ classes: 3 }),
        Mixup.layer({ classes: 3 }),
        GradientNoise.layer(),
        AdaptiveClipping.layer(),
        WeightConstraints.layer({ constraints: [{ match: "**", constraint: { _tag: "MaxNorm", maximum: 1 } }] }),
        ExponentialMovingAverage.layer()
      )
      const { counts } = yield* Trainer.train(Tiny.perceptron(), { config, data: vectors, callbacks })
      assert.strictEqual(counts.steps, 8)
    }).pipe(Effect.scoped)
  )
})
