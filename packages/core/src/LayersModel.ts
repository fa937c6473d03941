/**
 * Models of tf.layers as `Model`s: pure functions of their weights. tf.layers keeps weights in mutable variables, draws
 * from `Math.random` and names things by counters of the process; an adapted model has its weights passed in, its
 * random numbers keyed, its statistics returned, and stable names. What cannot be adapted is an error, never a
 * surprise.
 *
 * Training differs from that of tf.layers 4.22 where the latter is considered a mistake:
 * - constraints are applied after each update; `fit` never applies them;
 * - regularizers of recurrent layers count, where they are forgotten there, and a shared layer's counts once, not once
 *   for each use;
 * - frozen batch normalization (`trainable: false` on the layer, or on a model around it) normalizes by the statistics
 *   that it has and keeps them, as in Keras since TensorFlow 2; tf.layers keeps updating them. A frozen parameter group
 *   freezes scale and centre only;
 * - batch normalization without scale or centre trains, where it throws;
 * - alpha dropout keeps the mean; there a sign is wrong;
 * - a plain `tf.layers.rnn` with dropout draws masks in each step; there it keeps its first ones for ever.
 */
import * as tf from "@tensorflow/tfjs-core"
import type * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import { Backend } from "./Backend.ts"
import { ModelUnsupported, type Problem, reasonOf } from "./Errors.ts"
import { entry } from "./Lookup.ts"
import { stableName } from "./layers/Names.ts"
import * as Ports from "./layers/Ports.ts"
import { type AdaptedLayers, takeOver } from "./layers/TakeOver.ts"
import { innermost, partsOf } from "./layers/TfLayers.ts"
import * as Topology from "./layers/Topology.ts"
import * as Wiring from "./layers/Wiring.ts"
import type { Model, Variables } from "./Model.ts"
import * as Rng from "./Rng.ts"
import { type TensorOrRecord, total } from "./Tensors.ts"

export interface AdaptOptions {
  /**
   * `"draw"` (default): weights are drawn from the init stream by the distribution of their initializer, except those
   * that are set while the model is built (by the layer option `weights`, or `setWeights`). `"keep"`: all begin with
   * the values that they have, for pretrained models. A function chooses for each path, so that a new head on a
   * pretrained base is drawn: `(path) => path.startsWith("head/") ? "draw" : "keep"`. Kept
   * weights that were never set, of a layer that is built now, are the same in each run, whatever its seed.
   */
  readonly weights?: "draw" | "keep" | ((path: string) => "draw" | "keep")
}

type Mutable<A> = { -readonly [key in keyof A]: A[key] }

const initOf =
  ({ weights, initialValues }: AdaptedLayers): Model<any, any>["init"] =>
  (key) => {
    const variables = { parameters: {} as Record<string, tf.Tensor>, statistics: {} as Record<string, tf.Tensor> }
    for (const { variable, path, group } of weights) {
      const values = entry(initialValues, path)(Rng.named(key, path))
      variables[group][path] = tf.tensor(values, variable.shape as Array<number>, variable.dtype)
    }
    return variables satisfies Variables
  }

const modelOf = (layers: AdaptedLayers, topology: unknown): Model<TensorOrRecord, TensorOrRecord> => {
  const { model, places, weights, pass, mixesSamples } = layers
  const wiring = Wiring.make(weights)
  const ports = Ports.of(model)
  const graph = innermost(model)
  const losses = places.flatMap(({ layer }) => [...partsOf(layer)._losses])
  const penaltyOf = () => {
    const values = losses.map((loss) => loss())
    return total(values)
  }
  const frozen = new Set(weights.filter(({ trainable }) => !trainable).map(({ path }) => path))
  const constraints: Record<string, (parameter: tf.Tensor) => tf.Tensor> = {}
  for (const { variable, path, group } of weights) {
    const { constraint } = variable
    if (group === "parameters" && constraint != null) {
      constraints[path] = (parameter) => tf.tidy(() => constraint.apply(parameter))
    }
  }
  return {
    name: stableName(model),
    init: initOf(layers),
    apply: (variables, inputs, { training, random }) => {
      const list = ports.list(inputs)
      const { result, statistics } = wiring.run(variables, () =>
        pass.run(random, () => ({
          outputs: ports.collect(graph.call(list, { training })),
          ...(losses.length === 0 ? {} : { penalty: tf.tidy(penaltyOf) })
        }))
      )
      return Object.keys(statistics).length === 0 ? result : { ...result, statistics }
    },
    trainable: (path) => !frozen.has(path),
    constraints,
    crossSample: mixesSamples,
    topology
  }
}

