/**
 * Filters: handlers, or whole callbacks, that are called at some positions of a run only. A rule depends on nothing but the
 * position, so that a resumed run calls what the unbroken one would.
 *
 * ```ts
 * Callback.observer({ id: "look", hooks: { epochEnd: When.calls(When.every({ epochs: 5 }), look) } })
 * When.layer(When.after({ epochs: 10 }), EarlyStopping.layer({ monitor: "validation/loss" }))
 * ```
 *
 * A position is that of the hook's event: at `batchEnd` the batch just done is counted in `step`, at `epochEnd` the epoch
 * just done in `epoch`.
 */

import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type At, CallbackRegistry, type Definition, type HookName } from "./Callback.ts"
import * as Extent from "./Extent.ts"
import * as Options from "./Options.ts"
import type { Progress } from "./Progress.ts"

/** Whether something is due at a position. */
export type Rule = (progress: Progress) => boolean

/** An amount of training, with its unit. */
export type Amount = { readonly epochs: number } | { readonly steps: number } | { readonly samples: number }

const reached = (amount: Amount, progress: Progress): readonly [at: number, wanted: number] =>
  "epochs" in amount
    ? [progress.epoch, amount.epochs]
    : "steps" in amount
      ? [progress.step, amount.steps]
      : [progress.samples, amount.samples]

/** Every n epochs or steps; `{ epochs: 2 }` holds throughout each epoch whose number, from 0, is even. */
export const every =
  (amount: { readonly epochs: number } | { readonly steps: number }): Rule =>
  (progress) => {
    const [reachedNow, goal] = reached(amount, progress)
    return reachedNow % goal === 0
  }

/** Exactly there. */
export const onceAt =
  (amount: { readonly epochs: number } | { readonly steps: number }): Rule =>
  (progress) => {
    const [current, goal] = reached(amount, progress)
    return current === goal
  }

/** Until the run has done this much. */
export const before =
  (amount: Amount): Rule =>
  (progress) => {
    const [current, goal] = reached(amount, progress)
    return current < goal
  }

/** Once the run has done more than this. */
export const after =
  (amount: Amount): Rule =>
  (progress) => {
    const [current, goal] = reached(amount, progress)
    return current > goal
  }

/** Where all rules hold. */
export const all =
  (...rules: ReadonlyArray<Rule>): Rule =>
  (progress) =>
    rules.every((rule) => rule(progress))
/** Where any rule holds. */
export const any =
  (...rules: ReadonlyArray<Rule>): Rule =>
  (progress) =>
    rules.some((rule) => rule(progress))
/** Where the rule does not hold. */
export const not =
  (rule: Rule): Rule =>
  (progress) =>
    !rule(progress)

const Amount = Extent.amount({ epochs: Schema.Natural, steps: Schema.Natural, samples: Schema.Natural })

const Interval = Extent.amount({ epochs: Options.count("epochs"), steps: Options.count("steps") })

/** A rule as a config file writes it; it holds where all of its conditions hold. */
export const Config = Schema.Struct({
  every: Schema.optionalKey(Interval).annotate({ description: "Every n epochs or steps" }),
  onceAt: Schema.optionalKey(Extent.Position).annotate({ description: "Exactly at this position" }),
  before: Schema.optionalKey(Amount).annotate({ description: "Until the run has done this much" }),
  after: Schema.optionalKey(Amount).annotate({ description: "Once the run has done more than this" })
})
export type Config = typeof Config.Type

/** The rule that a config describes. */
export const ruleOf = (config: Config): Rule => {
  const rules: Array<Rule> = []
  if (config.every !== undefined) rules.push(every(config.every))
  if (config.onceAt !== undefined) rules.push(onceAt(config.onceAt))
  if (config.before !== undefined) rules.push(before(config.before))
  if (config.after !== undefined) rules.push(after(config.after))
  return all(...rules)
}

/** A plain or effectful handler of any hook that is called where the rule holds, and else answers nothing. */
export const calls =
  <E extends At, S, A>(rule: Rule, handler: (event: E, state: S) => A) =>
  (event: E, state: S): A | undefined =>
    rule(event.progress) ? handler(event, state) : undefined

/** An effectful handler of `batchEnd` that the loop waits for where the rule holds. */
export const batchEnd = <E extends At, S, A>(
  rule: Rule,
  run: (event: E, state: S) => A
): { readonly when: Rule; readonly run: (event: E, state: S) => A } => ({ when: rule, run })

const filtered = (rule: Rule, handler: unknown): unknown => {
  if (typeof handler === "function") return calls(rule, handler as (event: At, state: unknown) => unknown)
  const { when, run } = handler as { readonly when: Rule; readonly run: unknown }
  return { when: all(when, rule), run }
}

/**
 * The same callbacks, whose handlers (of the given hooks, or of all) are called where the rule holds. What is no hook stays
 * as it is: events, checks, finalizers, and tensor functions in the step.
 */
export const layer = <Out, LE, R>(
  rule: Rule,
  callbacks: Layer.Layer<Out, LE, R>,
  hooks?: ReadonlyArray<HookName>
): Layer.Layer<Out, LE, R | CallbackRegistry> =>
  Layer.provide(
    callbacks,
    Layer.effect(
      CallbackRegistry,
      CallbackRegistry.useSync(({ register }) => ({
        register: (definition: Definition) =>
          register({
            ...definition,
            hooks: Object.fromEntries(
              Object.entries(definition.hooks ?? {}).map(([hook, handler]) => [
                hook,
                hooks === undefined || hooks.includes(hook as HookName) ? filtered(rule, handler) : handler
              ])
            )
          })
      }))
    )
  )
