/**
 * Whether the config that a study names takes what the study sets and varies: each key at the ends of its range, before anything
 * is trained. Everything that is wrong is reported at once, where the study's file says it.
 */
import type { Problem } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Space from "@etude/study/Space"
import type { Parameters } from "@etude/study/Trial"
import * as Effect from "effect/Effect"
import * as ConfigFile from "./ConfigFile.ts"

/** The values at which a range is tried: its ends, or each of its choices. */
const cornersOf = (range: Space.Range): Parameters[string][] =>
  range._tag === "Choice" ? [...range.values] : range.low === range.high ? [range.low] : [range.low, range.high]

/** Values with which a parameter is there: those that its condition asks for, and those that this one's asks for. */
const conditionsOf = (space: Space.Space, { when }: Space.Parameter): Parameters => {
  if (when === undefined) return {}
  const parent = space.parameters.find(({ key }) => key === when.key)
  return { ...(parent === undefined ? {} : conditionsOf(space, parent)), [when.key]: element(when.values, 0) }
}

/** All parameters at their first corners, except those that are given. */
const completed = (space: Space.Space, given: Parameters): Parameters =>
  Space.fill(space, ({ key, range }) =>
    Object.hasOwn(given, key) ? (given[key] ?? null) : element(cornersOf(range), 0)
  )

/** Settings that together hold every corner of every range: each parameter's corners with the first ones of all others. */
export const corners = (space: Space.Space): ReadonlyArray<Parameters> => {
  const settings = space.parameters.flatMap((parameter) =>
    cornersOf(parameter.range).map((value) =>
      completed(space, { ...conditionsOf(space, parameter), [parameter.key]: value })
    )
  )
  const all = settings.length === 0 ? [{}] : settings
  return [...new Map(all.map((setting) => [JSON.stringify(setting), setting])).values()]
}

/** Values by keys such as `train.learningRate`, as `--set` gives them. */
export const overridesOf = (values: Parameters): ReadonlyArray<ConfigFile.Override> =>
  Object.entries(values).map(([key, value]) => ({ path: key.split("."), value }))

/** The keys of a config that a study decides by itself. */
const ownKeys: { readonly [key: string]: string } = {
  "train.seed": "the study's seeds decide this; list them as `seeds`",
  runs: "each trial has its folder in the study's",
  use: "a study is of one experiment; write a study for each",
  from: "a study is of one experiment; write a study for each"
}

const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}.`)

export interface Varied {
  /** Fixed values by key. */
  readonly set: Parameters
  readonly space: Space.Space
}

/** The keys of the study that a place in the config is about: those that it lies in; for an unknown key, those within it too. */
const keysAbout = (
  { set, space }: Varied,
  setting: Parameters,
  { path: place, message }: Problem
): ReadonlyArray<readonly [section: string, key: string]> => {
  const isUnknown = message.startsWith("unknown key")
  return [
    ...space.parameters.flatMap(({ key }) => (Object.hasOwn(setting, key) ? [["space", key] as const] : [])),
    ...Object.keys(set).map((key) => ["set", key] as const)
  ].filter(([, key]) => isWithin(place, key) || (isUnknown && isWithin(key, place)))
}

/** A problem of the config with one setting, at the place in the study's file that it comes from. */
const located = (varied: Varied, setting: Parameters, problem: Problem): ReadonlyArray<Problem> => {
  const { path: place, message } = problem
  const keys = keysAbout(varied, setting, problem)
  if (keys.length === 0) return [{ path: `config.${place}`, message }]
  return keys.map(([section, key]) => {
    const inside = isWithin(place, key) && place !== key ? `${place}: ` : ""
    const at = section === "space" && !message.startsWith("unknown key") ? ` (at ${JSON.stringify(setting[key])})` : ""
    return { path: `${section}.${key}`, message: `${inside}${message}${at}` }
  })
}

const clashes = ({ set, space }: Varied): ReadonlyArray<Problem> => {
  const keys = [
    ...Object.keys(set).map((key) => [`set.${key}`, key] as const),
    ...space.parameters.map(({ key }) => [`space.${key}`, key] as const)
  ]
  return keys.flatMap(([place, key]) =>
    Object.hasOwn(ownKeys, key) ? [{ path: place, message: `not for a study to set: ${ownKeys[key]}` }] : []
  )
}

const unique = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> => [
  ...new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values()
]

/**
 * What is wrong with the keys and values that a study gives to the config `document`, and with the config itself. `decode` gives the
 * problems of a changed document.
 */
export const problemsOf = <E, R>(
  varied: Varied,
  document: unknown,
  decode: (document: unknown) => Effect.Effect<ReadonlyArray<Problem>, E, R>
): Effect.Effect<ReadonlyArray<Problem>, E, R> =>
  Effect.gen(function* () {
    const found = yield* Effect.forEach(corners(varied.space), (setting) => {
      const changed = ConfigFile.override(document, overridesOf({ ...varied.set, ...setting }))
      return Effect.map(decode(changed), (problems) => problems.flatMap((problem) => located(varied, setting, problem)))
    })
    return unique([...clashes(varied), ...found.flat()])
  })
