/**
 * Stable names of layers. tf.layers names what has no name by counters of the whole process ("conv2d_Conv2D7"), so that
 * a second model of the same architecture has other names. Here such layers are counted within their model:
 * `conv2d`, `conv2d_1`, …
 */
import type { Layer } from "./TfLayers.ts"

/**
 * The part of a generated name that does not count: "conv2d" of "conv2d_Conv2D7"; `undefined` for names of an author's
 * own.
 */
export const generatedFrom = (name: string): string | undefined => {
  const bare = /^(?:(input|model|functional)|(sequential)_)\d+$/.exec(name)
  if (bare !== null) return bare[1] ?? bare[2]
  // A Sequential names the input that it makes after its first layer.
  if (name.endsWith("_input")) {
    const first = generatedFrom(name.slice(0, -"_input".length))
    return first === undefined ? undefined : `${first}_input`
  }
  const parts = /^([a-z0-9_]+)_([A-Z]\w*)$/.exec(name)
  if (parts === null) return undefined
  const [, snake = "", classAndCount = ""] = parts
  const className = snake.replaceAll("_", "")
  const counted = classAndCount.toLowerCase()
  return counted.startsWith(className) && /^\d+$/.test(counted.slice(className.length)) ? snake : undefined
}

/** The name of a layer that stands alone, without its count. */
export const stableName = (layer: Layer): string => generatedFrom(layer.name) ?? layer.name

/** `name`, or with the first of `_1`, `_2`, … that is not taken; it is taken afterwards. */
export const untaken = (name: string, taken: Set<string>): string => {
  let candidate = name
  for (let count = 1; taken.has(candidate); count++) candidate = `${name}_${count}`
  taken.add(candidate)
  return candidate
}

/** Names for layers that stand side by side, all different; an author's names are kept. */
export const stableNames = (layers: ReadonlyArray<Layer>): ReadonlyMap<Layer, string> => {
  const taken = new Set(layers.map(({ name }) => name).filter((name) => generatedFrom(name) === undefined))
  return new Map(
    layers.map((layer) => {
      const base = generatedFrom(layer.name)
      return [layer, base === undefined ? layer.name : untaken(base, taken)]
    })
  )
}
