/**
 * Calls the callbacks' handlers, in the callbacks' order, and joins what they answer. It keeps no state: the states of the
 * callbacks go in, and the new ones come out.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Decision from "../../Decision.ts"
import { CallbackFailed, reasonOf } from "../../Errors.ts"
import type { Values } from "../../Event.ts"
import type { Answer, At, BatchHookName, HookEvents, HookName, Scheduled, TimedPart } from "../../Hooks.ts"
import type { Progress } from "../../Progress.ts"
import { isDropped, type States, withDropped, withState } from "./CallbackStates.ts"
import type { Definition } from "./Definition.ts"

/** What callbacks answered, all of them together, and their states afterwards. */
export type Answered = readonly [decision: Decision.Decision, states: States]

/** Is handed the states after each handler that changed them: what a failure of a later one leaves behind. */
export type Keep = (states: States) => void

/** An event of a hook: where the run stands, and what the hook adds. */
export type EventOf<H extends HookName> = At & Omit<HookEvents[H], keyof At>

export interface HookTable {
  /** Calls the plain handlers of a hook of the synchronous loop. Throws `CallbackFailed` when one throws. */
  readonly now: <H extends BatchHookName>(hook: H, event: EventOf<H>, states: States, keep: Keep) => Answered
  /** Calls the handlers of a hook; those of `batchEnd` that are scheduled and due. */
  readonly call: <H extends HookName>(
    hook: H,
    event: EventOf<H>,
    states: States,
    keep: Keep
  ) => Effect.Effect<Answered, any>
  /** Whether a scheduled handler is due at this position. */
  readonly isDue: (progress: Progress) => boolean
  /** Whether some handlers are scheduled. */
  readonly hasScheduled: boolean
  /** The hooks that have handlers at all, so that no event is made for nobody. */
  readonly handled: ReadonlySet<HookName>
  /** What the callbacks measure at a logged step, by id. Throws `CallbackFailed` when one throws. */
  readonly measure: (
    event: HookEvents["batchEnd"],
    states: States
  ) => readonly [measured: { readonly [id: string]: Values }, states: States]
  /** Tells the callbacks that ask for it how long something took; `undefined` when none does. */
  readonly spent: ((part: TimedPart, milliseconds: number) => void) | undefined
}

export interface HookTableOptions {
  readonly callbacks: ReadonlyArray<Definition>
  /** Told of each decision other than `proceed`. */
  readonly onDecision: (id: string, decision: Decision.Decision) => void
  /** Told, in a sentence, of an optional callback that failed; its handlers are no longer called. */
  readonly onDropped?: (message: string) => void
}

type Handler = (event: unknown, state: unknown) => unknown

interface Entry {
  readonly definition: Definition
  readonly hook: HookName
  readonly run: Handler
  readonly when: ((progress: Progress) => boolean) | undefined
}

/** The handlers by hook, and the listeners. */
interface Table extends HookTableOptions {
  readonly all: ReadonlyMap<HookName, ReadonlyArray<Entry>>
  readonly plain: ReadonlyMap<HookName, ReadonlyArray<Entry>>
  readonly scheduled: ReadonlyArray<Entry>
  readonly spent: HookTable["spent"]
}

const none: ReadonlyArray<Entry> = []

const entryOf = (definition: Definition, hook: HookName, handler: unknown): Entry => {
  if (typeof handler === "function") return { definition, hook, run: handler as Handler, when: undefined }
  const { run, when } = handler as Scheduled<HookName, unknown, unknown>
  return { definition, hook, run: run as Handler, when }
}

const entriesOf = (callbacks: ReadonlyArray<Definition>): ReadonlyArray<Entry> =>
  callbacks.flatMap((definition) =>
    Object.entries(definition.hooks ?? {}).flatMap(([hook, handler]) =>
      handler === undefined ? [] : [entryOf(definition, hook as HookName, handler)]
    )
  )

const tableOf = (options: HookTableOptions): Table => {
  const entries = entriesOf(options.callbacks)
  const listeners = options.callbacks.flatMap(({ onTime }) => onTime ?? [])
  return {
    ...options,
    all: Map.groupBy(entries, ({ hook }) => hook),
    plain: Map.groupBy(
      entries.filter(({ when }) => when === undefined),
      ({ hook }) => hook
    ),
    scheduled: entries.filter(({ hook, when }) => hook === "batchEnd" && when !== undefined),
    spent:
      listeners.length === 0
        ? undefined
        : (part, milliseconds) => {
            for (const listener of listeners) listener(part, milliseconds)
          }
  }
}

