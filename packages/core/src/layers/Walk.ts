/**
 * A walk over all layers of a model: those inside nested models, wrappers, recurrent layers and layers of an author's
 * own, each with its path.
 */
import { stableName, stableNames, untaken } from "./Names.ts"
import { isContainer, isLayer, type Layer, partsOf, type Variable } from "./TfLayers.ts"

/** The position of a layer in a model. */
export interface Place {
  readonly layer: Layer
  /** Empty for the model itself. */
  readonly path: string
  /** Whether neither the layer nor any layer or model around it is frozen, at one of its places at least. */
  trainable: boolean
}

/** The position of a weight in a model. */
export interface WeightPlace {
  readonly variable: Variable
  readonly layer: Layer
  readonly path: string
  readonly group: "parameters" | "statistics"
  /** Whether neither the weight nor any layer or model around it is frozen. */
  trainable: boolean
}

export interface Walked {
  readonly places: ReadonlyArray<Place>
  readonly weights: ReadonlyArray<WeightPlace>
  /** Further paths of weights that occur in several places, and the path of each in `weights`. */
  readonly aliases: Readonly<Record<string, string>>
}

type Child = readonly [name: string, layer: Layer]

/** Layers that are made together with their cell, whose weights are the layer's own for everybody. */
const withOwnCell = new Set(["SimpleRNN", "GRU", "LSTM", "ConvLSTM2D"])

const givenName = (layer: Layer, otherwise: string): string =>
  stableName(layer) === layer.name ? layer.name : otherwise

/** Layers in fields of a layer, named by the field. */
const inFields = (layer: Layer): ReadonlyArray<Child> =>
  Object.entries(layer).flatMap(([field, value]): ReadonlyArray<Child> => {
    if (isLayer(value)) return [[field, value]]
    if (!Array.isArray(value)) return []
    return value.flatMap((item, index): ReadonlyArray<Child> => (isLayer(item) ? [[`${field}_${index}`, item]] : []))
  })

/** The layers that a layer holds, by the names that they have in paths; "" where a child's weights are its holder's own. */
export const childrenOf = (layer: Layer): ReadonlyArray<Child> => {
  if (isContainer(layer)) return [...stableNames(layer.layers)].map(([child, name]) => [name, child])
  const className = layer.getClassName()
  // `layer` of a Bidirectional is the pattern that both directions were copied from; it has no weights.
  if (className === "Bidirectional") {
    const { forwardLayer, backwardLayer } = partsOf<{ forwardLayer: Layer; backwardLayer: Layer }>(layer)
    return [
      ["forward", forwardLayer],
      ["backward", backwardLayer]
    ]
  }
  if (className === "TimeDistributed") {
    const { layer: inner } = partsOf<{ layer: Layer }>(layer)
    return [[stableName(inner), inner]]
  }
  if (className === "RNN" || withOwnCell.has(className)) {
    const { cell } = partsOf<{ cell: Layer }>(layer)
    const isOwn = className !== "RNN" || cell.getClassName() === "StackedRNNCells"
    return [[isOwn ? "" : givenName(cell, "cell"), cell]]
  }
  if (className === "StackedRNNCells") {
    const { cells } = partsOf<{ cells: ReadonlyArray<Layer> }>(layer)
    const taken = new Set<string>()
    return cells.map((cell, index) => [untaken(givenName(cell, `cell_${index}`), taken), cell])
  }
  return inFields(layer)
}

const join = (path: string, name: string): string => (path === "" || name === "" ? path + name : `${path}/${name}`)

/** A weight's name without that of its layer. */
const ownName = ({ originalName }: Variable): string => originalName.slice(originalName.lastIndexOf("/") + 1)

/** Every layer and weight of a model once, in order; a shared one at the first place where it is met. */
export const walk = (model: Layer): Walked => {
  const places = new Map<Layer, Place>()
  const weights = new Map<Variable, WeightPlace>()
  const aliases: Record<string, string> = {}
  const taken = new Set<string>()
  const visit = (layer: Layer, path: string, trainableAbove: boolean, around: ReadonlyArray<Layer>): void => {
    if (around.includes(layer)) return
    const parts = partsOf(layer)
    const trainable = trainableAbove && layer.trainable && parts.trainable_
    const place = places.get(layer)
    if (place === undefined) places.set(layer, { layer, path, trainable })
    else place.trainable ||= trainable
    const add = (group: WeightPlace["group"]) => (variable: Variable) => {
      const isTrainable = trainable && variable.trainable
      const earlier = weights.get(variable)
      // What is shared is trained when any of its places is.
      const name = join(path, ownName(variable))
      if (earlier !== undefined) {
        earlier.trainable ||= isTrainable
        if (earlier.path !== name) aliases[name] = earlier.path
      } else {
        const weightPath = untaken(name, taken)
        weights.set(variable, { variable, layer, path: weightPath, group, trainable: isTrainable })
      }
    }
    parts._trainableWeights.forEach(add("parameters"))
    parts._nonTrainableWeights.forEach(add("statistics"))
    for (const [name, child] of childrenOf(layer)) visit(child, join(path, name), trainable, [...around, layer])
  }
  visit(model, "", true, [])
  return { places: [...places.values()], weights: [...weights.values()], aliases }
}
