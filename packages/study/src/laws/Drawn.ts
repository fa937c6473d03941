/** Spaces, histories and courses that laws are tried with, each drawn from a key. */
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import type { Course } from "../Pruner.ts"
import type { Observation } from "../Searcher.ts"
import type { Parameter, Range, Space } from "../Space.ts"
import { draw } from "../searchers/Random.ts"

/** Whole numbers below a limit, one after another. */
const dice = (key: Rng.Key) => {
  let position = 0
  return (limit: number): number => Math.floor(Rng.uniform(key, position++) * limit)
}

const choices: ReadonlyArray<Extract<Range, { readonly _tag: "Choice" }>["values"]> = [
  ["narrow", "wide"],
  [32, 64, 128],
  [true, false, null],
  [{ _tag: "Sgd", momentum: 0.9 }, { _tag: "Adam" }, [1, 2]],
  ["only"]
]

const rangeOf = (roll: (limit: number) => number): Range => {
  const low = roll(20)
  const range = element(["Float", "Int", "Choice", "Choice"] as const, roll(4))
  if (range === "Choice") return { _tag: range, values: element(choices, roll(choices.length)) }
  const log = roll(2) === 1
  if (range === "Int") return { _tag: range, low: low + 1, high: low + 2 + roll(200), log }
  return log
    ? { _tag: range, low: 10 ** -(1 + low / 4), high: 10 ** (roll(5) / 2), log }
    : { _tag: range, low: low - 10, high: low - 10 + 0.1 * (1 + roll(100)), log }
}

/** A space of one to six parameters, of all kinds of ranges, some of them conditional. */
export const space = (key: Rng.Key): Space => {
  const roll = dice(key)
  const parameters: Array<Parameter> = []
  for (let index = 1 + roll(6); index > 0; index--) {
    const parent = parameters.length === 0 ? undefined : element(parameters, roll(parameters.length))
    const own = { key: `part.p${parameters.length}`, range: rangeOf(roll) }
    if (parent?.range._tag !== "Choice" || roll(2) === 0) parameters.push(own)
    else
      parameters.push({
        ...own,
        when: { key: parent.key, values: [element(parent.range.values, roll(parent.range.values.length))] }
      })
  }
  return { parameters }
}

/** What was tried of a space: complete, pruned, failed and running settings. */
export const history = (of: Space, count: number, objectives: number, key: Rng.Key): ReadonlyArray<Observation> =>
  Array.from({ length: count }, (_, setting) => {
    const own = Rng.fold(key, setting)
    const roll = dice(Rng.named(own, "kind"))
    const state = element(["complete", "complete", "complete", "pruned", "failed", "running"] as const, roll(6))
    const values = Array.from({ length: objectives }, (_, index) => Rng.normal(own, index))
    const hasValues = state === "complete" || (state === "pruned" && roll(3) > 0)
    return { setting, parameters: draw(of, own), state, objectives: hasValues ? values : null, epoch: 1 + roll(9) }
  })

/** The trials of a study that is going on: of all states, each with as many values as it has come to. */
export const courses = (of: Space, count: number, epochs: number, key: Rng.Key): ReadonlyArray<Course> =>
  Array.from({ length: count }, (_, number) => {
    const own = Rng.fold(key, number)
    const roll = dice(Rng.named(own, "kind"))
    const state = element(["running", "paused", "paused", "complete", "waiting", "pruned", "failed"] as const, roll(7))
    const length = state === "waiting" ? 0 : state === "complete" ? epochs : roll(epochs) + (state === "paused" ? 1 : 0)
    const points = Array.from({ length }, (_, index) => ({
      step: 10 * (index + 1),
      epoch: index + 1,
      value: roll(50) === 0 ? Number.POSITIVE_INFINITY : Rng.normal(own, index) + 3 / (index + 1)
    }))
    return { number, setting: number, seed: 1, parameters: draw(of, own), state, points }
  })

/** A copy that nobody can change. */
export const frozen = <A>(value: A): A => {
  const copy = structuredClone(value)
  const freeze = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return
    Object.freeze(part)
    Object.values(part).forEach(freeze)
  }
  freeze(copy)
  return copy
}
