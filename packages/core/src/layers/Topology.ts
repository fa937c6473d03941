/** The JSON description of a model, in the format of Keras, with stable names instead of generated ones. */
import type * as tfl from "@tensorflow/tfjs-layers"
import { entry as entryOf } from "../Lookup.ts"
import { generatedFrom, stableName, untaken } from "./Names.ts"
import type { Layer } from "./TfLayers.ts"
import { childrenOf, type Walked } from "./Walk.ts"

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

/** Paths of weights that are the same as others, where a description cannot say that layers are shared. */
export type Aliases = Walked["aliases"]

/** Under which a description names them; tf.js does not read it. */
const aliasesKey = "etude_shared_weights"

/** Stable names by generated ones, which are unique in a process: those that layers have in paths. */
const renames = (model: tfl.LayersModel): ReadonlyMap<string, string> => {
  const known = new Map<string, string>([[model.name, stableName(model)]])
  const visited = new Set<Layer>()
  const visit = (layer: Layer): void => {
    if (visited.has(layer)) return
    visited.add(layer)
    for (const [name, child] of childrenOf(layer)) {
      if (generatedFrom(child.name) !== undefined && name !== "" && !known.has(child.name)) known.set(child.name, name)
      visit(child)
    }
  }
  visit(model)
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
export const describe = (model: tfl.LayersModel, aliases: Aliases): Json => {
  const description = renamed(JSON.parse(JSON.stringify(model.toJSON(null, false))), renames(model)) as JsonObject
  return Object.keys(aliases).length === 0 ? description : { ...description, [aliasesKey]: aliases }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The aliases in a description. */
export const aliasesOf = (description: unknown): Aliases => {
  const aliases = isObject(description) ? description[aliasesKey] : undefined
  return isObject(aliases) ? (aliases as Aliases) : {}
}

/** The description as tf.js writes it. */
export const plain = (description: unknown): {} => {
  if (!isObject(description)) return {}
  const { [aliasesKey]: _, ...rest } = description
  return rest
}

/** References to layers, as in `inbound_nodes`: lists that begin with a layer's name and numbers. */
const referring = (value: Json, names: ReadonlyMap<string, string>): Json => {
  if (!Array.isArray(value)) return value
  const [first, second] = value as ReadonlyArray<Json>
  if (typeof first !== "string") return value.map((item) => referring(item, names))
  const name = typeof second === "number" ? names.get(first) : undefined
  return name === undefined ? value : [name, ...value.slice(1)]
}

const renameIn = (container: JsonObject, prefix: string, taken: Set<string>): JsonObject => {
  const config = container["config"]
  if (!isObject(config)) return container
  const { layer, layers } = config
  // What a wrapper holds.
  if (isObject(layer)) return { ...container, config: { ...config, layer: renameIn(layer, prefix, taken) } }
  if (!Array.isArray(layers)) return container
  const names = new Map<string, string>()
  const inside = (layers as ReadonlyArray<JsonObject>).map((entry) => {
    const layerName = (entry["config"] as JsonObject)["name"] as string
    const name = untaken(prefix === "" ? layerName : `${prefix}_${layerName}`, taken)
    names.set(layerName, name)
    const unique = renameIn(entry, name, taken)
    return {
      ...unique,
      ...("name" in entry ? { name } : {}),
      config: { ...(unique["config"] as JsonObject), name }
    }
  })
  const wired = inside.map((entry: JsonObject) =>
    "inbound_nodes" in entry ? { ...entry, inbound_nodes: referring(entryOf(entry, "inbound_nodes"), names) } : entry
  )
  const ports = Object.fromEntries(
    ["input_layers", "output_layers"].flatMap((key) =>
      key in config ? [[key, referring(entryOf(config, key), names)]] : []
    )
  )
  return { ...container, config: { ...config, layers: wired, ...ports } }
}

/**
 * The same model, in which the layers of nested models have the names of those models before their own: tf.js knows
 * weights by the names of layers alone, and could not tell those of two nested models from each other.
 */
export const withUniqueNames = (description: {}): {} => renameIn(description as JsonObject, "", new Set())

/** The same model without constraints of weights. tf.js applies them to weights that it reads. */
export const withoutConstraints = (description: {}): {} => {
  const without = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(without)
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, key.endsWith("_constraint") ? null : without(item)])
    )
  }
  return without(description as JsonObject) as {}
}
