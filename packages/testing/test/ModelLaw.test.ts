import { assert, describe, it } from "@effect/vitest"
import * as Model from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Cpu from "../src/doubles/CpuBackend.ts"
import * as laws from "../src/Laws.ts"
import * as ModelLaw from "../src/laws/ModelLaw.ts"
import * as Tiny from "../src/subjects/Tiny.ts"

const { "": perceptron } = Tiny.perceptron().models
laws.model(perceptron ?? assert.fail("no model"), { inputs: [4] })

type Parameters = { readonly kernel: tf.Tensor; readonly bias: tf.Tensor }
const init = (key: Rng.Key): Parameters => ({
  kernel: tf.tensor2d(Rng.normals(key, 6), [2, 3]),
  bias: tf.zeros([3])
})
const dense = (p: Parameters, x: tf.Tensor) => tf.add(tf.matMul(x, p.kernel), p.bias)
const line: Model.Model<tf.Tensor, tf.Tensor> = Model.make({ name: "line", init, apply: dense })
laws.model(line, { inputs: { values: Float32Array.of(1, 2, 3, 4), shape: [2, 2] } })
laws.model(
  Model.make({
    name: "noise",
    init: () => ({}),
    apply: (_, x: tf.Tensor, { random }) => tf.add(x, RandomBits.uniform(random, "noise", x.shape))
  }),
  { inputs: [2], draws: true }
)

const caught = (
  name: string,
  changes: Partial<Model.Model<tf.Tensor, tf.Tensor>>,
  statement: number,
  message: string
) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const law = ModelLaw.of({ ...line, ...changes }, { inputs: [2] })[statement] ?? assert.fail("no such law")
      assert.strictEqual((yield* Effect.flip(law.check)).message, `line breaks the law "model": ${message}`)
    }).pipe(Effect.provide(Cpu.layer))
  )
type Apply = (parameters: Parameters, x: tf.Tensor, context: Model.ForwardContext) => tf.Tensor
const applying = (apply: Apply) => ({ apply: Model.make({ name: "line", init, apply }).apply })
const statisticsOf = (shape: ReadonlyArray<number>): Partial<Model.Model<tf.Tensor, tf.Tensor>> => ({
  init: (key) => ({ parameters: init(key), statistics: { mean: tf.zeros([2]) } }),
  apply: (variables, x, context) => ({
    ...line.apply(variables, x, context),
    statistics: { mean: tf.zeros([...shape]) }
  })
})

describe("the laws of models catch", () => {
  let calls = 0
  caught(
    "first values that depend on what was made before",
    { init: () => ({ parameters: init(Rng.key(calls++)), statistics: {} }) },
    0,
    "with the same key, the second time variable kernel is -1.373244047164917 instead of -1.084827184677124 at element 0. To reproduce: call init with a key, another one, and the first one."
  )
  caught(
    "one that counts its passes",
    applying((p, x) => tf.add(dense(p, x), calls++)),
    1,
    "in training, the second time the output is 5.250909805297852 instead of 4.250909805297852 at element 0. To reproduce: call apply twice with one key."
  )
  caught(
    "one that keeps a tensor",
    applying((p, x) => {
      tf.keep(tf.zeros([1]))
      return dense(p, x)
    }),
    1,
    "after training 2 tensors are left. To reproduce: call apply twice inside of tf.tidy, and read tf.memory().numTensors."
  )
  caught(
    "dropout in evaluation",
    applying((p, x, { random }) => RandomBits.dropout(random, "mask", dense(p, x), 0.5)),
    2,
    "in evaluation, with another key the output is 2.501819133758545 instead of 0 at element 0; say draws: true if that is meant. To reproduce: call apply with training: false and two keys."
  )
  caught(
    "a parameter that nothing uses",
    applying(({ kernel }, x) => tf.matMul(x, kernel)),
    3,
    "bias has no gradient: it is not used, or its values are read and enter as numbers. To reproduce: differentiate the outputs, in training, by bias, with all parameters moved a little."
  )
  caught(
    "a parameter that is read as a constant",
    applying((p, x) => tf.add(tf.matMul(x, p.kernel), tf.tensor(p.bias.dataSync(), [3]))),
    3,
    "bias has no gradient: it is not used, or its values are read and enter as numbers. To reproduce: differentiate the outputs, in training, by bias, with all parameters moved a little."
  )
  caught(
    "a parameter without effect",
    applying((p, x) => dense({ ...p, bias: tf.mul(p.bias, 0) }, x)),
    3,
    "the gradient by bias is 0 everywhere: nothing that it gives depends on it. To reproduce: differentiate the outputs, in training, by bias, with all parameters moved a little."
  )
  caught(
    "samples that are compared with their batch",
    applying((p, x) => dense(p, tf.sub(x, tf.mean(x, 0)))),
    4,
    "in training, of sample 0 alone the output is 0 instead of 0.9778070449829102 at element 0; say crossSample: true if samples influence each other. To reproduce: compare sample 0 alone with the same in a batch of 3."
  )
  caught(
    "a statistic of another shape",
    statisticsOf([3]),
    5,
    "the statistic mean is [2] float32 at first and [3] float32 later. To reproduce: call apply with training: true."
  )
})
