/** The parameters that a study varies: for each key of the config, the values that it may take. */
import * as Config from "@etude/core/Config"
import type * as Schema from "effect/Schema"
import type { Parameters } from "./Trial.ts"

/** Numbers from `low` to `high`, both included; with `log`, evenly in their logarithms. */
export interface Float {
  readonly _tag: "Float"
  readonly low: number
  readonly high: number
  readonly log: boolean
}

/** Whole numbers from `low` to `high`, both included. */
export interface Int {
  readonly _tag: "Int"
  readonly low: number
  readonly high: number
  readonly log: boolean
}

/** One of these values, in no order. */
export interface Choice {
  readonly _tag: "Choice"
  readonly values: ReadonlyArray<Schema.Json>
}

export type Range = Float | Int | Choice

/** A parameter; with `when`, one that is there only where another, a choice, has one of these values. */
export interface Parameter {
  readonly key: string
  readonly range: Range
  readonly when?: { readonly key: string; readonly values: ReadonlyArray<Schema.Json> }
}

/** In the order of the file; a parameter with `when` comes after the one that it depends on. */
export interface Space {
  readonly parameters: ReadonlyArray<Parameter>
}

/** Whether two values of a choice are one: JSON with equal contents, whatever the order of its keys. */
export const isSame = (one: Schema.Json, other: Schema.Json): boolean => {
  if (one === other) return true
  const haveParts = typeof one === "object" && typeof other === "object"
  return haveParts && Config.canonical(one) === Config.canonical(other)
}

/** Whether a parameter is there, where those before it have these values. */
export const isActive = ({ when }: Parameter, chosen: Parameters): boolean => {
  if (when === undefined) return true
  const value = Object.hasOwn(chosen, when.key) ? chosen[when.key] : undefined
  return value !== undefined && when.values.some((one) => isSame(one, value))
}

/** The parameters of which each has a value, chosen one after another: `choose` is asked for those that are there. */
export const fill = (space: Space, choose: (parameter: Parameter, index: number) => Schema.Json): Parameters => {
  const chosen: { [key: string]: Schema.Json } = {}
  for (const [index, parameter] of space.parameters.entries()) {
    if (isActive(parameter, chosen)) chosen[parameter.key] = choose(parameter, index)
  }
  return chosen
}

/** Whether a range has a value. */
export const includes = (range: Range, value: Schema.Json): boolean => {
  if (range._tag === "Choice") return range.values.some((one) => isSame(one, value))
  if (typeof value !== "number" || !(range.low <= value && value <= range.high)) return false
  return range._tag === "Float" || Number.isInteger(value)
}

/** What is wrong with parameters of this space, one sentence for each; none where they lie in it. */
export const problems = (space: Space, parameters: Parameters): ReadonlyArray<string> => {
  const known = new Set(space.parameters.map(({ key }) => key))
  const unknown = Object.keys(parameters).filter((key) => !known.has(key))
  return [
    ...unknown.map((key) => `${key} is no parameter of the space`),
    ...space.parameters.flatMap((parameter) => {
      const { key, range } = parameter
      const value = Object.hasOwn(parameters, key) ? parameters[key] : undefined
      if (!isActive(parameter, parameters)) {
        return value === undefined ? [] : [`${key} has a value, but ${parameter.when?.key} is none of those it is for`]
      }
      if (value === undefined) return [`${key} has no value`]
      return includes(range, value) ? [] : [`${key} is ${JSON.stringify(value)}, which is not in its range`]
    })
  ]
}

/** Whether the number of settings is finite: whole numbers and choices only. */
export const isFinite = ({ parameters }: Space): boolean => parameters.every(({ range }) => range._tag !== "Float")
