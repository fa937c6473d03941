/**
 * Which value of a monitor is the best: pure bookkeeping. The run keeps a record of every monitor by its metric's
 * direction. A callback that wants weights kept declares a rule, and gets the weights of the value that this rule
 * judged best.
 */
import * as Schema from "effect/Schema"
import type { Problem } from "./Errors.ts"
import * as Monitors from "./Monitors.ts"
import { nearest } from "./nearest.ts"
import type { Progress } from "./Progress.ts"

/** A value and where it was measured. */
export interface Best {
  readonly value: number
  readonly epoch: number
  readonly step: number
}
const fields = { value: Schema.Number, epoch: Schema.Natural, step: Schema.Natural }
export const Best: Schema.Codec<Best> = Schema.Struct(fields)

/** The best value that a run ended with: `monitor` is what was judged by. */
export interface EndedWith extends Best {
  readonly monitor: string
}
export const EndedWith: Schema.Codec<EndedWith> = Schema.Struct({ monitor: Schema.String, ...fields })

/** A place in a run. */
export type Start = { readonly epochs: number } | { readonly steps: number }
export const Start: Schema.Codec<Start> = Schema.Union([
  Schema.Struct({ epochs: Schema.Natural }),
  Schema.Struct({ steps: Schema.Natural })
])

/** Which values of a monitor count, and which of two is better. */
export interface Rule {
  readonly monitor: string
  readonly better?: "higher" | "lower"
  readonly start?: Start
  readonly baseline?: number
  readonly minimumDelta?: number
}
export const Rule: Schema.Codec<Rule> = Schema.Struct({
  monitor: Schema.String.annotate({ description: 'What to judge by, such as "validation/loss"' }),
  better: Schema.optionalKey(Schema.Literals(["higher", "lower"])).annotate({
    description: "Default: the metric's own direction; for losses, lower"
  }),
  start: Schema.optionalKey(Start).annotate({ description: "Values before this position are ignored" }),
  baseline: Schema.optionalKey(Schema.Finite).annotate({ description: "The value to beat from the start" }),
  minimumDelta: Schema.optionalKey(Schema.Finite).annotate({
    description: "The minimum improvement over the best value"
  })
})

/** A rule, or a monitor whose direction is that of its metric. */
export type RuleInput = string | Rule
export const RuleInput: Schema.Codec<RuleInput> = Schema.Union([Schema.String, Rule])

/** With which weights a run ends: the last ones, or those of the best value of a monitor. */
export type EndWith = "last" | { readonly best: RuleInput }
export const EndWith: Schema.Codec<EndWith> = Schema.Union([Schema.Literal("last"), Schema.Struct({ best: RuleInput })])

export const ruleOf = (rule: RuleInput): Rule => (typeof rule === "string" ? { monitor: rule } : rule)

/** The name under which weights are kept for a rule: the monitor alone where the rule sets nothing else. */
export const keyOf = (rule: RuleInput): string => {
  const { monitor, better, start, baseline, minimumDelta } = ruleOf(rule)
  const more = {
    ...(better === undefined ? {} : { better }),
    ...(start === undefined ? {} : { start }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(minimumDelta === undefined || minimumDelta === 0 ? {} : { minimumDelta })
  }
  return Object.keys(more).length === 0 ? monitor : `${monitor} ${JSON.stringify(more)}`
}

/** Whether `value` is better than `best` by more than `minimumDelta`. NaN is never better; anything else beats no best. */
export const isBetter = (
  value: number,
  best: number | undefined,
  better: "higher" | "lower",
  minimumDelta = 0
): boolean => {
  if (Number.isNaN(value)) return false
  if (best === undefined) return true
  return better === "higher" ? value > best + minimumDelta : value < best - minimumDelta
}

/** Whether values at this position count. */
export const hasBegun = (start: Start | undefined, { epoch, step }: Pick<Progress, "epoch" | "step">): boolean =>
  start === undefined || ("epochs" in start ? epoch >= start.epochs : step >= start.steps)

/** The direction of a rule: its own, else the metric's; `undefined` where neither declares one. */
export const directionOf = (rule: Rule, monitors: Monitors.Monitors): "higher" | "lower" | undefined => {
  if (rule.better !== undefined) return rule.better
  const better = Monitors.find(monitors, rule.monitor)?.better
  return better === "neither" ? undefined : better
}

/** Whether a value is a new best by a rule, where `best` was the best so far. A tie keeps the earlier one. */
export const improves = (
  rule: Rule,
  better: "higher" | "lower",
  best: Pick<Best, "value"> | undefined,
  value: number,
  position: Pick<Progress, "epoch" | "step">
): boolean => hasBegun(rule.start, position) && isBetter(value, best?.value ?? rule.baseline, better, rule.minimumDelta)

/** The records after values were measured: those of monitors by their own direction. `epoch` counts what is finished. */
export const record = (
  best: { readonly [monitor: string]: Best },
  monitors: Monitors.Monitors,
  values: { readonly [monitor: string]: number },
  { epoch, step }: Pick<Best, "epoch" | "step">
): { readonly [monitor: string]: Best } => {
  const improved = Object.entries(values).filter(([monitor, value]) => {
    const better = directionOf({ monitor }, monitors)
    const earlier = Object.hasOwn(best, monitor) ? best[monitor]?.value : undefined
    return better !== undefined && isBetter(value, earlier, better)
  })
  if (improved.length === 0) return best
  return { ...best, ...Object.fromEntries(improved.map(([monitor, value]) => [monitor, { value, epoch, step }])) }
}

/** A direction that is not the metric's, where the metric's counts. */
export const contradiction = (path: string, rule: RuleInput, monitors: Monitors.Monitors): ReadonlyArray<Problem> => {
  const { monitor, better } = ruleOf(rule)
  const declared = Monitors.find(monitors, monitor)?.better
  if (better === undefined || declared === undefined || declared === "neither" || declared === better) return []
  return [
    { path, message: `says that "${monitor}" is better ${better}, but its metric declares ${declared}; omit better` }
  ]
}

/** The problem of a rule in a run: its monitor is not reported, or neither rule nor metric declares a direction. */
export const problem = (path: string, input: RuleInput, monitors: Monitors.Monitors): ReadonlyArray<Problem> => {
  const rule = ruleOf(input)
  const known = Object.keys(monitors)
  if (Monitors.find(monitors, rule.monitor) === undefined) {
    const meant = nearest(rule.monitor, known)
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`
    return [{ path, message: `watches "${rule.monitor}", but this run reports ${known.join(", ")}${hint}` }]
  }
  if (directionOf(rule, monitors) !== undefined) return []
  const message = `its metric does not declare which direction of "${rule.monitor}" is better; add better: "higher" or "lower"`
  return [{ path, message }]
}
