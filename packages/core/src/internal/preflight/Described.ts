/** What a value of unknown kind is, in its author's words. */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

export const isObject = (value: unknown): value is object => typeof value === "object" && value !== null
export const isPromise = (value: unknown): boolean =>
  isObject(value) && "then" in value && typeof value.then === "function" && !Effect.isEffect(value)
export const isIterator = (value: unknown): value is object =>
  isObject(value) && "next" in value && typeof value.next === "function"
export const isTensor = (value: unknown): value is tf.Tensor => value instanceof tf.Tensor

/** A noun with its article. */
const articled = (noun: string) => `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`

/** What a value is, for a sentence: `a Promise`, `an array of 3`, `the text "100"`. */
export const nameOf = (value: unknown): string => {
  if (value === null || value === undefined || typeof value === "boolean") return String(value)
  if (typeof value === "number" || typeof value === "bigint") return String(value)
  if (typeof value === "string") return `the text ${JSON.stringify(value)}`
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`
  if (isPromise(value)) return "a Promise"
  if (Effect.isEffect(value)) return "an Effect"
  if (isTensor(value)) return `a tensor [${value.shape.join(", ")}] ${value.dtype}`
  if (Array.isArray(value)) return Array.isArray(value[0]) ? "nested arrays" : `an array of ${value.length}`
  if (ArrayBuffer.isView(value)) return articled(value.constructor.name)
  if (isIterator(value)) return Symbol.asyncIterator in value ? "an async generator" : "a generator"
  const name = value.constructor?.name
  return name === undefined || name === "Object" ? "an object" : articled(name)
}
