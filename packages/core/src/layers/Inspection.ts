/** Problems of a model's layers that show without running them. */
import type { Problem } from "../Errors.ts"
import * as KeyedNoise from "./KeyedNoise.ts"
import { isContainer, isCustom, partsOf, valueOf } from "./TfLayers.ts"
import type { Place, WeightPlace } from "./Walk.ts"
import * as Wiring from "./Wiring.ts"

const problemsOfPlace = ({ layer, path }: Place): ReadonlyArray<Problem> => {
  if (isContainer(layer)) return []
  const messages: Array<string> = []
  const { randomGenerator } = partsOf<{ readonly randomGenerator?: unknown }>(layer)
  if (layer.stateful) {
    messages.push(
      "is stateful: what it remembers between batches is not part of the saved state. " +
        "Leave out `stateful`, and give it whole sequences, or its state as an input"
    )
  }
  if (randomGenerator !== undefined) {
    messages.push("augments at random with its own generator. Augment in the dataset instead")
  }
  if (layer.getClassName() === "Resizing" && !isCustom(layer)) {
    messages.push(
      "cannot be used on batches: tf.layers computes its output's shape without them. " +
        "Resize in the dataset, or use upSampling2d, or pooling"
    )
  }
  const noise = KeyedNoise.problemOf(layer)
  if (noise !== undefined) messages.push(noise)
  return messages.map((message) => ({ path, message }))
}

const problemsOfWeight = ({ variable, path }: WeightPlace): ReadonlyArray<Problem> => {
  if (Wiring.isWired(variable))
    return [{ path, message: "belongs to another adapted model; a model can be adapted only once" }]
  return valueOf(variable).isDisposed ? [{ path, message: "was disposed before the model was adapted" }] : []
}

export const problemsOf = (
  places: ReadonlyArray<Place>,
  weights: ReadonlyArray<WeightPlace>
): ReadonlyArray<Problem> => [...places.flatMap(problemsOfPlace), ...weights.flatMap(problemsOfWeight)]
