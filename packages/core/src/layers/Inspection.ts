/** What can be seen about a model's layers without running them: what cannot be carried over. */
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
      "is stateful: what it remembers from one batch to the next is in no state that could be saved. " +
        "Leave out `stateful`, and give it whole sequences, or its state as an input"
    )
  }
  if (randomGenerator !== undefined) {
    messages.push("augments at random by a generator of its own. Augment in the dataset instead")
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
  if (Wiring.isWired(variable)) return [{ path, message: "belongs to another adapted model; adapt takes a model over" }]
  return valueOf(variable).isDisposed ? [{ path, message: "was disposed before the model was adapted" }] : []
}

export const problemsOf = (
  places: ReadonlyArray<Place>,
  weights: ReadonlyArray<WeightPlace>
): ReadonlyArray<Problem> => [...places.flatMap(problemsOfPlace), ...weights.flatMap(problemsOfWeight)]
