/** The initial value of each weight of a model: its present values, or drawn from a stream named after its path. */
import type * as tf from "@tensorflow/tfjs-core"
import type { Problem } from "../Errors.ts"
import type * as Rng from "../Rng.ts"
import type { CreatedWeight } from "./BuildRecord.ts"
import { drawFor } from "./Initial.ts"
import type { Variable } from "./TfLayers.ts"
import type { WeightPlace } from "./Walk.ts"

export type Values = Float32Array | Int32Array

/** Gives a weight's first values. */
export type InitialValue = (stream: Rng.Key) => Values

const valuesOf = (variable: Variable): Values => (variable.read() as tf.Tensor).dataSync().slice() as Values

/** The initial value of one weight, or its problem. Read before a pass changes statistics. */
export const of = (
  { variable, path }: WeightPlace,
  weight: CreatedWeight | undefined,
  keep: boolean
): InitialValue | Problem => {
  if (keep || weight?.assigned === true) {
    const values = valuesOf(variable)
    return () => values
  }
  if (weight === undefined) {
    return {
      path,
      message:
        `it was made before adapt called its function, so its initializer is unknown. Build the whole model ` +
        `inside that function, or keep its values ({ weights: "keep" }, ` +
        `or a function of the path that chooses which)`
    }
  }
  const draw = drawFor(weight.layer, weight.name, weight.initializer, variable.shape as Array<number>)
  return typeof draw === "string" ? { path, message: draw } : draw
}
