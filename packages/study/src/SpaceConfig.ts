/**
 * A space as study.yaml writes it, by keys of the config:
 *
 * ```yaml
 * space:
 *   train.learningRate: { log: [0.0001, 0.1] }
 *   train.batchSize: { choice: [32, 64, 128] }
 *   options.kind: { choice: [narrow, wide] }
 *   options.hidden: { int: [16, 256], log: true, when: { options.kind: [wide] } }
 *   options.dropout: { from: 0, to: 0.5 }
 * ```
 */
import { element } from "@etude/core/Lookup"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import type { Parameter, Range, Space } from "./Space.ts"
import { isSame } from "./Space.ts"

type Pair = readonly [low: number, high: number]

/** The range of one parameter in a file: exactly one of `log`, `from` with `to`, `int` and `choice`. */
export interface RangeEncoded {
  /** Numbers between two, evenly in their logarithms; beside `int`, whether whole numbers are. */
  readonly log?: Pair | boolean
  /** Numbers between `from` and `to`, evenly. */
  readonly from?: number
  readonly to?: number
  /** Whole numbers between two, both included. */
  readonly int?: Pair
  /** One of these values, in no order. */
  readonly choice?: ReadonlyArray<Schema.Json>
  /** Only where a choice before it has one of these values. */
  readonly when?: { readonly [key: string]: ReadonlyArray<Schema.Json> }
}

/** By keys of the config. */
export interface SpaceEncoded {
  readonly [key: string]: RangeEncoded
}

const pair = (number: Schema.Codec<number>, message: string) => Schema.Tuple([number, number]).annotate({ message })

const form = Schema.Struct({
  log: Schema.optionalKey(
    Schema.Union([pair(Schema.Finite, "expected two numbers, as in [0.0001, 0.1]"), Schema.Boolean]).annotate({
      message: "expected two numbers, as in [0.0001, 0.1]; beside int: true"
    })
  ).annotate({ description: "Numbers between two, evenly in their logarithms; beside int: true for whole numbers" }),
  from: Schema.optionalKey(Schema.Finite).annotate({ description: "The least number; to is the greatest" }),
  to: Schema.optionalKey(Schema.Finite).annotate({ description: "The greatest number; from is the least" }),
  int: Schema.optionalKey(pair(Schema.Int, "expected two whole numbers, as in [16, 256]")).annotate({
    description: "Whole numbers between two, both included"
  }),
  choice: Schema.optionalKey(Schema.Array(Schema.Json)).annotate({ description: "One of these values, in no order" }),
  when: Schema.optionalKey(Schema.Record(Schema.String, Schema.Array(Schema.Json))).annotate({
    description: "Only where a choice before it has one of these values, as in { options.kind: [wide] }"
  })
})

const kinds = "{ log: [low, high] }, { from: low, to: high }, { int: [low, high] } or { choice: [values] }"

/** A problem at a key of a range. */
type Finding = { readonly path: ReadonlyArray<PropertyKey>; readonly issue: string }

const ordered = (key: string, low: number, high: number): ReadonlyArray<Finding> =>
  low < high ? [] : [{ path: [key], issue: `expected the lower number first: ${low} is not below ${high}` }]

const positive = (key: string, low: number): ReadonlyArray<Finding> =>
  low > 0 ? [] : [{ path: [key], issue: `expected numbers above 0, which have logarithms; found ${low}` }]

const distinct = (values: ReadonlyArray<Schema.Json>): ReadonlyArray<Finding> => {
  if (values.length === 0) return [{ path: ["choice"], issue: "expected at least one value" }]
  return values.flatMap((value, index) =>
    values.slice(0, index).some((other) => isSame(value, other))
      ? [{ path: ["choice", index], issue: `${JSON.stringify(value)} is there already; list each value once` }]
      : []
  )
}

const ofInt = ([low, high]: Pair, log: RangeEncoded["log"]): ReadonlyArray<Finding> => {
  const wrong = { path: ["log"], issue: "expected true or false beside int" }
  return [
    ...ordered("int", low, high),
    ...(log === true ? positive("int", low) : []),
    ...(Array.isArray(log) ? [wrong] : [])
  ]
}

const ofFloat = ({ log, from, to }: RangeEncoded): ReadonlyArray<Finding> => {
  if (typeof log === "object") return [...ordered("log", ...log), ...positive("log", log[0])]
  if (from === undefined) return [{ path: ["from"], issue: "is missing: expected the least number" }]
  if (to === undefined) return [{ path: ["to"], issue: "is missing: expected the greatest number" }]
  return [
    ...ordered("to", from, to),
    ...(log === undefined
      ? []
      : [{ path: ["log"], issue: `expected the two numbers: { log: [${from}, ${to}] } instead of from and to` }])
  ]
}

/** The kinds of which a range has keys. */
const kindsOf = ({ log, from, to, int, choice }: RangeEncoded): ReadonlyArray<"int" | "choice" | "log" | "from"> => [
  ...(int === undefined ? [] : (["int"] as const)),
  ...(choice === undefined ? [] : (["choice"] as const)),
  ...(typeof log === "object" && int === undefined ? (["log"] as const) : []),
  ...(from === undefined && to === undefined ? [] : (["from"] as const))
]

