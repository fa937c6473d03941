import { assert, layer } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersModel from "../src/LayersModel.ts"
import * as Cpu from "./support/cpu.ts"

const { layers } = tfl

const first = (inputs: tf.Tensor | Array<tf.Tensor>) => (Array.isArray(inputs) ? inputs[0]! : inputs)

class Noisy extends tfl.layers.Layer {
  static className = "Noisy"
  override call(inputs: tf.Tensor | Array<tf.Tensor>) {
    return tf.tidy(() => tf.add(first(inputs), tf.randomNormal([1])))
  }
}

class Hiding extends tfl.layers.Layer {
  static className = "Hiding"
  readonly #inner = layers.dense({ units: 2 })
  override call(inputs: tf.Tensor | Array<tf.Tensor>) {
    return this.#inner.apply(first(inputs)) as tf.Tensor
  }
}

class Counting extends tfl.layers.Layer {
  static className = "Counting"
  override build() {
    this.addWeight("calls", [], "float32", tfl.initializers.zeros(), undefined, true)
    this.built = true
  }
  override call(inputs: tf.Tensor | Array<tf.Tensor>) {
    const [calls] = this.getWeights()
    this.setWeights([tf.add(calls!, 1)])
    return first(inputs)
  }
}

class Constant extends tfl.layers.Layer {
  static className = "Constant"
  readonly table = tf.keep(tf.ones([2]))
  override call(inputs: tf.Tensor | Array<tf.Tensor>) {
    return tf.tidy(() => tf.add(first(inputs), this.table))
  }
}

const Zeros = tfl.initializers.zeros().constructor as new () => ReturnType<typeof tfl.initializers.zeros>

class Losing extends tfl.layers.Layer {
  static className = "Losing"
  override call(inputs: tf.Tensor | Array<tf.Tensor>) {
    this.addLoss(() => tf.scalar(1))
    return first(inputs)
  }
}

class Failing extends tfl.layers.Layer {
  static className = "Failing"
  override call(): tf.Tensor {
    throw new Error("no such luck")
  }
}

class Sevens extends Zeros {
  static className = "Sevens"
  override apply(shape: tfl.Shape) {
    return tf.fill(shape as Array<number>, 7)
  }
}

const problemsOf = (build: () => tfl.LayersModel, options?: LayersModel.AdaptOptions) =>
  Effect.map(Effect.flip(LayersModel.adapt(build, options)), ({ problems }) => problems)

const of = (...own: Array<tfl.layers.Layer>) =>
  tfl.sequential({ name: "net", layers: [layers.inputLayer({ inputShape: [2] }), ...own] })

