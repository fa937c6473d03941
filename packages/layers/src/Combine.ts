/** Layers made of others. */
import type { StepRandom } from "@etude/core/RandomBits"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { isSpec } from "./internal/Trace.ts"
import * as Layer from "./Layer.ts"

/**
 * x + branch(x), or shortcut(x) + branch(x) where the branch changes the shape: [batch, …] to what the branch gives. He et al. 2016,
 * arXiv:1512.03385.
 *
 * Parts: `branch`, `shortcut`. Throws where the sum's shapes differ.
 *
 * ```ts
 * residual(dense(8)) // [8] → [8], 72 parameters
 * residual(dense(4), dense(4, { bias: false })) // [8] → [4], 68 parameters
 * ```
 */
export const residual = (branch: Layer.LayerLike, shortcut?: Layer.LayerLike): Layer.Layer =>
  shortcut === undefined
    ? Layer.compose({ branch }, ({ branch }, x: tf.Tensor) => tf.add(x, branch(x)))
    : Layer.compose({ branch, shortcut }, ({ branch, shortcut }, x: tf.Tensor) => tf.add(shortcut(x), branch(x)))

/**
 * The same kind of layer so many times, one after another, each with variables of its own: [batch, …] to what the last one gives.
 *
 * Parts: `0`, `1` and so on.
 *
 * ```ts
 * repeat(3, () => dense(8, { activation: tf.relu })) // [4] → [8], 184 parameters
 * repeat(2, (index) => dense(index === 0 ? 16 : 1)) // [4] → [1], 97 parameters
 * ```
 */
export const repeat = (times: number, layer: (index: number) => Layer.LayerLike): Layer.Layer =>
  Layer.sequential(Object.fromEntries(Array.from({ length: times }, (_, index) => [`${index}`, layer(index)] as const)))

/** Draws of [batch · time, …], made as [batch, time, …]: the first dimension of what a step draws is the batch. */
const drawsOverTime = (random: StepRandom, time: number): StepRandom => ({
  bits: (path, [joined = 0, ...rest]) =>
    tf.reshape(random.bits(path, [joined / time, time, ...rest]), [joined, ...rest])
})

/**
 * A layer for each time of a sequence, with the same variables: [batch, time, …] to [batch, time, …]. Parameters and paths are the layer's.
 * Throws where inputs are no sequence, or the layer has several outputs.
 *
 * ```ts
 * overTime(conv2d(4, 3)) // [5, 8, 8, 1] → [5, 8, 8, 4], 40 parameters
 * ```
 */
export const overTime = (layer: Layer.Layer): Layer.Layer => ({
  ...layer,
  kind: "overTime",
  initialize: (key, inputs) => {
    if (!isSpec(inputs) || inputs.shape.length === 0) throw new Error("expected one sequence [time, …]")
    const [time = 0, ...shape] = inputs.shape
    const initialized = layer.initialize(key, { ...inputs, shape })
    const { outputs } = initialized
    if (!isSpec(outputs)) throw new Error("expected a layer with one output")
    return { ...initialized, outputs: { ...outputs, shape: [time, ...outputs.shape] } }
  },
  apply: (variables, x, context) => {
    const [batch, time] = [sideOf(x.shape, 0), sideOf(x.shape, 1)]
    const random = drawsOverTime(context.random, time)
    const forward = layer.apply(variables, tf.reshape(x, [batch * time, ...x.shape.slice(2)]), { ...context, random })
    return { ...forward, outputs: tf.reshape(forward.outputs, [batch, time, ...forward.outputs.shape.slice(1)]) }
  }
})