const problemsOfRange = (range: RangeEncoded): ReadonlyArray<Finding> => {
  const found = kindsOf(range)
  if (found.length === 0) return [{ path: [], issue: `expected a range: ${kinds}` }]
  if (found.length > 1) return [{ path: [], issue: `expected one range, found ${found.join(" and ")}; use ${kinds}` }]
  if (range.int !== undefined) return ofInt(range.int, range.log)
  if (range.choice === undefined) return ofFloat(range)
  return [
    ...distinct(range.choice),
    ...(range.log === undefined ? [] : [{ path: ["log"], issue: "has no meaning beside choice; leave it out" }])
  ]
}

const problemsOfWhen = (
  { when }: RangeEncoded,
  before: ReadonlyArray<readonly [key: string, range: RangeEncoded]>
): ReadonlyArray<Finding> => {
  if (when === undefined) return []
  const entries = Object.entries(when)
  if (entries.length !== 1) {
    return [
      { path: ["when"], issue: "expected one key of the space with values of it, as in { options.kind: [wide] }" }
    ]
  }
  const [key, values] = element(entries, 0)
  const choice = before.find(([other]) => other === key)?.[1].choice
  if (choice === undefined) {
    const known = before.filter(([, range]) => range.choice !== undefined).map(([other]) => other)
    const listed = known.length === 0 ? "there is none before it" : `those before it are ${known.join(", ")}`
    return [{ path: ["when", key], issue: `expected a choice that comes before it in the space; ${listed}` }]
  }
  if (values.length === 0) return [{ path: ["when", key], issue: "expected at least one value" }]
  return values.flatMap((value, index) =>
    choice.some((one) => isSame(one, value))
      ? []
      : [
          {
            path: ["when", key, index],
            issue: `${JSON.stringify(value)} is no value of ${key}; they are ${choice.map((one) => JSON.stringify(one)).join(", ")}`
          }
        ]
  )
}

/** Why a text is no key of a config; undefined if it is one. */
export const problemOfKey = (key: string): string | undefined => {
  if (key === "" || key.split(".").some((part) => part.trim() !== part || part === "")) {
    return "expected a key of the config, with a dot between its parts, as in train.learningRate"
  }
  return key === "train.seed" ? "is what seeds is for: set seeds of the study instead" : undefined
}

/** A key before one that it holds would be lost; after it, it would replace it. */
const problemsOfOrder = (keys: ReadonlyArray<string>): ReadonlyArray<Finding> =>
  keys.flatMap((key, index) =>
    keys
      .slice(0, index)
      .filter((earlier) => earlier.startsWith(`${key}.`))
      .map((earlier) => ({ path: [key], issue: `would replace ${earlier}, which is a part of it; list it before` }))
  )

const problemsOfSpace = (space: SpaceEncoded): ReadonlyArray<Finding> => {
  const entries = Object.entries(space)
  const found = entries.flatMap(([key, range], index) => {
    const wrongKey = problemOfKey(key)
    const here = [...problemsOfRange(range), ...problemsOfWhen(range, entries.slice(0, index))]
    return [
      ...(wrongKey === undefined ? [] : [{ path: [key], issue: wrongKey }]),
      ...here.map(({ path, issue }) => ({ path: [key, ...path], issue }))
    ]
  })
  return [...found, ...problemsOfOrder(entries.map(([key]) => key))]
}

const rangeOf = ({ log, from = 0, to = 0, int, choice }: RangeEncoded): Range => {
  if (choice !== undefined) return { _tag: "Choice", values: choice }
  if (int !== undefined) return { _tag: "Int", low: int[0], high: int[1], log: log === true }
  if (typeof log === "object") return { _tag: "Float", low: log[0], high: log[1], log: true }
  return { _tag: "Float", low: from, high: to, log: false }
}

const parameterOf = ([key, encoded]: readonly [string, RangeEncoded]): Parameter => {
  const range = rangeOf(encoded)
  if (encoded.when === undefined) return { key, range }
  const [choice, values] = element(Object.entries(encoded.when), 0)
  return { key, range, when: { key: choice, values } }
}

const encodedRange = (range: Range): RangeEncoded => {
  if (range._tag === "Choice") return { choice: range.values }
  const { low, high, log } = range
  if (range._tag === "Int") return { int: [low, high], ...(log ? { log } : {}) }
  return log ? { log: [low, high] } : { from: low, to: high }
}

const encodedParameter = ({ key, range, when }: Parameter): readonly [string, RangeEncoded] => [
  key,
  { ...encodedRange(range), ...(when === undefined ? {} : { when: { [when.key]: when.values } }) }
]

const number = { low: Schema.Finite, high: Schema.Finite, log: Schema.Boolean }
const decoded: Schema.Codec<Space> = Schema.Struct({
  parameters: Schema.Array(
    Schema.Struct({
      key: Schema.String,
      range: Schema.TaggedUnion({ Float: number, Int: number, Choice: { values: Schema.Array(Schema.Json) } }),
      when: Schema.optionalKey(Schema.Struct({ key: Schema.String, values: Schema.Array(Schema.Json) }))
    })
  )
})

/** A space from its readable form, and back. */
export const SpaceConfig: Schema.Codec<Space, SpaceEncoded> = Schema.Record(Schema.String, form)
  .check(Schema.makeFilter(problemsOfSpace))
  .pipe(
    Schema.decodeTo(decoded, {
      decode: SchemaGetter.transform((space): Space => ({ parameters: Object.entries(space).map(parameterOf) })),
      encode: SchemaGetter.transform((space) => Object.fromEntries(space.parameters.map(encodedParameter)))
    })
  )
