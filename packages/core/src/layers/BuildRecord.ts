/** What happens while a model is built: which weights are made, by which initializers, and which are set afterwards. */
import * as tfl from "@tensorflow/tfjs-layers"
import type { Initializer, Layer, Variable } from "./TfLayers.ts"

/** A weight as it was made. */
export interface MadeWeight {
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
 * Runs `during` and records the weights that layers make. With `blank`, their initializers are replaced by zeros: what
 * will be drawn anew need not be drawn twice.
 */
export const recording = (blank: boolean, made: Map<Variable, MadeWeight>, during: () => void): void => {
  const prototype = tfl.layers.Layer.prototype as unknown as { addWeight: AddWeight }
  const { addWeight } = prototype
  prototype.addWeight = function (name, shape, dtype, initializer, ...rest) {
    const used = blank ? (tfl.initializers.zeros() as unknown as Initializer) : initializer
    const variable = addWeight.call(this, name, shape, dtype, used, ...rest)
    const weight: MadeWeight = { layer: this, name, initializer, assigned: false }
    made.set(variable, weight)
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