/** Disposes the variables that were created, and those of the model. */
const dispose = (earlier: ReadonlySet<string>, layers: AdaptedLayers | undefined): void => {
  for (const { variable } of layers?.weights ?? []) variable.dispose()
  const { registeredVariables } = tf.engine().state
  for (const [name, value] of Object.entries(registeredVariables)) if (!earlier.has(name)) value.dispose()
}

const adaptNow = (
  build: () => tfl.LayersModel,
  { weights = "draw" }: AdaptOptions
): Model<TensorOrRecord, TensorOrRecord> | ModelUnsupported => {
  const tensors = tf.memory().numTensors
  const earlier = new Set(Object.keys(tf.engine().state.registeredVariables))
  const problems: Array<Problem> = []
  const layers = takeOver(build, weights, problems)
  let model: Mutable<Model<TensorOrRecord, TensorOrRecord>> | undefined
  if (layers !== undefined && problems.length === 0) {
    try {
      model = modelOf(layers, Topology.describe(layers.model, layers.aliases))
    } catch (cause) {
      problems.push({ path: "", message: `describing it as JSON failed: ${reasonOf(cause)}` })
    }
  }
  // A model that was built elsewhere keeps its variables when it cannot be adapted.
  dispose(earlier, model === undefined ? undefined : layers)
  const leaked = tf.memory().numTensors - tensors
  if (leaked > 0) {
    const subject = leaked === 1 ? "a tensor stays" : `${leaked} tensors stay`
    const message = `${subject} alive besides its weights. Layers must create their constants inside call, or as weights`
    problems.push({ path: "", message })
  }
  if (model !== undefined && problems.length === 0) return model
  return new ModelUnsupported({ model: layers === undefined ? "of tf.layers" : stableName(layers.model), problems })
}

/**
 * Adapts the model that `build` gives. `build` is called once; afterwards, the model itself cannot be used:
 * its variables are disposed, and the adapted one holds no tensors. `In` and `Out` are a tensor where the model has one
 * input or output, else records by layer name; nothing checks that they are stated correctly before the first forward
 * pass.
 *
 * Paths are those of layers: `"conv1/kernel"`, `"block/conv1/kernel"` in a nested model, `"lstm/recurrent_kernel"`,
 * `"bidirectional/forward/kernel"`, `"rnn/cell_0/kernel"`. Layers without a name are counted within their model:
 * `conv2d`, `conv2d_1`, … Trainable weights, frozen ones too, are parameters; moving means and variances are
 * statistics.
 *
 * Fails with `ModelUnsupported`, all problems at once: stateful recurrent layers, layers that draw random numbers or
 * change weights themselves, initializers that are not of tf.initializers. Draws that a custom layer makes with a fixed
 * seed are not noticed.
 */
export const adapt = <In extends TensorOrRecord = tf.Tensor, Out extends TensorOrRecord = tf.Tensor>(
  build: () => tfl.LayersModel,
  options: AdaptOptions = {}
): Effect.Effect<Model<In, Out>, ModelUnsupported, Backend> =>
  Effect.flatMap(Backend, () =>
    Effect.suspend(() => {
      const adapted = adaptNow(build, options)
      return adapted instanceof ModelUnsupported
        ? Effect.fail(adapted)
        : Effect.succeed(adapted as unknown as Model<In, Out>)
    })
  )
