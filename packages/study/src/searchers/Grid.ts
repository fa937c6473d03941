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

/** Whether other parameters depend on it, so that its values have different numbers of settings below them. */
const decides = ({ parameters }: Space.Space, { key }: Space.Parameter): boolean =>
  parameters.some(({ when }) => when?.key === key)

/** The number of settings from a parameter on, where those before it have these values. */
const countFrom = (space: Space.Space, index: number, chosen: Parameters): number => {
  const parameter = space.parameters[index]
  if (parameter === undefined) return 1
  if (!Space.isActive(parameter, chosen)) return countFrom(space, index + 1, chosen)
  const { length, at } = valuesOf(parameter.range)
  if (!decides(space, parameter)) return length * countFrom(space, index + 1, chosen)
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
    const withValue = (value: number): Parameters => ({ ...chosen, [parameter.key]: at(value) })
    const below = (value: number): number => countFrom(space, index + 1, withValue(value))
    let value = decides(space, parameter) ? 0 : Math.floor(rest / below(0))
    rest -= value * below(0)
    for (; rest >= below(value); value++) rest -= below(value)
    chosen = withValue(value)
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