layer(Cpu.layer)("a model that cannot be adapted", (it) => {
  it.effect("fails with all of its problems at once", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        LayersModel.adapt(() =>
          tfl.sequential({
            name: "net",
            layers: [
              layers.lstm({
                units: 2,
                name: "memory",
                stateful: true,
                returnSequences: true,
                batchInputShape: [4, 3, 2]
              }),
              layers.dropout({ rate: 0.5, noiseShape: [1, 3, 2], name: "drop" }),
              layers.dense({ units: 1, useBias: false, name: "sevens", kernelInitializer: new Sevens() })
            ]
          })
        )
      )
      assert.strictEqual(
        error.message,
        "The model net cannot be adapted.\n" +
          "  memory: is stateful: what it remembers between batches is not part of the saved state. " +
          "Leave out `stateful`, and give it whole sequences, or its state as an input\n" +
          "  drop: its noiseShape [1, 3, 2] gives all samples of a batch the same mask, which microbatches cannot. " +
          "Use null in the first place: a mask for each sample\n" +
          "  sevens/kernel: its initializer Sevens is not one of tf.initializers, and might draw from anything. " +
          'Use one of those, or build the model with its initial values and keep them ({ weights: "keep" })'
      )
    })
  )

  it.effect("names the layer that draws random numbers of its own", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(() => of(layers.dense({ units: 2 }), new Noisy({ name: "noisy" })))
      assert.deepStrictEqual(
        problems.map(({ path }) => path),
        ["noisy"]
      )
      assert.match(problems[0]!.message, /^draws its own random numbers/)
    })
  )

  it.effect("names a layer that augments at random", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(() => {
        const input = tfl.input({ shape: [4, 4, 1] })
        const stretch = layers.randomWidth({ factor: [0, 0], name: "stretch" } as never)
        return tfl.model({ inputs: input, outputs: stretch.apply(input) as tfl.SymbolicTensor })
      })
      assert.deepStrictEqual(problems, [
        { path: "stretch", message: "augments at random with its own generator. Augment in the dataset instead" }
      ])
    })
  )

  it.effect("names a layer for resizing, which tf.layers computes without batches", () =>
    Effect.gen(function* () {
      const [problem] = yield* problemsOf(() => {
        const input = tfl.input({ shape: [4, 4, 1] })
        const small = layers.resizing({ height: 2, width: 2, name: "small" })
        return tfl.model({ inputs: input, outputs: small.apply(input) as tfl.SymbolicTensor })
      })
      assert.strictEqual(problem!.path, "small")
      assert.match(problem!.message, /^cannot be used on batches/)
    })
  )

  it.effect("names each weight whose initializer is not known", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(() =>
        of(
          layers.dense({ units: 2, name: "a", kernelInitializer: new Sevens(), biasInitializer: new Sevens() }),
          layers.dense({ units: 2, name: "b" })
        )
      )
      assert.deepStrictEqual(
        problems.map(({ path }) => path),
        ["a/kernel", "a/bias"]
      )
      assert.match(problems[0]!.message, /^its initializer Sevens is not one of tf.initializers/)
    })
  )

  it.effect("can have such an initializer's values kept", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(
        () => of(layers.dense({ units: 1, name: "a", useBias: false, kernelInitializer: new Sevens() })),
        { weights: "keep" }
      )
      assert.deepStrictEqual([...model.init({ hi: 0, lo: 0 }).parameters["a/kernel"]!.dataSync()], [7, 7])
    })
  )

  it.effect("was built beforehand, and shall be drawn anew; it is left as it was", () =>
    Effect.gen(function* () {
      const built = of(layers.dense({ units: 2, name: "a", useBias: false }))
      const problems = yield* problemsOf(() => built)
      assert.match(problems[0]!.message, /^it was made before adapt called its function/)
      assert.deepStrictEqual((built.predict(tf.ones([1, 2])) as tf.Tensor).shape, [1, 2])
      yield* LayersModel.adapt(() => built, { weights: "keep" })
      const [taken] = yield* problemsOf(() => built, { weights: "keep" })
      assert.deepStrictEqual(taken, {
        path: "a/kernel",
        message: "belongs to another adapted model; a model can be adapted only once"
      })
    })
  )

  it.effect("hides a weight where it cannot be found", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(() => of(new Hiding({ name: "hiding" })))
      assert.isAbove(problems.length, 0)
      for (const { message } of problems) assert.match(message, /^its weight (kernel|bias) cannot be found/)
    })
  )

  it.effect("writes a trainable weight at each call", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf(() => of(new Counting({ name: "counting" }))), [
        { path: "counting/calls", message: "is trainable, but a layer writes it at each call" }
      ])
    })
  )

  it.effect("adds a loss at each call", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf(() => of(new Losing({ name: "losing" }))), [
        {
          path: "losing",
          message: "adds a loss at each call. Add it when the layer is built, or make it an output"
        }
      ])
    })
  )

  it.effect("fails when it is tried", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf(() => of(new Failing({}))), [
        {
          path: "",
          message:
            "a trial run on zeros failed: no such luck. A layer's tensors must be weights, or made inside its call"
        }
      ])
    })
  )

  it.effect("keeps a tensor of its own alive", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf(() => of(new Constant({}))), [
        {
          path: "",
          message:
            "a tensor stays alive besides its weights. Layers must create their constants inside call, or as weights"
        }
      ])
    })
  )

  it.effect("fails while it is built", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(() => of(layers.dense({ units: 2, activityRegularizer: "l1l2" } as never)))
      assert.strictEqual(problems.length, 1)
      assert.match(
        problems[0]!.message,
        /^building it failed: Layer invocation in the presence of activity regularizer/
      )
    })
  )
})
