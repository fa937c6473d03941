/**
 * Layers read and write their weights through variables. Here a model's variables are made to give the tensors of the
 * forward pass that is running, and to hand over what is written instead of storing it.
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Variables } from "../Model.ts"
import type { Tensors } from "../Tensors.ts"
import type { Variable } from "./TfLayers.ts"
import type { WeightPlace } from "./Walk.ts"

interface Slot {
  readonly place: WeightPlace
  value: tf.Tensor | undefined
  /** The value that was written in this pass, which is ours to dispose. */
  written: tf.Tensor | undefined
}

export interface Wiring {
  /** Runs a forward pass that reads `variables`; gives its result and the statistics that it wrote. */
  readonly run: <A>(variables: Variables, forward: () => A) => { readonly result: A; readonly statistics: Tensors }
}

/** Variables that belong to an adapted model already. */
const wired = new WeakSet<Variable>()

export const isWired = (variable: Variable): boolean => wired.has(variable)

const wire = (place: WeightPlace): Slot => {
  const slot: Slot = { place, value: undefined, written: undefined }
  const { variable, path, group } = place
  wired.add(variable)
  variable.read = () => {
    if (slot.value === undefined) throw new Error(`${path} was read outside of the model's forward pass`)
    return slot.value
  }
  variable.write = (value) => {
    if (group === "parameters") throw new Error(`a layer writes its trainable weight ${path} in its forward pass`)
    const next = variable.constraint == null ? value : variable.constraint.apply(value)
    // Kept, because layers write inside their own tidy scopes.
    const kept = tf.keep(tf.clone(next))
    slot.written?.dispose()
    slot.value = slot.written = kept
    return variable
  }
  return slot
}

/** Takes over the variables of a model. They may be disposed afterwards. */
export const make = (places: ReadonlyArray<WeightPlace>): Wiring => {
  const slots = places.map(wire)
  const statistics = slots.filter(({ place }) => place.group === "statistics")
  return {
    run: (variables, forward) => {
      for (const slot of slots) {
        const { group, path } = slot.place
        slot.value = variables[group][path]
        if (slot.value === undefined) throw new Error(`the ${group} that were given have no ${path}`)
      }
      try {
        const result = forward()
        const written: Record<string, tf.Tensor> = {}
        // The caller's scope owns the copies; the kept ones are disposed below.
        for (const { place, written: value } of statistics)
          if (value !== undefined) written[place.path] = tf.clone(value)
        return { result, statistics: written }
      } finally {
        for (const slot of statistics) {
          slot.written?.dispose()
          slot.written = undefined
        }
        for (const slot of slots) slot.value = undefined
      }
    }
  }
}
