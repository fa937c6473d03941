/** Steps of adapted models, and the same models of tf.layers beside them with the same weights. */
import { assert } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import type * as tfl from "@tensorflow/tfjs-layers"
import { recording } from "../../src/layers/BuildRecord.ts"
import { walk } from "../../src/layers/Walk.ts"
import type { ForwardContext, Model, Variables } from "../../src/Model.ts"
import * as RandomBits from "../../src/RandomBits.ts"
import * as Rng from "../../src/Rng.ts"
import { isTensor, type TensorOrRecord, type Tensors } from "../../src/Tensors.ts"

/** Fixed numbers in about ±1.7 (uniform, variance 1). */
export const numbers = (shape: ReadonlyArray<number>, seed = 0): tf.Tensor =>
  tf.tensor(Rng.uniforms(Rng.key(seed), tf.util.sizeFromShape([...shape]), -1.7, 1.7), [...shape])

/** Fixed integers from 0 to below `count`. */
export const integers = (shape: ReadonlyArray<number>, count: number, seed = 0): tf.Tensor =>
  tf.tensor(
    Int32Array.from(Rng.uniforms(Rng.key(seed), tf.util.sizeFromShape([...shape]), 0, count)),
    [...shape],
    "int32"
  )

/** The context of a step whose key is `seed`; of a part of a batch of `batchSize`, when `samples` are given. */
export const context = (
  training: boolean,
  { seed = 0, batchSize = 0, samples }: { seed?: number; batchSize?: number; samples?: ReadonlyArray<number> } = {}
): ForwardContext => ({
  training,
  random: RandomBits.make({
    key: tf.tensor1d([seed, 7], "int32"),
    batchSize,
    ...(samples === undefined ? {} : { samples: tf.tensor1d([...samples], "int32") })
  })
})

/** The mean squared errors of all outputs, summed, as tf.layers adds them. */
const errorOf = (outputs: TensorOrRecord, targets: ReadonlyArray<tf.Tensor>): tf.Tensor => {
  const list = isTensor(outputs) ? [outputs] : Object.values(outputs)
  return tf.addN(list.map((output, at) => tf.mean(tf.squaredDifference(output, targets[at]!))))
}

/** One step of gradient descent on the mean squared error, penalty included: the next variables. */
export const descend = (
  model: Model<any, any>,
  variables: Variables,
  inputs: TensorOrRecord,
  targets: ReadonlyArray<tf.Tensor>,
  learningRate: number,
  forwardContext: ForwardContext = context(true)
): Variables => {
  const paths = Object.keys(variables.parameters).filter((path) => model.trainable?.(path) ?? true)
  let statistics: Tensors = {}
  const { grads } = tf.engine().gradients(
    () => {
      const forward = model.apply(variables, inputs, forwardContext)
      statistics = Object.fromEntries(
        Object.entries(forward.statistics ?? {}).map(([path, tensor]) => [path, tf.keep(tf.clone(tensor))])
      )
      const error = errorOf(forward.outputs, targets)
      return (forward.penalty === undefined ? error : tf.add(error, forward.penalty)) as tf.Scalar
    },
    paths.map((path) => variables.parameters[path]!)
  )
  const parameters: Record<string, tf.Tensor> = { ...variables.parameters }
  paths.forEach((path, at) => {
    const next = tf.sub(parameters[path]!, tf.mul(grads[at]!, learningRate))
    parameters[path] = model.constraints?.[path]?.(next) ?? next
  })
  return { parameters, statistics: { ...variables.statistics, ...statistics } }
}

/**
 * A model of tf.layers as it is, to compare with. All of its weights begin at zero: tf.layers' own orthogonal
 * initializer needs chained tensor methods, which are not there.
 */
export const reference = (build: () => tfl.LayersModel): tfl.LayersModel => {
  let model: tfl.LayersModel
  recording(true, new Map(), () => {
    model = build()
  })
  return model!
}

/** Gives a model of tf.layers the variables of an adapted one. */
export const assign = (model: tfl.LayersModel, { parameters, statistics }: Variables): void => {
  for (const { path, variable } of walk(model).weights) variable.write((parameters[path] ?? statistics[path])!)
}

/** The weights of a model of tf.layers by path. */
export const weightsOf = (model: tfl.LayersModel): Tensors =>
  Object.fromEntries(walk(model).weights.map(({ path, variable }) => [path, variable.read()]))

/** Asserts that two tensors are equal within `tolerance`, absolute and relative. */
export const assertClose = (actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-5, what = ""): void => {
  assert.deepStrictEqual(actual.shape, expected.shape, `shape of ${what}`)
  const [found, wanted] = [actual.dataSync(), expected.dataSync()]
  for (let at = 0; at < wanted.length; at++) {
    const [a, b] = [found[at]!, wanted[at]!]
    if (!(Math.abs(a - b) <= tolerance * (1 + Math.abs(b)))) assert.fail(`${what}[${at}] is ${a}, expected ${b}`)
  }
}
