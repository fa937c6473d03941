/** With which weights a run ends, and which are kept for that: pure functions on plain data. */
import * as Best from "../../Best.ts"
import { entry } from "../../Lookup.ts"
import type * as Monitors from "../../Monitors.ts"
import type { HistoryEntry } from "../../TrainState.ts"
import type { Definition } from "./Definition.ts"

type Callbacks = ReadonlyArray<Pick<Definition, "id" | "monitors" | "keepBest" | "endWith">>

/** The rule of the value to end with; the config's word goes before that of callbacks, which agree (see preflight). */
export const requestedOf = (endWith: Best.EndWith | undefined, callbacks: Callbacks): Best.RuleInput | undefined => {
  if (endWith === "last") return undefined
  return endWith === undefined ? callbacks.find((one) => one.endWith !== undefined)?.endWith : endWith.best
}

/** A rule whose best weights are kept. */
export interface KeptRule extends Best.Rule {
  readonly key: string
}

/** The rules whose best weights a run keeps, each once. */
export const rulesOf = (requested: Best.RuleInput | undefined, callbacks: Callbacks): ReadonlyArray<KeptRule> => {
  const all = [...(requested === undefined ? [] : [requested]), ...callbacks.flatMap(({ keepBest = [] }) => keepBest)]
  const byKey = new Map(all.map((one) => [Best.keyOf(one), Best.ruleOf(one)]))
  return [...byKey].map(([key, rule]) => ({ ...rule, key }))
}

/** The rules by which one of these values is a new best at this position. */
export const improvedRules = (
  rules: ReadonlyArray<KeptRule>,
  monitors: Monitors.Monitors,
  kept: { readonly [key: string]: Best.Best },
  values: { readonly [monitor: string]: number },
  position: { readonly epoch: number; readonly step: number }
): ReadonlyArray<KeptRule> =>
  rules.filter((rule) => {
    const better = Best.directionOf(rule, monitors)
    if (better === undefined || !Object.hasOwn(values, rule.monitor)) return false
    const best = Object.hasOwn(kept, rule.key) ? kept[rule.key] : undefined
    return Best.improves(rule, better, best, entry(values, rule.monitor), position)
  })

/** Who looks at which monitor. */
export const watchedBy = (
  requested: Best.RuleInput | undefined,
  callbacks: Callbacks
): ReadonlyMap<string, ReadonlyArray<string>> => {
  const watched = new Map<string, ReadonlyArray<string>>()
  const add = (monitor: string, who: string) => {
    const known = watched.get(monitor) ?? []
    if (!known.includes(who)) watched.set(monitor, [...known, who])
  }
  for (const { id, monitors = [], keepBest = [] } of callbacks) {
    for (const monitor of [...monitors, ...keepBest.map((one) => Best.ruleOf(one).monitor)]) add(monitor, id)
  }
  if (requested !== undefined && callbacks.every(({ endWith }) => endWith !== requested))
    add(Best.ruleOf(requested).monitor, "endWith")
  return watched
}

/** The monitors of which the history has no value. */
export const neverMeasured = (
  watched: Iterable<string>,
  history: ReadonlyArray<Pick<HistoryEntry, "values">>
): ReadonlyArray<string> =>
  [...watched].filter((monitor) => !history.some(({ values }) => Object.hasOwn(values, monitor)))

/** What a run watches: with whose weights it ends, whose it keeps on the way, and which values anybody looks at. */
export interface Watching {
  /** The rule of the value to end with. */
  readonly endWith: Best.RuleInput | undefined
  readonly rules: ReadonlyArray<KeptRule>
  /** Who looks at each monitor. */
  readonly watched: ReadonlyMap<string, ReadonlyArray<string>>
}

export const watching = (endWith: Best.EndWith | undefined, callbacks: Callbacks): Watching => {
  const requested = requestedOf(endWith, callbacks)
  return { endWith: requested, rules: rulesOf(requested, callbacks), watched: watchedBy(requested, callbacks) }
}
