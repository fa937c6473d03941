/** The gradient of `tf.einsum`, which is a sum of products itself; and the operation, for backends without it. */
import { entry } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { gradient } from "../Gradients.ts"
import { kernel } from "../Kernels.ts"
import * as Contraction from "./Contraction.ts"

const named = (tensors: { readonly [place: string]: tf.Tensor }, axes: ReadonlyArray<string>) =>
  axes.map((labels, place) => ({ x: entry(tensors, String(place)), axes: labels }))

export const einsumGradient = gradient({
  name: tf.Einsum,
  everyInput: true,
  differentiable: true,
  run: ({ dy, inputs, attributes }) => {
    const { operands, output } = Contraction.parse(attributes["equation"] as string)
    const all = named(inputs, operands)
    return Object.fromEntries(all.map((_, place) => [place, () => Contraction.gradientOf(all, output, dy, place)]))
  }
})

export const einsum = kernel<{ readonly [place: string]: tf.Tensor }, tf.EinsumAttrs>(
  "Einsum",
  ({ inputs, attributes: { equation } }) => {
    const tensors = Object.values(inputs)
    const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, tensors.length)
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors)
    const { operands, output } = Contraction.parse(equation)
    return tf.tidy(() => Contraction.contract(named(inputs, operands), output))
  }
)
