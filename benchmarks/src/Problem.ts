/** What is trained: a network with its initial variables and its samples, equal in every process. */
import { Losses, Metric, type Model, Rng, Task } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import { lenet5 } from "./networks/lenet5.ts"
import { classes, type Network, type Variable, type Variables } from "./networks/Network.ts"
import { perceptron } from "./networks/perceptron.ts"
import { resnet } from "./networks/resnet.ts"
import { transformer } from "./networks/transformer.ts"

export const networks = {
  "LeNet-5": lenet5,
  MLP: perceptron([128]),
  "logistic regression": perceptron([]),
  "MLP 784-300-100-10": perceptron([300, 100]),
  ResNet: resnet,
  transformer: transformer(0),
  "transformer with dropout": transformer(0.2)
} satisfies { readonly [name: string]: Network }

export type ProblemName = keyof typeof networks

/** Values by path, as they are kept in files. */
export type Values = { readonly [path: string]: Float32Array<ArrayBuffer> }

export interface Problem extends Network {
  readonly name: ProblemName
  readonly batchSize: number
  /** The values that parameters and statistics begin with. */
  readonly initial: Values
}

/** Adam's numbers, those of `tf.train.adam(0.001)`. */
export const adam = { rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }

/** Adam's numbers for a network. */
export const adamOf = ({ epsilon = adam.epsilon }: Network): typeof adam => ({ ...adam, epsilon })

const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((product, side) => product * side, 1)

const beginning = (path: string, { shape, begin }: Variable): Float32Array<ArrayBuffer> => {
  const size = sizeOf(shape)
  if (begin === "zeros" || begin === "ones") return new Float32Array(size).fill(begin === "ones" ? 1 : 0)
  const limit = begin === "small" ? 0.02 * Math.sqrt(3) : 1 / Math.sqrt(size / shape.at(-1)!)
  return new Float32Array(Rng.uniforms(Rng.named(Rng.key(0), path), size, -limit, limit))
}

export const problemOf = (name: ProblemName, batchSize: number): Problem => {
  const network: Network = networks[name]
  const variables = Object.entries({ ...network.parameters, ...network.statistics })
  const initial = Object.fromEntries(variables.map(([path, variable]) => [path, beginning(path, variable)]))
  return { ...network, name, batchSize, initial }
}

/** The initial variables as tensors, which the caller owns. */
export const variablesOf = ({ parameters, statistics, initial }: Problem): Model.Variables => {
  const tensors = (variables: Variables) =>
    Object.fromEntries(
      Object.entries(variables).map(([path, { shape }]) => [path, tf.tensor(initial[path]!, [...shape])])
    )
  return { parameters: tensors(parameters), statistics: tensors(statistics) }
}

/** A forward pass in training. */
export const forward = (problem: Problem, variables: Model.Variables, inputs: tf.Tensor): Model.Forward<tf.Tensor> =>
  // None of the networks that are trained so draws random numbers.
  problem.apply(variables, inputs, { training: true } as Model.ForwardContext)

/** The problem as a task of Etude's: loss, and accuracy as a metric. */
export const taskOf = (problem: Problem) =>
  Task.supervised({
    name: problem.name,
    model: {
      name: problem.name,
      init: () => variablesOf(problem),
      apply: problem.apply,
      crossSample: Object.keys(problem.statistics).length > 0
    },
    loss: Losses.softmaxCrossEntropy(),
    metrics: { accuracy: Metric.accuracy }
  })

/**
 * Samples on the host, equal in every process: noise in [−1, 1) on which each class lights its own stripe, or labels of which each
 * follows from the one before but for a small number.
 */
export interface Samples {
  readonly inputs: Float32Array | Int32Array
  readonly labels: Int32Array
  readonly count: number
}

/** A cheap generator of numbers in [0, 1): millions of them, of which only their equality in all processes matters. */
const generator = () => {
  let state = 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Texts: inputs and targets are the same labels, one apart. */
const textsFor = (size: number, classes: number, count: number): Samples => {
  const next = generator()
  const [inputs, labels] = [new Int32Array(count * size), new Int32Array(count * size)]
  let label = 0
  for (let at = 0; at < inputs.length; at++) {
    inputs[at] = label
    label = (3 * label + Math.floor(next() * 4)) % classes
    labels[at] = label
  }
  return { inputs, labels, count }
}

export const samplesFor = ({ shape, classes = 10, takesLabels = false }: Network, count: number): Samples => {
  if (takesLabels) return textsFor(sizeOf(shape), classes, count)
  const size = sizeOf(shape)
  const labels = Int32Array.from({ length: count }, (_, at) => Math.floor(Rng.uniform(Rng.key(7), at) * classes))
  const stripe = Math.ceil(size / classes)
  const next = generator()
  const inputs = Float32Array.from({ length: count * size }, (_, at) => {
    const lit = Math.floor((at % size) / stripe) === labels[Math.floor(at / size)]
    return next() * 2 - 1 + (lit ? 0.2 : 0)
  })
  return { inputs, labels, count }
}

/** The mean loss on the first batch: what all competitors must agree on after equal training. */
export const lossOf = (problem: Problem, variables: Model.Variables, { inputs, labels }: Samples): number =>
  tf.tidy(() => {
    const { batchSize, shape } = problem
    const size = inputs.length / labels.length
    const x = tf.tensor(inputs.subarray(0, batchSize * size), [batchSize, ...shape])
    const hot = tf.oneHot(tf.tensor1d(labels.subarray(0, batchSize), "int32"), classes)
    return tf.losses.softmaxCrossEntropy(hot, forward(problem, variables, x).outputs).dataSync()[0]!
  })
