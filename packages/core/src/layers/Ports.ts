/** A model's inputs and outputs: one is a tensor, several are a record by layer name. */
import type * as tf from "@tensorflow/tfjs-core"
import type * as tfl from "@tensorflow/tfjs-layers"
import * as Arr from "effect/Array"
import { element } from "../Lookup.ts"
import { isTensor, type TensorOrRecord } from "../Tensors.ts"
import { stableNames, untaken } from "./Names.ts"
import { innermost, type Layer } from "./TfLayers.ts"

export interface Ports {
  /** The input tensors in the model's order. Throws where a name is missing. */
  readonly list: (inputs: TensorOrRecord) => Array<tf.Tensor>
  readonly collect: (outputs: tf.Tensor | Array<tf.Tensor>) => TensorOrRecord
}

const form = (names: ReadonlyArray<string>): string =>
  names.length === 1 ? "one tensor" : `a record of ${names.join(", ")}`

const text = (shape: ReadonlyArray<number | null | undefined>): string =>
  `[${shape.map((side, axis) => side ?? (axis === 0 ? "batch" : "any")).join(", ")}]`

export const of = (model: tfl.LayersModel): Ports => {
  const names = stableNames(innermost(model).layers)
  const named = (layers: ReadonlyArray<Layer>): ReadonlyArray<string> => {
    // A layer with several outputs (an LSTM's states, say) is there once for each.
    const taken = new Set<string>()
    return layers.map((layer) => untaken(names.get(layer) ?? layer.name, taken))
  }
  const { inputLayers, outputLayers } = innermost(model)
  const [inputNames, outputNames] = [named(inputLayers), named(outputLayers)]
  /** tf.layers checks it too, but its message has names and shapes that occur nowhere in the user's code. */
  const checkShapes = (list: Array<tf.Tensor>): Array<tf.Tensor> => {
    for (const [index, { shape }] of list.entries()) {
      const { shape: expected } = element(innermost(model).inputs, index)
      const fits =
        expected.length === shape.length && expected.every((side, axis) => side == null || side === shape[axis])
      if (fits) continue
      const which = list.length === 1 ? "inputs" : `inputs ${JSON.stringify(inputNames[index])}`
      throw new Error(
        `the model takes ${which} of shape ${text(expected)}, which is the inputShape of its first layer, but it was given ` +
          `${text([null, ...shape.slice(1)])}. Change that inputShape, or the shape of the data`
      )
    }
    return list
  }
  return {
    list: (inputs) => {
      const received = isTensor(inputs) ? "one tensor" : form(["", ...Object.keys(inputs)].slice(1))
      if (isTensor(inputs) !== (inputNames.length === 1))
        throw new Error(`the model's input is ${form(inputNames)}, but it was given ${received}`)
      if (isTensor(inputs)) return checkShapes([inputs])
      return checkShapes(
        inputNames.map((name) => {
          const input = inputs[name]
          if (input === undefined)
            throw new Error(`the model's input is ${form(inputNames)}, but it was given ${received}, without ${name}`)
          return input
        })
      )
    },
    collect: (outputs) => {
      const list = Array.isArray(outputs) ? outputs : [outputs]
      return list.length === 1 ? element(list, 0) : Object.fromEntries(Arr.zip(outputNames, list))
    }
  }
}
