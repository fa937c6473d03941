/** Records which weights are created while a model is built, by which initializers, and which are set afterwards. */
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Rng from "../Rng.ts"
import { drawFor } from "./Initial.ts"
import { type Initializer, type Layer, undeclared, type Variable } from "./TfLayers.ts"

/** A weight as it was made. */
export interface CreatedWeight {
  readonly layer: Layer
  readonly name: string
  readonly initializer: Initializer
  /** Whether values were written into it later: given as an option, or by `setWeights`. */
  assigned: boolean
}

type AddWeight = (
  this: Layer,
  name: string,
  shape: unknown,
  dtype: unknown,
  initializer: Initializer,
  ...rest: Array<unknown>
) => Variable

/**
 * The values of the `count`-th weight that is created, from its own stream, so that kept values are the same in
 * each run. tf.layers would draw from `Math.random`, except with a seed; initializers of an author's own do what they do.
 */
const keyed = (layer: Layer, name: string, initializer: Initializer, count: number): Initializer => {
  if (initializer.getConfig()["seed"] != null) return initializer
  return Object.assign(Object.create(initializer) as Initializer, {
    apply: (shape: ReadonlyArray<number>, dtype?: tf.DataType) => {
      const draw = drawFor(layer, name, initializer, shape)
      return typeof draw === "string"
        ? initializer.apply(shape, dtype)
        : tf.tensor(draw(Rng.named(Rng.key(0), `weight ${count}`)), [...shape], dtype)
    }
  })
}

/**
 * Runs `during` and records the weights that layers make. With `blank`, they are zero: what will be redrawn need not
 * be drawn twice. Otherwise they have the values of their initializers, the same in each run.
 */
export const recording = (blank: boolean, weights: Map<Variable, CreatedWeight>, during: () => void): void => {
  const prototype = undeclared<{ addWeight: AddWeight }>(tfl.layers.Layer.prototype)
  const { addWeight } = prototype
  prototype.addWeight = function (name, shape, dtype, initializer, ...rest) {
    const used = blank
      ? undeclared<Initializer>(tfl.initializers.zeros())
      : keyed(this, name, initializer, weights.size)
    const variable = addWeight.call(this, name, shape, dtype, used, ...rest)
    const weight: CreatedWeight = { layer: this, name, initializer, assigned: false }
    weights.set(variable, weight)
    const { write } = variable
    variable.write = (value) => {
      weight.assigned = true
      return write.call(variable, value)
    }
    return variable
  }
  try {
    during()
  } finally {
    prototype.addWeight = addWeight
  }
}
