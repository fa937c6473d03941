import { assert, describe, it } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { Network } from "../src/networks/Network.ts"
import { perceptron } from "../src/networks/perceptron.ts"
import { forward, type Problem, problemOf, type Samples, samplesFor, variablesOf } from "../src/Problem.ts"
import * as Agreement from "../src/peers/Agreement.ts"
import { bareLoop } from "../src/runners/bareLoop.ts"
import { etude } from "../src/runners/etude.ts"
import { fit } from "../src/runners/layersModel.ts"
import { pair } from "../src/runners/tensors.ts"

const problem = problemOf("logistic regression", 8)
const steps = 10
const samples = samplesFor(problem, steps * problem.batchSize)

type Losses = Array<number>
const watched = (run: typeof bareLoop, own: Problem = problem, ownSamples: Samples = samples) =>
  Effect.promise(async () => {
    const losses: Losses = []
    await run(own, ownSamples, { steps, seen: (loss) => losses.push(loss) }).train(1)
    return losses
  })

const ofEtude = Effect.gen(function* () {
  const losses: Losses = []
  const runner = yield* etude(problem, samples, { watch: { steps, seen: (loss) => losses.push(loss) } })
  yield* Effect.promise(() => runner.train(1))
  return losses
}).pipe(Effect.scoped)

const honest = Effect.all([ofEtude, watched(bareLoop), watched(fit)])

/** A loop of its own with another optimizer. */
const withOptimizer = (optimizer: tf.Optimizer) =>
  Effect.sync(() => {
    const { parameters } = variablesOf(problem)
    const variables = Object.fromEntries(Object.entries(parameters).map(([path, value]) => [path, tf.variable(value)]))
    return Array.from({ length: steps }, (_, step) => {
      const { xs, ys } = pair(problem, samples, step * problem.batchSize, (step + 1) * problem.batchSize)
      const loss = optimizer.minimize(
        () =>
          tf.losses.softmaxCrossEntropy(
            ys,
            forward(problem, { parameters: variables, statistics: {} }, xs).outputs
          ) as tf.Scalar,
        true
      )
      return loss!.dataSync()[0]!
    })
  })

const altered = (apply: Network["apply"]) => watched(bareLoop, { ...problem, apply })
const [kernel, bias] = ["dense1/kernel", "dense1/bias"] as const

const wrong: { readonly [what: string]: Effect.Effect<ReadonlyArray<number>> } = {
  "a learning rate that is a tenth higher": Effect.suspend(() => withOptimizer(tf.train.adam(0.0011))),
  "no correction of Adam's bias": Effect.suspend(() => withOptimizer(tf.train.rmsprop(0.001, 0.999, 0.9))),
  "gradient descent": Effect.suspend(() => withOptimizer(tf.train.sgd(0.001))),
  "a bias that is left out": altered(({ parameters }, x) => ({ outputs: tf.matMul(x, parameters[kernel]!) })),
  "a rectifier on the logits": altered((variables, x, context) => ({
    outputs: tf.relu(problem.apply(variables, x, context).outputs)
  })),
  "one initial weight that is off by a tenth": watched(bareLoop, {
    ...problem,
    initial: { ...problem.initial, [bias]: problem.initial[bias]!.map((value, at) => (at === 0 ? value + 0.1 : value)) }
  }),
  "batches in another order": Effect.suspend(() => {
    const [half, size] = [samples.count / 2, samples.inputs.length / samples.count]
    const turned = <A extends Float32Array | Int32Array>(values: A, at: number): A => {
      const copy = values.slice() as A
      copy.set(values.subarray(at), 0)
      copy.set(values.subarray(0, at), values.length - at)
      return copy
    }
    const inputs = turned(samples.inputs, half * size)
    return watched(bareLoop, problem, { ...samples, inputs, labels: turned(samples.labels, half) })
  })
}

describe("the check for equal arithmetic", () => {
  it.effect("accepts Etude, the bare loop and model.fit", () =>
    Effect.gen(function* () {
      for (const { difference, refused } of Agreement.judge(yield* honest)) {
        assert.isUndefined(refused)
        assert.isBelow(difference, 1e-5)
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  for (const [what, run] of Object.entries(wrong)) {
    it.effect(`refuses ${what}, and only that`, () =>
      Effect.gen(function* () {
        const [first, ...others] = yield* honest
        const verdicts = Agreement.judge([first, yield* run, ...others])
        assert.deepStrictEqual(
          verdicts.map(({ refused }) => refused !== undefined),
          [false, true, false, false]
        )
        assert.match(verdicts[1]!.refused!, /^other arithmetic: the loss of step \d+ is /)
      }).pipe(Effect.provide(Cpu.layer))
    )
  }

  it("refuses losses that are missing or not finite, at the step where they are", () => {
    const good = [2, 1]
    const refusals = (own: ReadonlyArray<number>) => Agreement.judge([good, own, good])[1]!.refused
    assert.strictEqual(refusals([2]), "other arithmetic: the loss of step 2 is missing, that of the others 1.00000")
    assert.strictEqual(
      refusals([Number.NaN, 1]),
      "other arithmetic: the loss of step 1 is NaN, that of the others 2.00000"
    )
  })

  it("refuses both of two that differ: nobody knows who is wrong", () => {
    for (const { refused } of Agreement.judge([[2], [2.1]])) assert.isDefined(refused)
  })
})

describe("the networks", () => {
  it("have as many multiplications in a perceptron as its kernels have values", () => {
    const { positions, parameters } = perceptron([300, 100])
    assert.deepStrictEqual(
      Object.entries(positions).map(([path, count]) => count * parameters[path]!.shape.reduce((a, b) => a * b, 1)),
      [784 * 300, 300 * 100, 100 * 10]
    )
  })
})
