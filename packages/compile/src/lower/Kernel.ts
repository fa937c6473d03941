/** The type of a lowering, which turns one tfjs kernel into nodes. */
import { element, entry } from "@etude/core/Lookup"
import { two } from "../Lists.ts"
import type { Spec } from "../record/Recording.ts"
import type { Builder, View } from "./Builder.ts"

export type Attributes = Readonly<Record<string, unknown>>

/** One call of a kernel. Inputs and attributes have tfjs' names. */
export interface Call {
  readonly kernel: string
  readonly builder: Builder
  readonly inputs: Readonly<Record<string, View>>
  readonly attributes: Attributes
  /** The kernel's outputs when it was recorded. */
  readonly outputs: ReadonlyArray<Spec>
}

/** The outputs, in order; `undefined` where this call has no form, and the backend's kernel is to run. */
export type Lowering = (call: Call) => ReadonlyArray<View> | undefined

/** Lowerings by the names of kernels. */
export type Lowerings = Readonly<Record<string, Lowering>>

/** An input that the kernel can't do without. */
export const input = ({ kernel, inputs }: Call, name: string): View => {
  const view = inputs[name]
  if (view === undefined) throw new Error(`${kernel} has no input ${name}`)
  return view
}

/** The inputs of a kernel that takes an array. */
export const inputList = ({ inputs }: Call): ReadonlyArray<View> =>
  Object.keys(inputs)
    .toSorted((a, b) => Number(a) - Number(b))
    .map((name) => entry(inputs, name))

/** The only output, or the first of several. */
export const output = ({ outputs }: Call): Spec => element(outputs, 0)

export const number = ({ kernel, attributes }: Call, name: string, absent?: number): number => {
  const value = attributes[name] ?? absent
  if (typeof value === "number") return value
  throw new Error(`${kernel}: ${name} is ${String(value)} and not a number`)
}

export const flag = ({ attributes }: Call, name: string): boolean => attributes[name] === true

export const text = ({ attributes }: Call, name: string, absent: string): string => {
  const value = attributes[name]
  return typeof value === "string" ? value : absent
}

const isNumbers = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.every((part) => typeof part === "number")

export const numbers = ({ kernel, attributes }: Call, name: string): ReadonlyArray<number> => {
  const value = attributes[name]
  if (typeof value === "number") return [value]
  if (isNumbers(value)) return value
  throw new Error(`${kernel}: ${name} is ${String(value)} and not a list of numbers`)
}

/** Pairs such as paddings. */
export const pairs = ({ kernel, attributes }: Call, name: string): ReadonlyArray<readonly [number, number]> => {
  const value = attributes[name]
  if (!Array.isArray(value)) throw new Error(`${kernel}: ${name} is ${String(value)} and not a list of pairs`)
  return value.map((pair) => {
    if (isNumbers(pair) && pair.length === 2) return two(pair)
    throw new Error(`${kernel}: ${name} holds ${String(pair)}, which is no pair of numbers`)
  })
}

/** Axes counted from the front, in ascending order; all of them where the attribute is absent. */
export const axes = (call: Call, name: string, rank: number): ReadonlyArray<number> => {
  const value = call.attributes[name]
  if (value === undefined || value === null) return Array.from({ length: rank }, (_, axis) => axis)
  const front = numbers(call, name).map((axis) => (axis < 0 ? axis + rank : axis))
  return [...new Set(front)].sort((a, b) => a - b)
}

/** One axis, counted from the front. */
export const axis = (call: Call, name: string, rank: number, absent = 0): number => {
  const value = call.attributes[name]
  const given = isNumbers(value) ? element(value, 0) : number(call, name, absent)
  return given < 0 ? given + rank : given
}
