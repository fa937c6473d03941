/** Every setting of a finite space. */
import * as Entry from "@etude/core/Entry"
import { element } from "@etude/core/Lookup"
import * as Schema from "effect/Schema"
import type { Searcher } from "../Searcher.ts"
import * as Space from "../Space.ts"
import type { Parameters } from "../Trial.ts"

const valuesOf = (range: Space.Range): { readonly length: number; readonly at: (index: number) => Schema.Json } => {
  if (range._tag === "Choice") return { length: range.values.length, at: (index) => element(range.values, index) }
  if (range._tag === "Int") return { length: range.high - range.low + 1, at: (index) => range.low + index }
  return { length: Number.POSITIVE_INFINITY, at: () => range.low }
}

/** The number of settings from a parameter on, where those before it have these values. */
const countFrom = (space: Space.Space, index: number, chosen: Parameters): number => {
  const parameter = space.parameters[index]
  if (parameter === undefined) return 1
  if (!Space.isActive(parameter, chosen)) return countFrom(space, index + 1, chosen)
  const { length, at } = valuesOf(parameter.range)
  // Only where another parameter depends on it does the rest differ from value to value.
  if (!space.parameters.some(({ when }) => when?.key === parameter.key))
    return length * countFrom(space, index + 1, chosen)
  return Array.from({ length }, (_, value) => at(value)).reduce<number>(
    (sum, value) => sum + countFrom(space, index + 1, { ...chosen, [parameter.key]: value }),
    0
  )
}

const pick = (space: Space.Space, setting: number): Parameters | undefined => {
  let rest = setting
  if (rest >= countFrom(space, 0, {})) return undefined
  let chosen: Parameters = {}
  for (const [index, parameter] of space.parameters.entries()) {
    if (!Space.isActive(parameter, chosen)) continue
    const { at } = valuesOf(parameter.range)
    for (let value = 0; ; value++) {
      const next = { ...chosen, [parameter.key]: at(value) }
      const below = countFrom(space, index + 1, next)
      if (rest < below) {
        chosen = next
        break
      }
      rest -= below
    }
  }
  return chosen
}

/**
 * Every combination once: the first parameter of the space changes slowest and the last fastest, each through its values in
 * the order of the file, whole numbers upwards. A parameter with `when` multiplies only the settings that have it. The key is not used.
 */
export const grid: Searcher = {
  isSequential: false,
  suggest: (space, _tried, setting) => pick(space, setting),
  count: (space) => countFrom(space, 0, {}),
  problem: ({ parameters }) => {
    const endless = parameters.filter(({ range }) => range._tag === "Float").map(({ key }) => key)
    return endless.length === 0
      ? undefined
      : `tries every setting, but ${endless.join(", ")} can have any number in a range; list values as { choice: [values] }, or use Random`
  }
}

export const entry = Entry.of({ tag: "Grid", schema: Schema.TaggedStruct("Grid", {}), make: () => ({ ...grid }) })
