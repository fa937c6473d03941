/**
 * Whether the losses can be differentiated, tried on a few samples before the first step: gradients that don't exist, each with
 * its operation and the parameters behind it. The tape of the forward pass names them all at once.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import { type Problem, reasonOf } from "../../Errors.ts"
import type { StepRandom } from "../../RandomBits.ts"
import { get } from "../../Tensors.ts"
import * as Forward from "../step/Forward.ts"
import { dropTape, type LossSet, lossSets } from "../step/GradientProgram.ts"
import type { StepPlan } from "../step/Plan.ts"

/** An operation of the forward pass, as tfjs's tape holds it. */
interface Node {
  readonly kernelName: string
  readonly inputs: tf.NamedTensorMap
  readonly outputs: ReadonlyArray<tf.Tensor>
  gradient?: (dys: Array<tf.Tensor>) => { [input: string]: () => tf.Tensor }
}

const tape = (): ReadonlyArray<Node> => (tf.engine().state.activeTape ?? []) as ReadonlyArray<Node>

/** The ids of tensors that are computed from `xs`, these included. */
const computedFrom = (nodes: ReadonlyArray<Node>, xs: ReadonlyArray<tf.Tensor>): ReadonlySet<number> => {
  const ids = new Set(xs.map(({ id }) => id))
  for (const { inputs, outputs } of nodes) {
    if (Object.values(inputs).some((input) => ids.has(input.id))) for (const { id } of outputs) ids.add(id)
  }
  return ids
}

/** The operations that lead from `xs` to `y`. */
const between = (nodes: ReadonlyArray<Node>, xs: ReadonlyArray<tf.Tensor>, y: tf.Tensor): ReadonlyArray<Node> => {
  const from = computedFrom(nodes, xs)
  const to = new Set([y.id])
  const chain: Array<Node> = []
  for (const node of nodes.toReversed()) {
    const { inputs, outputs } = node
    if (!outputs.some(({ id }) => to.has(id))) continue
    const reaching = Object.values(inputs).filter(({ id }) => from.has(id))
    for (const { id } of reaching) to.add(id)
    if (reaching.length > 0) chain.unshift(node)
  }
  return chain
}

/** What to write in the place of operations whose gradients people look for. */
const instead: { readonly [kernel: string]: string } = {
  CropAndResize: "Cut with tf.slice and resize with tf.image.resizeBilinear, or crop in the dataset.",
  RotateWithOffset: "Rotate in the dataset.",
  Transform: "Transform images in the dataset.",
  Unique: "Group by whole numbers with tf.unsortedSegmentSum.",
  FFT: "Multiply with a matrix of cosines and sines by tf.matMul, or transform in the dataset.",
  IFFT: "Multiply with a matrix of cosines and sines by tf.matMul, or transform in the dataset.",
  Real: "Keep real and imaginary parts in two float32 tensors.",
  Imag: "Keep real and imaginary parts in two float32 tensors.",
  Complex: "Keep real and imaginary parts in two float32 tensors.",
  Bincount: "Use tf.oneHot and tf.sum.",
  DenseBincount: "Use tf.oneHot and tf.sum."
}

const advice = (kernel: string): string =>
  instead[kernel] ??
  "Write it with operations that have one (such as tf.matMul, tf.gather, tf.where), or compute it in the dataset."

const listed = (names: ReadonlyArray<string>): string =>
  names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`

/** Differentiates the losses of one set, and reports what prevents it. */
const problemsOf = (
  { task }: StepPlan,
  { losses, paths }: LossSet,
  inputs: Forward.ForwardInputs,
  random: StepRandom
): ReadonlyArray<Problem> => {
  const xs = paths.map((path) => get(inputs.parameters, path))
  const name = losses.length === 1 && losses[0] === "loss" ? "the loss" : `the losses ${losses.join(", ")}`
  let nodes: ReadonlyArray<Node> = []
  let chain: ReadonlyArray<Node> | undefined
  let current: Node | undefined
  const forward = (): tf.Scalar => {
    const result = Forward.run(task, inputs, true, random)
    const sums = losses.map((loss) => Forward.lossSum(task, loss, result).sum)
    const all = [...sums, ...(result.penalty === undefined ? [] : [result.penalty])]
    const total = tf.addN(all.map((values) => tf.sum(values)))
    nodes = [...tape()]
    chain = between(nodes, xs, total)
    // The last gradient that was called is the one that failed.
    for (const node of chain) {
      const { gradient } = node
      if (gradient === undefined) continue
      node.gradient = (dys) => {
        current = node
        return gradient(dys)
      }
    }
    return total as tf.Scalar
  }
  /** The parameters that come through an operation. */
  const behind = ({ inputs: operands }: Node): string => {
    const behindIt = Arr.zip(paths, xs).filter(([, x]) => {
      const ids = computedFrom(nodes, [x])
      return Object.values(operands).some(({ id }) => ids.has(id))
    })
    return listed(behindIt.map(([path]) => path))
  }
  const none = (node: Node, why: string): Problem => ({
    path: "model",
    message: `${name} cannot be differentiated by ${behind(node)}: ${why}`
  })
  try {
    tf.engine().gradients(forward, xs, undefined, true)
  } catch (cause) {
    dropTape()
    if (chain === undefined)
      return [{ path: "model", message: `the forward pass in training failed: ${reasonOf(cause)}` }]
    const missing = new Map(chain.filter(({ gradient }) => gradient == null).map((node) => [node.kernelName, node]))
    if (missing.size > 0) {
      return [...missing.values()].map((node) =>
        none(node, `the operation ${node.kernelName} has no gradient. ${advice(node.kernelName)}`)
      )
    }
    if (current === undefined) return [{ path: "model", message: `the gradient of ${name} failed: ${reasonOf(cause)}` }]
    return [none(current, `the gradient of the operation ${current.kernelName} failed: ${reasonOf(cause)}`)]
  }
  if (chain!.length > 0) return []
  return [
    {
      path: "model",
      message:
        `${name} does not depend on any trained parameter (${listed(paths)}) in a differentiable way. Comparisons, rounding, ` +
        "positions of maxima, casts to whole numbers and values read by dataSync() have no gradient"
    }
  ]
}

/** Why the losses cannot be differentiated on this batch; nothing where they can. Call it within a `tf.tidy`. */
export const check = (plan: StepPlan, inputs: Forward.ForwardInputs, random: StepRandom): ReadonlyArray<Problem> =>
  lossSets(plan)
    // A loss that the task doesn't have is a problem of its group's.
    .filter(({ losses }) => losses.every((loss) => loss in plan.task.objectives))
    .flatMap((set) => problemsOf(plan, set, inputs, random))
