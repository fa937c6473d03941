/**
 * Whether something is a dataset, in its author's words. TypeScript checks most of it before; what comes from
 * JavaScript or from `any` is only known here.
 */
import * as Effect from "effect/Effect"
import { type Problem, reasonOf } from "../../Errors.ts"
import { isIterator, isObject, isPromise, isTensor, nameOf } from "./Described.ts"

const adviceFor = (value: unknown): string => {
  if (isPromise(value)) return "Wait for it first: `yield* Effect.promise(() => …)`, or `await`."
  if (Effect.isEffect(value)) return "Run it first: `yield* …`."
  if (isIterator(value) || (isObject(value) && Symbol.asyncIterator in value))
    return "A dataset is read by index and knows its length. Make one of a stream: `Streams.dataset` of @etude/data."
  if (isTensor(value) || Array.isArray(value) || ArrayBuffer.isView(value))
    return "Make a dataset of it: `Arrays.fromArrays` or `Arrays.fromTensors` of @etude/data."
  return "A dataset has a name, a length, a spec and a read."
}

const isExtent = (side: unknown): boolean => Number.isSafeInteger(side) && (side as number) >= 1
const dtypes: ReadonlyArray<unknown> = ["float32", "int32", "bool"]

/** One field of a spec: its problems, as sentences. */
const fieldProblems = (what: string, field: unknown): ReadonlyArray<string> => {
  if (!isObject(field)) return [`${what} is ${nameOf(field)}, expected { shape, dtype }`]
  const { shape, dtype } = field as { readonly [key: string]: unknown }
  const problems: Array<string> = []
  if (!Array.isArray(shape))
    problems.push(`${what} has the shape ${nameOf(shape)}, expected an array, [] for one number`)
  else if (!shape.every(isExtent)) {
    const sides = shape.map((side) => (typeof side === "number" ? String(side) : (JSON.stringify(side) ?? "undefined")))
    problems.push(
      `${what} has the shape [${sides.join(", ")}], expected whole numbers of at least 1, without the batch: all samples are of ` +
        "one shape. Pad shorter ones to the longest, and mark with a mask which elements count"
    )
  }
  if (!dtypes.includes(dtype)) problems.push(`${what} has the dtype ${nameOf(dtype)}, expected float32, int32 or bool`)
  return problems
}

const isLoneField = (fields: object): boolean =>
  ("shape" in fields && Array.isArray(fields.shape)) || ("dtype" in fields && typeof fields.dtype === "string")

const partProblems = (part: string, fields: unknown): ReadonlyArray<string> => {
  if (!isObject(fields))
    return [`spec.${part} is ${nameOf(fields)}, expected { shape, dtype }, or several of them by name`]
  if (isLoneField(fields)) return fieldProblems(`spec.${part}`, fields)
  const named = Object.entries(fields)
  if (named.length === 0) return [`spec.${part} names no field, expected { shape, dtype }, or several of them by name`]
  return named.flatMap(([name, field]) => fieldProblems(`spec.${part}.${name}`, field))
}

const specProblems = (spec: unknown): ReadonlyArray<string> => {
  if (!isObject(spec)) return [`spec is ${nameOf(spec)}, expected { inputs: { shape, dtype } }`]
  const parts = spec as { readonly [part: string]: unknown }
  return [
    ...partProblems("inputs", parts["inputs"]),
    ...(parts["targets"] === undefined ? [] : partProblems("targets", parts["targets"])),
    ...(parts["weights"] === undefined ? [] : fieldProblems("spec.weights", parts["weights"])),
    ...(parts["mask"] === undefined ? [] : fieldProblems("spec.mask", parts["mask"]))
  ]
}

const longest = 2 ** 31 - 1

const lengthProblems = (length: unknown): ReadonlyArray<string> => {
  // An empty dataset is one; another check reports that it cannot be used.
  if (typeof length === "number" && Number.isSafeInteger(length) && length >= 0 && length <= longest) return []
  const endless = length === undefined || length === Number.POSITIVE_INFINITY
  const advice = endless ? ". A stream of unknown length is a dataset by `Streams.dataset` of @etude/data" : ""
  return [`length is ${nameOf(length)}, expected a whole number in 1 … ${longest}${advice}`]
}

/** The reasons why a value is no dataset: sentences, none when it is one. Getters are read once each. */
export const problemsOf = (value: unknown): ReadonlyArray<string> => {
  const looksLike = isObject(value) && ("read" in value || "spec" in value)
  if (!looksLike || isPromise(value) || Effect.isEffect(value))
    return [`is ${nameOf(value)}, expected a dataset. ${adviceFor(value)}`]
  const fields = value as { readonly [key: string]: unknown }
  const part = (key: string, check: (value: unknown) => ReadonlyArray<string>): ReadonlyArray<string> => {
    try {
      return check(fields[key])
    } catch (cause) {
      return [`${key} cannot be read: ${reasonOf(cause)}`]
    }
  }
  return [
    ...part("name", (name) => (typeof name === "string" ? [] : [`name is ${nameOf(name)}, expected a text`])),
    ...part("length", lengthProblems),
    ...part("spec", specProblems),
    ...part("read", (read) => (typeof read === "function" ? [] : [`read is ${nameOf(read)}, expected a function`]))
  ]
}

/** The same as problems of a run. */
export const problemsAt = (path: string, value: unknown): ReadonlyArray<Problem> =>
  problemsOf(value).map((message) => ({ path, message }))

/** Whether something given for `validation` is one dataset, and not several by name. */
export const isOne = (value: unknown): boolean => {
  if (!isObject(value)) return true
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return true
  if ("read" in value && typeof value.read === "function") return true
  if ("length" in value && typeof value.length === "number") return true
  return (
    isPromise(value) || ("spec" in value && isObject(value.spec) && "inputs" in value.spec && !("read" in value.spec))
  )
}
