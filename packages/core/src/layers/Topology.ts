/** The JSON description of a model, in the format of Keras, with stable names instead of generated ones. */
import type * as tfl from "@tensorflow/tfjs-layers"
import { generatedFrom, stableName, stableNames } from "./Names.ts"
import { isContainer } from "./TfLayers.ts"

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** Stable names by generated ones, which are unique in a process; nested models included. */
const renames = (model: tfl.LayersModel, known = new Map<string, string>()): ReadonlyMap<string, string> => {
  known.set(model.name, known.get(model.name) ?? stableName(model))
  const names = stableNames(model.layers)
  for (const [layer, name] of names) {
    known.set(layer.name, name)
    if (isContainer(layer)) renames(layer, known)
  }
  return known
}

/** Only whole strings that are generated names are replaced, so values that merely look like words stay. */
const renamed = (value: Json, names: ReadonlyMap<string, string>): Json => {
  if (typeof value === "string") return names.get(value) ?? generatedFrom(value) ?? value
  if (Array.isArray(value)) return value.map((item) => renamed(item, names))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, names)]))
}

/** The description of `model`. */
export const describe = (model: tfl.LayersModel): Json =>
  renamed(JSON.parse(JSON.stringify(model.toJSON(null, false))), renames(model))