const absorb = (table: Table, { definition }: Entry, answer: Answer<unknown>, states: States): Answered => {
  if (answer === undefined) return [Decision.proceed, states]
  const [next, decision] = Array.isArray(answer)
    ? [withState(states, definition.id, answer[0]), answer[1] as Decision.Decision | undefined]
    : [states, answer as Decision.Decision]
  // An observer cannot change a run, whatever its handler gives.
  if (decision === undefined || decision === Decision.proceed || definition.kind === "observer")
    return [Decision.proceed, next]
  table.onDecision(definition.id, decision)
  return [Decision.signed(decision, definition.id), next]
}

const failed = ({ definition, hook }: Entry, cause: unknown): CallbackFailed =>
  cause instanceof CallbackFailed ? cause : new CallbackFailed({ id: definition.id, hook, cause })

/** Continues without an optional callback. */
const drop = (table: Table, id: string, hook: string, cause: unknown, states: States): States => {
  table.onDropped?.(`The run continues without the callback ${id}, which failed in ${hook}: ${reasonOf(cause)}`)
  return withDropped(states, id)
}

const handleNow = (table: Table, entry: Entry, event: unknown, states: States): Answered => {
  const { id, optional } = entry.definition
  if (isDropped(states, id)) return [Decision.proceed, states]
  const begin = table.spent === undefined ? 0 : performance.now()
  let answer: unknown
  try {
    answer = entry.run(event, states.values.get(id))
  } catch (cause) {
    if (optional !== true) throw failed(entry, cause)
    return [Decision.proceed, drop(table, id, entry.hook, cause, states)]
  }
  table.spent?.({ callback: id, hook: entry.hook }, performance.now() - begin)
  return absorb(table, entry, answer as Answer<unknown>, states)
}

const now = (table: Table, hook: HookName, event: unknown, initial: States, keep: Keep): Answered => {
  let joined: Answered = [Decision.proceed, initial]
  for (const entry of table.plain.get(hook) ?? none) {
    const [before, states] = joined
    const [decision, next] = handleNow(table, entry, event, states)
    if (next !== states) keep(next)
    joined = [Decision.join(before, decision), next]
  }
  return joined
}

const answerOf = Effect.fnUntraced(function* (entry: Entry, event: unknown, state: unknown) {
  const result = yield* Effect.try({ try: () => entry.run(event, state), catch: (cause) => failed(entry, cause) })
  return Effect.isEffect(result) ? yield* result as Effect.Effect<unknown, unknown> : result
})

const handle = Effect.fnUntraced(function* (
  table: Table,
  entry: Entry,
  event: unknown,
  states: States
): Effect.fn.Return<Answered, unknown> {
  const { id, optional } = entry.definition
  const begin = performance.now()
  const answered = yield* Effect.exit(answerOf(entry, event, states.values.get(id)))
  if (Exit.isFailure(answered)) {
    if (optional !== true || Cause.hasInterrupts(answered.cause)) return yield* Effect.failCause(answered.cause)
    const error = Cause.squash(answered.cause)
    const cause = error instanceof CallbackFailed ? error.cause : error
    return [Decision.proceed, drop(table, id, entry.hook, cause, states)]
  }
  table.spent?.({ callback: id, hook: entry.hook }, performance.now() - begin)
  return absorb(table, entry, answered.value as Answer<unknown>, states)
})

const call = Effect.fnUntraced(function* (table: Table, hook: HookName, event: At, initial: States, keep: Keep) {
  let joined: Answered = [Decision.proceed, initial]
  for (const entry of hook === "batchEnd" ? table.scheduled : (table.all.get(hook) ?? none)) {
    const [before, states] = joined
    if (entry.when?.(event.progress) === false || isDropped(states, entry.definition.id)) continue
    const [decision, next] = yield* handle(table, entry, event, states)
    if (next !== states) keep(next)
    joined = [Decision.join(before, decision), next]
  }
  return joined
})

const measure: (table: Table, ...inputs: Parameters<HookTable["measure"]>) => ReturnType<HookTable["measure"]> = (
  table,
  event,
  initial
) => {
  const measured: Record<string, Values> = {}
  let states = initial
  for (const { id, measures, optional } of table.callbacks) {
    if (measures === undefined || isDropped(states, id)) continue
    try {
      measured[id] = measures(event)
    } catch (cause) {
      if (optional !== true) throw new CallbackFailed({ id, hook: "measures", cause })
      states = drop(table, id, "measures", cause, states)
    }
  }
  return [measured, states]
}

export const make = (options: HookTableOptions): HookTable => {
  const table = tableOf(options)
  return {
    now: (hook, event, states, keep) => now(table, hook, event, states, keep),
    call: (hook, event, states, keep) => call(table, hook, event, states, keep),
    isDue: (progress) => table.scheduled.some(({ when }) => when?.(progress) === true),
    hasScheduled: table.scheduled.length > 0,
    handled: new Set(table.all.keys()),
    measure: (event, states) => measure(table, event, states),
    spent: table.spent
  }
}
