/** Which settings count as good: as Optuna's `_split_trials` decides. */
import { element } from "@etude/core/Lookup"
import type { Observation } from "../../Searcher.ts"
import { hypervolumeSubset } from "./Hypervolume.ts"

/** Both in the order of their settings. */
export interface Split {
  readonly below: ReadonlyArray<Observation>
  readonly above: ReadonlyArray<Observation>
}

type Valued = Observation & { readonly objectives: ReadonlyArray<number> }

/** Whether it has come to something, and has values. */
export const isFinished = (observation: Observation): observation is Valued =>
  (observation.state === "complete" || observation.state === "pruned") && observation.objectives !== null

/** How many of n settings are good: a tenth; with one objective 25 at most. */
export const countBelow = (count: number, objectives: number): number => {
  const tenth = Math.ceil(0.1 * count)
  return objectives > 1 ? tenth : Math.min(tenth, 25)
}

const compare = (one: number, other: number): number => (one < other ? -1 : one > other ? 1 : 0)

/** Whether one is at least as good in everything, and better in something. */
const dominates = (one: ReadonlyArray<number>, other: ReadonlyArray<number>): boolean =>
  one.every((value, index) => value <= element(other, index)) &&
  one.some((value, index) => value < element(other, index))

/** The fronts one after another: those that nobody dominates, those that only these dominate, … */
export const fronts = (points: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<ReadonlyArray<number>> => {
  const found: Array<ReadonlyArray<number>> = []
  let left = points.map((_, index) => index)
  while (left.length > 0) {
    const front = left.filter(
      (index) => !left.some((other) => dominates(element(points, other), element(points, index)))
    )
    found.push(front)
    left = left.filter((index) => !front.includes(index))
  }
  return found
}

/** The best `count` by several objectives: whole fronts, and of the next the part that dominates the most space. */
const bestOfSeveral = (all: ReadonlyArray<Valued>, count: number): ReadonlyArray<Valued> => {
  const points = all.map(({ objectives }) => objectives)
  const chosen: Array<number> = []
  for (const front of fronts(points)) {
    const missing = count - chosen.length
    if (missing <= 0) break
    if (front.length <= missing) chosen.push(...front)
    else
      chosen.push(
        ...hypervolumeSubset(
          front.map((index) => element(points, index)),
          missing
        ).map((one) => element(front, one))
      )
  }
  return chosen.map((index) => element(all, index))
}

const best = (all: ReadonlyArray<Valued>, count: number): ReadonlyArray<Valued> => {
  if ((all[0]?.objectives.length ?? 1) > 1) return bestOfSeveral(all, count)
  const value = ({ objectives }: Valued) => element(objectives, 0)
  return [...all].sort((one, other) => compare(value(one), value(other))).slice(0, count)
}

/** Pruned settings are the better the further they came, and then by their value. */
const bestPruned = (pruned: ReadonlyArray<Valued>, count: number): ReadonlyArray<Valued> =>
  [...pruned]
    .sort(
      (one, other) =>
        compare(other.epoch, one.epoch) || compare(element(one.objectives, 0), element(other.objectives, 0))
    )
    .slice(0, count)

/** The good settings and the others. Complete ones are better than pruned ones; those that run count as others. */
export const split = (tried: ReadonlyArray<Observation>, countOf: (finished: number) => number): Split => {
  const finished = tried.filter(isFinished)
  const count = Math.min(countOf(finished.length), finished.length)
  const complete = best(
    finished.filter(({ state }) => state === "complete"),
    count
  )
  const pruned = bestPruned(
    finished.filter(({ state }) => state === "pruned"),
    count - complete.length
  )
  const good = new Set([...complete, ...pruned].map(({ setting }) => setting))
  const others = tried.filter((one) => isFinished(one) || one.state === "running")
  return {
    below: others.filter(({ setting }) => good.has(setting)),
    above: others.filter(({ setting }) => !good.has(setting))
  }
}
