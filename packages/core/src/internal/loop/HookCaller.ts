/**
 * Calls hooks for whoever owns the callbacks' states: a training run, a validation or test by itself, or a test of a callback.
 * It fills in where the run stands, and hands new states to their owner.
 */
import * as Effect from "effect/Effect"
import type { Decision } from "../../Decision.ts"
import type { Values } from "../../Event.ts"
import type { At, BatchHookName, HookFields, HookName } from "../../Hooks.ts"
import type { States } from "./CallbackStates.ts"
import type { HookTable } from "./HookTable.ts"

/** Who owns the callbacks' states. */
export interface Owner {
  /** Where the run stands. */
  readonly moment: () => At
  readonly states: () => States
  readonly keep: (states: States) => void
}

export interface HookCaller extends Pick<HookTable, "handled" | "hasScheduled" | "isDue" | "spent"> {
  /** Calls the plain handlers of a hook of the synchronous loop. Throws `CallbackFailed` when one throws. */
  readonly now: <H extends BatchHookName>(hook: H, fields: HookFields<H>) => Decision
  /** Calls the handlers of a hook; those of `batchEnd` that are scheduled and due. */
  readonly call: <H extends HookName>(hook: H, fields: HookFields<H>) => Effect.Effect<Decision, any>
  /** What the callbacks measure at a logged step, by id. Throws `CallbackFailed` when one throws. */
  readonly measure: (fields: HookFields<"batchEnd">) => { readonly [id: string]: Values }
}

export const make = (table: HookTable, owner: Owner): HookCaller => ({
  handled: table.handled,
  hasScheduled: table.hasScheduled,
  isDue: table.isDue,
  spent: table.spent,
  now: (hook, fields) => {
    const [decision] = table.now(hook, { ...owner.moment(), ...fields }, owner.states(), owner.keep)
    return decision
  },
  call: (hook, fields) =>
    Effect.suspend(() =>
      Effect.map(
        table.call(hook, { ...owner.moment(), ...fields }, owner.states(), owner.keep),
        ([decision]) => decision
      )
    ),
  measure: (fields) => {
    const states = owner.states()
    const [measured, next] = table.measure({ ...owner.moment(), ...fields }, states)
    if (next !== states) owner.keep(next)
    return measured
  }
})

/** Calls hooks of a pass that trains nothing: what callbacks remember of it goes with it. */
export const ofPass = (table: HookTable, moment: At, initial: States): HookCaller => {
  let states = initial
  return make(table, {
    moment: () => moment,
    states: () => states,
    keep: (next) => {
      states = next
    }
  })
}

/** The function, which tells the callbacks that want to know how long it takes; the function itself where none does. */
export const timed = <Inputs extends ReadonlyArray<unknown>, A>(
  { spent }: Pick<HookTable, "spent">,
  phase: "data" | "step",
  run: (...inputs: Inputs) => A
): ((...inputs: Inputs) => A) =>
  spent === undefined
    ? run
    : (...inputs) => {
        const begin = performance.now()
        try {
          return run(...inputs)
        } finally {
          spent({ phase }, performance.now() - begin)
        }
      }
